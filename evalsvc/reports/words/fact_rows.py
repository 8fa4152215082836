"""The rows below a figure: its parts, or the ballots, answers and events that it came from.

Here it is decided what of a ballot may be seen: raters are named only for groups that keep names,
and only where the caller hands the names over; what a handful of citizens answered is not shown.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.score.rules import Rated, Rule, Satisfaction
from analysis.score.tree import Input, Node
from evalsvc.questions.question import Question
from evalsvc.reports.words.remarks import void_reason
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import adjustment_name, node_name, show_percent
from evalsvc.text import COMMA, NOTHING, SEMICOLON, Text, same

Raters = Mapping[tuple[str, str], str]
"""Names by group and rater code."""

NAMED = ("named", "entries")


@dataclass(frozen=True)
class ExplainedRow:
    """One line below a figure: a part of it, or a fact. `applied` is the share that entered."""

    label: Text
    raw: Text
    points: Fraction | None
    weight: Fraction | None
    applied: Fraction | None
    note: Text


def list_rows(node: Node, scheme: Scheme, raters: Raters) -> Iterator[ExplainedRow]:
    """The parts of a node, and for a leaf its facts; an entered figure has no rows."""
    for part in node.parts:
        yield _part(node, part, scheme)
    if node.rule in ("rated", "rated_items"):
        yield from _ballots(node, scheme, raters)
    elif node.rule == "satisfaction":
        yield from _levels(node, scheme)
    elif node.rule == "adjusted":
        yield from (_adjustment(each, scheme) for each in node.inputs)


def _part(node: Node, part: Node, scheme: Scheme) -> ExplainedRow:
    note = NOTHING
    if part.value is None:
        note = Text("没有这一部分", "no such part")
    elif node.rule == "mean" and not part.applied:
        note = Text("不计入平均", "not in the mean")
    return ExplainedRow(
        node_name(scheme, part.code), NOTHING, part.value, part.weight, part.applied, note
    )


def _ballots(node: Node, scheme: Scheme, raters: Raters) -> Iterator[ExplainedRow]:
    """Highest points first: the order of ballots could tell who cast them."""
    ordered = sorted(node.inputs, key=lambda each: (each.points is None, -(each.points or 0)))
    for each in ordered:
        yield ExplainedRow(
            same(_rater(each, scheme, raters)) or Text("一票", "a ballot"),
            _say_answers(node, each.raw, scheme),
            each.points,
            None,
            each.weight,
            _note(each),
        )


def _say_answers(node: Node, raw: str, scheme: Scheme) -> Text:
    """What a ballot says about the unit; of several questions, each by its name."""
    if node.rule == "rated":
        return _say_answer(node.code, raw, scheme)
    told = []
    for item, _, answer in (one.partition("=") for one in raw.split("; ")):
        code = f"{node.code}.{item}"
        told.append(same(" ").join((node_name(scheme, code), _say_answer(code, answer, scheme))))
    return SEMICOLON.join(told)


def _say_answer(code: str, raw: str, scheme: Scheme) -> Text:
    """One answer as the paper words it, with the place that it gave where that counts."""
    value, _, place = raw.partition("|")
    names = _answer_names(scheme, code)
    if not place:
        return names.get(value, same(value))
    held, _, score = place.partition("|")
    places, _, units = held.partition("/")
    first, _, last = places.partition("-")
    told = Text("第%(place)s名，共%(units)s个", "place %(place)s of %(units)s").filled(
        place=first if first == last else f"{first}–{last}", units=units
    )
    if score and _is_normal(scheme, code):
        told += Text("，正态分%(score)s", ", normal score %(score)s").filled(score=score)
    return names[value] + COMMA + told if value in names else told


def _is_normal(scheme: Scheme, code: str) -> bool:
    """Whether places count by their expected normal scores, which no reader has by heart."""
    return any(
        isinstance(rule, Rated)
        and rule.code == code
        and rule.by_place is not None
        and rule.by_place.method == "normal"
        for rule in _rules(scheme.score)
    )


def _rater(each: Input, scheme: Scheme, raters: Raters) -> str:
    """The name behind a ballot of a group that keeps names, if it was handed over."""
    _, group, rater = (*each.source.split(":", 2), "", "")[:3]
    if all(known.code != group or known.identity not in NAMED for known in scheme.groups):
        return ""
    return raters.get((group, rater), "")


def _levels(node: Node, scheme: Scheme) -> Iterator[ExplainedRow]:
    """Each level over all strata together, where enough people answered."""
    names = _answer_names(scheme, node.code)
    points = {_level(each): each.points for each in node.inputs}
    numbers: Counter[str] = Counter()
    applied = dict.fromkeys(points, Fraction(0))
    for each in node.inputs:
        numbers[_level(each)] += int(each.raw)
        applied[_level(each)] += each.weight
    valid = sum(n for level, n in numbers.items() if points[level] is not None)
    if not scheme.get_thresholds(node.code).may_show_distribution(valid):
        return
    for level, n in numbers.items():
        note = NOTHING if points[level] is not None else Text("不计入", "not counted")
        number = Text("%(n)s份", "%(n)s").filled(n=n)
        yield ExplainedRow(
            names.get(level, same(level)), number, points[level], None, applied[level], note
        )


def _level(each: Input) -> str:
    return each.source.rpartition(":")[2]


def _adjustment(each: Input, scheme: Scheme) -> ExplainedRow:
    code = each.source.partition(":")[2]
    by_times = any(a.code == code and a.by == "times" for a in scheme.adjustments)
    return ExplainedRow(
        adjustment_name(scheme, code),
        Text("%(n)s次", "%(n)s ×").filled(n=each.raw) if by_times else same(each.raw),
        each.points,
        None,
        each.weight,
        _note(each),
    )


def _note(each: Input) -> Text:
    kind, _, reason = each.note.partition(":")
    return {
        "dropped_high": Text("最高，去掉", "highest, dropped"),
        "dropped_low": Text("最低，去掉", "lowest, dropped"),
        "not_counted": Text("不计入", "not counted"),
        "void": Text("废票：%(reason)s", "void: %(reason)s").filled(reason=void_reason(reason)),
        "same_project": Text(
            "同一项目已按最高一项计分", "its project counts at its highest already"
        ),
        "refused": Text("不予采用", "refused"),
        "forbidden": Text("不能这样填，从重计", "not allowed; counts as the least it can give"),
        "over_cap": Text("超过上限，按%(share)s计", "over the cap, counted at %(share)s").filled(
            share=show_percent(each.weight)
        ),
    }.get(kind, same(each.note))


def _answer_names(scheme: Scheme, code: str) -> dict[str, Text]:
    """What the answers to a node's question are called; numbers are called what they are."""
    question = _find_question(scheme, code)
    options = question.list_options() if question else ()
    return {"NA": Text("未评", "not rated")} | {each.code: each.name for each in options}


def _find_question(scheme: Scheme, code: str) -> Question | None:
    for rule in _rules(scheme.score):
        if rule.code == code and isinstance(rule, Rated | Satisfaction):
            groups = rule.groups.values() if isinstance(rule, Rated) else (rule.group,)
            for group in groups:
                for question in scheme.get_questionnaire(group).questions:
                    if question.code == rule.item:
                        return question
    return None


def _rules(rule: Rule) -> Iterator[Rule]:
    yield rule
    for each in rule.below:
        yield from _rules(each)
