"""What diagnostics say in plain sentences: how far raters agree, who differs, what is in doubt."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.examining.citizen_tables import CitizenStanding, CitizenTable
from analysis.examining.diagnostics import RatedTable, RaterProfile, UnitStanding
from analysis.examining.favours import LEAST_GIVERS, Favour
from analysis.examining.total_tables import TotalTable
from analysis.statistics.reliability import ModelReliability
from evalsvc.reports.charts.interval_chart import cover
from evalsvc.reports.words.wording import Speaker, show_float

NAMED_MOST = 4
# A rater whose residuals are by so much larger than the others' is worth naming.
NOTABLE = 1.5
# Up to this probability a relation over all mutual ratings is told as one.
CHANCE = 0.05

METHODS = {
    "official": "公布口径",
    "mean": "简单平均",
    "drop_high_low": "去一个最高、一个最低",
    "trimmed": "两端各去一成",
    "huber": "压低极端分的平均",
    "rank_normal": "按票内次序计分",
    "severity": "参考算法（扣除宽严）",
    "bucket_plackett_luce": "按先后次序推算",
}


Standing = UnitStanding | CitizenStanding


@dataclass(frozen=True)
class Names:
    """Units by code; raters by position, empty in documents, where nobody is named."""

    units: Mapping[str, str]
    raters: Sequence[str]


def list_sentences(table: RatedTable, names: Names, speaker: Speaker) -> tuple[str, ...]:
    """All that is to be said of a table, the most important first."""
    known = table.covariance is not None
    return (
        *list_alike(table.alike, table.units, names, speaker, known=known),
        *_raters(table, names, speaker),
        _size(table, speaker),
        _agreement(table, speaker),
        *_doubts(table, speaker),
        *_links(table, names, speaker),
        *_methods(table, names, speaker),
    )


def list_total_sentences(
    table: TotalTable, node_names: Mapping[str, str], names: Names, speaker: Speaker
) -> tuple[str, ...]:
    """What the places by total rest on, and what their ranges leave out."""
    known = any(unit.low is not None for unit in table.units)
    said = [
        *list_alike(table.alike, table.units, names, speaker, known=known),
        speaker.say(
            "%(n)s个单位有总分。名次的可能范围来自评价的误差：换一批同样合格的人来评，"
            "名次会在这个范围里变动。指标得分按准确计。",
            n=len(table.units),
        ),
    ]
    if table.given:
        said.append(
            speaker.say(
                "%(nodes)s只有一位评价人，误差无法估计，按给定值计，没有算进这个范围。",
                nodes=speaker.say("、").join(node_names.get(n, n) for n in table.given),
            )
        )
    if table.apart:
        said.append(
            speaker.say(
                "%(nodes)s开箱时没有留下各单位、各问题之间的关联，误差按互不相关计。",
                nodes=speaker.say("、").join(node_names.get(n, n) for n in table.apart),
            )
        )
    if table.partial:
        said.append(
            speaker.say(
                "%(units)s缺少部分评价主体的评分，所靠的平均数的误差没有算进去，范围偏窄。",
                units=_listed(table.partial, names, speaker),
            )
        )
    return tuple(said)


def list_alike(
    alike: Sequence[Sequence[str]],
    units: Sequence[Standing],
    names: Names,
    speaker: Speaker,
    *,
    known: bool,
) -> Iterator[str]:
    """Which units can't be told apart, in words: the chart's brackets for whoever reads no chart.

    `known`: whether the error is known at all.
    """
    told = [unit for unit in units if _figure(unit) is not None]
    if not known or len(told) < 2:
        return
    order = [u.unit for u in sorted(told, key=lambda u: -(_figure(u) or 0.0))]
    runs = cover(order, alike)
    if not runs:
        yield speaker.say("前后相邻的单位，得分的差别都超出误差，分得出高低。")
        return
    if len(runs[0]) == len(order):
        yield speaker.say(
            "这%(n)s个单位彼此都分不出高低：得分的差别可能全是误差，先后不能当真。", n=len(order)
        )
        return
    listed = speaker.say("；").join(_run(run, names, speaker) for run in runs)
    alone = len(order) - len({unit for run in runs for unit in run})
    yield speaker.say(
        "分不出高低的单位有%(n)s组：%(runs)s。同一组里得分的差别在误差以内，先后不能当真。",
        n=len(runs),
        runs=listed,
    )
    if alone:
        yield speaker.say("其余%(n)s个单位与前后相邻的单位分得出高低。", n=alone)


def list_citizen_sentences(table: CitizenTable, names: Names, speaker: Speaker) -> tuple[str, ...]:
    """Who can't be told apart, and how many answers the index of each unit rests on."""
    known = any(unit.low is not None for unit in table.units)
    said = tuple(list_alike(table.alike, table.units, names, speaker, known=known))
    answers = [unit.answers for unit in table.units]
    told = speaker.say(
        "%(n)s个单位，每个单位%(least)s到%(most)s份有效答卷。横线是95%%的误差范围；"
        "两个单位的横线大部分重叠，就不能说谁高谁低。",
        n=len(answers),
        least=min(answers),
        most=max(answers),
    )
    silent = sum(unit.index is None for unit in table.units)
    if not silent:
        return (*said, told)
    return *said, told, speaker.say("%(n)s个单位的有效答卷太少，没有得分。", n=silent)


