"""Diagnostics are computed once, kept with all their figures, and never read where facts moved."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from evalsvc.domain.concluding import diagnostics
from evalsvc.models.kept import KeptDiagnostics
from evalsvc.models.roster import Unit
from evalsvc.reports.documents.diagnostics import build_round, build_totals
from evalsvc.results.diagnostics import SeasonDiagnostics
from evalsvc.results.kept import UnreadableError, keep, read_kept
from evalsvc.scheme.reader import load_scheme
from tests.flagged_cast import Installation, copy_installation, get_flagged_scheme, opened

pytestmark = pytest.mark.slow
__all__ = ["opened"]  # a fixture


@pytest.fixture
def place(opened: tuple[Installation, int], tmp_path: Path) -> Installation:
    return copy_installation(opened[0], tmp_path)


def count_examined(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    examined, real = [], diagnostics._examine_season

    def examine(database, season_id):
        examined.append(season_id)
        return real(database, season_id)

    monkeypatch.setattr(diagnostics, "_examine_season", examine)
    return examined


def test_a_second_reader_computes_nothing(
    place: Installation, opened, monkeypatch: pytest.MonkeyPatch
):
    examined, season_id = count_examined(monkeypatch), opened[1]
    scheme = load_scheme(get_flagged_scheme())

    first = diagnostics.get_diagnostics(place.database, season_id)
    second = diagnostics.get_diagnostics(place.database, season_id)
    third = diagnostics.find_round_diagnostics(place.database, season_id, "year_end")

    assert examined == [season_id]
    # What people read, word by word and figure by figure.
    assert build_totals(second, scheme) == build_totals(first, scheme)
    assert build_round(third, scheme) == build_round(first.rounds[0], scheme)
    assert third.flagged == first.rounds[0].flagged
    # And to the last bit, below what anybody reads.
    for kept, computed in zip(second.rounds[0].tables, first.rounds[0].tables, strict=True):
        np.testing.assert_array_equal(kept.residuals, computed.residuals)
        np.testing.assert_array_equal(kept.covariance, computed.covariance)


def test_a_new_name_is_shown_and_a_new_fact_computed(
    place: Installation, opened, monkeypatch: pytest.MonkeyPatch
):
    examined, season_id = count_examined(monkeypatch), opened[1]
    diagnostics.get_diagnostics(place.database, season_id)
    with place.database.writing() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "t01")).one()
        unit.name = "改了名的镇"

    found = diagnostics.get_diagnostics(place.database, season_id)

    assert found.labels.units["t01"] == "改了名的镇"
    assert found.rounds[0].labels.units["t01"] == "改了名的镇"
    # The name stands in the facts of a package, so they were written.
    assert examined == [season_id, season_id]


@pytest.mark.parametrize("column", ["program", "content"])
def test_what_another_program_kept_is_not_read(
    place: Installation, opened, column: str, monkeypatch: pytest.MonkeyPatch
):
    examined, season_id = count_examined(monkeypatch), opened[1]
    diagnostics.get_diagnostics(place.database, season_id)
    with place.database.writing() as session:
        row = session.get_one(KeptDiagnostics, season_id)
        setattr(row, column, {"program": "0.0.1", "content": keep(row_of_something())}[column])

    diagnostics.get_diagnostics(place.database, season_id)

    assert examined == [season_id, season_id]


def row_of_something() -> tuple[str, ...]:
    return ("something", "else")


def test_bytes_of_another_kind_are_refused():
    for content in (b"", b"{}", keep(("a", 1)), keep({"a": 1})):
        with pytest.raises(UnreadableError):
            read_kept(SeasonDiagnostics, content)
