"""Cards exchanged and taken back: two people, the old one void, and the numbers add up."""

from dataclasses import replace

import pytest

from analysis.score.facts import Answer
from evalsvc.box.cards import Card
from evalsvc.domain import events, seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.people import approvals
from evalsvc.domain.sealing import reissue, rounds
from evalsvc.domain.voting import casting
from evalsvc.errors import (
    HOLDER_UNKNOWN,
    NOT_ALLOWED,
    SAME_PERSON,
    SECOND_PERSON,
    TOKEN_UNKNOWN,
    TOKEN_VOID,
    WRONG_STATE,
    Kind,
    Problem,
)
from evalsvc.results.turnout import Turnout
from tests.cast import (
    AUDITOR,
    CUSTODIAN,
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    add_panshan,
    get_card,
    get_round_id,
    issue_cards,
    open_with_cards,
)
from tests.domain.test_casting import visit_and_fill

pytestmark = pytest.mark.usefixtures("database_url")

Cards = tuple[Card, ...]


def as_large(place: Installation) -> Installation:
    return replace(place, settings=replace(place.settings, small_office=False))


def open_panel(place: Installation) -> tuple[Installation, int, Cards]:
    round_id = get_round_id(place, add_panel_city(place))
    cards = open_with_cards(place, round_id)
    return as_large(place), round_id, cards


def propose(place: Installation, round_id: int, token: str, kind: str = "reissue") -> int:
    return reissue.propose_by_code(
        Act(place.database, MANAGER, MORNING), place.settings, kind, round_id, token, "信件遗失"
    )


def refused_with(kind: Kind) -> "pytest.RaisesExc[Problem]":
    return pytest.raises(Problem, check=lambda problem: problem.kind is kind)


def test_a_citizens_card_is_exchanged_by_its_code_and_two_people(place: Installation) -> None:
    place, round_id, cards = open_panel(place)
    old = get_card(cards, "panel")
    approval = propose(place, round_id, old.token)
    with refused_with(SECOND_PERSON):  # nobody has agreed yet
        reissue.reissue(Act(place.database, MANAGER, MORNING), place.settings, approval)
    with refused_with(SAME_PERSON):
        approvals.decide(Act(place.database, MANAGER, MORNING), approval, True)
    with refused_with(NOT_ALLOWED):
        approvals.decide(Act(place.database, CUSTODIAN, MORNING), approval, True)
    approvals.decide(Act(place.database, AUDITOR, MORNING), approval, True)
    new = reissue.reissue(Act(place.database, MANAGER, MORNING), place.settings, approval)
    assert (new.group, new.stratum) == (old.group, old.stratum)
    assert new.token != old.token
    with refused_with(TOKEN_VOID):
        casting.admit(place.database, place.settings, old.token, MORNING)
    casting.admit(place.database, place.settings, new.token, MORNING)
    with refused_with(HOLDER_UNKNOWN):  # it has been done
        reissue.reissue(Act(place.database, MANAGER, MORNING), place.settings, approval)
    newest = events.list_events(place.database, 1)[0]
    assert newest.verb == "reissue"
    assert '"approved_by": "auditor"' in newest.detail
    assert '"persons": "2"' in newest.detail
    assert new.token not in newest.detail


def test_the_numbers_add_up(place: Installation) -> None:
    place, round_id, cards = open_panel(place)
    panel = [card for card in cards if card.group == "panel"]
    for kind, card in (("reissue", panel[0]), ("reissue", panel[1]), ("revoke", panel[2])):
        approval = propose(place, round_id, card.token, kind)
        approvals.decide(Act(place.database, AUDITOR, MORNING), approval, True)
        verb = reissue.reissue if kind == "reissue" else reissue.revoke
        verb(Act(place.database, MANAGER, MORNING), place.settings, approval)
    (count,) = (
        one for one in reissue.count_roll(place.database, round_id) if one.turnout.group == "panel"
    )
    turnout = Turnout("year_end", "panel", issued=len(panel) - 1, cast=0)
    assert count == reissue.RollCount(turnout, void=3, reissued=2)
    assert (count.printed, count.revoked) == (len(panel) + 2, 1)
    assert {one.group: one.issued for one in rounds.get_turnout(place.database, round_id)}[
        "panel"
    ] == len(panel) - 1


def test_a_ballot_of_a_void_card_does_not_count(place: Installation) -> None:
    round_id = get_round_id(place, add_panel_city(place))
    cards = open_with_cards(place, round_id)
    first = get_card(cards, "panel")
    visit = casting.admit(place.database, place.settings, first.token, MORNING)
    paper = casting.get_paper(place.database, visit, MORNING)
    answers = [
        Answer(unit.code, question.code, question.levels[0].code)  # type: ignore[union-attr]
        for question in paper.questionnaire.questions
        for unit in paper.units
    ]
    casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
    approval = propose(place, round_id, first.token)  # a small office: agreed at once
    reissue.reissue(Act(place.database, MANAGER, MORNING), place.settings, approval)
    used = {one.group: one.cast for one in rounds.get_turnout(place.database, round_id)}
    assert used["panel"] == 0


