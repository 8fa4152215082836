"""The event log: searched on its page, newest first, and taken out whole as a file."""

import csv
import io
import json

from flask import Response, render_template, request

from evalsvc.admin.door.access import allowed, door
from evalsvc.admin.door.log_lines import LogLine, build_lines
from evalsvc.domain.events import EventQuery, search_events
from evalsvc.extensions import current_service
from evalsvc.reports.documents.cells import neutral_text

SHOWN = 100
MOST_WORDS = 200


@door.get("/log")
@allowed("manager", "auditor", "administrator")
def log_page() -> str:
    query = _read_query()
    lines = build_lines(search_events(current_service().database, query, SHOWN + 1))
    return render_template(
        "admin/log.html",
        lines=lines[:SHOWN],
        query=query,
        older=lines[SHOWN - 1].seq if len(lines) > SHOWN else None,
    )


@door.get("/log.csv")
@allowed("manager", "auditor", "administrator")
def log_table() -> Response:
    """What the search finds, for a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("seq", "at", "actor", "verb", "subject", "detail", "hash"))
    for line in _find_lines():
        detail = json.dumps(dict(line.details), ensure_ascii=False)
        row = (str(line.seq), line.at.isoformat(), line.actor, line.verb, line.subject, detail)
        writer.writerow([neutral_text(cell) for cell in (*row, line.hash)])
    return _send("\ufeff" + text.getvalue(), "text/csv", "log.csv")


@door.get("/log.jsonl")
@allowed("manager", "auditor", "administrator")
def log_records() -> Response:
    """What the search finds, a record a line; the whole log can be checked by its hashes."""
    records = (
        {
            "seq": line.seq,
            "at": line.at.isoformat(),
            "actor": line.actor,
            "verb": line.verb,
            "subject": line.subject,
            "detail": dict(line.details),
            "hash": line.hash,
        }
        for line in _find_lines()
    )
    content = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    return _send(content, "application/jsonl", "log.jsonl")


def _read_query() -> EventQuery:
    before = request.args.get("before", "")
    return EventQuery(
        words=request.args.get("words", "")[:MOST_WORDS].replace("\0", ""),
        verb=request.args.get("verb", "")[:MOST_WORDS].replace("\0", ""),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
    )


def _find_lines() -> tuple[LogLine, ...]:
    """Everything found, in the order in which it happened."""
    return build_lines(reversed(search_events(current_service().database, _read_query(), None)))


def _send(content: str, mimetype: str, filename: str) -> Response:
    return Response(
        content,
        mimetype=mimetype,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
