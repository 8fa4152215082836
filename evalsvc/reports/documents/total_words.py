"""What is said of places by total and of citizens' answers, and what their ranges leave out."""

from collections.abc import Mapping, Sequence

from analysis.examining.citizen_tables import CitizenStanding, CitizenTable
from analysis.examining.total_tables import TotalTable
from evalsvc.reports.documents.diagnostic_names import Names, list_alike, say_listed
from evalsvc.scheme.wording import show_float
from evalsvc.text import AND, Text, same


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
            ).filled(units=say_listed(table.partial, names))
        )
    return tuple(said)


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
        units=say_listed([unit.unit for unit in few], names),
        unit=names.units[first.unit],
        answers=first.answers,
        effective=show_float(first.effective, 0),
    )