def list_favour_sentences(
    favours: Sequence[Favour], mutual: Sequence[str], speaker: Speaker
) -> tuple[str, ...]:
    """What relations show on the whole, what wasn't tested, why no pair ever is, and what is kept.

    `mutual` are the groups whose raters are units that are evaluated themselves.
    """
    tested = {
        code
        for favour in favours
        if favour.kind == "mutual"
        for code in (favour.forth, favour.back)
    }
    told = {"mutual": _returned, "cluster": _within_cluster}
    said = [told[favour.kind](favour, speaker) for favour in favours]
    untested = [code for code in mutual if code not in tested]
    if untested:
        said.append(
            speaker.say(
                "%(groups)s：有没有互相照顾，没有检验，也没有留下数字：一方参评的单位不到%(n)s个，"
                "或者没有互相评价，或者评分没有差别。",
                groups=_groups(untested, speaker),
                n=LEAST_GIVERS,
            )
        )
    if not said:
        return ()
    said.append(
        speaker.say(
            "不检验、也不指认任何两个单位：一轮评价里，单独一对的分数再特别，也无法与偶然区分。"
            "防止互相照顾，靠评价人多、按比例排序、去掉最高最低和保密。"
        )
    )
    if favours:
        said.append(
            speaker.say(
                "这几个数是开箱时在内存里算出的：只有那时还知道哪张票来自哪个单位。算完只留下这几个数，"
                "都已取整；任何一对单位、一个片区、一张票都没有自己的数字。单位少时，不强的照顾看不出来，"
                "看不出不等于没有。"
            )
        )
    return tuple(said)


def _returned(favour: Favour, speaker: Speaker) -> str:
    groups = _groups(dict.fromkeys((favour.forth, favour.back)), speaker)
    if not _stands_out(favour):
        return speaker.say(
            "%(groups)s：整体上看不出互相照顾（%(n)s对互评，给出的与得到的相关%(effect)s，"
            "z = %(z)s，偶然也会这样的机会至多%(p)s%%）。",
            groups=groups,
            **_figures(favour),
        )
    return speaker.say(
        "%(groups)s：整体上，给别人评高的，也从对方得到较高的评价（%(n)s对互评，"
        "相关%(effect)s，z = %(z)s，偶然如此的机会至多%(p)s%%）。"
        "这可能是真诚的合作，不是照顾的证明，不改变任何得分。",
        groups=groups,
        **_figures(favour),
    )


def _within_cluster(favour: Favour, speaker: Speaker) -> str:
    places = {"group": _groups((favour.forth,), speaker), "category": speaker.category(favour.back)}
    if not _stands_out(favour):
        return speaker.say(
            "%(group)s → %(category)s：看不出各片区（分管口）给自己人评得更高（%(n)s个片区内的"
            "评分，与其余评分平均相差%(effect)s个标准差，z = %(z)s，"
            "偶然也会这样的机会至多%(p)s%%）。",
            **places,
            **_figures(favour),
        )
    return speaker.say(
        "%(group)s → %(category)s：各片区（分管口）合起来，给自己人评得更高（%(n)s个片区内的评分，"
        "比其余评分平均高%(effect)s个标准差，z = %(z)s，偶然如此的机会至多%(p)s%%）。"
        "这可能是因为更了解，不是偏向的证明，也不说明是哪个片区，不改变任何得分。",
        **places,
        **_figures(favour),
    )


