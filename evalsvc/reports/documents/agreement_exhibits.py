"""How far raters agree, in the coefficients that readers know, and what anybody can count."""

from analysis.examining.diagnostics import RatedTable
from analysis.statistics.agreement import KendallW
from analysis.statistics.intraclass import IntraclassCorrelation
from evalsvc.reports.documents.diagnostic_names import Names
from evalsvc.reports.documents.exhibits import Cells, Exhibit
from evalsvc.reports.words import heads
from evalsvc.scheme.model import Group
from evalsvc.scheme.wording import show_float
from evalsvc.text import Text, same

# Of fewer ballots without names, counts would come near to telling a single one; and so would a
# unit's counts of fewer than five, where nobody is named.
FEWEST_UNNAMED = 10
FEWEST_OF_UNIT = 5


def build_agreement(table: RatedTable) -> tuple[Exhibit, ...]:
    """Every coefficient with what it says; none where nothing at all can be said."""
    found, agreement = table.reliability, table.agreement
    if found.mean is None and agreement.alpha.alpha is None:
        return ()
    rows: tuple[Cells, ...] = (
        (
            Text("相对信度：全体评价人合起来", "Relative reliability of all raters together"),
            show_float(found.mean),
            Text(
                "换一批同样合格的人来评，各单位高低次序的把握有多大；1为完全不变。",
                "How surely the order of the units would stay had another equally qualified "
                "panel voted; 1 means that it would.",
            ),
        ),
        (
            Text("相对信度：只有一位评价人", "Relative reliability of one rater"),
            show_float(found.single),
            Text(
                "由一位评价人评所有单位时的同一个系数；人人都评全时，人越多，合起来越可靠"
                "（斯皮尔曼—布朗公式）。各评各的、很少评到同一个单位时，合起来的可能还不如它。",
                "The same of one rater who rates every unit; where all do, more raters are more "
                "reliable together (Spearman–Brown). Where each has units of the own and few in "
                "common, all together may be less.",
            ),
        ),
        (
            Text("组内相关系数ICC(3,k)", "Intraclass correlation ICC(3,k)"),
            _correlation(agreement.mean_of_all),
            Text(
                "人人评了所有单位时，就是上面的相对信度；括号里是95%的误差范围。",
                "Where everybody rated every unit it is the relative reliability above; in "
                "brackets its 95% margin of error.",
            ),
        ),
        (
            Text("肯德尔和谐系数W", "Kendall's W"),
            _concordance(agreement.w),
            Text(
                "各人排出的次序有多像：1为完全一样，0为毫无共同之处；p为纯属偶然也这么像的机会。"
                "按比例评等次时同等次的单位多，数值偏低，不设及格线。",
                "How alike the raters' orders are: 1 the same, 0 nothing in common; p is how often "
                "chance alone gives as much. Forced proportions tie many units and keep it low; "
                "set no pass mark.",
            ),
        ),
        (
            Text("克里彭多夫α", "Krippendorff's α"),
            show_float(agreement.alpha.alpha),
            Text(
                "各人给的分有多一致，宽严不同也算不一致；1为完全一致，0为和偶然一样。有人没评全也能算。",
                "How far the points themselves agree, severity counting as disagreement; 1 fully, "
                "0 as by chance. It needs no complete table.",
            ),
        ),
    )
    return (
        Exhibit(
            Text("评价人之间有多一致", "How far the raters agree"),
            None,
            (heads.COEFFICIENT, heads.FIGURE, heads.MEANING),
            rows,
            prose=True,
        ),
    )


def build_counts(table: RatedTable, names: Names, group: Group) -> tuple[Exhibit, ...]:
    """Mean places, first places and wins, which a clerk can check with paper and pencil.

    Where ballots have no names, and in documents, only of units that enough ballots compare.
    """
    open_named = group.identity == "named" and bool(names.raters)
    if not open_named and len(table.raters) < FEWEST_UNNAMED:
        return ()
    counted = [
        (unit.unit, count)
        for unit, count in zip(table.units, table.counts, strict=True)
        if count.mean_place is not None and (open_named or count.ballots >= FEWEST_OF_UNIT)
    ]
    rows = tuple(
        (
            names.units[unit],
            show_float(count.mean_place, 1),
            str(count.firsts),
            f"{count.wins} : {count.ties} : {count.losses}",
            f"{show_float((count.win_share or 0.0) * 100, 0)}%",
            str(count.ballots),
        )
        for unit, count in sorted(counted, key=lambda pair: -(pair[1].win_share or 0.0))
    )
    if not rows:
        return ()
    named = (heads.UNIT, heads.MEAN_PLACE, heads.FIRSTS, heads.WINS, heads.WIN_SHARE, heads.BALLOTS)
    return (
        Exhibit(
            Text(
                "数一数票上的先后（可以人工核对）",
                "Places counted on the ballots (to check by hand)",
            ),
            None,
            named,
            rows,
        ),
    )


def _correlation(found: IntraclassCorrelation) -> Text:
    if found.value is None:
        return NOT_COMPLETE
    if found.low is None or found.high is None:
        return same(show_float(found.reported))
    return Text("%(value)s（%(low)s到%(high)s）", "%(value)s (%(low)s to %(high)s)").filled(
        value=show_float(found.reported),
        low=show_float(max(found.low, 0.0)),
        high=show_float(max(found.high, 0.0)),
    )


def _concordance(found: KendallW) -> Text:
    if found.w is None:
        return NOT_COMPLETE
    p = found.p if found.exact_p is None else found.exact_p
    return same(f"{show_float(found.w)} (p {_chance(p or 0.0)})")


def _chance(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {show_float(p, 3)}"


NOT_COMPLETE = Text("评分不全", "incomplete")
