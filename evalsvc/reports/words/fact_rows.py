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
from evalsvc.reports.words.wording import Speaker, show_percent
from evalsvc.scheme.model import Scheme

Raters = Mapping[tuple[str, str], str]
"""Names by group and rater code."""

NAMED = ("named", "entries")


@dataclass(frozen=True)
class ExplainedRow:
    """One line below a figure: a part of it, or a fact. `applied` is the share that entered."""

    label: str
    raw: str
    points: Fraction | None
    weight: Fraction | None
    applied: Fraction | None
    note: str


def list_rows(node: Node, speaker: Speaker, raters: Raters) -> Iterator[ExplainedRow]:
    """The parts of a node, and for a leaf its facts; an entered figure has no rows."""
    for part in node.parts:
        yield _part(node, part, speaker)
    if node.rule in ("rated", "rated_items"):
        yield from _ballots(node, speaker, raters)
    elif node.rule == "satisfaction":
        yield from _levels(node, speaker)
    elif node.rule == "adjusted":
        yield from (_adjustment(each, speaker) for each in node.inputs)


def _part(node: Node, part: Node, speaker: Speaker) -> ExplainedRow:
    note = ""
    if part.value is None:
        note = speaker.say("没有这一部分")
    elif node.rule == "mean" and not part.applied:
        note = speaker.say("不计入平均")
    return ExplainedRow(speaker.node(part.code), "", part.value, part.weight, part.applied, note)


def _ballots(node: Node, speaker: Speaker, raters: Raters) -> Iterator[ExplainedRow]:
    """Highest points first: the order of ballots could tell who cast them."""
    ordered = sorted(node.inputs, key=lambda each: (each.points is None, -(each.points or 0)))
    for each in ordered:
        yield ExplainedRow(
            _rater(each, speaker.scheme, raters) or speaker.say("一票"),
            _say_answers(node, each.raw, speaker),
            each.points,
            None,
            each.weight,
            _note(each, speaker),
        )


def _say_answers(node: Node, raw: str, speaker: Speaker) -> str:
    """What a ballot says about the unit; of several questions, each by its name."""
    if node.rule == "rated":
        return _say_answer(node.code, raw, speaker)
    told = []
    for item, _, answer in (one.partition("=") for one in raw.split("; ")):
        code = f"{node.code}.{item}"
        told.append(f"{speaker.node(code)} {_say_answer(code, answer, speaker)}")
    return speaker.say("；").join(told)


def _say_answer(code: str, raw: str, speaker: Speaker) -> str:
    """One answer as the paper words it, with the place that it gave where that counts."""
    value, _, place = raw.partition("|")
    names = _answer_names(speaker, code)
    if not place:
        return names.get(value, value)
    held, _, score = place.partition("|")
    places, _, units = held.partition("/")
    first, _, last = places.partition("-")
    told = speaker.say(
        "第%(place)s名，共%(units)s个",
        place=first if first == last else f"{first}–{last}",
        units=units,
    )
    if score and _is_normal(speaker.scheme, code):
        told += speaker.say("，正态分%(score)s", score=score)
    return f"{names[value]}{speaker.say('，')}{told}" if value in names else told


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


def _levels(node: Node, speaker: Speaker) -> Iterator[ExplainedRow]:
    """Each level over all strata together, where enough people answered."""
    names = _answer_names(speaker, node.code)
    points = {_level(each): each.points for each in node.inputs}
    numbers: Counter[str] = Counter()
    applied = dict.fromkeys(points, Fraction(0))
    for each in node.inputs:
        numbers[_level(each)] += int(each.raw)
        applied[_level(each)] += each.weight
    valid = sum(n for level, n in numbers.items() if points[level] is not None)
    if not speaker.scheme.get_thresholds(node.code).may_show_distribution(valid):
        return
    for level, n in numbers.items():
        note = "" if points[level] is not None else speaker.say("不计入")
        number = speaker.say("%(n)s份", n=n)
        yield ExplainedRow(
            names.get(level, level), number, points[level], None, applied[level], note
        )


def _level(each: Input) -> str:
    return each.source.rpartition(":")[2]


def _adjustment(each: Input, speaker: Speaker) -> ExplainedRow:
    code = each.source.partition(":")[2]
    by_times = any(a.code == code and a.by == "times" for a in speaker.scheme.adjustments)
    return ExplainedRow(
        speaker.adjustment(code),
        speaker.say("%(n)s次", n=each.raw) if by_times else each.raw,
        each.points,
        None,
        each.weight,
        _note(each, speaker),
    )


def _note(each: Input, speaker: Speaker) -> str:
    kind, _, reason = each.note.partition(":")
    return {
        "dropped_high": speaker.say("最高，去掉"),
        "dropped_low": speaker.say("最低，去掉"),
        "not_counted": speaker.say("不计入"),
        "void": speaker.say("废票：%(reason)s", reason=void_reason(reason, speaker.language)),
        "same_project": speaker.say("同一项目已按最高一项计分"),
        "refused": speaker.say("不予采用"),
        "over_cap": speaker.say("超过上限，按%(share)s计", share=show_percent(each.weight)),
    }.get(kind, each.note)


def _answer_names(speaker: Speaker, code: str) -> dict[str, str]:
    """What the answers to a node's question are called; numbers are called what they are."""
    question = _find_question(speaker.scheme, code)
    names = {"NA": speaker.say("未评")}
    options = question.list_options() if question else ()
    return names | {each.code: each.name.in_language(speaker.language) for each in options}


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
