"""Reads a filled-in roster: units, raters, relations and the panel, with every problem's place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from evalsvc.domain.preparing.rosters import RaterRow, RelationRow, Roster, SeatsRow, UnitRow
from evalsvc.domain.voting.beside import LONGEST_ACCOUNT
from evalsvc.scheme.model import Group, Scheme, Sight
from evalsvc.text import Text, same
from evalsvc.workbooks.cells import Sheet, build_key, clean
from evalsvc.workbooks.codes import Options, build_keys, build_options
from evalsvc.workbooks.jail import read_sheets
from evalsvc.workbooks.layout import FLAGS, list_titles, name_role
from evalsvc.workbooks.problems import CellProblem, Findings, SheetPreview, has_errors
from evalsvc.workbooks.roster_layout import (
    asks_clusters,
    has_relations,
    list_entered_groups,
    list_panel_groups,
    list_related_groups,
    roster_layouts,
)
from evalsvc.workbooks.seen import read_words
from evalsvc.workbooks.table import Table, TableRow, close_table, guess, open_table
from evalsvc.workbooks.written import fold_width

MOST_SEATS = 1_000_000
LONGEST_CLUSTER = 40

_UNIT = Text("单位", "unit")
_GROUP = Text("评价主体", "rater group")


@dataclass(frozen=True)
class RosterReading:
    """A roster as read; `roster` is None where a problem is an error."""

    roster: Roster | None
    sheets: tuple[SheetPreview, ...]
    problems: tuple[CellProblem, ...]


def read_roster(
    source: bytes | Path, scheme: Scheme, called: Mapping[str, str] = MappingProxyType({})
) -> RosterReading:
    """Read an uploaded roster; raises Problem(UPLOAD_REFUSED) where it is not even opened."""
    return check_roster(read_sheets(source, list_titles(roster_layouts(scheme))), scheme, called)


def check_roster(
    sheets: Sequence[Sheet], scheme: Scheme, called: Mapping[str, str] = MappingProxyType({})
) -> RosterReading:
    """What the sheets say, and everything that is wrong with them.

    `called`: what units are called until now. Whoever renames one on its own sheet leaves its
    earlier name on the others.
    """
    findings = Findings()
    tables = {layout.key: open_table(sheets, layout, findings) for layout in roster_layouts(scheme)}
    roster = _RosterReader(scheme, findings, tables, called).read()
    for table in tables.values():
        close_table(table, findings)
    return RosterReading(
        None if has_errors(findings.problems) else roster,
        tuple(findings.previews),
        tuple(findings.problems),
    )


class _RosterReader:
    """One pass over the sheets in their order: later ones refer to units and raters before."""

    def __init__(
        self,
        scheme: Scheme,
        findings: Findings,
        tables: Mapping[str, Table | None],
        called: Mapping[str, str],
    ) -> None:
        self.scheme, self.findings, self.tables = scheme, findings, tables
        self.called = called
        self.units: list[UnitRow] = []
        self.raters: list[RaterRow] = []
        self.relations: list[RelationRow] = []
        self.seats: list[SeatsRow] = []
        # What rows refer to; a row with a problem of its own is still known by its code.
        self.unit_names: dict[str, Text] = {}
        self.unit_categories: dict[str, str | None] = {}
        self.unit_options: Options | None = None
        self.own_units: dict[tuple[str, str], str] = {}
        self.rater_rows: dict[tuple[str, str], TableRow] = {}
        self.rater_options: dict[str, Options] = {}

    def read(self) -> Roster:
        self._read_units()
        self._read_raters()
        self._read_relations()
        self._read_seats()
        return Roster(
            tuple(self.units), tuple(self.raters), tuple(self.relations), tuple(self.seats)
        )

    # Units

    def _read_units(self) -> None:
        table = self.tables["units"]
        if table is None:
            return
        categories = build_options({found.code: found.name for found in self.scheme.categories})
        accounts, clusters = self.scheme.asks_accounts, asks_clusters(self.scheme)
        # By their key, so that “u01” and “Ｕ０１” are one code.
        codes, names = _Once(Text("代码", "code")), _Once(Text("名称", "name"))
        for row in table.list_rows():
            code, name = row.code("code", label="name"), row.text("name", 60, names=True)
            category = row.choice("category", categories, Text("类别", "category"))
            flags, work = _read_flags(row), row.text("work", 200)
            account = row.text("account", LONGEST_ACCOUNT) if accounts else ""
            cluster = row.text("cluster", LONGEST_CLUSTER, names=True) if clusters else ""
            codes.check(row, "code", code)
            names.check(row, "name", name)
            if code is None:
                continue
            # Kept also where the row has a mistake, or every
            # row that refers to it would have one, too.
            self.unit_names.setdefault(code, Text(name or "", name or ""))
            self.unit_categories.setdefault(code, category)
            if name and category and None not in (flags, work, account, cluster):
                further = (flags or "", work or "", account or "", cluster or "")
                self.units.append(UnitRow(code, name, category, *further))
        if not self.unit_names:
            self._report_empty(table, Text("没有填写任何单位", "there are no units"))
        elif table.has("code", "name"):
            self.unit_options = self._with_earlier_names(build_options(self.unit_names))

    def _with_earlier_names(self, options: Options) -> Options:
        """A name that another unit has now is that one's."""
        earlier = {
            build_key(name): code for code, name in self.called.items() if code in self.unit_names
        }
        return Options(options.names, {**earlier, **options.codes})

    def _find_unit(self, row: TableRow, key: str) -> str | None:
        """A unit's code; "" where it is empty, and unchecked where the units were not readable."""
        if self.unit_options is None:
            return None
        return row.choice(key, self.unit_options, _UNIT)

    # Raters

    def _read_raters(self) -> None:
        table = self.tables.get("raters")
        if table is None:
            return
        groups = list_entered_groups(self.scheme)
        options = _group_options(self.scheme.groups)
        codes = {group.code: _Once(Text("代码", "code")) for group in self.scheme.groups}
        for row in table.list_rows():
            group = _read_group(row, options, groups)
            code, name = row.code("code", label="name"), row.text("name", 60, names=True)
            unit = self._find_unit(row, "unit")
            if group is None or code is None:
                continue
            codes[group.code].check(row, "code", code)
            self.own_units.setdefault((group.code, code), unit or "")
            self.rater_rows.setdefault((group.code, code), row)
            if name and unit is not None:
                self.raters.append(RaterRow(group.code, code, name, unit))
        self._warn_of_empty_groups(table, groups)

    def _warn_of_empty_groups(self, table: Table, groups: Sequence[Group]) -> None:
        for group in groups:
            if all(key[0] != group.code for key in self.rater_rows):
                self.findings.report(
                    table.sheet.name,
                    Text(f"“{group.name.zh}”还没有评价人", f"“{group.name.en}” has no raters yet"),
                    severity="warning",
                )

    # Relations

    def _read_relations(self) -> None:
        table = self.tables.get("relations")
        if table is None:
            return
        options, groups = _group_options(self.scheme.groups), list_related_groups(self.scheme)
        pairs = _Once(Text("评价人和单位", "rater and unit"))
        for row in table.list_rows():
            group = _read_group(row, options, groups)
            rater = None if group is None else self._find_rater(row, group)
            unit = self._find_unit(row, "unit")
            if group is None or not unit:
                continue
            role = self._read_role(row, group, unit)
            if rater is None:
                continue
            self._check_own(row, group, rater, unit)
            pairs.check(row, "unit", f"{group.code} {rater} {unit}")
            if role is not None:
                self.relations.append(RelationRow(group.code, rater, unit, role))
        self._warn_of_idle_raters(groups)

    def _find_rater(self, row: TableRow, group: Group) -> str | None:
        """The rater's code; a unit's name does where the units of a category are the raters."""
        if group.members:
            return self._find_member(row, group)
        if self.tables.get("raters") is None:
            return row.code("rater")
        said, raters = read_words(row.get_cell("rater")).text, self._list_raters(group)
        known = raters.find(said)
        code = known or row.code("rater")
        if known or code is None:
            return known
        row.report(
            "rater",
            Text(
                f"“评价人”表的“{group.name.zh}”中没有这个代码",
                f"the sheet “Raters” has no such code under “{group.name.en}”",
            )
            + guess(_with_codes(raters), said),
        )
        return None

    def _list_raters(self, group: Group) -> Options:
        """The group's raters by code; names need not be unique, and only stand beside a code."""
        if group.code not in self.rater_options:
            rows = {code: row for (own, code), row in self.rater_rows.items() if own == group.code}
            names = {code: same(clean(row.get_cell("name").seen)) for code, row in rows.items()}
            self.rater_options[group.code] = Options(names, build_keys(names))
        return self.rater_options[group.code]

    def _find_member(self, row: TableRow, group: Group) -> str | None:
        code = self._find_unit(row, "rater")
        if code and self.unit_categories.get(code) != group.members:
            category = self._name_category(group.members)
            row.report(
                "rater",
                Text(
                    f"“{group.name.zh}”只由类别为“{category.zh}”的单位担任",
                    f"only units of the category “{category.en}” belong to this group",
                ),
            )
            return None
        return code or None

    def _read_role(self, row: TableRow, group: Group, unit: str) -> str | None:
        category = self.unit_categories.get(unit)
        if category is None:
            return None
        sight = next((sight for sight in group.sights if sight.category == category), None)
        if sight is None or not has_relations(sight):
            self._report_needless(row, group, category, sight)
            return None
        allowed = (*sight.roles, *((sight.default_role,) if sight.default_role else ()))
        options = build_options({role: name_role(role) for role in allowed})
        role = row.choice("role", options, Text("角色", "role"))
        # With one role there is nothing to choose.
        if role == "" and len(sight.roles) == 1:
            return sight.roles[0]
        if role == "" and sight.roles:
            names = options.list_names()
            row.report("role", Text(f"不能空着；应为：{names.zh}", f"expected one of: {names.en}"))
            return None
        return role

    def _report_needless(
        self, row: TableRow, group: Group, category: str, sight: Sight | None
    ) -> None:
        name = self._name_category(category)
        if sight is None:
            row.report(
                "unit",
                Text(
                    f"“{group.name.zh}”不评价“{name.zh}”，请删去这一行",
                    f"“{group.name.en}” does not rate “{name.en}”; please delete the row",
                ),
            )
        else:
            row.report(
                "unit",
                Text(
                    f"“{group.name.zh}”评价“{name.zh}”的每个单位，不用列，请删去这一行",
                    f"“{group.name.en}” rates every unit of “{name.en}”; please delete the row",
                ),
            )

    def _check_own(self, row: TableRow, group: Group, rater: str, unit: str) -> None:
        own = rater if group.members else self.own_units.get((group.code, rater))
        if own == unit:
            row.report(
                "unit",
                Text(
                    "这是评价人自己所属的单位，不能评价，请删去这一行",
                    "this is the rater's own unit, which is never rated; please delete the row",
                ),
            )

    def _warn_of_idle_raters(self, groups: Sequence[Group]) -> None:
        """Where a group sees only listed units, a rater with none gets an empty paper."""
        only_listed = {
            group.code
            for group in groups
            if all(sight.relation == "listed" for sight in group.sights)
        }
        busy = {(found.group, found.rater) for found in self.relations}
        for key, row in self.rater_rows.items():
            if key[0] in only_listed and key not in busy:
                row.report(
                    "code",
                    Text(
                        "“评价关系”中没有列出这个评价人评价哪些单位，不会收到问卷",
                        "the sheet “Relations” names no unit for this rater, who will get no "
                        "questionnaire",
                    ),
                    severity="warning",
                )

    # The panel

    def _read_seats(self) -> None:
        table = self.tables.get("seats")
        if table is None:
            return
        options, groups = _group_options(self.scheme.groups), list_panel_groups(self.scheme)
        strata = _Once(Text("层别", "stratum"))
        for row in table.list_rows():
            group = _read_group(row, options, groups)
            seats = row.whole("seats", MOST_SEATS)
            stratum = None if group is None else _read_stratum(row, group)
            if group is None or stratum is None:
                continue
            strata.check(row, "stratum", f"{group.code} {stratum}")
            if seats is not None:
                self.seats.append(SeatsRow(group.code, stratum, seats))
        self._warn_of_missing_strata(table, groups)

    def _warn_of_missing_strata(self, table: Table, groups: Sequence[Group]) -> None:
        planned = {(found.group, found.stratum) for found in self.seats}
        for group in groups:
            strata = {stratum.code: stratum.name for stratum in group.strata}
            for code, name in (strata or {"": group.name}).items():
                if (group.code, code) not in planned:
                    self.findings.report(
                        table.sheet.name,
                        Text(f"“{name.zh}”没有填人数", f"“{name.en}” has no seats"),
                        severity="warning",
                    )

    def _name_category(self, code: str) -> Text:
        return next(found.name for found in self.scheme.categories if found.code == code)

    def _report_empty(self, table: Table, text: Text) -> None:
        self.findings.report(table.sheet.name, text)


