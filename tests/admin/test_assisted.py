"""Assisted entry: somebody types for a card's holder, the same checks, a mark inside the ballot."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from evalsvc.ballots.lengths import Lengths
from evalsvc.box.cards import Card
from evalsvc.box.tokens import format_token
from evalsvc.domain import events
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import opening, rounds
from evalsvc.domain.voting import assistance, casting, drafts
from evalsvc.errors import Problem
from evalsvc.models.box import Assistance, PendingBallot
from evalsvc.models.draft import Draft
from tests.admin.conftest import Clerk
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    Installation,
    add_panshan,
    get_card,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.public.filling import fill_bands
from tests.public.pages import Page as RaterPage

pytestmark = pytest.mark.slow


@pytest.fixture
def counter(seat: Callable[[str], Clerk]) -> Clerk:
    return seat("counter")


@pytest.fixture
def round_id(installation: Installation) -> int:
    return get_round_id(installation, add_panshan(installation))


@pytest.fixture
def cards(installation: Installation, round_id: int) -> tuple[Card, ...]:
    return open_with_cards(installation, round_id)


def send(clerk: Clerk, page: str, fields: dict[str, str]) -> RaterPage:
    answer = clerk.client.post(f"/office/assisted/{page}", data=fields, follow_redirects=True)
    return RaterPage(answer)


def enter(clerk: Clerk, card: Card) -> RaterPage:
    """One sheet from the code to the receipt."""
    page = send(clerk, "start", {"code": format_token(card.token)})
    check = send(clerk, "check", fill_bands(page))
    return send(clerk, "submit", check.fields.to_dict())


def count(installation: Installation, table: type[PendingBallot] | type[Draft]) -> int:
    with installation.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def list_reported(installation: Installation) -> dict[str, tuple[int, int | None]]:
    with installation.database.reading() as session:
        rows = session.scalars(select(Assistance))
        return {row.group: (row.reported, row.counted) for row in rows}


def test_from_the_code_to_the_receipt(
    installation: Installation, counter: Clerk, cards: tuple[Card, ...]
) -> None:
    card = get_card(cards, "office")

    page = send(counter, "start", {"code": f"http://localhost/r#{card.token}"})
    refused = send(counter, "check", {"csrf_token": page.fields["csrf_token"]})
    done = enter(counter, card)
    next_one = counter.client.post("/office/assisted/leave", follow_redirects=True)

    assert page.has("代录", "谁能看到您的答卷", "考评办")
    assert (refused.status, refused.has("还不能提交，请改下面几处")) == (422, True)
    assert done.has("答卷已提交", "代录")
    assert "下一张卡" in next_one.get_data(as_text=True)
    assert count(installation, PendingBallot) == 1


def test_what_the_holder_filled_in_before_is_not_shown_and_nothing_is_kept(
    installation: Installation, counter: Clerk, cards: tuple[Card, ...]
) -> None:
    card = get_card(cards, "office")
    visit = casting.admit(installation.database, installation.settings, card.token, MORNING)
    kept = [("a.overall.u01", "A")]
    drafts.save_draft(
        installation.database, visit, kept, 0, MORNING, Lengths(ballot=1024, draft=3072, words=None)
    )

    page = send(counter, "start", {"code": card.token})
    again = send(counter, "draft", fill_bands(page))

    assert set(page.fields) == {"csrf_token", "turn"}
    assert "data-ballot" in page.html
    assert "data-kept" not in page.html  # it would leave the answers in the counter's browser
    assert again.fields.to_dict() == fill_bands(page)
    assert drafts.find_draft(installation.database, visit) == tuple(kept)


def test_a_card_used_before_says_so_and_shows_no_answer(
    counter: Clerk, cards: tuple[Card, ...]
) -> None:
    card = get_card(cards, "office")
    enter(counter, card)

    page = send(counter, "start", {"code": card.token})

    assert page.has("已经提交过1次")
    assert "不是我提交的" not in page.html
    assert set(page.fields) == {"csrf_token", "turn"}


def test_submitting_twice_gives_one_ballot_counted_once(
    installation: Installation, counter: Clerk, cards: tuple[Card, ...]
) -> None:
    page = send(counter, "start", {"code": get_card(cards, "office").token})
    check = send(counter, "check", fill_bands(page)).fields.to_dict()

    first, again = send(counter, "submit", check), send(counter, "submit", check)
    counter.post("/assisted/sitting")

    assert first.html == again.html
    assert count(installation, PendingBallot) == 1
    assert list_reported(installation) == {"office": (1, None)}


def test_no_row_is_written_beside_an_assisted_ballot(
    installation: Installation, counter: Clerk, cards: tuple[Card, ...]
) -> None:
    before = len(events.list_events(installation.database))

    enter(counter, get_card(cards, "office"))

    assert list_reported(installation) == {}
    assert len(events.list_events(installation.database)) == before


def test_a_sitting_is_one_event_with_numbers_and_no_code(
    installation: Installation, counter: Clerk, cards: tuple[Card, ...], round_id: int
) -> None:
    enter(counter, get_card(cards, "office"))
    enter(counter, get_card(cards, "mutual_town"))
    enter(counter, get_card(cards, "mutual_town", 1))

    assert "这次代录了3张" in counter.get("/assisted").html
    counter.post("/assisted/sitting")
    counter.post("/assisted/sitting")

    newest = events.list_events(installation.database)[0]
    assert (newest.actor, newest.verb, newest.subject) == (
        "counter",
        "assist",
        f"round {round_id} year_end",
    )
    assert newest.detail == '{"mutual_town": "2", "office": "1"}'
    assert list_reported(installation) == {"mutual_town": (2, None), "office": (1, None)}
    assert "还没有计入" not in counter.get("/assisted").html


def test_five_are_added_before_the_next_card_is_taken(
    installation: Installation, counter: Clerk, cards: tuple[Card, ...]
) -> None:
    towns = [card for card in cards if card.group == "mutual_town"]
    departments = [card for card in cards if card.group == "mutual_department"]
    for card in (*towns, departments[0]):
        enter(counter, card)
    assert list_reported(installation) == {}

    send(counter, "start", {"code": departments[1].token})

    assert list_reported(installation) == {"mutual_department": (1, None), "mutual_town": (4, None)}


def test_the_turnout_and_the_opened_box_say_how_many(
    installation: Installation,
    counter: Clerk,
    manager: Clerk,
    cards: tuple[Card, ...],
    round_id: int,
) -> None:
    """Two towns' sheets are typed in; one of them then answers on its own, which is what counts."""
    first, second = (get_card(cards, "mutual_town", place) for place in (0, 1))
    enter(counter, first)
    enter(counter, second)
    counter.post("/assisted/sitting")
    page = manager.get(f"/rounds/{round_id}")
    assert page.has("其中代录", "镇（街道）、园区评部门 4 2 50.0% 2")
    rater = counter.client.application.test_client()
    rater.post("/start", data={"code": second.token})
    check = RaterPage(rater.post("/check", data=fill_bands(RaterPage(rater.get("/answer")))))
    rater.post("/submit", data=check.fields)

    database = installation.database
    rounds.close_round(Act(database, MANAGER, MORNING), installation.settings, round_id)
    opening.open_box(
        Act(database, CUSTODIAN, MORNING),
        installation.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )

    turnout = rounds.get_turnout(database, round_id)
    assert {row.group: row.assisted for row in turnout if row.assisted} == {"mutual_town": 1}
    assert list_reported(installation) == {"mutual_town": (2, 1)}


