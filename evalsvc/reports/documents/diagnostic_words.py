"""What is said of a table of ratings: how far raters agree, who differs, what is in doubt."""

from collections.abc import Iterator

from analysis.examining.diagnostics import RatedTable, RaterProfile
from analysis.statistics.reliability import ModelReliability
from evalsvc.reports.documents.diagnostic_names import (
    AND_OTHERS,
    NAMED_MOST,
    Names,
    list_alike,
    name_rater,
    say_listed,
)
from evalsvc.reports.words import heads
from evalsvc.scheme.wording import show_float
from evalsvc.text import AND, STOP, Text

# A rater whose residuals are by so much larger than the others' is worth naming.
NOTABLE = 1.5
METHODS = {
    "official": heads.OFFICIAL,
    "mean": Text("简单平均", "Plain mean"),
    "drop_high_low": Text("去一个最高、一个最低", "One highest and one lowest dropped"),
    "trimmed": Text("两端各去一成", "A tenth dropped at each end"),
    "huber": Text("压低极端分的平均", "Mean with extremes held down"),
    "rank_normal": Text("按票内次序计分", "Scored by position on the ballot"),
    "severity": Text("参考算法（扣除宽严）", "Reference (severity taken out)"),
    "bucket_plackett_luce": Text("按先后次序推算", "Inferred from the orders"),
}


def list_sentences(table: RatedTable, names: Names) -> tuple[Text, ...]:
    """All that is to be said of a table, the most important first."""
    known = table.covariance is not None
    return (
        *list_alike(table.alike, table.units, names, known=known),
        *_raters(table, names),
        _size(table),
        _agreement(table),
        *_doubts(table),
        *_links(table, names),
        *_methods(table, names),
    )


def find_different(table: RatedTable) -> tuple[int, RaterProfile] | None:
    """The rater who differs most from the others; None where that can't be said."""
    known = [(i, r) for i, r in enumerate(table.raters) if r.distance is not None]
    if len(known) < 2:
        return None
    return max(known, key=lambda pair: (pair[1].is_flagged, pair[1].distance or 0.0))


def say_different(table: RatedTable, names: Names) -> Text:
    """Who differs most, as the title of the rater map."""
    found = find_different(table)
    if found is None:
        return Text("评价人太少，不能相互比较", "too few raters to compare them")
    place, profile = found
    if not profile.is_flagged and (profile.distance or 0.0) < NOTABLE:
        return Text("没有哪位评价人与众不同", "no rater differs from the rest")
    return Text("与其他人差别最大的是%(rater)s", "%(rater)s differs most from the others").filled(
        rater=name_rater(names, place)
    )


def _size(table: RatedTable) -> Text:
    rated = [unit for unit in table.units if unit.ratings]
    return Text(
        "%(raters)s位评价人评了%(units)s个单位，共%(ratings)s个评分。",
        "%(raters)s raters, %(units)s units, %(ratings)s ratings.",
    ).filled(
        raters=len(table.raters), units=len(rated), ratings=sum(unit.ratings for unit in rated)
    )


def _agreement(table: RatedTable) -> Text:
    found = table.reliability
    if len(table.raters) == 1:
        return Text(
            "只有一位评价人：得分照给，但没有别人可以对照，误差无法估计。",
            "A single rater: the score is taken as given, but there is nobody to compare with "
            "and no error to estimate.",
        )
    if found.mean is None:
        return Text(
            "数据不足，不能估计评价人之间有多一致。",
            "Too few data to say how far the raters agree.",
        )
    if found.mean == 0:
        return Text(
            "评价人之间看不出一致的高低次序：各单位的差别可能全是误差。",
            "The raters show no common order: the differences between units may all be error.",
        )
    told = Text(
        "每个单位平均%(raters)s位评价人，相对信度%(now)s（换一批同样合格的人来评，1为次序完全不变）",
        "With %(raters)s raters per unit the relative reliability is %(now)s (had another equally "
        "qualified panel voted; 1 means that the order would stay)",
    ).filled(raters=show_float(found.raters, 1).removesuffix(".0"), now=show_float(found.mean))
    return told + _needed(found)


def _needed(found: ModelReliability) -> Text:
    if (found.single or 0) > (found.mean or 0):
        # One who rates all units says more than several who share them out.
        return Text(
            "。评价人各评各的，让他们多评一些共同的单位，比增加人数有用。",
            ". Raters have few units in common: rating more of the same ones helps more than "
            "further raters.",
        )
    # By the figure as it is shown: "0.80; 2 would give 0.8" says nothing.
    if found.raters_needed is None or round(found.mean or 0, 2) >= found.target:
        return Text("，足够。", ", which is enough.")
    return Text("；%(n)s位可达%(target)s。", "; %(n)s would give %(target)s.").filled(
        n=found.raters_needed, target=show_float(found.target, 1)
    )


