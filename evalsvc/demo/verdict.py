"""Holds what the walk-through brought home against each other: totals, packages, receipts."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from python_calamine import CalamineWorkbook

from evalsvc.box.receipts import receipt_code
from evalsvc.demo.page import Trouble
from evalsvc.settings import PROJECT

UNIT, TOTAL = "单位代码", "得分"


def check_turnout(
    turnout: Mapping[str, tuple[int, int]], expected: Mapping[str, tuple[int, int]]
) -> None:
    """The office's board says how many codes were handed out, and how many of them were used."""
    if turnout != expected:
        raise Trouble(f"参评数不符 turnout is {turnout}, expected {expected}")


def check_receipts(receipts: Sequence[str], package: Path) -> None:
    """No receipt came twice, and the public package lists every one of them and no other."""
    if len(set(receipts)) != len(receipts):
        raise Trouble("有重复的回执编号 a receipt came twice")
    with zipfile.ZipFile(package) as archive:
        listed = {
            receipt_code(bytes.fromhex(line))
            for name in archive.namelist()
            if name.endswith("leaves.txt")
            for line in archive.read(name).decode().split()
        }
    if listed != set(receipts):
        raise Trouble(
            f"回执与公开清单不符 the public list has {len(listed)} lines, "
            f"{len(listed & set(receipts))} of them among our {len(receipts)} receipts"
        )


def check_totals(workbook: Path, packages: Sequence[Path]) -> None:
    """The workbook's totals are those that `recompute` finds in every package."""
    shown = read_totals(workbook)
    for package in packages:
        computed = recompute(package)
        if shown != computed:
            units = sorted(shown.keys() | computed.keys())
            wrong = [
                f"{unit} {shown.get(unit)} / {computed.get(unit)}"
                for unit in units
                if shown.get(unit) != computed.get(unit)
            ]
            raise Trouble(f"{package.name} 与工作簿不符 differs from the workbook: {wrong}")


def read_totals(workbook: Path) -> dict[str, str | None]:
    """Unit → total as the first sheet of `result.xlsx` shows it, two decimals or nothing."""
    headings, *rows = CalamineWorkbook.from_path(workbook).get_sheet_by_index(0).to_python()
    unit, total = headings.index(UNIT), headings.index(TOTAL)
    return {
        str(row[unit]): f"{row[total]:.2f}" if isinstance(row[total], float) else None
        for row in rows
        if row[unit]
    }


def recompute(package: Path) -> dict[str, str | None]:
    """Unit → total by the command that an auditor would run."""
    ran = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "evalsvc", "recompute", str(package), "--json"],
        capture_output=True,
        cwd=PROJECT,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        said = (ran.stderr or ran.stdout)[-1500:]
        raise Trouble(f"recompute {package.name} ({ran.returncode}): {said}")
    published: dict[str, str | None] = json.loads(ran.stdout)["published"]
    return published
