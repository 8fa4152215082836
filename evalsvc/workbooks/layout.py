"""Which sheets and columns a scheme's workbooks have; templates write them, readers expect them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalsvc.scheme.model import Component, Group, Scheme, Sight
from evalsvc.text import AND, NOTHING, Text

# A unit's flag and what a cell may say for it.
FLAGS: Mapping[str, Text] = {"no_award": Text("不参与评奖", "no award")}
# Roles that schemes give; another role is shown by its code.
ROLES: Mapping[str, Text] = {
    "in_charge": Text("分管", "in charge"),
    "not_in_charge": Text("非分管", "not in charge"),
}
# What a cell may say for a place in an earlier year.
PAST_PLACES: Mapping[str, Text] = {
    "first": Text("第一名", "first"),
    "last": Text("末位", "last"),
    "between": Text("中间", "between"),
}
NOT_CARRIED = Text("不承担", "not carried")
# What takes a figure away: an empty cell leaves everything as it is.
CLEARED = Text("清除", "clear")
# In a cell whose component is not for units of this category.
NOT_APPLICABLE = "—"
INSTRUCTIONS = Text("说明", "Instructions")
CHOICES = Text("选项", "Choices")


@dataclass(frozen=True)
class Column:
    """A column: how it is headed, what belongs in it, and other headings that are understood."""

    key: str
    heading: Text
    about: Text
    example: Text
    width: int = 16
    required: bool = True
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetLayout:
    """A sheet to fill in: its columns from left to right under one row of headings."""

    key: str
    name: Text
    about: Text
    columns: tuple[Column, ...]

    def get_column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


def list_titles(layouts: Iterable[SheetLayout]) -> tuple[str, ...]:
    """What the sheets of these layouts may be called."""
    return tuple(title for layout in layouts for title in layout.name.spellings)


def roster_layouts(scheme: Scheme) -> tuple[SheetLayout, ...]:
    """The sheets of the roster that this scheme needs."""
    layouts = [_units(scheme)]
    if list_entered_groups(scheme):
        layouts.append(_raters(scheme))
    if list_related_groups(scheme):
        layouts.append(_relations(scheme))
    if list_panel_groups(scheme):
        layouts.append(_seats(scheme))
    return tuple(layouts)


def figures_layouts(scheme: Scheme) -> tuple[SheetLayout, ...]:
    """The sheets of figures that this scheme needs."""
    layouts = []
    if scheme.components:
        layouts.append(_indicators(scheme))
    if scheme.adjustments:
        layouts.append(_adjustments(scheme))
    return tuple(layouts)


def history_layouts(scheme: Scheme) -> tuple[SheetLayout, ...]:
    """The sheet of earlier years; grades are asked for where the scheme has any."""
    return (_history(scheme),)


def list_entered_groups(scheme: Scheme) -> tuple[Group, ...]:
    """Groups whose raters stand in the sheet: neither citizens nor the units of a category."""
    return tuple(
        group for group in scheme.groups if group.identity != "counts" and not group.members
    )


def list_related_groups(scheme: Scheme) -> tuple[Group, ...]:
    """Groups with relations to list, because they see listed units or have roles."""
    return tuple(
        group
        for group in scheme.groups
        if group.identity != "counts" and any(has_relations(sight) for sight in group.sights)
    )


def list_panel_groups(scheme: Scheme) -> tuple[Group, ...]:
    """Groups of citizens, planned by the number of cards."""
    return tuple(group for group in scheme.groups if group.identity == "counts")


def has_relations(sight: Sight) -> bool:
    """Whether somebody has to say which units, or in which role."""
    return sight.relation == "listed" or bool(sight.roles)


def asks_clusters(scheme: Scheme) -> bool:
    """Whether units rate, so that it matters which of them belong together."""
    return any(group.members for group in scheme.groups)


def component_key(component: Component) -> str:
    """A component in its round: the same code may be entered in several."""
    return f"{component.round}/{component.code}"


def name_role(code: str) -> Text:
    return ROLES.get(code, Text(code, code))


def _first(texts: tuple[Text, ...]) -> Text:
    return texts[0] if texts else Text("", "")


def _units(scheme: Scheme) -> SheetLayout:
    category = _first(tuple(category.name for category in scheme.categories))
    return SheetLayout(
        "units",
        Text("单位", "Units"),
        Text(
            "被考评单位，每个一行，问卷按此顺序列出",
            "Units under evaluation, one a row, in the order of the questionnaires",
        ),
        (
            Column(
                "code",
                Text("代码", "Code"),
                Text(
                    "自编的短代码，不重复，定下后不要改；可用字母、数字、汉字、. _ -",
                    "A short code of your own, never twice and never changed: "
                    "letters, digits, . _ -",
                ),
                Text("u01", "u01"),
                12,
            ),
            Column(
                "name",
                Text("名称", "Name"),
                Text(
                    "印在信件和问卷上的名称，不重复，最多60字",
                    "As printed on letters and questionnaires, never twice, 60 characters",
                ),
                Text("县教育局", "Education bureau"),
                28,
            ),
            Column(
                "category",
                Text("类别", "Category"),
                Text("从下拉列表中选择", "Choose from the list"),
                category,
                20,
            ),
            Column(
                "flags",
                Text("标记", "Flags"),
                Text(
                    "可不填；“不参与评奖”表示参加考评但不评等次奖项",
                    "May stay empty; “no award”: is evaluated but takes no award",
                ),
                Text("", ""),
                14,
                required=False,
            ),
            Column(
                "work",
                Text("职能", "Work"),
                Text(
                    "可不填；一句话说明做什么，供评价人参考，最多200字",
                    "May stay empty; what it does, in one line for raters, 200 characters",
                ),
                Text("全县教育管理", "Schools of the county"),
                44,
                required=False,
            ),
            *(_account() if scheme.asks_accounts else ()),
            *(_cluster() if asks_clusters(scheme) else ()),
        ),
    )


def _account() -> tuple[Column, ...]:
    return (
        Column(
            "account",
            Text("述职", "Account"),
            Text(
                "可不填；单位对本年工作的述职，评价人在单位名下看到，最多600字；"
                "空着就保留联络员写的",
                "May stay empty; the unit's own account of its year, which raters see below "
                "its name, 600 characters; empty keeps what its liaison wrote",
            ),
            Text("", ""),
            60,
            required=False,
        ),
    )


def _cluster() -> tuple[Column, ...]:
    return (
        Column(
            "cluster",
            Text("片区或分管口", "Area or line of work"),
            Text(
                "可不填；互评前就定下的片区、系统或分管口，最多40字。开箱时只检验一件事：各片区"
                "合在一起，是不是给自己人评得更高",
                "May stay empty; its area, system or line of work as fixed before the vote, "
                "40 characters. One thing is tested when the box is opened: whether areas, all "
                "taken together, rate their own higher",
            ),
            Text("东片", "East"),
            16,
            required=False,
            also=("片区", "分管口", "Cluster"),
        ),
    )


def _group_column(groups: tuple[Group, ...]) -> Column:
    return Column(
        "group",
        Text("评价主体", "Rater group"),
        Text("从下拉列表中选择", "Choose from the list"),
        _first(tuple(group.name for group in groups)),
        20,
    )


def _raters(scheme: Scheme) -> SheetLayout:
    automatic = AND.join(group.name for group in scheme.groups if group.members)
    note = Text(
        "；由单位担任的（%(groups)s）自动产生，不要填",
        "; made from the units, so not to be entered: %(groups)s",
    ).filled(groups=automatic)
    return SheetLayout(
        "raters",
        Text("评价人", "Raters"),
        Text("每个评价人（或席位）一行", "Each person or seat in a row")
        + (note if automatic else NOTHING),
        (
            _group_column(list_entered_groups(scheme)),
            Column(
                "code",
                Text("代码", "Code"),
                Text("自编的短代码，同一评价主体内不重复", "A short code, once in its group"),
                Text("L1", "L1"),
                12,
            ),
            Column(
                "name",
                Text("姓名或席位", "Name or seat"),
                Text("印在信件上，最多60字", "As printed on the letter, 60 characters"),
                Text("王县长", "Magistrate Wang"),
                24,
            ),
            Column(
                "unit",
                Text("所属单位", "Own unit"),
                Text(
                    "可不填；属于某个被考评单位的，填该单位，本人不评价它",
                    "May stay empty; a unit on the list that the person belongs to "
                    "and therefore never rates",
                ),
                Text("", ""),
                28,
                required=False,
            ),
        ),
    )


def _relations(scheme: Scheme) -> SheetLayout:
    groups = list_related_groups(scheme)
    roles = tuple(role for group in groups for sight in group.sights for role in sight.roles)
    return SheetLayout(
        "relations",
        Text("评价关系", "Relations"),
        Text(
            "谁评价谁，每对一行；评价全部单位的不用列",
            "Who rates whom, one pair a row; not needed where everybody is rated",
        ),
        (
            _group_column(groups),
            Column(
                "rater",
                Text("评价人代码", "Rater code"),
                Text("“评价人”表中的代码", "The code on the sheet “Raters”"),
                Text("L1", "L1"),
                16,
            ),
            Column(
                "unit",
                Text("单位", "Unit"),
                Text("单位的名称或代码", "The unit's name or code"),
                Text("县教育局", "Education bureau"),
                28,
            ),
            Column(
                "role",
                Text("角色", "Role"),
                Text(
                    "从下拉列表中选择；只有一种角色时可不填",
                    "Choose from the list; may stay empty where there is only one role",
                ),
                name_role(roles[0]) if roles else Text("", ""),
                14,
                required=False,
            ),
        ),
    )


def _seats(scheme: Scheme) -> SheetLayout:
    groups = list_panel_groups(scheme)
    strata = tuple(stratum.name for group in groups for stratum in group.strata)
    return SheetLayout(
        "seats",
        Text("评议团", "Panel"),
        Text("每个层别发多少张码，每层一行", "How many cards each stratum gets, one a row"),
        (
            _group_column(groups),
            Column(
                "stratum",
                Text("层别", "Stratum"),
                Text(
                    "从下拉列表中选择；不分层的不填",
                    "Choose from the list; empty where there are none",
                ),
                _first(strata),
                24,
                required=False,
            ),
            Column(
                "seats",
                Text("人数", "Seats"),
                Text("正整数", "A whole number from 1 on"),
                Text("300", "300"),
                10,
            ),
        ),
    )


def _indicators(scheme: Scheme) -> SheetLayout:
    unit = Column(
        "unit",
        Text("单位", "Unit"),
        Text("单位的名称或代码", "The unit's name or code"),
        Text("县教育局", "Education bureau"),
        28,
    )
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
            unit,
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
            Column(
                "unit",
                Text("单位", "Unit"),
                Text("单位的名称或代码", "The unit's name or code"),
                Text("县教育局", "Education bureau"),
                28,
            ),
            Column(
                "rule",
                Text("项目", "Item"),
                Text("从下拉列表中选择", "Choose from the list"),
                _first(tuple(kind.name for kind in scheme.adjustments)),
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


def _history(scheme: Scheme) -> SheetLayout:
    grades = tuple(scheme.outcome_names.grades.values())
    grade = Column(
        "grade",
        Text("等次", "Grade"),
        Text("可不填；从下拉列表中选择", "May stay empty; choose from the list"),
        _first(grades),
        16,
        required=False,
    )
    return SheetLayout(
        "history",
        Text("历年结果", "Earlier years"),
        Text(
            "每个单位每年一行；不知道的年份空着，不要填 0",
            "A row for each unit and year; leave years that nobody knows empty, never 0",
        ),
        (
            Column(
                "unit",
                Text("单位", "Unit"),
                Text("单位的名称或代码", "The unit's name or code"),
                Text("县教育局", "Education bureau"),
                28,
            ),
            Column(
                "year",
                Text("年度", "Year"),
                Text("四位年份，早于本考评年度", "Four digits, before the season's own year"),
                Text("2025", "2025"),
                10,
            ),
            Column(
                "score",
                Text("得分", "Score"),
                Text("可不填；当年公布的得分", "May stay empty; the figure as published"),
                Text("91.25", "91.25"),
                12,
                required=False,
            ),
            *((grade,) if grades else ()),
            Column(
                "place",
                Text("名次", "Place"),
                Text(
                    "可不填；不填时按同类单位当年的得分排",
                    "May stay empty: then it follows from the scores of that year",
                ),
                PAST_PLACES["first"],
                14,
                required=False,
            ),
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
