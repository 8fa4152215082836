"""Which sheets figures have under a scheme: indicators, bonuses and deductions."""

from collections import Counter

from evalsvc.scheme.model import Component, Scheme
from evalsvc.text import Text
from evalsvc.workbooks.layout import Column, SheetLayout, first_of, unit_column


def figures_layouts(scheme: Scheme) -> tuple[SheetLayout, ...]:
    """The sheets of figures that this scheme needs."""
    layouts = []
    if scheme.components:
        layouts.append(_indicators(scheme))
    if scheme.adjustments:
        layouts.append(_adjustments(scheme))
    return tuple(layouts)


def component_key(component: Component) -> str:
    """A component in its round: the same code may be entered in several."""
    return f"{component.round}/{component.code}"


def _indicators(scheme: Scheme) -> SheetLayout:
    rounds = {component.round for component in scheme.components}
    names = Counter((found.name.zh, found.round) for found in scheme.components)
    names_en = Counter((found.name.en, found.round) for found in scheme.components)
    return SheetLayout(
        "indicators",
        Text("指标", "Indicators"),
        Text(
            "每个单位一行、每个计分项一列，填数字；不承担的填“不承担”，0分填0；空着的保持原样，"
            "要去掉一个数就填“清除”；灰色锁住的由别人报，不在这里改",
            "A row for each unit, a column for each component: a number, or “not carried”; 0 is a "
            "figure; an empty cell leaves what stands, “clear” takes it away; grey, locked figures "
            "are entered by others and not changed here",
        ),
        (
            unit_column(),
            *(
                _component(
                    scheme,
                    found,
                    len(rounds) > 1,
                    names[found.name.zh, found.round] > 1
                    or names_en[found.name.en, found.round] > 1,
                )
                for found in scheme.components
            ),
        ),
    )


def _component(scheme: Scheme, component: Component, many_rounds: bool, doubled: bool) -> Column:
    """Its name, with the round where there are several, and the code where names are alike."""
    name = scheme.get_round(component.round).name
    zh = component.name.zh + (f"（{name.zh}）" if many_rounds else "")
    en = component.name.en + (f" ({name.en})" if many_rounds else "")
    # Two columns of one name can't be told apart by whoever fills them in, nor by the reader.
    code = f" [{component.code}]" if doubled else ""
    also = () if many_rounds else (component.code,)
    return Column(
        component_key(component),
        Text(zh + code, en + code),
        Text("填数字，不承担的填“不承担”", "A number, or “not carried”"),
        Text("87.5", "87.5"),
        14,
        # Nobody has to hand in all figures at once: what is left out stays as it is.
        required=False,
        also=(component_key(component), *also),
    )


def _adjustments(scheme: Scheme) -> SheetLayout:
    return SheetLayout(
        "adjustments",
        Text("加减分", "Adjustments"),
        Text(
            "加分、扣分每件一行；表里的就是全部，删去一行就是删去这一件，整张表空着则保持原样",
            "One bonus or deduction a row; the rows are all there are, so a row taken out is a "
            "bonus or deduction taken out; an empty sheet leaves everything as it is",
        ),
        (
            Column(
                "round",
                Text("轮次", "Round"),
                Text(
                    "从下拉列表中选择；只有一轮时可不填",
                    "Choose from the list; may stay empty where there is only one",
                ),
                scheme.rounds[-1].name,
                12,
                required=len(scheme.rounds) > 1,
            ),
            unit_column(),
            Column(
                "rule",
                Text("项目", "Item"),
                Text("从下拉列表中选择", "Choose from the list"),
                first_of(tuple(kind.name for kind in scheme.adjustments)),
                40,
            ),
            Column(
                "times",
                Text("次数", "Times"),
                Text(
                    "按次计分的填正整数；按金额的不填",
                    "A whole number for items counted by times; else empty",
                ),
                Text("1", "1"),
                8,
                required=False,
            ),
            Column(
                "amount",
                Text("金额", "Amount"),
                Text(
                    "按金额（或酌定分值）计分的填数字；按次的不填",
                    "A number for items by amount or by given points; else empty",
                ),
                Text("", ""),
                14,
                required=False,
            ),
            Column(
                "date",
                Text("日期", "Date"),
                Text("如 2018-12-10 或 2018年12月10日", "Such as 2018-12-10"),
                Text("2018-12-10", "2018-12-10"),
                14,
            ),
            Column(
                "evidence",
                Text("依据", "Evidence"),
                Text("文号或事由，最多500字", "Document number or reason, 500 characters"),
                Text("市委发〔2018〕12号", "Municipal notice 2018-12"),
                48,
            ),
            *_project(scheme),
        ),
    )


def _project(scheme: Scheme) -> tuple[Column, ...]:
    """Asked for only where the scheme counts one project once."""
    if not scheme.counts_projects:
        return ()
    return (
        Column(
            "project",
            Text("项目名称", "Project"),
            Text(
                "可不填；同一项目的加分只按最高一项计，名称要写得一样，最多120字",
                "May stay empty; one project counts once, at its highest: write the same name, "
                "120 characters",
            ),
            Text("一网通办", "One-stop service"),
            24,
            required=False,
        ),
    )
