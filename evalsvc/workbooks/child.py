"""The jailed process: takes a workbook on standard input, answers with its cells as JSON.

It runs with little memory and time, without the service's environment, and holds no secret. The
checks of the ZIP and the XML run in here too, so that not even they cost the service anything.
Which sheets are wanted stands in its arguments, as keys; of the others only the titles are told.
"""

import json
import resource
import sys
from collections.abc import Collection, Iterator
from typing import Any

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 15
# As an argument: every sheet is wanted.
EVERY = "*"


def main() -> None:
    _limit()
    # Imported behind the limits: the reader itself is what they are for.
    from evalsvc.workbooks.inspection import MOST_BYTES, Refused

    answer: dict[str, Any]
    try:
        # One byte more than may be, so that a file which is too long is known as such.
        data = sys.stdin.buffer.read(MOST_BYTES + 1)
        answer = {"sheets": list(_read(data, frozenset(sys.argv[1:])))}
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


def _read(data: bytes, wanted: Collection[str]) -> Iterator[dict[str, Any]]:
    from evalsvc.workbooks.cells import build_key
    from evalsvc.workbooks.inspection import open_archive
    from evalsvc.workbooks.package import open_book
    from evalsvc.workbooks.sheet_part import Room, SheetPart

    with open_archive(data) as archive:
        book, room = open_book(archive), Room()
        for entry in book.sheets:
            part = SheetPart(entry.title, book, room)
            if EVERY in wanted or build_key(entry.title) in wanted:
                archive.parse(entry.part, part)
            content = part.content
            yield {
                "name": entry.title,
                "hidden": entry.hidden,
                "rows": list(content.rows.items()),
                "merged": content.merged,
                "hidden_rows": content.hidden_rows,
                "hidden_columns": content.hidden_columns,
            }


if __name__ == "__main__":
    main()
