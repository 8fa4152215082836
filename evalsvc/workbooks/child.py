"""The jailed process: takes a workbook on standard input, answers with its cells as JSON.

It runs with little memory and time, without the service's environment, and holds no secret. The
checks of the ZIP and the XML run in here too, so that not even they cost the service anything.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 15
MOST_TEXT = 2_000
MOST_CHARACTERS = 12_000_000


def main() -> None:
    _limit()
    # Imported behind the limits: the reader itself is what they are for.
    from evalsvc.workbooks.inspection import MOST_BYTES, Refused

    answer: dict[str, Any]
    try:
        # One byte more than may be, so that a file which is too long is known as such.
        answer = {"sheets": list(_read(sys.stdin.buffer.read(MOST_BYTES + 1)))}
    except Refused as refused:
        answer = {"refused": refused.code, "figures": refused.figures}
    except MemoryError:
        answer = {"refused": "memory", "figures": {}}
    json.dump(answer, sys.stdout, ensure_ascii=False, separators=(",", ":"))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _read(data: bytes) -> Iterator[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    from evalsvc.workbooks.inspection import Refused, inspect

    marked = inspect(data).marked
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            room = MOST_CHARACTERS
            for sheet in book.sheets_metadata:
                if sheet.typ != SheetTypeEnum.WorkSheet:
                    continue
                answer = _read_sheet(book.get_sheet_by_name(sheet.name))
                # Over all sheets together: a text that many cells
                # share is small in the file and large in the answer.
                room -= sum(len(cell[2]) for _, cells in answer["rows"] for cell in cells)
                if room < 0:
                    raise Refused("characters", most=MOST_CHARACTERS // 10_000)
                yield {**answer, "name": sheet.name, "marked": marked.get(sheet.name, [])}
    except CalamineError as error:
        raise Refused("damaged") from error


def _read_sheet(sheet: Any) -> dict[str, Any]:
    rows = []
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [
            [column, *_describe(value)]
            for column, value in enumerate(values, start=1)
            if value != ""
        ]
        if cells:
            rows.append([number, cells])
    merged = [
        [first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1]
        for first, last in sheet.merged_cell_ranges or ()
    ]
    return {"rows": rows, "merged": merged}


def _describe(value: Any) -> tuple[str, str]:
    """A value's kind and its text; numbers with the 15 digits that Excel itself keeps."""
    if isinstance(value, str):
        return "text", value[:MOST_TEXT]
    if isinstance(value, bool):
        return "logical", "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return "number", f"{value:.15g}"
    if isinstance(value, datetime):
        return "date", value.isoformat(" ")
    if isinstance(value, date):
        return "date", value.isoformat()
    return "time", str(value) if isinstance(value, time | timedelta) else repr(value)[:60]


if __name__ == "__main__":
    main()
