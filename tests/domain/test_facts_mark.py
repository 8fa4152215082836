"""A result knows that facts have changed since, whichever verb or statement wrote them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results
from evalsvc.domain.facts_mark import UntoldFactError, count_written, is_marked_stale, of_season
from evalsvc.models.exclusion import BallotExclusion
from evalsvc.models.figures import Adjustment, Indicator
from evalsvc.models.history import PastResult, SeasonYear
from evalsvc.models.result import Result
from evalsvc.models.roster import Rater, Unit
from evalsvc.models.season import Round, Season
from tests.cast import MANAGER, MORNING, Installation, add_panshan, build_installation
from tests.office_cast import add_computed, add_figures

Write = Callable[[Session, int], None]
EVENT = {"rule": "r", "times": 1, "date": "2018-12-01", "evidence": "", "entered_by": "x"}


def _indicator(session: Session, season_id: int) -> Indicator:
    return session.scalars(select(Indicator).where(Indicator.season_id == season_id)).first()


def _change_figure(session: Session, season_id: int) -> None:
    _indicator(session, season_id).value = "12.5"


def _take_figure_out(session: Session, season_id: int) -> None:
    session.delete(_indicator(session, season_id))


def _insert_events(session: Session, season_id: int) -> None:
    row = {"season_id": season_id, "round": "year_end", "unit": "u01", **EVENT}
    session.execute(insert(Adjustment), [row])


def _delete_many(session: Session, season_id: int) -> None:
    session.execute(
        delete(Indicator).where(Indicator.unit == "u01"), execution_options=of_season(season_id)
    )


def _rename_unit(session: Session, season_id: int) -> None:
    unit = session.scalars(select(Unit).where(Unit.season_id == season_id)).first()
    unit.name = "改了名的单位"


def _open_box(session: Session, season_id: int) -> None:
    row = session.scalars(select(Round).where(Round.season_id == season_id)).first()
    row.state = "counted"


def _say_year(session: Session, season_id: int) -> None:
    session.merge(SeasonYear(season_id=season_id, year=2018))


def _add_past(session: Session, season_id: int) -> None:
    session.add(PastResult(season_id=season_id, unit="u01", year=2017, score="80", source="x"))


def _change_scheme(session: Session, season_id: int) -> None:
    session.get_one(Season, season_id).scheme += "\n# 改动\n"


def _exclude(session: Session, season_id: int) -> None:
    row = session.scalars(select(Round).where(Round.season_id == season_id)).first()
    session.add(
        BallotExclusion(
            round_id=row.id,
            group="leader",
            ballot="b1",
            flag="reversed",
            reason="看反了",
            decided_by="x",
            decided_at=MORNING,
        )
    )


WRITES = (
    _change_figure,
    _take_figure_out,
    _insert_events,
    _delete_many,
    _rename_unit,
    _open_box,
    _say_year,
    _add_past,
    _change_scheme,
    _exclude,
)


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Installation]:
    installation = build_installation(tmp_path, database_url)
    yield installation
    installation.database.close()


def _add_season(installation: Installation) -> int:
    """With figures and a first version of its result that has seen them."""
    season_id = add_panshan(installation)
    add_figures(installation, season_id)
    with installation.database.writing() as session:
        session.add(
            Result(
                season_id=season_id,
                version=1,
                computed_at=MORNING,
                computed_by="manager",
                facts_sha256="",
                facts_written=count_written(session, season_id),
            )
        )
    return season_id


def _is_stale(installation: Installation, season_id: int) -> bool | None:
    with installation.database.reading() as session:
        return is_marked_stale(session, season_id, 1)


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__.strip("_"))
def test_every_written_fact_is_noticed(place: Installation, write: Write) -> None:
    season_id, other_id = _add_season(place), _add_season(place)
    assert (_is_stale(place, season_id), _is_stale(place, other_id)) == (False, False)

    with place.database.writing() as session:
        write(session, season_id)

    # Of this season alone: a colleague's other season goes on as it was.
    assert (_is_stale(place, season_id), _is_stale(place, other_id)) == (True, False)


def test_what_is_no_fact_leaves_a_result_as_it_is(place: Installation) -> None:
    season_id = _add_season(place)

    with place.database.writing() as session:
        unit = session.scalars(select(Unit).where(Unit.season_id == season_id)).first()
        unit.account = "本单位全年的工作"
        session.add(Rater(season_id=season_id, group="leader", code="L9", name="领导9"))
        session.get_one(Season, season_id).title = "改了名的年度"

    assert _is_stale(place, season_id) is False


def test_a_statement_over_many_rows_says_of_which_season(place: Installation) -> None:
    season_id = _add_season(place)

    with pytest.raises(UntoldFactError), place.database.writing() as session:
        session.execute(update(Indicator).where(Indicator.unit == "u01").values(value="1"))

    assert _is_stale(place, season_id) is False


def test_what_is_not_committed_counts_nothing(place: Installation) -> None:
    season_id = _add_season(place)

    with place.database.writing() as session:
        _change_figure(session, season_id)
        session.flush()
        session.rollback()

    assert _is_stale(place, season_id) is False


def test_a_figure_changed_back_is_fresh_again_once_computed(place: Installation) -> None:
    season_id = add_computed(place)
    with place.database.writing() as session:
        before = _indicator(session, season_id).value
        _change_figure(session, season_id)
    with place.database.writing() as session:
        _indicator(session, season_id).value = before
    assert results.get_result(place.database, season_id).stale

    head = results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)

    assert head.version == 1
    assert not results.get_result(place.database, season_id).stale


def test_a_result_from_before_is_told_by_its_hash(place: Installation) -> None:
    season_id = add_computed(place)
    with place.database.writing() as session:
        session.get_one(Result, (season_id, 1)).facts_written = None
    assert _is_stale(place, season_id) is None
    assert not results.get_result(place.database, season_id).stale

    with place.database.writing() as session:
        _change_figure(session, season_id)
        assert count_written(session, season_id) >= 1

    assert results.get_result(place.database, season_id).stale