def test_the_mark_does_not_show_in_a_ballots_length(
    installation: Installation, counter: Clerk, cards: tuple[Card, ...]
) -> None:
    enter(counter, get_card(cards, "mutual_town"))
    rater = counter.client.application.test_client()
    rater.post("/start", data={"code": get_card(cards, "mutual_town", 1).token})
    check = RaterPage(rater.post("/check", data=fill_bands(RaterPage(rater.get("/answer")))))
    rater.post("/submit", data=check.fields)

    with installation.database.reading() as session:
        lengths = {len(sealed) for sealed in session.scalars(select(PendingBallot.content))}

    assert len(lengths) == 1


@pytest.mark.usefixtures("cards")
def test_a_mistyped_code(counter: Clerk) -> None:
    assert send(counter, "start", {"code": "ABCD"}).has("这个编码里有输错的地方")
    assert counter.get("/assisted").has("下一张卡")


def test_leaving_the_counter_ends_the_visit(counter: Clerk, cards: tuple[Card, ...]) -> None:
    send(counter, "start", {"code": get_card(cards, "office").token})

    counter.get("/assisted")

    assert counter.get("/assisted/answer").status == 401


def test_without_an_open_round_there_is_nothing_to_type_in(
    installation: Installation, counter: Clerk
) -> None:
    add_panshan(installation)
    assert counter.get("/assisted").has("现在没有进行中的轮次，不能代录。")


@pytest.mark.usefixtures("cards")
def test_a_foreign_group_is_not_counted(installation: Installation, round_id: int) -> None:
    assistance.report_sitting(Act(installation.database, MANAGER, MORNING), round_id, {"none": 3})
    assert list_reported(installation) == {}
    with pytest.raises(Problem):
        assistance.report_sitting(Act(installation.database, MANAGER, MORNING), 99, {"office": 1})