def test_a_raters_letter_is_exchanged_by_name(place: Installation) -> None:
    round_id = get_round_id(place, add_panshan(place))
    cards = open_with_cards(place, round_id)
    old = get_card(cards, "leader")
    place = as_large(place)
    approval = reissue.propose_by_rater(
        Act(place.database, MANAGER, MORNING),
        place.settings,
        "reissue",
        round_id,
        "leader",
        old.addressee,
        "信丢了",
    )
    approvals.decide(Act(place.database, AUDITOR, MORNING), approval, True)
    new = reissue.reissue(Act(place.database, MANAGER, MORNING), place.settings, approval)
    assert new.addressee == old.addressee
    visit = casting.admit(place.database, place.settings, new.token, MORNING)
    assert casting.get_paper(place.database, visit, MORNING).addressee == old.addressee
    with refused_with(TOKEN_VOID):
        casting.admit(place.database, place.settings, old.token, MORNING)


def test_a_letter_is_exchanged_by_name_where_the_pepper_was_lost(place: Installation) -> None:
    round_id = get_round_id(place, add_panshan(place))
    old, other = open_with_cards(place, round_id)[:2]
    (pepper,) = (file for file in place.settings.peppers.iterdir() if ".tray" not in file.name)
    pepper.unlink()
    act = Act(place.database, MANAGER, MORNING)
    about = (act, place.settings, "reissue", round_id, old.group, old.addressee, "胡椒值丢失")
    new = reissue.reissue(act, place.settings, reissue.propose_by_rater(*about))
    visit, answers = visit_and_fill(place, new.token)
    assert casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING).code
    for lost in (old, other):
        with refused_with(TOKEN_UNKNOWN):
            casting.admit(place.database, place.settings, lost.token, MORNING)
    rounds.close_round(act, place.settings, round_id)
    assert list(place.settings.peppers.iterdir()) == []


def test_a_panels_card_is_not_exchanged_where_the_pepper_was_lost(place: Installation) -> None:
    place, round_id, cards = open_panel(place)
    for file in place.settings.peppers.iterdir():
        file.unlink()
    with refused_with(HOLDER_UNKNOWN):
        propose(place, round_id, get_card(cards, "panel").token)


def test_is_refused_where_it_makes_no_sense(place: Installation) -> None:
    place, round_id, cards = open_panel(place)
    token = get_card(cards, "panel").token
    with refused_with(HOLDER_UNKNOWN):
        reissue.propose_by_rater(
            Act(place.database, MANAGER, MORNING),
            place.settings,
            "reissue",
            round_id,
            "leader",
            "没有这个人",
            "丢了",
        )
    with refused_with(NOT_ALLOWED):
        reissue.propose_by_code(
            Act(place.database, AUDITOR, MORNING),
            place.settings,
            "reissue",
            round_id,
            token,
            "丢了",
        )
    approval = propose(place, round_id, token)
    approvals.decide(Act(place.database, AUDITOR, MORNING), approval, False)
    with refused_with(SECOND_PERSON):
        reissue.reissue(Act(place.database, MANAGER, MORNING), place.settings, approval)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    with refused_with(WRONG_STATE):
        propose(place, round_id, token)


def test_opening_a_round_takes_two(place: Installation) -> None:
    season_id = add_panshan(place)
    round_id = get_round_id(place, season_id)
    issue_cards(place, round_id)
    place = as_large(place)
    with refused_with(SECOND_PERSON):
        rounds.open_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    approval = approvals.propose(
        Act(place.database, MANAGER, MORNING),
        place.settings,
        "open_round",
        season_id,
        round_id,
        "",
        {},
    )
    with refused_with(SECOND_PERSON):
        rounds.open_round(Act(place.database, MANAGER, MORNING), place.settings, round_id, approval)
    approvals.decide(Act(place.database, AUDITOR, MORNING), approval, True)
    rounds.open_round(Act(place.database, AUDITOR, MORNING), place.settings, round_id, approval)
    assert seasons.get_round(place.database, round_id).state == "open"
    told = next(one for one in events.list_events(place.database) if one.verb == "open_round")
    assert '"approved_by": "auditor"' in told.detail
    assert '"proposed_by": "manager"' in told.detail


def test_an_approval_is_good_for_its_own_act_only(place: Installation) -> None:
    place, round_id, cards = open_panel(place)
    approval = propose(place, round_id, get_card(cards, "panel").token, "revoke")
    approvals.decide(Act(place.database, AUDITOR, MORNING), approval, True)
    with refused_with(SECOND_PERSON):
        reissue.reissue(Act(place.database, MANAGER, MORNING), place.settings, approval)
    approvals.withdraw(Act(place.database, MANAGER, MORNING), approval)
    with refused_with(SECOND_PERSON):
        reissue.revoke(Act(place.database, MANAGER, MORNING), place.settings, approval)