def _stands_out(favour: Favour) -> bool:
    return favour.p <= CHANCE and favour.effect > 0


def _figures(favour: Favour) -> dict[str, str | int]:
    return {
        "n": favour.cells,
        "effect": show_float(favour.effect),
        "z": show_float(favour.z, 1),
        "p": f"{100 * favour.p:g}",
    }


def _groups(codes: Iterable[str], speaker: Speaker) -> str:
    names = (speaker.scheme.get_group(code).name.in_language(speaker.language) for code in codes)
    return speaker.say("、").join(names)


def find_different(table: RatedTable) -> tuple[int, RaterProfile] | None:
    """The rater who differs most from the others; None where that can't be said."""
    known = [(i, r) for i, r in enumerate(table.raters) if r.distance is not None]
    if len(known) < 2:
        return None
    return max(known, key=lambda pair: (pair[1].is_flagged, pair[1].distance or 0.0))


def say_different(table: RatedTable, names: Names, speaker: Speaker) -> str:
    """Who differs most, as the title of the rater map."""
    found = find_different(table)
    if found is None:
        return speaker.say("评价人太少，不能相互比较")
    place, profile = found
    if not profile.is_flagged and (profile.distance or 0.0) < NOTABLE:
        return speaker.say("没有哪位评价人与众不同")
    return speaker.say("与其他人差别最大的是%(rater)s", rater=name_rater(names, place, speaker))


def name_rater(names: Names, place: int, speaker: Speaker) -> str:
    """The rater's label; in documents nobody has one."""
    return names.raters[place] if names.raters else speaker.say("一位评价人")


def _figure(unit: Standing) -> float | None:
    """What the units are ordered by: the reference figure, or the citizens' index."""
    return unit.index if isinstance(unit, CitizenStanding) else unit.reference


def _run(run: Sequence[str], names: Names, speaker: Speaker) -> str:
    if len(run) <= NAMED_MOST:
        return speaker.say("、").join(names.units[code] for code in run)
    return speaker.say(
        "%(first)s到%(last)s（%(n)s个）",
        first=names.units[run[0]],
        last=names.units[run[-1]],
        n=len(run),
    )


def _size(table: RatedTable, speaker: Speaker) -> str:
    rated = [unit for unit in table.units if unit.ratings]
    return speaker.say(
        "%(raters)s位评价人评了%(units)s个单位，共%(ratings)s个评分。",
        raters=len(table.raters),
        units=len(rated),
        ratings=sum(unit.ratings for unit in rated),
    )


def _agreement(table: RatedTable, speaker: Speaker) -> str:
    found = table.reliability
    if len(table.raters) == 1:
        return speaker.say("只有一位评价人：得分照给，但没有别人可以对照，误差无法估计。")
    if found.mean is None:
        return speaker.say("数据不足，不能估计评价人之间有多一致。")
    if found.mean == 0:
        return speaker.say("评价人之间看不出一致的高低次序：各单位的差别可能全是误差。")
    told = speaker.say(
        "每个单位平均%(raters)s位评价人，信度%(now)s（换一批同样合格的人来评，1为次序完全不变）",
        raters=show_float(found.raters, 1).removesuffix(".0"),
        now=show_float(found.mean),
    )
    return told + _needed(found, speaker)


def _needed(found: ModelReliability, speaker: Speaker) -> str:
    if found.raters_needed is None or (found.mean or 0) >= found.target:
        return speaker.say("，足够。")
    return speaker.say(
        "；%(n)s位可达%(target)s。", n=found.raters_needed, target=show_float(found.target, 1)
    )


def _raters(table: RatedTable, names: Names, speaker: Speaker) -> Iterator[str]:
    found = find_different(table)
    if found is None:
        return
    _, profile = found
    flagged = [i for i, rater in enumerate(table.raters) if rater.is_flagged]
    for i in flagged:
        yield _flagged(table.raters[i], name_rater(names, i, speaker), speaker)
    if flagged:
        yield speaker.say("标记只是提问，不改变任何得分，也不说明有过错。")
        return
    told = say_different(table, names, speaker)
    if (profile.distance or 0.0) >= NOTABLE:
        told += speaker.say(
            "（差别是平均水平的%(times)s倍，与其他人的次序一致程度%(agreement)s，1为完全一致）",
            times=show_float(profile.distance, 1),
            agreement=show_float(profile.agreement),
        )
        yield told + (
            speaker.say("；但还没有大到能排除偶然，不作标记。")
            if profile.testable
            else speaker.say("；所评不足10个单位，不作检验。")
        )
    else:
        yield told + speaker.say("。")


