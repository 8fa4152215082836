"""Workbooks written cell by cell: with formats, empty results, odd errors and hidden rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from tests.workbooks.hostile import MAIN, OFFICE, PACKAGE, PARTS, zip_up


@dataclass(frozen=True)
class Shown:
    """A number under a number format."""

    held: str
    code: str


@dataclass(frozen=True)
class Raw:
    """A cell as it stands in the file: its kind, and what is inside."""

    kind: str
    inside: str


RawCell = str | int | float | Shown | Raw | None
EMPTY_RESULT = Raw("str", '<f>""</f><v></v>')
NOT_COMPUTED = Raw("n", "<f>1+2</f><v></v>")
SPILL = Raw("e", "<f>SORT(B:B)</f><v>#SPILL!</v>")
BEYOND = Raw("s", "<v>99</v>")


def build_raw(
    sheets: Mapping[str, Sequence[Sequence[RawCell]]],
    *,
    hidden_rows: Collection[int] = (),
    hidden_sheets: Collection[str] = (),
) -> bytes:
    """A workbook of these rows; the rows with these numbers are hidden on every sheet."""
    codes = sorted(
        {
            cell.code
            for rows in sheets.values()
            for row in rows
            for cell in row
            if isinstance(cell, Shown)
        }
    )
    relations, entries = [], []
    parts = {name: PARTS[name] for name in ("[Content_Types].xml", "_rels/.rels")}
    for number, (title, rows) in enumerate(sheets.items(), start=1):
        state = ' state="hidden"' if title in hidden_sheets else ""
        entries.append(
            f'<sheet name={quoteattr(title)} sheetId="{number}"{state} r:id="s{number}"/>'
        )
        relations.append(
            f'<Relationship Id="s{number}" Type="{OFFICE}/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = _write_sheet(rows, codes, hidden_rows)
    relations.append(f'<Relationship Id="y" Type="{OFFICE}/styles" Target="styles.xml"/>')
    parts["xl/styles.xml"] = _write_styles(codes)
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{"".join(entries)}</sheets>'
        "</workbook>"
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}">{"".join(relations)}</Relationships>'
    )
    return zip_up(parts)


def _write_sheet(
    rows: Sequence[Sequence[RawCell]], codes: Sequence[str], hidden: Collection[int]
) -> str:
    lines = (
        f'<row r="{number}"{" hidden=" + chr(34) + "1" + chr(34) if number in hidden else ""}>'
        + "".join(_write_cell(cell, codes) for cell in row)
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _write_cell(cell: RawCell, codes: Sequence[str]) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, Raw):
        return f'<c t="{cell.kind}">{cell.inside}</c>'
    if isinstance(cell, Shown):
        return f'<c s="{codes.index(cell.code) + 1}"><v>{cell.held}</v></c>'
    if isinstance(cell, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f"<c><v>{cell}</v></c>"


def _write_styles(codes: Sequence[str]) -> str:
    formats = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>'
        for number, code in enumerate(codes, start=164)
    )
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in range(164, 164 + len(codes)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts>'
        f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>'
    )
