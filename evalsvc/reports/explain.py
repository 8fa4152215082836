"""Turns a node of a score tree into plain sentences and rows: how the figure came about.

Pages, workbook, report and unit sheet all show a figure through `explain`, so it is also the one
place that decides what of a ballot may be seen: raters are named only for groups that keep
names, and only where the caller hands the names over; small cells of a panel are not split up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.rules import ByCategory, Mean, Rated, Rule, Satisfaction, Total, Weighted
from analysis.tree import Input, Node, Remark
from evalsvc.language import show_figure, translate
from evalsvc.reports.remarks import IN_SENTENCES, remark_sentence, void_reason
from evalsvc.scheme.model import ForcedRatioQuestion, LevelsQuestion, Question, Scheme, Text

# A stratum's own figures are shown where every stratum has so many answers, levels where the
# whole unit has.
SHOWN_FROM = 10
LISTED = 8

Raters = Mapping[tuple[str, str], str]
"""Names by group and rater code."""


@dataclass(frozen=True)
class ExplainedRow:
    """One line below a figure: a part of it, or a fact. `applied` is the share that entered."""

    label: str
    raw: str
    points: Fraction | None
    weight: Fraction | None
    applied: Fraction | None
    note: str


@dataclass(frozen=True)
class Explanation:
    """A figure in words: its name, one sentence with the arithmetic, what it came from, remarks."""

    code: str
    title: str
    rule: str
    value: Fraction | None
    sentence: str
    rows: tuple[ExplainedRow, ...]
    remarks: tuple[str, ...]


def explain(
    node: Node, scheme: Scheme, language: str = "zh", raters: Raters | None = None
) -> Explanation:
    """How `node` got its value. Without `raters` nobody is named: ballots are sorted points."""
    teller = _Teller(scheme, language, raters or {})
    return Explanation(
        code=node.code,
        title=teller.name(node.code),
        rule=teller.rule(node.rule),
        value=node.value,
        sentence=teller.sentence(node),
        rows=tuple(teller.rows(node)),
        remarks=tuple(
            remark_sentence(remark, scheme, language)
            for remark in node.remarks
            if remark.code not in IN_SENTENCES
        ),
    )


def node_name(scheme: Scheme, code: str, language: str = "zh") -> str:
    """What people call a figure; its code where the scheme gives no name."""
    return scheme.node_names.get(code, Text(code, code)).in_language(language)


def show_short(value: Fraction | None, places: int = 4) -> str:
    """A figure without needless zeros: exact where it is a short decimal."""
    text = show_figure(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_percent(share: Fraction | None) -> str:
    """A share as a percentage without needless zeros."""
    return "—" if share is None else f"{show_short(share * 100, 2)}%"


@dataclass(frozen=True)
class _Teller:
    """Speaks about one scheme in one language."""

    scheme: Scheme
    language: str
    raters: Raters

    def say(self, text: str, **figures: object) -> str:
        return translate(text, self.language, **figures)

    def name(self, code: str) -> str:
        return node_name(self.scheme, code, self.language)

    def rule(self, rule: str) -> str:
        return {
            "given": self.say("填报"),
            "known": self.say("档案给出"),
            "weighted": self.say("加权"),
            "mean": self.say("平均"),
            "rated": self.say("评价"),
            "satisfaction": self.say("满意度"),
            "adjusted": self.say("加减分"),
            "total": self.say("加总"),
        }.get(rule, rule)

    def sentence(self, node: Node) -> str:
        if node.value is None:
            return self._no_value(node)
        tell = {
            "given": self._given,
            "known": self._known,
            "weighted": self._weighted,
            "mean": self._mean,
            "rated": self._rated,
            "satisfaction": self._satisfaction,
            "adjusted": self._adjusted,
            "total": self._total,
        }.get(node.rule)
        return tell(node) if tell else f"= {show_short(node.value)}"

    def _no_value(self, node: Node) -> str:
        if node.rule in ("weighted", "total"):
            return self.say("缺少规定的部分，没有分数。")
        return self.say("没有分数。")

    def _given(self, node: Node) -> str:
        code = node.inputs[0].source.partition(":")[2] if node.inputs else ""
        named = next((r.name for r in self.scheme.rounds if r.code == code), Text(code, code))
        return self.say(
            "%(round)s填报：%(value)s。",
            round=named.in_language(self.language),
            value=show_short(node.value),
        )

    def _known(self, node: Node) -> str:
        return self.say("由档案直接给出：%(value)s。", value=show_short(node.value))

    def _weighted(self, node: Node) -> str:
        means = _find_remark(node, "centred_means")
        terms = _centred_terms(node, means.figures) if means else _weighted_terms(node.parts)
        cut = _find_remark(node, "cut")
        result = cut.figures[0] if cut else show_short(node.value)
        sum_of = self.say("%(terms)s = %(value)s", terms=terms, value=result)
        if means:
            sum_of = self.say("按类别平均数中心化分摊：%(sum)s", sum=sum_of)
        return sum_of + self.say("。")

    def _total(self, node: Node) -> str:
        parts = [part for part in node.parts if part.weight is not None]
        terms = _weighted_terms(parts)
        means = _find_remark(node, "centred_means")
        if means:
            terms = _centred_terms(node, means.figures)
        for part in node.parts:
            if part.weight is None and part.value is not None:
                terms += f" − {show_short(-part.value)}" if part.value < 0 else (
                    f" + {show_short(part.value)}")
        return self.say("%(terms)s = %(value)s", terms=terms, value=show_short(node.value)) + (
            self.say("。"))

    def _mean(self, node: Node) -> str:
        counted = [part.value for part in node.parts if part.applied and part.value is not None]
        return self.say(
            "%(n)s项平均：(%(terms)s) ÷ %(n)s = %(value)s。",
            n=len(counted),
            terms=_abridged([show_short(value) for value in counted]),
            value=show_short(node.value),
        )

    def _rated(self, node: Node) -> str:
        kept = [each.points for each in node.inputs if each.weight and each.points is not None]
        trimmed = _find_remark(node, "trimmed")
        words = {
            "n": len(kept),
            "all": sum(1 for each in node.inputs if each.points is not None),
            "terms": _grouped(kept),
            "value": show_short(node.value),
        }
        if len(kept) == 1:
            return self.say("1票：%(value)s。", value=words["value"])
        if trimmed is None:
            return self.say("%(n)s票平均：(%(terms)s) ÷ %(n)s = %(value)s。", **words)
        return self.say(
            "%(all)s票，去掉%(high)s个最高、%(low)s个最低，其余%(n)s票平均："
            "(%(terms)s) ÷ %(n)s = %(value)s。",
            high=trimmed.figures[0], low=trimmed.figures[1], **words,
        )  # fmt: skip

    def _satisfaction(self, node: Node) -> str:
        answers = _find_remark(node, "valid_answers")
        valid, unknown = answers.figures if answers else ("—", "—")
        strata = _strata(node)
        words = {"valid": valid, "unknown": unknown, "value": show_short(node.value)}
        if len(strata) < 2 or not _may_show_strata(strata):
            return self.say(
                "有效答卷%(valid)s份（不了解%(unknown)s份，不计入），平均%(value)s分。", **words
            )
        terms = " + ".join(
            f"{self._stratum(code)} {show_short(mean)} × {show_percent(share)}"
            for code, (share, mean) in _stratum_figures(strata).items()
            if mean is not None
        )
        return self.say(
            "有效答卷%(valid)s份（不了解%(unknown)s份，不计入），各层平均分按权重合计："
            "%(terms)s = %(value)s。",
            terms=terms, **words,
        )  # fmt: skip

    def _stratum(self, code: str) -> str:
        """A stratum's name; strata that were counted together are written `one+another`."""
        named = {s.code: s.name for group in self.scheme.groups for s in group.strata}
        parts = (named.get(each, Text(each, each)) for each in code.split("+"))
        return self.say("、").join(part.in_language(self.language) for part in parts)

    def _adjusted(self, node: Node) -> str:
        if not node.inputs:
            return self.say("没有加减分。")
        counted = [(each.points or Fraction(0)) * each.weight for each in node.inputs]
        bonus = sum((points for points in counted if points > 0), Fraction(0))
        deducted = -sum((points for points in counted if points < 0), Fraction(0))
        return self.say(
            "加分%(bonus)s − 扣分%(deducted)s = %(value)s。",
            bonus=show_short(bonus),
            deducted=show_short(deducted),
            value=show_short(node.value),
        )

    def rows(self, node: Node) -> Iterator[ExplainedRow]:
        for part in node.parts:
            yield self._part(node, part)
        if node.rule == "rated":
            yield from self._ballots(node)
        elif node.rule == "satisfaction":
            yield from self._levels(node)
        elif node.rule == "adjusted":
            yield from (self._adjustment(each) for each in node.inputs)

    def _part(self, node: Node, part: Node) -> ExplainedRow:
        note = ""
        if part.value is None:
            note = self.say("没有这一部分")
        elif node.rule == "mean" and not part.applied:
            note = self.say("不计入平均")
        return ExplainedRow(
            self.name(part.code), "", part.value, part.weight, part.applied, note
        )

    def _ballots(self, node: Node) -> Iterator[ExplainedRow]:
        """Highest points first: the order of ballots could tell who cast them."""
        question = self._question(node.code)
        ordered = sorted(node.inputs, key=lambda each: (each.points is None, -(each.points or 0)))
        for each in ordered:
            yield ExplainedRow(
                self._rater(each) or self.say("一票"),
                self._answer(question, each.raw),
                each.points,
                None,
                each.weight,
                self._note(each),
            )

    def _rater(self, each: Input) -> str:
        _, group, rater = (*each.source.split(":", 2), "", "")[:3]
        kept = ("named", "entries")
        named = any(g.code == group and g.identity in kept for g in self.scheme.groups)
        return self.raters.get((group, rater), "") if named else ""

    def _question(self, code: str) -> Question | None:
        for rule in _rules(self.scheme.score):
            if rule.code == code and isinstance(rule, Rated | Satisfaction):
                groups = rule.groups.values() if isinstance(rule, Rated) else (rule.group,)
                for group in groups:
                    for question in self.scheme.get_questionnaire(group).questions:
                        if question.code == rule.item:
                            return question
        return None

    def _answer(self, question: Question | None, raw: str) -> str:
        if raw == "NA":
            return self.say("未评")
        choices: Sequence[tuple[str, Text]] = ()
        if isinstance(question, ForcedRatioQuestion):
            choices = [(band.code, band.name) for band in question.bands]
        elif isinstance(question, LevelsQuestion):
            choices = [(level.code, level.name) for level in question.levels]
        return dict(choices).get(raw, Text(raw, raw)).in_language(self.language)

    def _note(self, each: Input) -> str:
        kind, _, reason = each.note.partition(":")
        known = {
            "": "",
            "dropped_high": self.say("最高，去掉"),
            "dropped_low": self.say("最低，去掉"),
            "not_counted": self.say("不计入"),
            "not_carried": self.say("不承担此项"),
            "void": self.say("废票：%(reason)s", reason=void_reason(reason, self.language)),
            "over_cap": self.say("超过上限，按%(share)s计", share=show_percent(each.weight)),
        }
        return known.get(kind, each.note)

    def _levels(self, node: Node) -> Iterator[ExplainedRow]:
        """Each level over all strata together, where enough people answered."""
        question = self._question(node.code)
        numbers: Counter[str] = Counter()
        applied: dict[str, Fraction] = {}
        points: dict[str, Fraction | None] = {}
        for each in node.inputs:
            level = each.source.rpartition(":")[2]
            numbers[level] += int(each.raw)
            applied[level] = applied.get(level, Fraction(0)) + each.weight
            points[level] = each.points
        if sum(n for level, n in numbers.items() if points[level] is not None) < SHOWN_FROM:
            return
        for level, n in numbers.items():
            note = "" if points[level] is not None else self.say("不计入")
            yield ExplainedRow(
                self._answer(question, level),
                self.say("%(n)s份", n=n),
                points[level],
                None,
                applied[level],
                note,
            )

    def _adjustment(self, each: Input) -> ExplainedRow:
        code = each.source.partition(":")[2]
        kind = next((a for a in self.scheme.adjustments if a.code == code), None)
        by_times = kind is not None and kind.by == "times"
        return ExplainedRow(
            kind.name.in_language(self.language) if kind else code,
            self.say("%(n)s次", n=each.raw) if by_times else each.raw,
            each.points,
            None,
            each.weight,
            self._note(each),
        )