class _Once:
    """Remembers in which row something stood, to name it where it comes again."""

    def __init__(self, what: Text) -> None:
        self.what = what
        self.rows: dict[str, int] = {}

    def check(self, row: TableRow, key: str, value: str | None) -> None:
        if not value:
            return
        first = self.rows.setdefault(build_key(value), row.number)
        if first != row.number:
            row.report(
                key,
                Text(
                    f"与第{first}行的{self.what.zh}重复",
                    f"the same {self.what.en} as in row {first}",
                ),
            )


def _read_flags(row: TableRow) -> str | None:
    """Flags as codes separated by spaces."""
    text = row.text("flags", 120)
    if not text:
        return text
    options = build_options(FLAGS)
    # A flag's own name may hold a space, so the whole cell is tried first.
    parts = [text] if options.find(text) else _split(text)
    codes = [options.find(part) for part in parts]
    if None in codes:
        names = options.list_names()
        row.report(
            "flags",
            Text(
                f"没有这个标记；应为：{names.zh}，或不填",
                f"there is no such flag; expected: {names.en}, or nothing",
            ),
        )
        return None
    return " ".join(sorted({code for code in codes if code}))


def _split(text: str) -> list[str]:
    for separator in "，、；,;":
        text = text.replace(separator, " ")
    return fold_width(clean(text)).split(" ")


