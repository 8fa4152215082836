"""Invented seasons: the same every time, complete, and valid wherever the product checks."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_breaches
from evalsvc.box.cards import Card
from evalsvc.demo.ballots import fill_ballot
from evalsvc.demo.season import Office, found_season
from evalsvc.demo.story import DATA, tell_story
from evalsvc.demo.workbooks import fill_figures, fill_roster
from evalsvc.domain.voting import casting
from evalsvc.scheme.presets import list_presets, load_preset
from evalsvc.workbooks.figures import read_figures
from evalsvc.workbooks.roster import read_roster
from evalsvc.workbooks.templates import figures_template, roster_template
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    build_installation,
    get_round_id,
    open_with_cards,
)

PRESETS = ("panshan-2018", "three-in-one")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_story_is_told_the_same_twice(preset: str) -> None:
    assert tell_story(preset) == tell_story(preset)


def test_a_ballot_is_filled_the_same_twice() -> None:
    story = tell_story("panshan-2018")
    towns = [unit.code for unit in story.roster.units if unit.category == "town"]
    first = fill_ballot(story, "mutual_department", towns, "县教育局", "year_end")
    assert fill_ballot(story, "mutual_department", towns, "县教育局", "year_end") == first
    assert fill_ballot(story, "mutual_department", towns, "县公安局", "year_end") != first


def test_a_ballot_about_fourteen_towns_keeps_30_50_20_exactly() -> None:
    """14 × 30% = 4.2 and 14 × 50% = 7, rounded down 4 and 7; the other 3 are C."""
    story = tell_story("panshan-2018")
    towns = [unit.code for unit in story.roster.units if unit.category == "town"]
    answers = fill_ballot(story, "mutual_department", towns, "县教育局", "year_end")
    assert Counter(answer.value for answer in answers) == {"A": 4, "B": 7, "C": 3}
    assert [answer.unit for answer in answers] == towns


def test_the_county_is_as_its_document_says() -> None:
    story = tell_story("panshan-2018")
    assert Counter(story.categories.values()) == {"department": 45, "town": 14}
    in_charge = Counter(relation.unit for relation in story.roster.relations)
    departments = {code for code, category in story.categories.items() if category == "department"}
    assert [code for code in sorted(departments) if code not in in_charge] == ["d39"]
    assert set(in_charge) == departments - {"d39"}
    assert set(in_charge.values()) == {1, 2, 3}
    carried = {
        component.code: sum(
            row.value is not None
            for row in story.figures.indicators
            if row.component == component.code
        )
        for component in story.scheme.components
    }
    assert carried["I.common.安全生产工作"] == 59
    assert 0 < carried["I.own.annual.province"] < 45
    assert carried["I.own.annual.own"] == 45


def test_the_panel_has_a_thousand_seats() -> None:
    story = tell_story("three-in-one")
    assert {one.stratum: one.seats for one in story.roster.seats} == {
        "grassroots": 450,
        "enterprises": 250,
        "deputies": 150,
        "organs": 150,
    }


@pytest.mark.parametrize("preset", [c for c in list_presets() if load_preset(c).groups])
def test_every_invented_ballot_is_valid(preset: str, tmp_path: Path) -> None:
    story = tell_story(preset)
    place = build_installation(tmp_path)
    office = Office(place.database, place.settings, MANAGER, CUSTODIAN, PASSPHRASE)
    season_id = found_season(office, story, story.title, MORNING)
    code = next(one.code for one in story.scheme.rounds if story.scheme.list_groups(one.code))
    cards = open_with_cards(place, get_round_id(place, season_id, code))
    seen: list[Answer] = []
    for card in _everybody_and_some_of_the_panel(cards):
        visit = casting.admit(place.database, place.settings, card.token, MORNING)
        paper = casting.get_paper(place.database, visit, MORNING)
        units = [unit.code for unit in paper.units]
        answers = fill_ballot(story, card.group, units, card.addressee, code)
        breaches = list_breaches(paper.questionnaire, paper.categories, paper.units, answers)
        assert breaches == ()
        seen += answers
    place.database.close()
    assert len(seen) > 100


def _everybody_and_some_of_the_panel(cards: tuple[Card, ...]) -> list[Card]:
    panel = [card for card in cards if card.stratum]
    return [card for card in cards if not card.stratum] + panel[::25]


@pytest.mark.parametrize("preset", PRESETS)
def test_filled_templates_are_read_as_they_were_meant(preset: str) -> None:
    story = tell_story(preset)
    scheme, units = story.scheme, story.roster.units
    roster = read_roster(fill_roster(roster_template(scheme), scheme, story.roster), scheme)
    assert (roster.problems, roster.roster) == ((), story.roster)
    template = figures_template(scheme, units)
    figures = read_figures(fill_figures(template, scheme, units, story.figures), scheme, units)
    # A scheme without bonuses and deductions has no sheet that could say anything of them.
    told = story.figures if scheme.adjustments else replace(story.figures, adjustments=None)
    assert (figures.problems, figures.figures) == ((), told)


def test_the_demonstrations_lists_belong_to_presets() -> None:
    assert {path.stem for path in DATA.glob("*.csv")} == set(PRESETS)
