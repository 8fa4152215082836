"""A round whose form has every kind of question, and a way to fill it in by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from evalsvc.app import create_app
from evalsvc.box.cards import Card
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.models.roster import PanelSeats, Rater, Unit
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    build_installation,
    get_round_id,
    open_with_cards,
)

SCHEME = Path(__file__).parents[1] / "data" / "schemes" / "every-question.yaml"
DEPARTMENTS = ("u01", "u02", "u03", "u04", "u05")
TOWNS = ("u06", "u07")
UNITS = DEPARTMENTS + TOWNS
# Of 5 units 30% are 1 (1.5), 40% are 2, the rest 2; two towns are too few to be bound.
BANDS = ("A", "B", "B", "C", "C", "A", "A")
PLACES = ("1", "1", "2", "2", "1", "2", "1")
RANKS = ("3", "1", "2", "5", "4", "2", "1")
# Each category shares 100 points.
POINTS = ("20", "20", "20", "20", "20", "60", "40")
# Of all 7 units 20% are 1.4: one may be excellent.
ALLOTTED = ("9", "8", "8", "7", "5", "3", "8")


@contextmanager
def open_place(
    folder: Path, scheme: str = ""
) -> Iterator[tuple[Installation, Flask, tuple[Card, ...]]]:
    """An installation with one open round of the test scheme, a leader's and two panel cards."""
    installation = build_installation(folder)
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "测试年度",
        "考评办公室",
        "0427-0000000",
        scheme or SCHEME.read_text(),
    )
    with installation.database.writing() as session:
        for position, code in enumerate(UNITS, 1):
            town = code in TOWNS
            session.add(
                Unit(
                    season_id=season_id,
                    position=position,
                    code=code,
                    name=f"{'镇' if town else '部门'}{code[1:]}",
                    work="办理日常工作",
                    category="town" if town else "dep",
                )
            )
        session.add(Rater(season_id=season_id, group="leader", code="L1", name="领导甲"))
        session.add(PanelSeats(season_id=season_id, group="panel", stratum="all", seats=5))
    round_id = get_round_id(installation, season_id)
    cards = open_with_cards(installation, round_id)
    app = create_app(installation.settings)
    yield installation, app, cards
    app.extensions["evalsvc"].database.close()
    installation.database.close()


def fill_leader() -> dict[str, str]:
    """A sound ballot of the leaders' form, by field name."""
    columns = {
        "overall": BANDS,
        "overall.place": PLACES,
        "mark": ("95", "90", "91.5", "80", "70", "60", "89.9"),
        "service.speed": ("good",) * 6 + ("poor",),
        "service.manner": ("good",) * 7,
        "service.honesty": ("unknown",) * 7,
        "order": RANKS,
        "share": POINTS,
        "points": ALLOTTED,
    }
    filled = {
        f"a.{item}.{unit}": value
        for item, values in columns.items()
        for unit, value in zip(UNITS, values, strict=True)
    }
    return filled | {
        "a.why.u07": "papers other",
        "a.why.other.u07": "来回跑",
        "a.met.": "yes",
        "a.visits.": "many",
        "a.wishes.": "多下乡",
    }