def _find_remark(node: Node, code: str) -> Remark | None:
    return next((remark for remark in node.remarks if remark.code == code), None)


def _weighted_terms(parts: Iterable[Node]) -> str:
    return " + ".join(
        f"{show_short(part.value)} × {show_percent(part.applied)}"
        for part in parts
        if part.value is not None and part.applied
    )


def _centred_terms(node: Node, means: Sequence[str]) -> str:
    """Σ w·m + Σ (w/W)(s − m): the category's means, then how far this unit lies from them."""
    known = [
        (part, mean)
        for part, mean in zip((p for p in node.parts if p.weight is not None), means, strict=True)
        if mean != "NA"
    ]
    whole = sum((part.weight or Fraction(0) for part, _ in known), Fraction(0))
    base = " + ".join(
        f"{mean} × {show_percent((part.weight or Fraction(0)) / whole)}" for part, mean in known
    )
    own = " + ".join(
        f"({show_short(part.value)} − {mean}) × {show_percent(part.applied)}"
        for part, mean in known
        if part.value is not None
    )
    return f"({base}) + {own}"


def _abridged(terms: Sequence[str]) -> str:
    shown = terms if len(terms) <= LISTED else [*terms[: LISTED - 2], "…", terms[-1]]
    return " + ".join(shown)


