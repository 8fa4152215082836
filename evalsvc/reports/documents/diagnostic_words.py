"""What diagnostics say in plain sentences: how far raters agree, who differs, what is in doubt."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.examining.citizen_tables import CitizenStanding, CitizenTable
from analysis.examining.diagnostics import RatedTable, RaterProfile, UnitStanding
from analysis.examining.favours import LEAST_GIVERS, Favour
from analysis.examining.total_tables import TotalTable
from analysis.statistics.reliability import ModelReliability
from evalsvc.reports.charts.interval_chart import cover
from evalsvc.reports.words import heads
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import category_name, group_name, show_float
from evalsvc.text import AND, NOTHING, SEMICOLON, STOP, Text, same

NAMED_MOST = 4
AND_OTHERS = Text("等", " and others")
# A rater whose residuals are by so much larger than the others' is worth naming.
NOTABLE = 1.5
# Up to this probability a relation over all mutual ratings is told as one.
CHANCE = 0.05

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


Standing = UnitStanding | CitizenStanding


@dataclass(frozen=True)
class Names:
    """Units by code; raters by position, empty in documents, where nobody is named."""

    units: Mapping[str, str]
    raters: Sequence[Text]


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


def list_total_sentences(
    table: TotalTable, node_names: Mapping[str, Text], names: Names
) -> tuple[Text, ...]:
    """What the places by total rest on, and what their ranges leave out."""
    known = any(unit.low is not None for unit in table.units)
    said = [
        *list_alike(table.alike, table.units, names, known=known),
        Text(
            "%(n)s个单位有总分。名次的可能范围来自评价的误差：换一批同样合格的人来评，"
            "名次会在这个范围里变动。指标得分按准确计。",
            "%(n)s units have a total. The range of a place comes from the error of the "
            "ratings: had another equally qualified panel voted, the place would vary within "
            "it. Indicators count as exact.",
        ).filled(n=len(table.units)),
    ]
    if table.given:
        said.append(
            Text(
                "%(nodes)s只有一位评价人，误差无法估计，按给定值计，没有算进这个范围。",
                "%(nodes)s: a single rater, whose error can't be estimated; taken as given and not "
                "in this range.",
            ).filled(nodes=AND.join(node_names.get(n, same(n)) for n in table.given))
        )
    if table.apart:
        said.append(
            Text(
                "%(nodes)s开箱时没有留下各单位、各问题之间的关联，误差按互不相关计。",
                "%(nodes)s: its box left nothing of how units and questions go together, so their "
                "errors count as independent.",
            ).filled(nodes=AND.join(node_names.get(n, same(n)) for n in table.apart))
        )
    if table.partial:
        said.append(
            Text(
                "%(units)s缺少部分评价主体的评分，所靠的平均数的误差没有算进去，范围偏窄。",
                "%(units)s: not rated by every group; the error of the means that stand in is not "
                "counted, so the range is too narrow.",
            ).filled(units=_listed(table.partial, names))
        )
    return tuple(said)


def list_alike(
    alike: Sequence[Sequence[str]], units: Sequence[Standing], names: Names, *, known: bool
) -> Iterator[Text]:
    """Which units can't be told apart, in words: the chart's brackets for whoever reads no chart.

    `known`: whether the error is known at all.
    """
    told = [unit for unit in units if _figure(unit) is not None]
    if not known or len(told) < 2:
        return
    order = [u.unit for u in sorted(told, key=lambda u: -(_figure(u) or 0.0))]
    runs = cover(order, alike)
    if not runs:
        yield Text(
            "前后相邻的单位，得分的差别都超出误差，分得出高低。",
            "Neighbouring units can all be told apart: their scores differ by more than the error.",
        )
        return
    if len(runs[0]) == len(order):
        yield Text(
            "这%(n)s个单位彼此都分不出高低：得分的差别可能全是误差，先后不能当真。",
            "None of these %(n)s units can be told from another: the differences of their "
            "scores may be error alone, so their order means nothing.",
        ).filled(n=len(order))
        return
    listed = SEMICOLON.join(_run(run, names) for run in runs)
    alone = len(order) - len({unit for run in runs for unit in run})
    yield Text(
        "分不出高低的单位有%(n)s组：%(runs)s。同一组里得分的差别在误差以内，先后不能当真。",
        "Units that can't be told apart form %(n)s groups: %(runs)s. Inside a group the "
        "differences lie within the error, so the order means nothing.",
    ).filled(n=len(runs), runs=listed)
    if alone:
        yield Text(
            "其余%(n)s个单位与前后相邻的单位分得出高低。",
            "The other %(n)s units can be told from their neighbours.",
        ).filled(n=alone)


def list_citizen_sentences(table: CitizenTable, names: Names) -> tuple[Text, ...]:
    """Who can't be told apart, and how many answers the index of each unit rests on."""
    known = any(unit.low is not None for unit in table.units)
    said = tuple(list_alike(table.alike, table.units, names, known=known))
    answers = [unit.answers for unit in table.units]
    told = Text(
        "%(n)s个单位，每个单位%(least)s到%(most)s份有效答卷。横线是95%%的误差范围；"
        "两个单位的横线大部分重叠，就不能说谁高谁低。",
        "%(n)s units with %(least)s to %(most)s valid answers each. The lines are 95%% "
        "margins of error; where two units' lines mostly overlap, neither can be called "
        "the better one.",
    ).filled(n=len(answers), least=min(answers), most=max(answers))
    few = [unit for unit in table.units if unit.index is not None and unit.carried_by_few]
    if few:
        said = (*said, _carried(few, names))
    silent = sum(unit.index is None for unit in table.units)
    if not silent:
        return (*said, told)
    return (
        *said,
        told,
        Text(
            "%(n)s个单位的有效答卷太少，没有得分。",
            "%(n)s units have too few valid answers and no score.",
        ).filled(n=silent),
    )


