"""Which sheets a roster has under a scheme: units, raters, relations, panels."""

from evalsvc.scheme.model import Group, Scheme, Sight
from evalsvc.text import AND, NOTHING, Text
from evalsvc.workbooks.layout import Column, SheetLayout, first_of, name_role, unit_column


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


def _units(scheme: Scheme) -> SheetLayout:
    category = first_of(tuple(category.name for category in scheme.categories))
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
        first_of(tuple(group.name for group in groups)),
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
            unit_column(),
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
                first_of(strata),
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
