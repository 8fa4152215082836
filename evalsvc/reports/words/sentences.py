"""One sentence a figure, with the arithmetic that gave it; figures in it are exact or to 4 places.

Strata of a panel are told apart only where each has enough answers.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from analysis.panel.small_cells import Thresholds
from analysis.score.tree import Input, Node, Remark
from evalsvc.reports.words.wording import (
    node_name,
    round_name,
    show_percent,
    show_short,
    stratum_name,
)
from evalsvc.scheme.model import Scheme
from evalsvc.text import NOTHING, SEMICOLON, STOP, Text, same

LISTED = 8  # a longer sum is abridged


def node_sentence(node: Node, scheme: Scheme) -> Text:
    """How the figure came about; a rule unknown here gives the bare value."""
    if node.value is None:
        return _no_value(node)
    if node.rule in SUMS:
        return SUMS[node.rule](node)
    if node.rule in NAMED_SENTENCES:
        return NAMED_SENTENCES[node.rule](node, scheme)
    return same(f"= {_figure(node.value)}")


def _figure(value: Fraction | None) -> str:
    """A figure inside a sentence: a deduction has the sign of the sum around it."""
    return show_short(value).replace("-", "−")


def _no_value(node: Node) -> Text:
    if node.rule in ("weighted", "total"):
        return Text(
            "缺少规定的部分，没有分数。",
            "A part that the scheme demands is missing, so there is no score.",
        )
    return Text("没有分数。", "No score.")


def _given(node: Node, scheme: Scheme) -> Text:
    code = node.inputs[0].source.partition(":")[2] if node.inputs else ""
    value, choice = same(_figure(node.value)), _choice(node, scheme)
    if choice:
        value = Text("%(value)s（%(name)s）", "%(value)s (%(name)s)").filled(
            value=value, name=choice
        )
    return Text("%(round)s填报：%(value)s。", "Entered for %(round)s: %(value)s.").filled(
        round=round_name(scheme, code), value=value
    )


def _choice(node: Node, scheme: Scheme) -> Text:
    """What an entered choice is called; empty for a figure that is no choice."""
    return next(
        (
            choice.name
            for component in scheme.components
            if component.code == node.code
            for choice in component.choices
            if choice.value == node.value
        ),
        NOTHING,
    )


def _known(node: Node) -> Text:
    return Text(
        "由档案直接给出：%(value)s。", "Taken from the archive as it stands: %(value)s."
    ).filled(value=_figure(node.value))


def _weighted(node: Node) -> Text:
    means = _find_remark(node, "centred_means")
    terms = _centred_terms(node, means.figures) if means else _weighted_terms(node.parts)
    cut = _find_remark(node, "cut")
    result = cut.figures[0] if cut else _figure(node.value)
    sum_of = same(f"{terms} = {result}")
    if means:
        sum_of = Text(
            "按类别平均数中心化分摊：%(sum)s",
            "Redistributed, centred on the category means: %(sum)s",
        ).filled(sum=sum_of)
    return sum_of + STOP


def _sum(node: Node) -> Text:
    """Points are added; a part that also stands for a missing one counts for more."""
    return same(f"{_added_terms(node.parts)} = {_figure(node.value)}") + STOP


def _worked(node: Node) -> Text:
    """What an indicator method worked out; where there was nothing to work out, the points."""
    worked = _find_remark(node, "arithmetic")
    if worked is not None:
        return same(worked.figures[0].replace("= -", "= −")) + STOP
    return Text("得%(value)s分。", "Points: %(value)s.").filled(value=_figure(node.value))


def _graded(node: Node, scheme: Scheme) -> Text:
    choice = _choice(node.parts[0], scheme) if node.parts else NOTHING
    if not choice:
        return _worked(node)
    return Text(
        "评为“%(choice)s”，得%(value)s分。", 'Graded "%(choice)s": %(value)s points.'
    ).filled(choice=choice, value=_figure(node.value))


def _in_segment(node: Node) -> Text:
    return Text(
        "所打的%(value)s分在商定的档内，照此计分。",
        "The score of %(value)s lies in the segment agreed and counts as it is.",
    ).filled(value=_figure(node.value))


def _total(node: Node) -> Text:
    """As for weighted parts or a sum of points, then the adjustments, which have no weight."""
    means = _find_remark(node, "centred_means")
    parts = [part for part in node.parts if part.weight is not None]
    if not parts:
        return _sum(node)
    terms = same(_centred_terms(node, means.figures) if means else _weighted_terms(parts))
    cut = _find_remark(node, "cut")
    if cut:
        terms += same(f" = {cut.figures[0]}") + SEMICOLON + same(cut.figures[1])
    return terms + same(f"{_adjusted_terms(node)} = {_figure(node.value)}") + STOP


def _adjusted_terms(node: Node) -> str:
    return "".join(
        f" {'−' if part.value < 0 else '+'} {_figure(abs(part.value))}"
        for part in node.parts
        if part.weight is None and part.value is not None
    )


def _mean(node: Node) -> Text:
    counted = [part.value for part in node.parts if part.applied and part.value is not None]
    return Text(
        "%(n)s项平均：(%(terms)s) ÷ %(n)s = %(value)s。",
        "Mean of %(n)s items: (%(terms)s) ÷ %(n)s = %(value)s.",
    ).filled(
        n=len(counted),
        terms=_abridged([_figure(value) for value in counted]),
        value=_figure(node.value),
    )


def _rated(node: Node) -> Text:
    kept = [each.points for each in node.inputs if each.weight and each.points is not None]
    trimmed = _find_remark(node, "trimmed")
    words = {
        "n": len(kept),
        "all": sum(1 for each in node.inputs if each.points is not None),
        "terms": _grouped(kept),
        "value": _figure(node.value),
    }
    if len(kept) == 1:
        return Text("1票：%(value)s。", "1 ballot: %(value)s.").filled(value=words["value"])
    if trimmed is None:
        return Text(
            "%(n)s票平均：(%(terms)s) ÷ %(n)s = %(value)s。",
            "Mean of %(n)s ballots: (%(terms)s) ÷ %(n)s = %(value)s.",
        ).filled(**words)
    return Text(
        "%(all)s票，去掉%(high)s个最高、%(low)s个最低，其余%(n)s票平均："
        "(%(terms)s) ÷ %(n)s = %(value)s。",
        "%(all)s ballots, %(high)s highest and %(low)s lowest dropped; mean of the other "
        "%(n)s: (%(terms)s) ÷ %(n)s = %(value)s.",
    ).filled(high=trimmed.figures[0], low=trimmed.figures[1], **words)


def _rated_items(node: Node, scheme: Scheme) -> Text:
    """How each ballot's questions make its points, then as for one question."""
    terms = same(" + ").join(
        node_name(scheme, part.code) + same(f" × {show_percent(part.weight)}")
        for part in node.parts
    )
    return Text("每票按%(terms)s合成。", "On each ballot: %(terms)s. ").filled(
        terms=terms
    ) + _rated(node)


