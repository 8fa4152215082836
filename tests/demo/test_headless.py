"""A whole season over HTTP without a person: what it brings home, and that a fault is noticed."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from evalsvc.demo.page import Trouble
from evalsvc.demo.verdict import check_receipts, check_totals, recompute
from evalsvc.settings import PROJECT
from tests.capability import get_program

pytestmark = pytest.mark.slow

FILES = {
    "letters.pdf",
    "result.xlsx",
    "report.pdf",
    "result.csv",
    "package-audit.zip",
    "package-public.zip",
    "server.log",
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that one walk through the Panshan season leaves."""
    out = tmp_path_factory.mktemp("headless") / "out"
    ran = subprocess.run(
        [sys.executable, "-m", "evalsvc", "demo", "--headless", str(out)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return out


def test_everything_is_brought_home(walked: Path) -> None:
    assert {path.name for path in walked.iterdir()} == FILES
    printed = subprocess.run(
        [get_program("pdfinfo", "poppler-utils"), str(walked / "letters.pdf")],
        capture_output=True,
        text=True,
        check=True,
    )
    # 9 leaders, the office, 14 towns and 45 departments have a page each.
    assert "Pages:           69\n" in printed.stdout


def test_totals_of_workbook_and_table_are_those_of_both_packages(walked: Path) -> None:
    sheet = openpyxl.load_workbook(walked / "result.xlsx", read_only=True).worksheets[0]
    headings, *rows = sheet.iter_rows(values_only=True)
    unit, total = headings.index("单位代码"), headings.index("得分")
    shown = {row[unit]: f"{row[total]:.2f}" for row in rows}
    assert len(shown) == 59
    with (walked / "result.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["单位代码"]: row["得分"] for row in csv.DictReader(file)} == shown
    assert recompute(walked / "package-audit.zip") == shown
    assert recompute(walked / "package-public.zip") == shown


def test_a_wrong_total_is_noticed(walked: Path, tmp_path: Path) -> None:
    forged = tmp_path / "result.xlsx"
    shutil.copy(walked / "result.xlsx", forged)
    book = openpyxl.load_workbook(forged)
    cell = book.worksheets[0].cell(2, 5)
    unit = book.worksheets[0].cell(2, 3).value
    cell.value = cell.value - 0.01
    book.save(forged)
    with pytest.raises(Trouble, match=f"{unit} "):
        check_totals(forged, [walked / "package-audit.zip"])


def test_a_receipt_twice_or_unlisted_is_noticed(walked: Path) -> None:
    package = walked / "package-public.zip"
    with pytest.raises(Trouble, match="twice"):
        check_receipts(["A" * 16, "A" * 16], package)
    with pytest.raises(Trouble, match="138 lines, 0 of them among our 1"):
        check_receipts(["A" * 16], package)


def test_the_server_logs_nobodys_way(walked: Path) -> None:
    log = (walked / "server.log").read_text(encoding="utf-8")
    assert "serving at" in log
    assert [word for word in ("/start", "/answer", "/submit", "127.0.0.1 -") if word in log] == []