def _carried(few: Sequence[CitizenStanding], names: Names) -> Text:
    """A figure that a handful of people decides, whatever the number of answers."""
    first = min(few, key=lambda unit: unit.effective or 0.0)
    return Text(
        "%(units)s的得分其实由少数人决定：层次的权重大而人少，一个人就占得很重。"
        "以%(unit)s为例，%(answers)s份有效答卷只抵%(effective)s份同等分量的答卷。"
        "请看各层次人数，把太小的层次并到相邻的层次里，或者多请几个人。",
        "The figures of %(units)s rest on a few people: a stratum weighs much and few of it "
        "answered, so that one person weighs a lot. With %(unit)s, %(answers)s valid answers are "
        "as sure as %(effective)s of equal weight. Look at how many answered in each stratum; "
        "join the smallest with a neighbour, or ask more people there.",
    ).filled(
        units=_listed([unit.unit for unit in few], names),
        unit=names.units[first.unit],
        answers=first.answers,
        effective=show_float(first.effective, 0),
    )


def list_favour_sentences(
    favours: Sequence[Favour], mutual: Sequence[str], scheme: Scheme
) -> tuple[Text, ...]:
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
    said = [told[favour.kind](favour, scheme) for favour in favours]
    untested = [code for code in mutual if code not in tested]
    if untested:
        said.append(
            Text(
                "%(groups)s：有没有互相照顾，没有检验，也没有留下数字：一方参评的单位不到%(n)s个，"
                "或者没有互相评价，或者评分没有差别。",
                "%(groups)s: returned favours were not tested and no number was kept: fewer than "
                "%(n)s units of a side took part, or they do not rate each other, or the ratings "
                "don't differ.",
            ).filled(groups=_groups(untested, scheme), n=LEAST_GIVERS)
        )
    if not said:
        return ()
    said.append(
        Text(
            "不检验、也不指认任何两个单位：一轮评价里，单独一对的分数再特别，也无法与偶然区分。"
            "防止互相照顾，靠评价人多、按比例排序、去掉最高最低和保密。",
            "No two units are tested or named: in one round, however striking the scores of a "
            "single pair, they can't be told from chance. What keeps favours down is many "
            "raters, forced proportions, dropping the highest and lowest, and secrecy.",
        )
    )
    if favours:
        said.append(
            Text(
                "这几个数是开箱时在内存里算出的：只有那时还知道哪张票来自哪个单位。"
                "算完只留下这几个数，都已取整；任何一对单位、一个片区、一张票都没有自己的数字。"
                "单位少时，不强的照顾看不出来，看不出不等于没有。",
                "These few numbers were computed in memory when the box was opened, the only "
                "moment at which it is known which ballot came from which unit. Nothing else of it "
                "is kept, and they are rounded; no pair, no area and no ballot has a number of its "
                "own. With few units only strong favours show: no sign of them doesn't mean that "
                "there are none.",
            )
        )
    return tuple(said)