def _raters(table: RatedTable, names: Names) -> Iterator[Text]:
    found = find_different(table)
    if found is None:
        return
    _, profile = found
    flagged = [i for i, rater in enumerate(table.raters) if rater.is_flagged]
    for i in flagged:
        yield _flagged(table.raters[i], name_rater(names, i))
    if flagged:
        yield Text(
            "标记只是提问，不改变任何得分，也不说明有过错。",
            "A flag is a question; it changes no score and says nothing of fault.",
        )
        return
    told = say_different(table, names)
    if (profile.distance or 0.0) >= NOTABLE:
        told += Text(
            "（差别是平均水平的%(times)s倍，与其他人的次序一致程度%(agreement)s，1为完全一致）",
            " (%(times)s times the average difference; agreement with the others' order "
            "%(agreement)s, where 1 is full)",
        ).filled(times=show_float(profile.distance, 1), agreement=show_float(profile.agreement))
        yield told + (
            Text(
                "；但还没有大到能排除偶然，不作标记。",
                "; but not by so much that chance is ruled out, so there is no flag.",
            )
            if profile.testable
            else Text(
                "；所评不足10个单位，不作检验。",
                "; fewer than 10 units rated, so there is no test.",
            )
        )
    else:
        yield told + STOP


def _flagged(profile: RaterProfile, name: Text) -> Text:
    if profile.reversed:
        return Text(
            "%(rater)s的次序与其他人相反（一致程度%(agreement)s），可能把好坏看反了，请核对。",
            "%(rater)s's order runs against the others' (agreement %(agreement)s); perhaps the "
            "scale was read upside down; please check.",
        ).filled(rater=name, agreement=show_float(profile.agreement))
    if profile.uniform:
        return Text(
            "%(rater)s给所有单位打了同一个分，没有区分度。",
            "%(rater)s gave every unit the same score, which tells nothing.",
        ).filled(rater=name)
    return Text(
        "%(rater)s与其他人的差别是平均水平的%(times)s倍，超出偶然，请核对。",
        "%(rater)s differs from the others %(times)s times as much as the average rater, "
        "more than chance gives; please check.",
    ).filled(rater=name, times=show_float(profile.distance, 1))


def _doubts(table: RatedTable) -> Iterator[Text]:
    if len(table.raters) < 2:
        return
    if not table.tested:
        yield Text("评分太少，不检验单个评分是否异常。", "Too few ratings to test single ones.")
    elif not table.doubtful:
        yield Text("没有单个评分显得异常。", "No single rating stands out.")
    else:
        yield Text(
            "有%(n)s个评分与人们的预期相差很大。标记只是提问，不改变任何得分。",
            "%(n)s ratings are far from what one would expect. A flag is a question; it "
            "changes no score.",
        ).filled(n=len(table.doubtful))


def _links(table: RatedTable, names: Names) -> Iterator[Text]:
    links = table.links
    unrated = [table.units[j].unit for j in links.unrated_units]
    if unrated:
        yield Text(
            "没有收到有效评分、该项计为缺失的：%(units)s。",
            "Without a valid rating, so that the figure is missing: %(units)s.",
        ).filled(units=say_listed(unrated, names))
    if len(table.raters) < 2:
        return
    groups = [group for group in links.components if group[0] not in links.unrated_units]
    if len(groups) > 1:
        yield Text(
            "评价关系分成互不相连的%(n)s组，没有人同时评过两组的单位："
            "跨组比较只能假定各组平均水平相同，宜只在组内看高低。请几位评价人多评几个组外单位，"
            "就能连起来。",
            "The ratings fall into %(n)s groups that nobody links by rating units of two: "
            "comparing across groups assumes that the groups average the same; compare inside "
            "groups only. A few raters with some units outside their group would link them.",
        ).filled(n=len(groups))
    if links.cut_raters:
        yield _bridges(table, names)
    elif len(groups) == 1:
        yield Text(
            "所有单位由多位共同的评价人连在一起，可以相互比较。",
            "All units are linked by several common raters and can be compared.",
        )


def _bridges(table: RatedTable, names: Names) -> Text:
    cuts = table.links.cut_raters
    if not names.raters:
        return Text(
            "有%(n)s位评价人各自是部分单位之间唯一的联系，少了他的票那些单位就无法比较。",
            "%(n)s raters are each the only link between some units; without such a ballot "
            "those units could not be compared.",
        ).filled(n=len(cuts))
    listed = AND.join(names.raters[i] for i in cuts[:NAMED_MOST])
    if len(cuts) > NAMED_MOST:
        listed += AND_OTHERS
    return Text(
        "部分单位与其他单位的比较只靠一个人：%(raters)s（共%(n)s位）各自少了一票，"
        "就有单位无法比较。",
        "Some units are compared with the rest through one person alone: %(raters)s (%(n)s "
        "in all); without any one of these ballots some units could not be compared.",
    ).filled(raters=listed, n=len(cuts))


def _methods(table: RatedTable, names: Names) -> Iterator[Text]:
    moved = table.methods.moved
    if len(moved) < 2 or len(table.raters) < 2:
        return
    first = moved[0]
    if first.places == 0:
        yield Text("换用别的算法，各单位的名次都不变。", "Another method changes no place.")
        return
    yield Text(
        "换用别的算法，名次变动最大的是%(unit)s：按“%(best_method)s”第%(best)s，"
        "按“%(worst_method)s”第%(worst)s。只有公布口径计入总分，其余只供参考。",
        'Under other methods %(unit)s moves most: place %(best)s by "%(best_method)s", '
        'place %(worst)s by "%(worst_method)s". Only the official method enters totals; '
        "the others are for reference.",
    ).filled(
        unit=names.units[table.units[first.unit].unit],
        best=first.best,
        worst=first.worst,
        best_method=METHODS[first.best_method],
        worst_method=METHODS[first.worst_method],
    )
