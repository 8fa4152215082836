"""What raters reply beside the scores: kept with a name or without any link, never in a score."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.score.facts import Answer
from evalsvc.counting.replies import Reply, split_answers
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.voting.casting import admit, cast, new_nonce
from evalsvc.domain.words.replies import build_reply_rows, list_replies
from evalsvc.models.opened import CommentText, LevelCount, OpenedAnswer, OpenedComment
from evalsvc.models.roster import PanelSeats, Rater, Unit
from evalsvc.scheme.presets import load_scheme
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
from tests.public.every_question import SCHEME, TOWNS, UNITS, fill_leader

ENOUGH = 10


@pytest.fixture
def installation(tmp_path: Path, database_url: str) -> Iterator[Installation]:
    built = build_installation(tmp_path, database_url)
    yield built
    built.database.close()


def count(installation: Installation, commenting: int) -> int:
    """A counted round."""
    round_id = fill_box(installation, commenting)
    open_box(
        Act(installation.database, CUSTODIAN, MORNING),
        installation.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    return round_id


def fill_box(installation: Installation, commenting: int) -> int:
    """A closed round: a leader answers everything, of ten citizens some write about a unit."""
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "测试",
        "考评办",
        "0427-0000000",
        SCHEME.read_text(),
    )
    with installation.database.writing() as session:
        for position, code in enumerate(UNITS, 1):
            category = "town" if code in TOWNS else "dep"
            session.add(
                Unit(
                    season_id=season_id, position=position, code=code, name=code, category=category
                )
            )
        session.add(Rater(season_id=season_id, group="leader", code="L1", name="领导甲"))
        session.add(PanelSeats(season_id=season_id, group="panel", stratum="all", seats=ENOUGH))
    round_id = get_round_id(installation, season_id)
    for place, card in enumerate(open_with_cards(installation, round_id)):
        visit = admit(installation.database, installation.settings, card.token, MORNING)
        leader = card.group == "leader"
        answers = list_leaders() if leader else list_citizens(place, place <= commenting)
        cast(installation.database, visit, answers, new_nonce(), MORNING)
    rounds.close_round(
        Act(installation.database, MANAGER, MORNING), installation.settings, round_id
    )
    return round_id


def list_leaders() -> list[Answer]:
    answers = []
    for name, value in fill_leader().items():
        item, _, unit = name.removeprefix("a.").rpartition(".")
        answers.append(Answer(unit, item, value))
    return answers


def list_citizens(place: int, comments: bool) -> list[Answer]:
    own = [Answer("u02", "satisfaction", "good"), Answer("", "age", "young")]
    words = [Answer("u02", "comment", f"第{place:02d}条"), Answer("u02", "matter", "advice")]
    return own + words * comments


def test_replies_are_apart_from_ballots_and_sums(installation: Installation) -> None:
    round_id = count(installation, commenting=ENOUGH)

    with installation.database.reading() as session:
        items = set(session.scalars(select(OpenedAnswer.item)))
        levels = session.scalars(select(LevelCount)).all()
    replies = {
        (one.group, one.item, one.unit): one
        for one in list_replies(installation.database, round_id)
    }

    assert items == {
        "overall",
        "mark",
        "service.speed",
        "service.manner",
        "service.honesty",
        "points",
    }
    assert [(one.item, one.unit, one.level, one.n) for one in levels] == [
        ("satisfaction", "u02", "good", ENOUGH)
    ]
    wishes = replies["leader", "wishes", ""].told
    assert wishes is not None
    assert [(one.rater, one.value) for one in wishes] == [("L1", "多下乡")]
    with installation.database.reading() as session:
        comments = session.execute(
            select(OpenedComment.group, OpenedComment.item, OpenedComment.unit, CommentText.text)
            .join(CommentText, CommentText.number == OpenedComment.number)
            .order_by(OpenedComment.position)
        ).all()
    assert [tuple(one) for one in comments] == [
        ("panel", "comment", "u02", f"第{place:02d}条") for place in range(1, ENOUGH + 1)
    ]


def test_too_few_replies_are_counted_and_not_told(installation: Installation) -> None:
    round_id = count(installation, commenting=3)

    found = {
        (one.item, one.unit): (one.n, one.told is None)
        for one in list_replies(installation.database, round_id)
        if one.group == "panel"
    }

    assert found == {("age", ""): (ENOUGH, False), ("matter", "u02"): (3, True)}


def test_whatever_citizens_write_is_a_comment_and_leaders_words_are_replies() -> None:
    scheme = load_scheme(SCHEME.read_text())
    panel, leader = scheme.get_group("panel"), scheme.get_group("leader")
    written = [
        Answer("u02", "comment", "快"),
        Answer("u02", "matter.other", "领证"),
        Answer("u02", "recusal", "没办过事"),
        Answer("u02", "matter", "other"),
    ]

    _, replies = split_answers(panel, scheme.get_questionnaire("panel"), "", written)
    wishes = [Answer("", "wishes", "多下乡")]
    _, told = split_answers(leader, scheme.get_questionnaire("leader"), "L1", wishes)

    assert [one.value for one in replies if one.is_comment] == ["快", "领证", "没办过事"]
    assert told == [Reply("leader", "wishes", "", "多下乡", "L1")]


def test_rows_are_sorted_by_what_they_say() -> None:
    replies = [
        Reply("panel", "comment", "u1", "丙", "", is_comment=True),
        Reply("panel", "comment", "u1", "A", "", is_comment=True),
        Reply("panel", "age", "", "young", ""),
    ]

    told, comments = build_reply_rows(7, replies)

    assert [(row["item"], row["position"], row["value"]) for row in told] == [("age", 1, "young")]
    assert [(row["position"], row["text"]) for row in comments] == [(1, "A"), (2, "丙")]
