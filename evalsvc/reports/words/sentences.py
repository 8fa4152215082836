"""One sentence a figure, with the arithmetic that gave it; figures in it are exact or to 4 places.

Strata of a panel are told apart only where each has enough answers.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from analysis.panel.small_cells import Thresholds
from analysis.score.tree import Input, Node, Remark
from evalsvc.reports.words.wording import Speaker, show_percent, show_short

LISTED = 8  # a longer sum is abridged


def node_sentence(node: Node, speaker: Speaker) -> str:
    """How the figure came about; a rule unknown here gives the bare value."""
    if node.value is None:
        return _no_value(node, speaker)
    tell = SENTENCES.get(node.rule)
    return tell(node, speaker) if tell else f"= {_figure(node.value)}"


def _figure(value: Fraction | None) -> str:
    """A figure inside a sentence: a deduction has the sign of the sum around it."""
    return show_short(value).replace("-", "−")


def _no_value(node: Node, speaker: Speaker) -> str:
    if node.rule in ("weighted", "total"):
        return speaker.say("缺少规定的部分，没有分数。")
    return speaker.say("没有分数。")


def _given(node: Node, speaker: Speaker) -> str:
    code = node.inputs[0].source.partition(":")[2] if node.inputs else ""
    value, choice = _figure(node.value), _choice(node, speaker)
    if choice:
        value = speaker.say("%(value)s（%(name)s）", value=value, name=choice)
    return speaker.say("%(round)s填报：%(value)s。", round=speaker.round(code), value=value)


def _choice(node: Node, speaker: Speaker) -> str:
    """What an entered choice is called; empty for a figure that is no choice."""
    return next(
        (
            choice.name.in_language(speaker.language)
            for component in speaker.scheme.components
            if component.code == node.code
            for choice in component.choices
            if choice.value == node.value
        ),
        "",
    )


def _known(node: Node, speaker: Speaker) -> str:
    return speaker.say("由档案直接给出：%(value)s。", value=_figure(node.value))


def _weighted(node: Node, speaker: Speaker) -> str:
    means = _find_remark(node, "centred_means")
    terms = _centred_terms(node, means.figures) if means else _weighted_terms(node.parts)
    cut = _find_remark(node, "cut")
    result = cut.figures[0] if cut else _figure(node.value)
    sum_of = speaker.say("%(terms)s = %(value)s", terms=terms, value=result)
    if means:
        sum_of = speaker.say("按类别平均数中心化分摊：%(sum)s", sum=sum_of)
    return sum_of + speaker.say("。")


def _sum(node: Node, speaker: Speaker) -> str:
    """Points are added; a part that also stands for a missing one counts for more."""
    return speaker.say(
        "%(terms)s = %(value)s", terms=_added_terms(node.parts), value=_figure(node.value)
    ) + speaker.say("。")


def _worked(node: Node, speaker: Speaker) -> str:
    """What an indicator method worked out; where there was nothing to work out, the points."""
    worked = _find_remark(node, "arithmetic")
    if worked is not None:
        return worked.figures[0].replace("= -", "= −") + speaker.say("。")
    return speaker.say("得%(value)s分。", value=_figure(node.value))


def _graded(node: Node, speaker: Speaker) -> str:
    choice = _choice(node.parts[0], speaker) if node.parts else ""
    if not choice:
        return _worked(node, speaker)
    return speaker.say(
        "评为“%(choice)s”，得%(value)s分。", choice=choice, value=_figure(node.value)
    )


def _in_segment(node: Node, speaker: Speaker) -> str:
    return speaker.say("所打的%(value)s分在商定的档内，照此计分。", value=_figure(node.value))


def _total(node: Node, speaker: Speaker) -> str:
    """As for weighted parts or a sum of points, then the adjustments, which have no weight."""
    means = _find_remark(node, "centred_means")
    parts = [part for part in node.parts if part.weight is not None]
    if not parts:
        return _sum(node, speaker)
    terms = _centred_terms(node, means.figures) if means else _weighted_terms(parts)
    cut = _find_remark(node, "cut")
    if cut:
        terms = speaker.say("%(terms)s = %(value)s", terms=terms, value=cut.figures[0])
        terms += speaker.say("；") + cut.figures[1]
    for part in node.parts:
        if part.weight is None and part.value is not None:
            sign = "−" if part.value < 0 else "+"
            terms += f" {sign} {_figure(abs(part.value))}"
    total = speaker.say("%(terms)s = %(value)s", terms=terms, value=_figure(node.value))
    return total + speaker.say("。")


def _mean(node: Node, speaker: Speaker) -> str:
    counted = [part.value for part in node.parts if part.applied and part.value is not None]
    return speaker.say(
        "%(n)s项平均：(%(terms)s) ÷ %(n)s = %(value)s。",
        n=len(counted),
        terms=_abridged([_figure(value) for value in counted]),
        value=_figure(node.value),
    )


def _rated(node: Node, speaker: Speaker) -> str:
    kept = [each.points for each in node.inputs if each.weight and each.points is not None]
    trimmed = _find_remark(node, "trimmed")
    words = {
        "n": len(kept),
        "all": sum(1 for each in node.inputs if each.points is not None),
        "terms": _grouped(kept),
        "value": _figure(node.value),
    }
    if len(kept) == 1:
        return speaker.say("1票：%(value)s。", value=words["value"])
    if trimmed is None:
        return speaker.say("%(n)s票平均：(%(terms)s) ÷ %(n)s = %(value)s。", **words)
    return speaker.say(
        "%(all)s票，去掉%(high)s个最高、%(low)s个最低，其余%(n)s票平均："
        "(%(terms)s) ÷ %(n)s = %(value)s。",
        high=trimmed.figures[0],
        low=trimmed.figures[1],
        **words,
    )


def _rated_items(node: Node, speaker: Speaker) -> str:
    """How each ballot's questions make its points, then as for one question."""
    terms = " + ".join(
        f"{speaker.node(part.code)} × {show_percent(part.weight)}" for part in node.parts
    )
    return speaker.say("每票按%(terms)s合成。", terms=terms) + _rated(node, speaker)