def _flagged(profile: RaterProfile, name: str, speaker: Speaker) -> str:
    if profile.reversed:
        return speaker.say(
            "%(rater)s的次序与其他人相反（一致程度%(agreement)s），可能把好坏看反了，请核对。",
            rater=name,
            agreement=show_float(profile.agreement),
        )
    if profile.uniform:
        return speaker.say("%(rater)s给所有单位打了同一个分，没有区分度。", rater=name)
    return speaker.say(
        "%(rater)s与其他人的差别是平均水平的%(times)s倍，超出偶然，请核对。",
        rater=name,
        times=show_float(profile.distance, 1),
    )


def _doubts(table: RatedTable, speaker: Speaker) -> Iterator[str]:
    if len(table.raters) < 2:
        return
    if not table.tested:
        yield speaker.say("评分太少，不检验单个评分是否异常。")
    elif not table.doubtful:
        yield speaker.say("没有单个评分显得异常。")
    else:
        yield speaker.say(
            "有%(n)s个评分与人们的预期相差很大。标记只是提问，不改变任何得分。",
            n=len(table.doubtful),
        )


def _links(table: RatedTable, names: Names, speaker: Speaker) -> Iterator[str]:
    links = table.links
    unrated = [table.units[j].unit for j in links.unrated_units]
    if unrated:
        yield speaker.say(
            "没有收到有效评分、该项计为缺失的：%(units)s。", units=_listed(unrated, names, speaker)
        )
    if len(table.raters) < 2:
        return
    groups = [group for group in links.components if group[0] not in links.unrated_units]
    if len(groups) > 1:
        yield speaker.say(
            "评价关系分成互不相连的%(n)s组，没有人同时评过两组的单位：跨组比较只能假定各组平均水平"
            "相同，宜只在组内看高低。请几位评价人多评几个组外单位，就能连起来。",
            n=len(groups),
        )
    if links.cut_raters:
        yield _bridges(table, names, speaker)
    elif len(groups) == 1:
        yield speaker.say("所有单位由多位共同的评价人连在一起，可以相互比较。")


def _bridges(table: RatedTable, names: Names, speaker: Speaker) -> str:
    cuts = table.links.cut_raters
    if not names.raters:
        return speaker.say(
            "有%(n)s位评价人各自是部分单位之间唯一的联系，少了他的票那些单位就无法比较。",
            n=len(cuts),
        )
    listed = speaker.say("、").join(names.raters[i] for i in cuts[:NAMED_MOST])
    if len(cuts) > NAMED_MOST:
        listed += speaker.say("等")
    return speaker.say(
        "部分单位与其他单位的比较只靠一个人：%(raters)s（共%(n)s位）各自少了一票，"
        "就有单位无法比较。",
        raters=listed,
        n=len(cuts),
    )


def _methods(table: RatedTable, names: Names, speaker: Speaker) -> Iterator[str]:
    moved = table.methods.moved
    if len(moved) < 2 or len(table.raters) < 2:
        return
    first = moved[0]
    if first.places == 0:
        yield speaker.say("换用别的算法，各单位的名次都不变。")
        return
    yield speaker.say(
        "换用别的算法，名次变动最大的是%(unit)s：按“%(best_method)s”第%(best)s，"
        "按“%(worst_method)s”第%(worst)s。只有公布口径计入总分，其余只供参考。",
        unit=names.units[table.units[first.unit].unit],
        best=first.best,
        worst=first.worst,
        best_method=speaker.say(METHODS[first.best_method]),
        worst_method=speaker.say(METHODS[first.worst_method]),
    )


def _listed(codes: Sequence[str], names: Names, speaker: Speaker) -> str:
    listed = speaker.say("、").join(names.units[code] for code in codes[:NAMED_MOST])
    return listed + (speaker.say("等") if len(codes) > NAMED_MOST else "")
