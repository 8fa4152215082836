"""Writing a package: the same result gives the same bytes, on every machine."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from analysis.outcome.season_outcome import SeasonOutcome
from analysis.score.facts import LEFT_OUT, Attachment, Facts, Past, Unit
from analysis.score.rounding import half_up
from analysis.score.tree import UnitResult
from evalsvc.evidence.model import Rater
from evalsvc.evidence.sheets import guarded

NODE_PLACES = 12
LAW_FILE = "law.txt"
ZIP_DATE = (1980, 1, 1, 0, 0, 0)

Cells = tuple[str, ...]


def build_package(
    facts: Facts,
    scheme_text: str,
    results: Sequence[UnitResult],
    *,
    raters: Iterable[Rater] = (),
    history: Iterable[Past] = (),
    further: Mapping[str, bytes] | None = None,
    outcome: SeasonOutcome | None = None,
    plain: Mapping[str, tuple[str | None, int | None]] | None = None,
) -> dict[str, bytes]:
    """The audit package's files by name.

    `further` are files taken as they are: `sums.csv` and everything under `box/`. Units keep
    their order, which is the office's; all other rows are sorted. Grades are stated where the
    `outcome` is given. `own_units` of the facts is
    not written by itself: it is the `unit` of `raters`. `season.csv` is there where the season's
    year is known, `attachments.csv` where there are any.
    """
    files = {
        **build_facts_files(facts, scheme_text),
        "raters.csv": _raters(raters),
        "result.json": result_file(results, outcome, plain),
    }
    if history:
        files["history.csv"] = _history(history)
    return {**files, **_checked_further(files, further or {})}


def build_facts_files(facts: Facts, scheme_text: str) -> dict[str, bytes]:
    """The files that a result follows from: two results of the same bytes are the same."""
    files = {
        "scheme.yaml": scheme_text.encode(),
        "units.csv": units_sheet(facts.units),
        "relations.csv": _relations(facts),
        "ballots.csv": _ballots(facts),
        "counts.csv": _counts(facts),
        "indicators.csv": indicators_sheet(facts),
        "adjustments.csv": adjustments_sheet(facts),
        "history.csv": _history(facts.history),
    }
    if facts.exclusions:
        files["exclusions.csv"] = _exclusions(facts)
    if facts.year is not None:
        files["season.csv"] = sheet(("year",), [(str(facts.year),)])
    if facts.attachments:
        files["attachments.csv"] = _attachments(facts.attachments)
    return {**files, **law_file(facts)}


def law_file(facts: Facts) -> dict[str, bytes]:
    """By which law the result was computed; packages of the first one have no such file."""
    return {LAW_FILE: f"{facts.law}\n".encode()} if facts.law > LEFT_OUT else {}


def build_zip(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP; stored, because compressors differ and its hash must not."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            # As on Linux, wherever it is written: these bytes are in the hash.
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def sheet(columns: Cells, rows: Iterable[Cells]) -> bytes:
    """A CSV file with its header."""
    buffer = io.StringIO()
    # One line end on every machine.
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def number_text(value: Fraction) -> str:
    """An entered number as it was entered: a decimal, without loss."""
    places = 0
    while (value * 10**places).denominator != 1:
        # An entered number ends; a third is none, and must not be cut in silence.
        places += 1
        if places > 15:
            raise ValueError(f"{value} is no decimal number of at most 15 places")
    return half_up(value, places)


def value_text(value: Fraction | None) -> str:
    return "NA" if value is None else number_text(value)


def units_sheet(units: Iterable[Unit]) -> bytes:
    rows = ((u.code, guarded(u.name), u.category, ";".join(sorted(u.flags))) for u in units)
    return sheet(("unit", "name", "category", "flags"), rows)


def indicators_sheet(facts: Facts) -> bytes:
    rows = sorted((i.round, i.unit, i.component, value_text(i.value)) for i in facts.indicators)
    return sheet(("round", "unit", "component", "value"), rows)


def adjustments_sheet(facts: Facts) -> bytes:
    rows = sorted(
        (
            a.round,
            a.unit,
            a.rule,
            str(a.times),
            "" if a.amount is None else number_text(a.amount),
            a.date,
            guarded(a.evidence),
            guarded(a.project),
        )
        for a in facts.adjustments
    )
    return sheet(("round", "unit", "rule", "times", "amount", "date", "evidence", "project"), rows)


def result_file(
    results: Sequence[UnitResult],
    outcome: SeasonOutcome | None = None,
    plain: Mapping[str, tuple[str | None, int | None]] | None = None,
) -> bytes:
    """Unit → node → value, with the published figure, the rank and, where given, the grade.

    `plain`: the figure and rank as if nobody had excluded a ballot, where somebody has.
    """
    stated = {result.unit: _figures(result) for result in results}
    for unit in outcome.units if outcome else ():
        stated[unit.unit]["grade"] = unit.grade
    for code, (published, rank) in (plain or {}).items():
        stated[code] |= {"plain": published, "plain_rank": rank}
    return (json.dumps(stated, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _figures(result: UnitResult) -> dict[str, float | str | int | None]:
    figures: dict[str, float | str | int | None] = {
        node.code: None if node.value is None else float(half_up(node.value, NODE_PLACES))
        for node in result.tree.walk()
    }
    return {**figures, "published": result.published, "rank": result.rank}


def _raters(raters: Iterable[Rater]) -> bytes:
    rows = sorted((r.group, r.rater, guarded(r.name), r.unit, r.stratum) for r in raters)
    return sheet(("group", "rater", "name", "unit", "stratum"), rows)


def _relations(facts: Facts) -> bytes:
    rows = sorted((*key, role) for key, role in facts.roles.items())
    return sheet(("round", "group", "rater", "unit", "role"), rows)


def _ballots(facts: Facts) -> bytes:
    rows = sorted(
        (b.round, b.group, b.ballot, b.rater, a.unit, a.item, a.value)
        for b in facts.ballots
        for a in b.answers
    )
    return sheet(("round", "group", "ballot", "rater", "unit", "item", "value"), rows)


def _counts(facts: Facts) -> bytes:
    rows = sorted(
        (c.round, c.group, c.stratum, c.unit, c.item, c.level, str(c.n), str(c.n_unflagged))
        for c in facts.counts
    )
    columns = ("round", "group", "stratum", "unit", "item", "level", "n", "n_unflagged")
    return sheet(columns, rows)


def _exclusions(facts: Facts) -> bytes:
    rows = sorted((e.round, e.group, e.ballot, e.flag, guarded(e.reason)) for e in facts.exclusions)
    return sheet(("round", "group", "ballot", "flag", "reason"), rows)


def _history(history: Iterable[Past]) -> bytes:
    rows = sorted(
        (
            str(p.year),
            p.unit,
            "" if p.score is None else number_text(p.score),
            guarded(p.grade),
            p.place,
        )
        for p in history
    )
    return sheet(("year", "unit", "score", "grade", "place"), rows)


def _attachments(attachments: Iterable[Attachment]) -> bytes:
    """The list of files by their hashes; the files themselves stay where they are."""
    rows = sorted(
        (a.round, a.subject, a.unit, guarded(a.item), guarded(a.name), str(a.size), a.sha256)
        for a in attachments
    )
    return sheet(("round", "subject", "unit", "item", "name", "size", "sha256"), rows)


def _checked_further(
    files: Mapping[str, bytes], further: Mapping[str, bytes]
) -> Mapping[str, bytes]:
    for name in further:
        if name in files or not (name.startswith("box/") or "/" not in name):
            raise ValueError(f"a package has no place for {name!r}")
    return further