def _satisfaction(node: Node, speaker: Speaker) -> str:
    answers = _find_remark(node, "valid_answers")
    valid, unknown = answers.figures if answers else ("—", "—")
    strata, thresholds = _strata(node), speaker.scheme.get_thresholds(node.code)
    words = {"valid": valid, "unknown": unknown, "value": _figure(node.value)}
    if len(strata) < 2 or not _may_show_strata(strata, thresholds):
        return speaker.say(
            "有效答卷%(valid)s份（不了解%(unknown)s份，不计入），平均%(value)s分。", **words
        )
    terms = " + ".join(
        f"{speaker.stratum(code)} {_figure(mean)} × {show_percent(share)}"
        for code, (share, mean) in _stratum_figures(strata).items()
        if mean is not None
    )
    return speaker.say(
        "有效答卷%(valid)s份（不了解%(unknown)s份，不计入），各层平均分按权重合计："
        "%(terms)s = %(value)s。",
        terms=terms,
        **words,
    )


def _adjusted(node: Node, speaker: Speaker) -> str:
    if not node.inputs:
        return speaker.say("没有加减分。")
    counted = [(each.points or Fraction(0)) * each.weight for each in node.inputs]
    bonus = sum((points for points in counted if points > 0), Fraction(0))
    deducted = -sum((points for points in counted if points < 0), Fraction(0))
    return speaker.say(
        "加分%(bonus)s − 扣分%(deducted)s = %(value)s。",
        bonus=_figure(bonus),
        deducted=_figure(deducted),
        value=_figure(node.value),
    )


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


SENTENCES: Mapping[str, Callable[[Node, Speaker], str]] = {
    "given": _given,
    "known": _known,
    "weighted": _weighted,
    "mean": _mean,
    "rated": _rated,
    "satisfaction": _satisfaction,
    "adjusted": _adjusted,
    "total": _total,
    "sum": _sum,
    "rated_items": _rated_items,
    "graded": _graded,
    "segments": _in_segment,
    **dict.fromkeys(
        ("tally", "completion", "all_or_nothing", "placed", "to_best", "task_grades"), _worked
    ),
}
