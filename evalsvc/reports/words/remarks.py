"""What every remark code and every reason for a void ballot says in words."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from analysis.score.tree import Remark
from evalsvc.reports.words.remark_patterns import PATTERNS, Pattern
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.satisfaction import OTHER_WEIGHING
from evalsvc.scheme.wording import adjustment_name, node_name, node_names, round_name, stratum_name
from evalsvc.text import AND, SEMICOLON, Text, same

# These only repeat what the sentence beside the figure says already.
IN_SENTENCES = frozenset({
    "raters", "mean_over", "trimmed", "centred_means", "valid_answers", "arithmetic", "items",
    "out_of", "weighing", "from_edge", "above_edge", "below_bands", "deviation", "lowest",
    "highest", "limited", "not_limited", "distance",
})  # a table, read by rows  # fmt: skip

# These say how a figure is counted, not that something about it is unusual.
ORDINARY = IN_SENTENCES | {
    "left_out", "satisfied_rates", "not_carried", "cap", "place", "segment",
    "largest", "comments_only", "share_of", "by_normal", "by_percentile", "by_points",
}  # a table, read by rows  # fmt: skip


LACKING = ("missing_part", "missing_points")
GATHERED_FROM = 3


def remark_sentence(remark: Remark, scheme: Scheme) -> Text:
    """One remark as a sentence; a code unknown here is shown as it is, never left out."""
    tell = SENTENCES.get(remark.code)
    if tell is None:
        return same(" ".join((remark.code, *remark.figures)))
    return tell(scheme, *remark.figures)


def gathered(remarks: Sequence[Remark], is_there: bool) -> Iterator[Remark]:
    """Remarks as they are best read: parts missing alike in one, and where the figure itself is
    missing for want of them, only which they are."""
    lacking = [r for r in remarks if r.code in LACKING and r.figures[2] != "not_ranked"]
    if lacking and not is_there:
        yield Remark("lacking", tuple(each.figures[0] for each in lacking))
        yield from (each for each in remarks if each not in lacking)
        return
    alike: dict[tuple[str, ...], list[str]] = {}
    for each in remarks:
        if each.code == "missing_part":
            alike.setdefault(each.figures[1:], []).append(each.figures[0])
    for each in remarks:
        codes = alike.get(each.figures[1:], []) if each.code == "missing_part" else []
        if len(codes) < GATHERED_FROM:
            yield each
        elif each.figures[0] == codes[0]:
            yield Remark("missing_parts", (*each.figures[1:], *codes))


def void_reason(code: str) -> Text:
    """Why a ballot did not count, at opening or in scoring."""
    return VOID_REASONS.get(code, same(code))


def _fill(pattern: Pattern, scheme: Scheme, *figures: str) -> Text:
    """A sentence that only fills figures in; what is left over is a list of parts."""
    shown: dict[str, object] = {}
    for place, fill in enumerate(pattern.figures):
        kind, _, name = fill.rpartition(":")
        if kind in LISTS:
            shown[name] = LISTS[kind](scheme, figures[place:])
        else:
            shown[name] = SHOWN[kind](scheme, figures[place])
    return pattern.text.filled(**shown)


def _missing_part(scheme: Scheme, code: str, weight: str, missing: str) -> Text:
    return Text(
        "没有“%(part)s”，其权重%(weight)s%(how)s。",
        'There is no "%(part)s"; its weight of %(weight)s %(how)s.',
    ).filled(
        part=node_name(scheme, code),
        weight=_percent(weight),
        how=SHARED.get(missing, same(missing)),
    )


def _missing_parts(scheme: Scheme, weight: str, missing: str, *codes: str) -> Text:
    """Several parts of one weight, as the months of a year are."""
    return Text(
        "没有“%(parts)s”这%(n)s项，其权重各%(weight)s%(how)s。",
        'There are no "%(parts)s" (%(n)s parts); their weight of %(weight)s each %(how)s.',
    ).filled(
        parts=node_names(scheme, codes),
        n=len(codes),
        weight=_percent(weight),
        how=SHARED.get(missing, same(missing)),
    )


def _missing_points(scheme: Scheme, code: str, full: str, missing: str) -> Text:
    how = MADE_UP.get(missing, same(missing))
    return Text(
        "没有“%(part)s”（满分%(full)s分），%(how)s。",
        'There is no "%(part)s" (full marks %(full)s): %(how)s.',
    ).filled(part=node_name(scheme, code), full=full, how=how)


def _cap(scheme: Scheme, before: str, most: str, *codes: str) -> Text:
    names = _adjustments(scheme, codes) if codes else Text("各项加分", "All bonuses")
    return Text(
        "%(names)s合计%(before)s，超过上限%(most)s，按上限计。",
        "%(names)s: %(before)s in sum, over the cap of %(most)s, counted at the cap.",
    ).filled(names=names, before=before, most=most)


def _adjustments(scheme: Scheme, codes: Sequence[str]) -> Text:
    return AND.join(adjustment_name(scheme, code) for code in codes)


def _share_of(scheme: Scheme, *codes: str) -> Text:
    names = {
        option.code: option.name
        for sheet in scheme.questionnaires.values()
        for question in sheet.questions
        for option in question.list_options()
    }
    return Text(
        "得数是选“%(answers)s”的百分比。", 'The figure is the percentage of "%(answers)s".'
    ).filled(answers=AND.join(names.get(code, same(code)) for code in codes))


def _forbidden(_: Scheme, value: str, *_codes: str) -> Text:
    """What counts in the place of a forbidden figure, where the rule has a least one."""
    if value == "NA":
        return Text(
            "方案不允许这样填，又没有规定最低分，改正以前没有分数。",
            "The scheme does not allow this, and nothing bounds it below: there is no score until "
            "it is corrected.",
        )
    return Text(
        "方案不允许这样填，按%(value)s分计，权重不由其他各项分担。",
        "The scheme does not allow this: it counts as %(value)s, and the other parts do not take "
        "over its weight.",
    ).filled(value=value)


def _weighing(_: Scheme, weighing: str, other: str) -> Text:
    return OTHER_WEIGHING[weighing].filled(value=other)


def _few_answers(scheme: Scheme, few: str, least: str, *codes: str) -> Text:
    return Text(
        "%(strata)s的有效答卷不足%(least)s份，%(how)s。",
        "%(strata)s: fewer than %(least)s valid answers; %(how)s.",
    ).filled(strata=_strata(scheme, codes), least=least, how=FEW[few])


def _percent(share: str) -> str:
    """A share in a remark, such as 0.6, as a percentage."""
    if share == "NA":
        return "—"
    return f"{(Decimal(share) * 100).normalize():f}%"


def _void_reasons(_: Scheme, ballots: Sequence[str]) -> Text:
    """By reason only: which ballot it was would say who cast it."""
    reasons = Counter(ballot.rpartition(":")[2] for ballot in ballots)
    counted = Text("%(reason)s%(n)s票", "%(reason)s (%(n)s)")
    return AND.join(
        counted.filled(reason=void_reason(reason), n=n) for reason, n in sorted(reasons.items())
    )


def _strata(scheme: Scheme, codes: Sequence[str]) -> Text:
    return SEMICOLON.join(stratum_name(scheme, code) for code in codes)


VOID_REASONS: Mapping[str, Text] = {
    "signature": Text("签名不符", "wrong signature"),
    "unreadable": Text("不能解密或内容损坏", "can't be decrypted, or damaged"),
    "foreign_content": Text("内容不属于这张票", "content of another ballot"),
    "foreign_unit": Text("评了答卷以外的单位", "a unit outside the paper"),
    "unknown_item": Text("答了没有的项目", "an item that does not exist"),
    "doubled": Text("同一单位答了两次", "a unit answered twice"),
    "missing": Text("有单位没有答", "a unit left unanswered"),
    "not_a_choice": Text("填了没有的选项", "an answer that does not exist"),
    "proportions": Text("没有按规定比例", "proportions not kept"),
    "all_same": Text("所有单位答得一样", "the same answer for every unit"),
    "second_ballot": Text("同一评价人有两票", "two ballots of one rater"),
    "excluded": Text("由人决定排除", "Excluded by decision"),
    "twice": Text("同一单位评了两次", "a unit rated twice"),
    "unknown_unit": Text("评了名册以外的单位", "a unit that is not on the roster"),
    "wrong_category": Text("评了不归其评价的类别", "a category that the group does not rate"),
    "own_unit": Text("评了本单位", "the rater's own unit rated"),
    "outside_relation": Text("评了评价关系以外的单位", "a unit outside the relations"),
    "unknown_value": Text("填了没有的选项", "an answer that does not exist"),
    "out_of_range": Text("数值超出范围", "a number out of range"),
    "not_asked": Text("答了没有问到的问题", "a question was answered that was not asked"),
    "too_long": Text("写的字超过上限", "more was written than there is room for"),
    "order": Text("名次重复或缺少", "a place is given twice or left out"),
    "sum": Text("分配的合计不对", "the points to spread do not add up"),
}

# What becomes of the weight of a part that is missing, and of its points.
SHARED: Mapping[str, Text] = {
    "centred": Text("按类别平均数中心化分摊", "is redistributed, centred on the category means"),
    "proportional": Text("由其余部分按权重比例分担", "is shared by the others in proportion"),
    "equal": Text("由其余部分平均分担", "is shared equally by the others"),
    "zero": Text("按0分计", "counts as 0"),
    "not_ranked": Text("因此不计分、不排名", "leaves no score and no rank"),
}
MADE_UP: Mapping[str, Text] = {
    "centred": Text("按类别平均数中心化分摊", "is redistributed, centred on the category means"),
    "proportional": Text(
        "其余各项按满分比例放大来补足", "the others are scaled up in proportion to their full marks"
    ),
    "equal": Text("由其余各项平均补足", "the others make up for it in equal shares"),
    "zero": Text("按0分计", "counts as 0"),
    "not_ranked": Text("因此没有分数", "therefore there is no score"),
}

FEW: Mapping[str, Text] = {
    "joined": Text(
        "与方案中的下一层（末层与上一层）合并计算", "counted together with the next stratum"
    ),
    "handed_on": Text("权重由其余各层按比例分担", "their weight goes to the others in proportion"),
}

SHOWN: Mapping[str, Callable[[Scheme, str], Text]] = {
    "": lambda _, figure: same(figure),
    "share": lambda _, figure: same(_percent(figure)),
    "name": node_name,
    "round": round_name,
    "adjustment": adjustment_name,
}
LISTS: Mapping[str, Callable[[Scheme, Sequence[str]], Text]] = {
    "names": node_names,
    "strata": _strata,
    "reasons": _void_reasons,
    "adjustments": _adjustments,
    "list": lambda _, figures: AND.join(figures),
}

SENTENCES: Mapping[str, Callable[..., Text]] = {
    "missing_part": _missing_part,
    "missing_parts": _missing_parts,
    "missing_points": _missing_points,
    "cap": _cap,
    "weighing": _weighing,
    "share_of": _share_of,
    "few_answers": _few_answers,
    "forbidden": _forbidden,
    **{code: partial(_fill, pattern) for code, pattern in PATTERNS.items()},
}
