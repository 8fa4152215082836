"""A counted Panshan season in which one leader and one department read the towns upside down."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.score.facts import Answer
from evalsvc.db import connect
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import diagnostics, results
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.voting import casting
from evalsvc.models.opened import OpenedAnswer
from evalsvc.models.roster import Rater, Unit
from evalsvc.scheme.presets import get_preset_text
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    build_installation,
    get_round_id,
    ignore_progress,
    open_with_cards,
)

TOWNS = tuple(f"t{number:02d}" for number in range(1, 13))
# By leader and by department, the towns in order. 30/50/20 of twelve: 3 A, 6 B, 3 C.
ORDER = "AAABBBBBBCCC"
GRADES = (*(ORDER,) * 5, "AABABBBBBCCC", "BAAABBBBBCCC", ORDER[::-1])
TURNED = len(GRADES) - 1


def get_flagged_scheme() -> str:
    """Panshan's, by which the last round alone makes a total."""
    return get_preset_text("panshan-2018").replace("value: not_ranked", "value: proportional")


def add_flagged(installation: Installation, text: str = "") -> int:
    """Opened, with a first result; the year's end is the only round, leaders and mutual its parts.

    Town t01 has from leaders 100 six times, 85 once, 70 once: without the highest and the lowest
    the mean of 100 five times and 85, 97.50. Without the last leader it has 100.
    """
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "测试年度",
        "考评办公室",
        "0427-0000000",
        text or get_flagged_scheme(),
    )
    _add_people(installation, season_id)
    round_id = get_round_id(installation, season_id)
    places: dict[str, int] = {}
    for card in open_with_cards(installation, round_id):
        place = places.get(card.group, 0)
        places[card.group] = place + 1
        _cast(installation, card.token, GRADES[place])
    database = installation.database
    rounds.close_round(Act(database, MANAGER, MORNING), installation.settings, round_id)
    open_box(
        Act(database, CUSTODIAN, MORNING),
        installation.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    results.compute_result(Act(database, MANAGER, MORNING), installation.settings, season_id)
    return season_id


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, int]:
    """One opened box to copy for every test of a file: casting and counting take their time."""
    built = build_installation(tmp_path_factory.mktemp("opened"))
    season_id = add_flagged(built)
    built.database.close()
    return built, season_id


def copy_installation(original: Installation, folder: Path) -> Installation:
    """The same again in a folder of its own."""
    shutil.copytree(original.settings.instance, folder, dirs_exist_ok=True)
    url = f"sqlite:///{folder / 'evalsvc.sqlite'}"
    settings = replace(original.settings, instance=folder, database_url=url)
    return Installation(settings, connect(url, settings.peppers))


def find_flagged_ballot(installation: Installation, season_id: int, group: str) -> str:
    """The one ballot of a group that stands out."""
    (found,) = (
        each.ballot
        for each in diagnostics.list_flagged(installation.database, season_id, "year_end")
        if each.group == group
    )
    return found


def list_ballots(installation: Installation, group: str) -> list[str]:
    """All opened ballots of a group."""
    with installation.database.reading() as session:
        found = select(OpenedAnswer.ballot).where(OpenedAnswer.group == group).distinct()
        return sorted(session.scalars(found))


def _add_people(installation: Installation, season_id: int) -> None:
    with installation.database.writing() as session:
        for place, code in enumerate(TOWNS):
            session.add(
                Unit(
                    season_id=season_id,
                    position=place,
                    code=code,
                    name=f"镇{code}",
                    category="town",
                )
            )
        for number in range(len(GRADES)):
            code = f"d{number}"
            session.add(
                Unit(
                    season_id=season_id,
                    position=20 + number,
                    code=code,
                    name=f"部门{number}",
                    category="department",
                )
            )
            session.add(
                Rater(
                    season_id=season_id,
                    group="mutual_department",
                    code=code,
                    name=f"部门{number}",
                    unit=code,
                )
            )
            session.add(
                Rater(season_id=season_id, group="leader", code=f"L{number}", name=f"领导{number}")
            )


def _cast(installation: Installation, token: str, grades: str) -> None:
    visit = casting.admit(installation.database, installation.settings, token, MORNING)
    (question,) = casting.get_paper(installation.database, visit, MORNING).questionnaire.questions
    answers = [
        Answer(unit, question.code, grade) for unit, grade in zip(TOWNS, grades, strict=True)
    ]
    casting.cast(installation.database, visit, answers, casting.new_nonce(), MORNING)
