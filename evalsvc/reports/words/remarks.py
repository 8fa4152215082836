"""What every remark code and every reason for a void ballot says in words."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from analysis.score.tree import Remark
from evalsvc.language import translate
from evalsvc.reports.words.indicator_remarks import PATTERNS
from evalsvc.reports.words.wording import Speaker
from evalsvc.scheme.model import Scheme

# These only repeat what the sentence beside the figure says already.
IN_SENTENCES = frozenset(
    {"raters", "mean_over", "trimmed", "centred_means", "valid_answers", "arithmetic", "items"}
)

# These say how a figure is counted, not that something about it is unusual.
ORDINARY = IN_SENTENCES | {
    "left_out", "satisfied_rates", "not_carried", "cap", "place", "segment",
    "largest", "by_normal", "by_percentile", "by_points",
}  # a table, read by rows  # fmt: skip


LACKING = ("missing_part", "missing_points")
GATHERED_FROM = 3


def remark_sentence(remark: Remark, scheme: Scheme, language: str = "zh") -> str:
    """One remark as a sentence; a code unknown here is shown as it is, never left out."""
    tell = SENTENCES.get(remark.code)
    if tell is None:
        return " ".join((remark.code, *remark.figures))
    return tell(Speaker(scheme, language), *remark.figures)


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


def void_reason(code: str, language: str = "zh") -> str:
    """Why a ballot did not count, at opening or in scoring."""
    say = partial(translate, language=language)
    return {
        "signature": say("签名不符"),
        "unreadable": say("不能解密或内容损坏"),
        "foreign_content": say("内容不属于这张票"),
        "foreign_unit": say("评了答卷以外的单位"),
        "unknown_item": say("答了没有的项目"),
        "doubled": say("同一单位答了两次"),
        "missing": say("有单位没有答"),
        "not_a_choice": say("填了没有的选项"),
        "proportions": say("没有按规定比例"),
        "all_same": say("所有单位答得一样"),
        "second_ballot": say("同一评价人有两票"),
        "excluded": say("由人决定排除"),
        "twice": say("同一单位评了两次"),
        "unknown_unit": say("评了名册以外的单位"),
        "wrong_category": say("评了不归其评价的类别"),
        "own_unit": say("评了本单位"),
        "outside_relation": say("评了评价关系以外的单位"),
        "unknown_value": say("填了没有的选项"),
        "out_of_range": say("数值超出范围"),
        "not_asked": say("答了没有问到的问题"),
        "too_long": say("写的字超过上限"),
        "order": say("名次重复或缺少"),
        "sum": say("分配的合计不对"),
    }.get(code, code)


def _not_entered(speaker: Speaker, code: str) -> str:
    return speaker.say("%(round)s没有填报这一项。", round=speaker.round(code))


def _not_carried(speaker: Speaker) -> str:
    return speaker.say("本单位不承担这一项。")


def _missing_part(speaker: Speaker, code: str, weight: str, missing: str) -> str:
    return speaker.say(
        "没有“%(part)s”，其权重%(weight)s%(how)s。",
        part=speaker.node(code),
        weight=_percent(weight),
        how=_shared(speaker, missing),
    )


def _missing_parts(speaker: Speaker, weight: str, missing: str, *codes: str) -> str:
    """Several parts of one weight, as the months of a year are."""
    return speaker.say(
        "没有“%(parts)s”这%(n)s项，其权重各%(weight)s%(how)s。",
        parts=speaker.nodes(codes),
        n=len(codes),
        weight=_percent(weight),
        how=_shared(speaker, missing),
    )


def _shared(speaker: Speaker, missing: str) -> str:
    return {
        "centred": speaker.say("按类别平均数中心化分摊"),
        "proportional": speaker.say("由其余部分按权重比例分担"),
        "equal": speaker.say("由其余部分平均分担"),
        "zero": speaker.say("按0分计"),
        "not_ranked": speaker.say("因此不计分、不排名"),
    }.get(missing, missing)


def _missing_points(speaker: Speaker, code: str, full: str, missing: str) -> str:
    how = {
        "centred": speaker.say("按类别平均数中心化分摊"),
        "proportional": speaker.say("其余各项按满分比例放大来补足"),
        "equal": speaker.say("由其余各项平均补足"),
        "zero": speaker.say("按0分计"),
        "not_ranked": speaker.say("因此没有分数"),
    }.get(missing, missing)
    return speaker.say(
        "没有“%(part)s”（满分%(full)s分），%(how)s。", part=speaker.node(code), full=full, how=how
    )


def _lacking(speaker: Speaker, *codes: str) -> str:
    return speaker.say("没有“%(parts)s”。", parts=speaker.nodes(codes))


def _too_much_missing(speaker: Speaker, lacking: str, most: str) -> str:
    return speaker.say(
        "缺少的权重共%(lacking)s，超过规定的%(most)s，没有分数。",
        lacking=_percent(lacking),
        most=_percent(most),
    )


def _centred_means(speaker: Speaker, *means: str) -> str:
    return speaker.say("各部分的类别平均数：%(means)s。", means=speaker.say("、").join(means))


def _cut(speaker: Speaker, before: str, after: str) -> str:
    return speaker.say("分摊后为%(before)s，超出范围，按%(after)s计。", before=before, after=after)


def _mean_over(speaker: Speaker, counted: str, parts: str) -> str:
    return speaker.say("共%(parts)s项，%(counted)s项计入平均。", parts=parts, counted=counted)


def _left_out(speaker: Speaker, *codes: str) -> str:
    return speaker.say("按方案不计入平均：%(names)s。", names=speaker.nodes(codes))


def _raters(speaker: Speaker, n: str) -> str:
    return speaker.say("%(n)s票有效。", n=n)


def _trimmed(speaker: Speaker, high: str, low: str) -> str:
    return speaker.say("去掉%(high)s个最高、%(low)s个最低。", high=high, low=low)


def _void_ballots(speaker: Speaker, n: str, *ballots: str) -> str:
    """By reason only: which ballot it was would say who cast it."""
    reasons = Counter(ballot.rpartition(":")[2] for ballot in ballots)
    told = speaker.say("、").join(
        speaker.say("%(reason)s%(n)s票", reason=void_reason(reason, speaker.language), n=count)
        for reason, count in sorted(reasons.items())
    )
    return speaker.say("另有%(n)s张废票没有计入：%(reasons)s。", n=n, reasons=told)


def _free_bands(speaker: Speaker, n: str) -> str:
    return speaker.say("%(n)s票上同类单位太少，不要求比例。", n=n)


def _not_reached(speaker: Speaker) -> str:
    return speaker.say("没有人评到本单位。")


def _too_few_raters(speaker: Speaker, n: str, least: str) -> str:
    return speaker.say("只有%(n)s票，不足%(least)s票，不计分。", n=n, least=least)


def _valid_answers(speaker: Speaker, valid: str, unknown: str) -> str:
    return speaker.say("有效答卷%(valid)s份，不了解%(unknown)s份。", valid=valid, unknown=unknown)


def _too_few_answers(speaker: Speaker, valid: str, least: str) -> str:
    return speaker.say("有效答卷%(valid)s份，不足%(least)s份，不计分。", valid=valid, least=least)


def _satisfied_rates(speaker: Speaker, satisfied: str, basically: str) -> str:
    return speaker.say(
        "满意率%(satisfied)s，满意和基本满意率%(basically)s。",
        satisfied=_percent(satisfied),
        basically=_percent(basically),
    )


def _empty_strata(speaker: Speaker, *codes: str) -> str:
    strata = speaker.say("；").join(speaker.stratum(code) for code in codes)
    return speaker.say("没有有效答卷的层：%(strata)s，其权重由其余各层按比例分担。", strata=strata)


def _by_normal(speaker: Speaker, centre: str, spread: str, low: str, high: str) -> str:
    return speaker.say(
        "票上的名次折算成分：%(centre)s + %(spread)s × 名次的期望正态分，限%(low)s到%(high)s分；"
        "并列的取所占各名次的平均。",
        centre=centre,
        spread=spread,
        low=low,
        high=high,
    )


def _by_percentile(speaker: Speaker, low: str, high: str) -> str:
    return speaker.say(
        "票上的名次折算成分：按排在本单位之后的单位所占比例（本单位算半个），从%(low)s到%(high)s分；"
        "并列的取所占各名次的平均。",
        low=low,
        high=high,
    )


def _by_points(speaker: Speaker, step: str, least: str, *points: str) -> str:
    return speaker.say(
        "票上的名次折算成分：从第一名起依次%(points)s分，其后每名少%(step)s分，最低%(least)s分；"
        "并列的取所占各名次的平均。",
        points=speaker.say("、").join(points),
        step=step,
        least=least,
    )


def _cap(speaker: Speaker, before: str, most: str, *codes: str) -> str:
    names = speaker.adjustments(codes) if codes else speaker.say("各项加分")
    return speaker.say(
        "%(names)s合计%(before)s，超过上限%(most)s，按上限计。",
        names=names,
        before=before,
        most=most,
    )


def _largest(speaker: Speaker, code: str, amount: str, points: str) -> str:
    return speaker.say(
        "“%(name)s”最多的单位为%(amount)s，得%(points)s分，其余按比例。",
        name=speaker.adjustment(code),
        amount=amount,
        points=points,
    )


def _pattern(text: str, fills: tuple[str, ...], speaker: Speaker, *figures: str) -> str:
    """A sentence that only fills figures in; what is left over is a list of parts."""
    shown: dict[str, str] = {}
    for place, fill in enumerate(fills):
        kind, _, name = fill.rpartition(":")
        if kind == "names":
            shown[name] = speaker.nodes(figures[place:])
        elif kind == "name":
            shown[name] = speaker.node(figures[place])
        else:
            shown[name] = _percent(figures[place]) if kind == "share" else figures[place]
    return speaker.say(text, **shown)


def _percent(share: str) -> str:
    """A share in a remark, such as 0.6, as a percentage."""
    if share == "NA":
        return "—"
    return f"{(Decimal(share) * 100).normalize():f}%"


SENTENCES: Mapping[str, Callable[..., str]] = {
    "not_entered": _not_entered,
    "not_carried": _not_carried,
    "missing_part": _missing_part,
    "missing_parts": _missing_parts,
    "missing_points": _missing_points,
    "lacking": _lacking,
    "too_much_missing": _too_much_missing,
    "centred_means": _centred_means,
    "cut": _cut,
    "mean_over": _mean_over,
    "left_out": _left_out,
    "raters": _raters,
    "trimmed": _trimmed,
    "void_ballots": _void_ballots,
    "free_bands": _free_bands,
    "not_reached": _not_reached,
    "too_few_raters": _too_few_raters,
    "valid_answers": _valid_answers,
    "too_few_answers": _too_few_answers,
    "satisfied_rates": _satisfied_rates,
    "empty_strata": _empty_strata,
    "cap": _cap,
    "largest": _largest,
    "by_normal": _by_normal,
    "by_percentile": _by_percentile,
    "by_points": _by_points,
    **{code: partial(_pattern, text, fills) for code, (text, fills) in PATTERNS.items()},
}
