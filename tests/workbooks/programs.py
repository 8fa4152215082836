"""The same workbook as different programs write it, where they are on this machine.

openpyxl and xlsxwriter come with the tests, LibreOffice with `./run setup dev`; SheetJS and exceljs
are used where node finds them (`NODE_PATH`), pandas where Python does.
"""

import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.capability import get_program
from tests.patience import PATIENCE_S
from tests.workbooks.filling import save


@dataclass(frozen=True)
class Formatted:
    """A number, and the format under which it is shown."""

    value: float
    code: str


Value = str | float | int | Formatted | None
Sheets = Mapping[str, Sequence[Sequence[Value]]]

_SHEETJS = """
const X = require("xlsx"), fs = require("fs"), book = X.utils.book_new();
for (const [name, rows] of JSON.parse(fs.readFileSync(0))) {
  const page = X.utils.aoa_to_sheet(rows.map(r => r.map(c => c && c.code ?
    { t: "n", v: c.value, z: c.code } : c)));
  X.utils.book_append_sheet(book, page, name);
}
X.writeFile(book, process.argv[1]);
"""
_EXCELJS = """
const E = require("exceljs"), fs = require("fs"), book = new E.Workbook();
for (const [name, rows] of JSON.parse(fs.readFileSync(0))) {
  const page = book.addWorksheet(name);
  rows.forEach((row, y) => row.forEach((c, x) => {
    const cell = page.getCell(y + 1, x + 1);
    cell.value = c && c.code ? c.value : c;
    if (c && c.code) cell.numFmt = c.code;
  }));
}
book.xlsx.writeFile(process.argv[1]);
"""


def write_openpyxl(sheets: Sheets, _: Path) -> bytes:
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for y, row in enumerate(rows, start=1):
            for x, value in enumerate(row, start=1):
                cell = page.cell(y, x)
                cell.value = value.value if isinstance(value, Formatted) else value
                if isinstance(value, Formatted):
                    cell.number_format = value.code
    return save(book)


def write_xlsxwriter(sheets: Sheets, _: Path) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if isinstance(value, Formatted):
                    page.write(y, x, value.value, book.add_format({"num_format": value.code}))
                else:
                    page.write(y, x, value)
    book.close()
    return file.getvalue()


def write_pandas(engine: str) -> Callable[[Sheets, Path], bytes]:
    """A table of pandas has types by column and no formats of cells: those are left out."""

    def write(sheets: Sheets, _: Path) -> bytes:
        pandas = pytest.importorskip("pandas")
        file = io.BytesIO()
        with pandas.ExcelWriter(file, engine=engine) as writer:
            for name, (headings, *rows) in sheets.items():
                frame = pandas.DataFrame(rows, columns=headings, dtype=object)
                frame.to_excel(writer, sheet_name=name, index=False)
        return file.getvalue()

    return write


def write_node(script: str, package: str) -> Callable[[Sheets, Path], bytes]:
    def write(sheets: Sheets, folder: Path) -> bytes:
        node = shutil.which("node")
        environment = {"PATH": os.environ["PATH"], "NODE_PATH": os.environ.get("NODE_PATH", "")}
        probe = [node or "node", "-e", f"require('{package}')"]
        if node is None or subprocess.run(probe, env=environment, capture_output=True).returncode:
            pytest.skip(f"node does not find {package} (NODE_PATH)")
        target = folder / f"{package}.xlsx"
        subprocess.run(
            [node, "-e", script, str(target)],
            input=json.dumps(list(sheets.items()), default=vars).encode(),
            env=environment,
            check=True,
            timeout=PATIENCE_S,
        )
        return target.read_bytes()

    return write


def write_libreoffice(*ways: str) -> Callable[[Sheets, Path], bytes]:
    """What openpyxl wrote, opened and saved by LibreOffice in one format after another."""

    def write(sheets: Sheets, folder: Path) -> bytes:
        return save_again(write_openpyxl(sheets, folder), folder, *ways)

    return write


def save_again(data: bytes, folder: Path, *ways: str) -> bytes:
    """A workbook as LibreOffice saves it, in one format after another."""
    program = get_program("soffice", "libreoffice-calc-nogui")
    path = folder / "first.xlsx"
    path.write_bytes(data)
    for number, ending in enumerate(ways):
        target = folder / f"saved{number}"
        subprocess.run(
            [
                program,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                ending,
                "--outdir",
                target,
                path,
            ],
            check=True,
            capture_output=True,
            timeout=PATIENCE_S,
        )
        path = target / f"{path.stem}.{ending}"
    return path.read_bytes()


PROGRAMS: Mapping[str, Callable[[Sheets, Path], bytes]] = {
    "openpyxl": write_openpyxl,
    "xlsxwriter": write_xlsxwriter,
    "pandas with openpyxl": write_pandas("openpyxl"),
    "pandas with xlsxwriter": write_pandas("xlsxwriter"),
    "SheetJS": write_node(_SHEETJS, "xlsx"),
    "exceljs": write_node(_EXCELJS, "exceljs"),
    "LibreOffice": write_libreoffice("xlsx"),
    "LibreOffice from ods": write_libreoffice("ods", "xlsx"),
    "LibreOffice from xls": write_libreoffice("xls", "xlsx"),
}