def _grouped(points: Iterable[Fraction]) -> str:
    """Equal points together, highest first: 100 × 3 + 85 × 2."""
    counted = sorted(Counter(points).items(), reverse=True)
    return _abridged([
        f"{show_short(value)} × {n}" if n > 1 else show_short(value) for value, n in counted
    ])


def _strata(node: Node) -> dict[str, list[Input]]:
    found: dict[str, list[Input]] = {}
    for each in node.inputs:
        found.setdefault(each.source.split(":")[1], []).append(each)
    return found


def _may_show_strata(strata: Mapping[str, Sequence[Input]]) -> bool:
    return all(
        sum(int(each.raw) for each in inputs if each.points is not None) >= SHOWN_FROM
        for inputs in strata.values()
    )


def _stratum_figures(
    strata: Mapping[str, Sequence[Input]],
) -> dict[str, tuple[Fraction, Fraction | None]]:
    """Each stratum's applied weight and its mean points."""
    found: dict[str, tuple[Fraction, Fraction | None]] = {}
    for code, inputs in strata.items():
        share = sum((each.weight for each in inputs), Fraction(0))
        points = sum(((each.points or Fraction(0)) * each.weight for each in inputs), Fraction(0))
        found[code] = (share, points / share if share else None)
    return found


def _rules(rule: Rule) -> Iterator[Rule]:
    yield rule
    below: tuple[Rule, ...] = ()
    if isinstance(rule, Weighted):
        below = tuple(part.node for part in rule.parts)
    elif isinstance(rule, Mean):
        below = rule.parts
    elif isinstance(rule, ByCategory):
        below = tuple(rule.rules.values())
    elif isinstance(rule, Total):
        below = (rule.base,)
    for each in below:
        yield from _rules(each)