def _with_codes(options: Options) -> Options:
    """Where only a code is understood, the nearest one is shown with it."""
    said = {code: same(f"{code} {name.zh}") for code, name in options.names.items()}
    return Options(said, options.codes)


def _group_options(groups: Sequence[Group]) -> Options:
    return build_options({group.code: group.name for group in groups})


def _read_group(row: TableRow, options: Options, allowed: Sequence[Group]) -> Group | None:
    """The group of a row, if this sheet is for it."""
    code = row.choice("group", options, _GROUP)
    if not code:
        return None
    found = next((group for group in allowed if group.code == code), None)
    if found is None:
        _report_wrong_sheet(row, allowed)
    return found


def _report_wrong_sheet(row: TableRow, allowed: Sequence[Group]) -> None:
    names = _group_options(allowed).list_names()
    row.report(
        "group",
        Text(
            f"这个评价主体不在这张表里填（由单位担任的自动产生，评议团只填人数）；"
            f"这里只填：{names.zh}。请删去这一行",
            "this group is not entered on this sheet (raters that are units are made "
            f"automatically, a panel has seats only); only: {names.en}. Please delete the row",
        ),
    )


def _read_stratum(row: TableRow, group: Group) -> str | None:
    options = build_options({stratum.code: stratum.name for stratum in group.strata})
    if not group.strata:
        if not row.is_blank("stratum"):
            row.report(
                "stratum",
                Text(
                    f"“{group.name.zh}”不分层，请不要填",
                    f"“{group.name.en}” has no strata; please leave it empty",
                ),
            )
            return None
        return ""
    stratum = row.choice("stratum", options, Text("层别", "stratum"))
    if stratum == "":
        names = options.list_names()
        row.report("stratum", Text(f"不能空着；应为：{names.zh}", f"expected one of: {names.en}"))
        return None
    return stratum
