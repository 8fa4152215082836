"""A share of votes, a baseline and a limit, and units asked about for comments alone: from the
raters' ballots to both packages, by the documents' own example with a second category beside it."""

from fractions import Fraction
from pathlib import Path

import pytest

from analysis.score.facts import Answer
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.voting import casting
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.models.figures import Indicator
from evalsvc.models.roster import Rater, Unit
from evalsvc.scheme.presets import load_scheme
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.scheme.test_votes_and_conditions import FIGURES
from tests.scheme.test_votes_and_conditions import TEXT as BOOK

pytestmark = pytest.mark.usefixtures("database_url")

RATERS = ("r1", "r2", "r3", "r4", "r5")
GRADES = ("excellent", "excellent", "excellent", "excellent", "competent")


def with_comments() -> str:
    """The book for enterprises, and offices that are asked about for comments."""
    head, _, rest = BOOK.partition("score:\n  code: total\n")
    score, _, tail = rest.partition("\ngrading:")
    branch = "".join(f"    {line}\n" for line in score.splitlines())
    head = head.replace(
        "  enterprise: {zh: 企业, en: Enterprises}\n",
        "  enterprise: {zh: 企业, en: Enterprises}\n  office: {zh: 窗口, en: Offices}\n",
    )
    head = head.replace(
        "      grade:\n",
        "      words: {kind: text, title: {zh: 意见, en: Comment}, about: units, "
        "categories: [office]}\n      grade:\n        categories: [enterprise]\n",
    )
    head = head.replace(
        "sees: {enterprise: {units: all}}", "sees: {enterprise: {units: all}, office: {units: all}}"
    )
    head = head.replace("round: year_end, from", "round: year_end, categories: [enterprise], from")
    return (
        f"{head}score:\n  code: total\n  rule: by_category\n  categories:\n    enterprise:\n"
        f"{branch}    office: {{rule: comments_only, name: {{zh: 意见, en: Comments}}}}\n"
        f"\ngrading:{tail}"
    )


TEXT = with_comments()


def found_season(place: Installation) -> int:
    act = Act(place.database, MANAGER, MORNING)
    season_id = seasons.create_season(act, "得票年度", "考评办公室", "0427-0000000", TEXT)
    with place.database.writing() as session:
        for position, (code, category) in enumerate((("e1", "enterprise"), ("o1", "office")), 1):
            session.add(
                Unit(
                    season_id=season_id,
                    position=position,
                    code=code,
                    name=f"单位{position}",
                    category=category,
                )
            )
        session.add_all(
            Rater(season_id=season_id, group="assembly", code=code, name=f"代表{code}")
            for code in RATERS
        )
        session.add_all(
            Indicator(
                season_id=season_id, round="year_end", unit="e1", component=component, value=value
            )
            for component, value in FIGURES.items()
        )
    return season_id


def test_a_season_from_ballots_to_packages(place: Installation, tmp_path: Path) -> None:
    season_id = found_season(place)
    round_id = get_round_id(place, season_id)
    cards = {card.addressee: card for card in open_with_cards(place, round_id)}
    for rater, grade in zip(RATERS, GRADES, strict=True):
        visit = casting.admit(place.database, place.settings, cards[f"代表{rater}"].token, MORNING)
        answers = [Answer("e1", "grade", grade), Answer("o1", "words", "窗口态度好")]
        casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    enterprise, office = results.get_result(place.database, season_id).units
    # 41 1/3 for the profit, 28 for projects, and 4 votes of 5 are 80%, which is 28.
    assert enterprise.tree.value == 41 + Fraction(1, 3) + 56
    assert (enterprise.published, enterprise.rank) == ("97.33", 1)
    assert (office.published, office.rank) == (None, None)
    packages = archive.build_packages(place.database, place.settings, season_id)
    for edition in (packages.audit, packages.public):
        (tmp_path / "package.zip").write_bytes(edition)
        files = open_package(tmp_path / "package.zip")
        assert recompute(read_package(files, load_scheme(TEXT))).differences == ()