def _satisfaction(node: Node, scheme: Scheme) -> Text:
    answers = _find_remark(node, "valid_answers")
    valid, unknown = answers.figures if answers else ("—", "—")
    strata, thresholds = _strata(node), scheme.get_thresholds(node.code)
    words = {"valid": valid, "unknown": unknown, "value": _figure(node.value)}
    if len(strata) < 2 or not _may_show_strata(strata, thresholds):
        return Text(
            "有效答卷%(valid)s份（不了解%(unknown)s份，不计入），平均%(value)s分。",
            '%(valid)s valid answers (%(unknown)s "don\'t know" left out), %(value)s points on '
            "average.",
        ).filled(**words)
    terms = same(" + ").join(
        stratum_name(scheme, code) + same(f" {_figure(mean)} × {show_percent(share)}")
        for code, (share, mean) in _stratum_figures(strata).items()
        if mean is not None
    )
    return Text(
        "有效答卷%(valid)s份（不了解%(unknown)s份，不计入），各层平均分按权重合计："
        "%(terms)s = %(value)s。",
        "%(valid)s valid answers (%(unknown)s \"don't know\" left out); the strata's means "
        "by weight: %(terms)s = %(value)s.",
    ).filled(terms=terms, **words)


def _adjusted(node: Node) -> Text:
    if not node.inputs:
        return Text("没有加减分。", "No adjustments.")
    counted = [(each.points or Fraction(0)) * each.weight for each in node.inputs]
    bonus = sum((points for points in counted if points > 0), Fraction(0))
    deducted = -sum((points for points in counted if points < 0), Fraction(0))
    return Text(
        "加分%(bonus)s − 扣分%(deducted)s = %(value)s。",
        "Bonuses %(bonus)s − deductions %(deducted)s = %(value)s.",
    ).filled(bonus=_figure(bonus), deducted=_figure(deducted), value=_figure(node.value))


def _find_remark(node: Node, code: str) -> Remark | None:
    return next((remark for remark in node.remarks if remark.code == code), None)


def _weighted_terms(parts: Iterable[Node]) -> str:
    return " + ".join(
        f"{_figure(part.value)} × {show_percent(part.applied)}"
        for part in parts
        if part.value is not None and part.applied
    )


def _added_terms(parts: Iterable[Node]) -> str:
    text = ""
    for part in parts:
        if part.value is None:
            continue
        factor = "" if part.applied in (None, 1) else f" × {show_percent(part.applied)}"
        sign = "−" if part.value < 0 else "+"
        text += f" {sign} {_figure(abs(part.value))}{factor}"
    return text.removeprefix(" + ")


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
        f"({_figure(part.value)} − {mean}) × {show_percent(part.applied)}"
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
    return _abridged(
        [f"{_figure(value)} × {n}" if n > 1 else _figure(value) for value, n in counted]
    )


def _strata(node: Node) -> dict[str, list[Input]]:
    found: dict[str, list[Input]] = {}
    for each in node.inputs:
        found.setdefault(each.source.split(":")[1], []).append(each)
    return found


def _may_show_strata(strata: Mapping[str, Sequence[Input]], thresholds: Thresholds) -> bool:
    valid = (
        sum(int(each.raw) for each in inputs if each.points is not None)
        for inputs in strata.values()
    )
    return all(map(thresholds.may_show_distribution, valid))


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


SUMS: Mapping[str, Callable[[Node], Text]] = {
    "known": _known,
    "weighted": _weighted,
    "mean": _mean,
    "rated": _rated,
    "adjusted": _adjusted,
    "total": _total,
    "sum": _sum,
    "segments": _in_segment,
    **dict.fromkeys(
        ("tally", "completion", "all_or_nothing", "placed", "to_best", "task_grades"), _worked
    ),
}

# These name something of the scheme besides the figures.
NAMED_SENTENCES: Mapping[str, Callable[[Node, Scheme], Text]] = {
    "given": _given,
    "satisfaction": _satisfaction,
    "rated_items": _rated_items,
    "graded": _graded,
}
