"""A list of raters alone: it takes the place of the raters of the groups that it names.

It is read as the sheet of raters of a roster whose other sheets are as they stand, so that the
same is checked as of a workbook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalsvc.domain.preparing.rosters import RaterRow, RelationRow, Roster, SeatsRow, UnitRow
from evalsvc.errors import UPLOAD_REFUSED, Problem
from evalsvc.scheme.model import Scheme
from evalsvc.text import AND, Text
from evalsvc.workbooks.cells import Cell, Sheet
from evalsvc.workbooks.codes import build_options
from evalsvc.workbooks.headings import find_headings
from evalsvc.workbooks.layout import SheetLayout, name_role
from evalsvc.workbooks.listed import read_list
from evalsvc.workbooks.problems import Findings
from evalsvc.workbooks.roster import RosterReading, check_roster
from evalsvc.workbooks.roster_layout import list_entered_groups, roster_layouts

_NOBODY = Text(
    "这份方案的评价人都由单位或评议团产生，没有要填的名单",
    "all raters of this scheme follow from its units or panel; there is no list to be filled in",
)
_NO_HEADINGS = Text(
    "文字里没有评价人名单的标题行（%(headings)s）；请连同标题行一起复制或保存，"
    "别的表请用工作簿（*.xlsx）上传",
    "the text has no headings of a list of raters (%(headings)s); please copy or save it together "
    "with them, and upload other sheets as a workbook (*.xlsx)",
)
_KEPT = Text(
    "名单只换下它写到的评价主体；其余的评价人（%(kept)s 人）和单位、评价关系、评议卡保持不变。",
    "The list takes the place of the rater groups that it names; the other raters (%(kept)s) and "
    "the units, relations and cards stay as they are.",
)

_Words = Mapping[tuple[str, str], str]
_Standing = UnitRow | RaterRow | RelationRow | SeatsRow


@dataclass(frozen=True)
class ListReading:
    """A roster with the raters of a list, and what is to be said of the rest."""

    roster: RosterReading
    note: Text


def read_rater_list(content: bytes, scheme: Scheme, present: Roster) -> ListReading:
    """Raises Problem(UPLOAD_REFUSED) where the text can't be read, or nobody is to be listed."""
    layouts = {layout.key: layout for layout in roster_layouts(scheme)}
    if "raters" not in layouts:
        raise Problem(UPLOAD_REFUSED, reason=_NOBODY)
    standing: Mapping[str, Sequence[_Standing]] = {
        "units": present.units,
        "relations": present.relations,
        "seats": present.seats,
    }
    words = _list_words(scheme)
    sheets = [
        _build_sheet(layouts[key], standing[key], words) for key in standing if key in layouts
    ]
    listed = read_list(content, layouts["raters"].name.zh)
    if not find_headings(listed, layouts["raters"], Findings()).places:
        headings = AND.join(column.heading for column in layouts["raters"].columns)
        raise Problem(UPLOAD_REFUSED, reason=_NO_HEADINGS.filled(headings=headings))
    kept = _list_kept(listed, layouts["raters"], scheme, present.raters)
    whole = _add_rows(listed, layouts["raters"], kept, words)
    return ListReading(check_roster([*sheets, whole], scheme), _KEPT.filled(kept=len(kept)))


def _list_words(scheme: Scheme) -> dict[tuple[str, str], str]:
    """Codes that a sheet shows by name, by their column."""
    roles = {role for group in scheme.groups for sight in group.sights for role in sight.roles}
    return {
        **{("group", group.code): group.name.zh for group in scheme.groups},
        **{("category", each.code): each.name.zh for each in scheme.categories},
        **{("role", role): name_role(role).zh for role in roles},
    }


def _list_kept(
    listed: Sheet, layout: SheetLayout, scheme: Scheme, raters: Sequence[RaterRow]
) -> list[RaterRow]:
    """The raters that are entered for groups which the list doesn't name."""
    groups = {group.code: group.name for group in list_entered_groups(scheme)}
    options, headings = build_options(groups), find_headings(listed, layout, Findings())
    column = headings.places.get("group", 0)
    named = {
        options.find(cells[column].text)
        for number, cells in listed.rows.items()
        if number > headings.row and column in cells
    }
    return [rater for rater in raters if rater.group in groups.keys() - named]


def _add_rows(listed: Sheet, layout: SheetLayout, kept: Sequence[RaterRow], words: _Words) -> Sheet:
    """The list with those below it that stay; where its headings are wrong, it is refused alone."""
    places = find_headings(listed, layout, Findings()).places
    if not all(column.key in places for column in layout.columns if column.required):
        return listed
    last = max(listed.rows, default=0)
    rows = {
        number: {place: _build_cell(rater, key, words) for key, place in places.items()}
        for number, rater in enumerate(kept, start=last + 1)
    }
    return replace(listed, rows={**listed.rows, **rows})


def _build_sheet(layout: SheetLayout, rows: Sequence[_Standing], words: _Words) -> Sheet:
    """A sheet as it would be filled in; an empty account leaves what the unit has written."""
    keys = [column.key for column in layout.columns if column.key != "account"]
    headings = {layout.get_column(key).heading.zh: place for place, key in enumerate(keys, start=1)}
    first = {place: Cell("text", heading) for heading, place in headings.items()}
    return Sheet(
        layout.name.zh,
        {1: first}
        | {
            number: {
                place: _build_cell(row, key, words)
                for place, key in enumerate(keys, start=1)
                if getattr(row, key) != ""
            }
            for number, row in enumerate(rows, start=2)
        },
    )


def _build_cell(row: _Standing, key: str, words: _Words) -> Cell:
    value: str | int = getattr(row, key)
    if isinstance(value, int):
        return Cell("number", str(value))
    return Cell("text", words.get((key, value), value))