def _returned(favour: Favour, scheme: Scheme) -> Text:
    groups = _groups(dict.fromkeys((favour.forth, favour.back)), scheme)
    if not _stands_out(favour):
        return Text(
            "%(groups)s：整体上看不出互相照顾（%(n)s对互评，给出的与得到的相关%(effect)s，"
            "z = %(z)s，偶然也会这样的机会至多%(p)s%%）。",
            "%(groups)s: no sign of returned favours on the whole (%(n)s mutual ratings; given "
            "and received correlate by %(effect)s, z = %(z)s; chance alone does that at most "
            "%(p)s%% of the time).",
        ).filled(groups=groups, **_figures(favour))
    return Text(
        "%(groups)s：整体上，给别人评高的，也从对方得到较高的评价（%(n)s对互评，"
        "相关%(effect)s，z = %(z)s，偶然如此的机会至多%(p)s%%）。这可能是真诚的合作，"
        "不是照顾的证明，不改变任何得分。",
        "%(groups)s: on the whole, whoever rates others highly is rated highly in return "
        "(%(n)s mutual ratings; correlation %(effect)s, z = %(z)s, which chance gives at "
        "most %(p)s%% of the time). This may be honest cooperation; it proves no favours "
        "and changes no score.",
    ).filled(groups=groups, **_figures(favour))


def _within_cluster(favour: Favour, scheme: Scheme) -> Text:
    places = {
        "group": _groups((favour.forth,), scheme),
        "category": category_name(scheme, favour.back),
    }
    if not _stands_out(favour):
        return Text(
            "%(group)s → %(category)s："
            "看不出各片区（分管口）给自己人评得更高（%(n)s个片区内的评分，"
            "与其余评分平均相差%(effect)s个标准差，z = %(z)s，偶然也会这样的机会至多%(p)s%%）。",
            "%(group)s → %(category)s: no sign that areas or lines of work rate their own "
            "higher (%(n)s ratings inside them, %(effect)s standard deviations from the others "
            "on average, z = %(z)s; chance alone does that at most %(p)s%% of the time).",
        ).filled(**places, **_figures(favour))
    return Text(
        "%(group)s → %(category)s：各片区（分管口）合起来，"
        "给自己人评得更高（%(n)s个片区内的评分，比其余评分平均高%(effect)s个标准差，"
        "z = %(z)s，偶然如此的机会至多%(p)s%%）。这可能是因为更了解，不是偏向的证明，"
        "也不说明是哪个片区，不改变任何得分。",
        "%(group)s → %(category)s: areas or lines of work, all taken together, rate their "
        "own higher (%(n)s ratings inside them, %(effect)s standard deviations above the "
        "others on average, z = %(z)s, which chance gives at most %(p)s%% of the time). "
        "They may know each other better; it proves no bias, points at no area and changes "
        "no score.",
    ).filled(**places, **_figures(favour))


def _stands_out(favour: Favour) -> bool:
    return favour.p <= CHANCE and favour.effect > 0


def _figures(favour: Favour) -> dict[str, str | int]:
    return {
        "n": favour.cells,
        "effect": show_float(favour.effect),
        "z": show_float(favour.z, 1),
        "p": f"{100 * favour.p:g}",
    }


def _groups(codes: Iterable[str], scheme: Scheme) -> Text:
    names = (group_name(scheme, code) for code in codes)
    return AND.join(names)


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


def name_rater(names: Names, place: int) -> Text:
    """The rater's label; in documents nobody has one."""
    return names.raters[place] if names.raters else Text("一位评价人", "one rater")


def _figure(unit: Standing) -> float | None:
    """What the units are ordered by: the reference figure, or the citizens' index."""
    return unit.index if isinstance(unit, CitizenStanding) else unit.reference


def _run(run: Sequence[str], names: Names) -> Text:
    if len(run) <= NAMED_MOST:
        return AND.join(names.units[code] for code in run)
    return Text("%(first)s到%(last)s（%(n)s个）", "%(first)s to %(last)s (%(n)s units)").filled(
        first=names.units[run[0]], last=names.units[run[-1]], n=len(run)
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
        ).filled(units=_listed(unrated, names))
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


def _listed(codes: Sequence[str], names: Names) -> Text:
    listed = AND.join(names.units[code] for code in codes[:NAMED_MOST])
    return listed + (AND_OTHERS if len(codes) > NAMED_MOST else NOTHING)
