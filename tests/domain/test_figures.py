"""The figures' import: exact texts, replaced as a whole, counted, and never half done."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing.counted import list_steps
from evalsvc.domain.events import list_events
from evalsvc.domain.preparing.figures import (
    AdjustmentRow,
    Figures,
    FiguresChange,
    IndicatorRow,
    PlannedFigure,
    PlannedImport,
    Standing,
    import_figures,
    list_indicators,
    list_numbered_adjustments,
    plan_import,
)
from evalsvc.domain.preparing.rosters import Change
from evalsvc.errors import UPLOAD_REFUSED, Problem
from evalsvc.models.figures import Adjustment
from tests.cast import AUDITOR, MANAGER, MORNING, add_panshan, build_installation

CITY_BUILDING, LAW = "I.common.创城", "I.common.依法行政"
INDICATORS = (
    IndicatorRow("year_end", "u01", LAW, "87.9"),
    IndicatorRow("year_end", "u01", CITY_BUILDING, "0"),
    IndicatorRow("year_end", "u02", CITY_BUILDING, None),
    IndicatorRow("year_end", "u10", CITY_BUILDING, "12345678901234.5678"),
)
PRAISE = AdjustmentRow("year_end", "u02", "praise.city", 1, None, "2018-12-10", "市政发〔2018〕3号")
FUNDS = AdjustmentRow("year_end", "u01", "funds", 1, "12000000.25", "2018-06-01", "财政局")


@dataclass(frozen=True)
class Place:
    """A season of the small Panshan."""

    database: Database
    season: int

    def take(self, figures: Figures, actor: Actor = MANAGER) -> FiguresChange:
        return import_figures(Act(self.database, actor, MORNING), self.season, figures)

    def show(self) -> Figures:
        return Figures(list_indicators(self.database, self.season), list_entered(self))


def list_entered(place: Place) -> tuple[AdjustmentRow, ...]:
    return tuple(row for _, row in list_numbered_adjustments(place.database, place.season))


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Iterator[Place]:
    installation = build_installation(tmp_path, database_url)
    yield Place(installation.database, add_panshan(installation))
    installation.database.close()


def sort(indicators: tuple[IndicatorRow, ...]) -> list[tuple[str, str, str | None]]:
    return sorted((row.unit, row.component, row.value) for row in indicators)


def test_figures_are_listed_with_their_exact_texts(place: Place) -> None:
    change = place.take(Figures(INDICATORS, (PRAISE, FUNDS)))

    assert change == FiguresChange(Change(4), Change(2))
    assert change.total == Change(6, 0, 0)
    assert sort(list_indicators(place.database, place.season)) == sort(INDICATORS)
    assert list_entered(place) == (PRAISE, FUNDS)


def test_a_second_import_changes_what_it_names_and_leaves_the_rest(place: Place) -> None:
    place.take(Figures(INDICATORS, (PRAISE, FUNDS)))
    renewed = (
        IndicatorRow("year_end", "u01", LAW, "87.90"),
        IndicatorRow("year_end", "u02", CITY_BUILDING, "66"),
        IndicatorRow("year_end", "u03", LAW, "1"),
        INDICATORS[1],
    )

    change = place.take(Figures(renewed, (FUNDS, FUNDS)))

    assert change == FiguresChange(Change(1, 2, 0), Change(1, 0, 1))
    kept = INDICATORS[3]
    assert sort(list_indicators(place.database, place.season)) == sort((*renewed, kept))
    assert list_entered(place) == (FUNDS, FUNDS)


def test_what_a_workbook_says_nothing_of_stays(place: Place) -> None:
    place.take(Figures(INDICATORS, (PRAISE, FUNDS)))

    assert place.take(Figures()) == FiguresChange(Change(), Change())
    assert sort(list_indicators(place.database, place.season)) == sort(INDICATORS)
    assert list_entered(place) == (PRAISE, FUNDS)


def test_only_a_word_takes_a_figure_away_and_the_book_keeps_every_step(place: Place) -> None:
    place.take(Figures(INDICATORS))
    key = ("year_end", "u01", LAW)

    change = place.take(Figures(cleared=(key, ("year_end", "u09", LAW))))

    assert change == FiguresChange(Change(removed=1), Change())
    assert place.take(Figures(INDICATORS[:1])).indicators == Change(added=1)
    steps = list_steps(place.database, place.season, key)
    assert [(each.value, each.gone, each.source, each.by) for each in steps] == [
        ("87.9", False, "import", "考评办"),
        (None, True, "import", "考评办"),
        ("87.9", False, "import", "考评办"),
    ]


def test_a_plan_says_what_is_new_changed_unchanged_and_gone() -> None:
    """Five stand: one named alike, one otherwise, one cleared, two not named; one is new."""
    stands = {("r", f"u{n}", "c"): str(n) for n in range(1, 6)}
    said = (
        IndicatorRow("r", "u1", "c", "1"),
        IndicatorRow("r", "u2", "c", None),
        IndicatorRow("r", "u6", "c", "6"),
    )
    plan = plan_import(
        Standing(stands, (PRAISE, FUNDS)),
        Figures(said, (FUNDS, FUNDS), cleared=(("r", "u3", "c"),)),
    )

    assert plan == PlannedImport(
        figures=(
            PlannedFigure(("r", "u2", "c"), "2", None),
            PlannedFigure(("r", "u6", "c"), None, "6", is_new=True),
            PlannedFigure(("r", "u3", "c"), "3", None, is_gone=True),
        ),
        unchanged=1,
        untouched=2,
        new_adjustments=(FUNDS,),
        gone_adjustments=(PRAISE,),
        kept_adjustments=1,
    )


def test_the_same_figures_again_change_nothing(place: Place) -> None:
    figures = Figures(INDICATORS, (PRAISE, PRAISE))
    place.take(figures)
    before = place.show()

    assert place.take(figures) == FiguresChange(Change(), Change())
    assert place.show() == before


def test_an_adjustment_stays_with_who_entered_it(place: Place) -> None:
    place.take(Figures((), (PRAISE,)))
    place.take(Figures((), (PRAISE, FUNDS)), AUDITOR)

    with place.database.reading() as session:
        entered = session.execute(
            select(Adjustment.rule, Adjustment.entered_by).order_by(Adjustment.id)
        )
        assert [tuple(row) for row in entered] == [("praise.city", "manager"), ("funds", "auditor")]


def test_figures_of_a_unit_off_the_roster_are_refused_as_a_whole(place: Place) -> None:
    place.take(Figures(INDICATORS))
    before = place.show()

    with pytest.raises(Problem) as refused:
        place.take(Figures((IndicatorRow("year_end", "u77", LAW, "5"),), (PRAISE,)))

    assert refused.value.kind is UPLOAD_REFUSED
    assert refused.value.text.zh == ("文件没有导入：名册中已没有这些单位：u77。请重新上传核对。")
    assert place.show() == before


def test_an_import_is_on_the_log(place: Place) -> None:
    place.take(Figures(INDICATORS, (PRAISE,)))

    newest = list_events(place.database)[0]

    assert (newest.actor, newest.verb, newest.subject, newest.detail) == (
        "manager",
        "import_figures",
        f"season {place.season}",
        '{"adjustments": "+1 ~0 -0", "indicators": "+4 ~0 -0"}',
    )
