"""From a code to a receipt: what is admitted, what is refused, and that nothing counts twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from analysis.score.facts import Answer
from analysis.score.quotas import band_quota
from evalsvc.ballots.paper import Paper
from evalsvc.box.tokens import format_token
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.voting import casting
from evalsvc.domain.voting.visit import Visit
from evalsvc.errors import Problem
from evalsvc.models.box import Credential, PendingBallot
from evalsvc.models.opened import LevelCount, OpenedAnswer, PanelSum
from evalsvc.questions.forced_ratio import ForcedRatioQuestion
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panel_city,
    add_panshan,
    get_card,
    get_round_id,
    ignore_progress,
    issue_cards,
    open_with_cards,
    set_deadline,
)

pytestmark = pytest.mark.usefixtures("database_url")


def fill(paper: Paper) -> list[Answer]:
    """Answers that keep every rule: bands in the official order, first level, 80 points."""
    answers = []
    for question in paper.questionnaire.questions:
        for category in paper.categories:
            units = [unit for unit in paper.units if unit.category == category.code]
            if isinstance(question, ForcedRatioQuestion):
                quota = band_quota(len(units), [band.share for band in question.bands])
                values = [
                    band.code
                    for band, n in zip(question.bands, quota, strict=True)
                    for _ in range(n)
                ]
            elif question.kind == "levels":
                values = [question.levels[0].code] * len(units)
            else:
                values = ["80"] * len(units)
            answers += [
                Answer(unit.code, question.code, value)
                for unit, value in zip(units, values, strict=True)
            ]
    return answers


def visit_and_fill(place: Installation, token: str) -> tuple[Visit, list[Answer]]:
    visit = casting.admit(place.database, place.settings, token, MORNING)
    return visit, fill(casting.get_paper(place.database, visit, MORNING))


def count_ballots(place: Installation) -> int:
    with place.database.reading() as session:
        return session.scalar(select(func.count()).select_from(PendingBallot)) or 0


def refusal(place: Installation, *arguments: object) -> str:
    with pytest.raises(Problem) as caught:
        casting.cast(place.database, *arguments, casting.new_nonce(), MORNING)
    return caught.value.kind.code


def test_a_cast_ballot_raises_the_turnout_of_its_group_by_one(place: Installation) -> None:
    round_id = get_round_id(place, add_panshan(place))
    cards = open_with_cards(place, round_id)
    visit, answers = visit_and_fill(place, get_card(cards, "leader").token)
    receipt = casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
    assert receipt.times_cast == 1
    assert [
        (one.group, one.issued, one.cast) for one in rounds.get_turnout(place.database, round_id)
    ] == [("leader", 2, 1), ("office", 1, 0), ("mutual_town", 4, 0), ("mutual_department", 6, 0)]


def test_fifty_casts_at_once_with_one_code_count_once(place: Installation) -> None:
    round_id = get_round_id(place, add_panshan(place))
    cards = open_with_cards(place, round_id)
    visit, answers = visit_and_fill(place, get_card(cards, "leader").token)

    def cast(nonce: bytes) -> str:
        try:
            return casting.cast(place.database, visit, answers, nonce, MORNING).code
        except Problem as problem:
            return problem.kind.code

    one = casting.new_nonce()
    with ThreadPoolExecutor(50) as pool:
        same = set(pool.map(cast, [one] * 50))
        assert len(same) == 1
        assert count_ballots(place) == 1
        different = list(pool.map(cast, [casting.new_nonce() for _ in range(50)]))
    assert different.count("too_many_revisions") == 31  # 20 revisions in all, one of them before
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    with place.database.reading() as session:
        assert session.scalar(select(func.count(func.distinct(OpenedAnswer.ballot)))) == 1


def test_what_is_posted_past_the_page_is_refused_and_not_stored(place: Installation) -> None:
    cards = open_with_cards(place, get_round_id(place, add_panshan(place)))
    visit, answers = visit_and_fill(place, get_card(cards, "mutual_department").token)
    own = [*answers, Answer("u01", "overall", "A")]  # a department rates towns, never departments
    all_best = [Answer(answer.unit, answer.item, "A") for answer in answers]
    for wrong in (own, all_best, answers[1:], [*answers, answers[0]], []):
        assert refusal(place, visit, wrong) == "ballot_refused"
    assert refusal(place, visit, [Answer(a.unit, a.item, "Z") for a in answers]) == "ballot_refused"
    assert count_ballots(place) == 0


def test_codes_that_lead_nowhere_say_why(place: Installation) -> None:
    round_id = get_round_id(place, add_panshan(place))
    cards = issue_cards(place, round_id)
    token = get_card(cards, "leader").token

    def admit(code: str, moment: datetime = MORNING) -> str:
        with pytest.raises(Problem) as caught:
            casting.admit(place.database, place.settings, code, moment)
        return caught.value.kind.code

    assert admit(token) == "round_not_open"
    rounds.open_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    assert casting.admit(place.database, place.settings, format_token(token).lower(), MORNING)
    assert admit(token[:-1]) == "token_mistyped"
    assert token[0] == token[1] or admit(token[1] + token[0] + token[2:]) == "token_mistyped"
    with place.database.writing() as session:
        for row in session.scalars(select(Credential).where(Credential.group == "office")):
            row.void = True
    assert admit(get_card(cards, "office").token) == "token_void"
    set_deadline(place, round_id, datetime(2018, 12, 1, 7, 59, tzinfo=UTC))
    assert admit(token) == "round_closed"
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    assert admit(token) == "token_unknown"  # the pepper is gone, and with it every unused code


def test_the_panel_leaves_sums_and_no_ballots(place: Installation) -> None:
    round_id = get_round_id(place, add_panel_city(place, seats=10))
    cards = open_with_cards(place, round_id)
    for card in cards:
        visit, answers = visit_and_fill(place, card.token)
        casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    with place.database.reading() as session:
        assert set(session.scalars(select(OpenedAnswer.group).distinct())) == {"leader"}
        # 40 citizens, 8 of 12 units each, everybody satisfied.
        assert session.scalar(select(func.sum(LevelCount.n))) == 320
        assert set(session.scalars(select(LevelCount.level).distinct())) == {"satisfied"}
        sums = {
            (row.kind, row.subject, row.name): row.value
            for row in session.scalars(select(PanelSum))
        }
    assert sums["cell", "deputies", "issued"] == "10"
    assert sums["cell", "deputies", "valid"] == "10"
    assert sums["panel", "", "1"] == "40"  # weights have a mean of 1
    assert sums["panel", "", "n"] == "320"
    assert sums["panel", "", "t"] == "32000"
    # Plan 50/20/15/15 over ten ballots each: ω = 2, 0.8, 0.6, 0.6; Σω² = 10 × (4+0.64+0.72) = 53.6,
    # spread over twelve units by the deal.
    squares = [Fraction(sums["unit", f"u{n:02d}", "w2"]) for n in range(1, 13)]
    assert sum(squares) == 8 * Fraction("53.6")
