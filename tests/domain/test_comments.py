"""Review of citizens' comments: none leaves undecided, and what is out stays as it is."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from evalsvc.domain.acting import Act
from evalsvc.domain.words import comments
from evalsvc.domain.words.comment_hints import Hint, list_hints
from evalsvc.domain.words.comments import CommentPage, CommentPlace, CommentQuery, CommentVerdict
from evalsvc.domain.words.voices import build_comment_rows, list_comments
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED, NOT_FOUND, Kind, Problem
from evalsvc.models.event import Event
from tests.cast import AUDITOR, MANAGER, MORNING, Installation
from tests.comment_cast import add_commented, change_counts, publish

# Sorted by text these are numbers 1 to 4.
FAST, RUDE, SLOW, WANG = "办事快", "态度差", "等太久", "窗口王大力很好"
WRITTEN = {"u01": [SLOW, FAST, FAST], "u02": [FAST, RUDE], "u03": [WANG], "": [SLOW]}
NUMBER = {text: number for number, text in enumerate(sorted((FAST, RUDE, SLOW, WANG)), 1)}


def decide(
    place: Installation, season_id: int, round_id: int, *said: tuple[str, str, str, str]
) -> int:
    verdicts = [CommentVerdict(round_id, NUMBER[text], *how) for text, *how in said]
    return comments.decide_comments(Act(place.database, MANAGER, MORNING), season_id, verdicts)


def review(place: Installation, season_id: int, state: str = "", unit: str = "") -> CommentPage:
    return comments.list_for_review(place.database, season_id, CommentQuery(state, unit), MANAGER)


def shown(place: Installation, season_id: int, unit: str, version: int = 1) -> tuple[str, ...]:
    return list_comments(place.database, season_id, version, unit)


def refuses(kind: Kind, act: Callable[[], object], said: str = "") -> None:
    with pytest.raises(Problem) as caught:
        act()
    assert caught.value.kind is kind
    assert said in caught.value.text.zh


def test_equal_texts_are_kept_once() -> None:
    places = [("u01", 1, "乙"), ("u01", 2, "甲"), ("u02", 1, "乙")]
    texts, rows = build_comment_rows(
        {"round_id": 7, "unit": unit, "position": position, "text": text}
        for unit, position, text in places
    )
    assert texts == [
        {"round_id": 7, "number": 1, "text": "乙"},
        {"round_id": 7, "number": 2, "text": "甲"},
    ]
    assert [(row["unit"], row["position"], row["number"]) for row in rows] == [
        ("u01", 1, 1),
        ("u01", 2, 2),
        ("u02", 1, 1),
    ]
    assert build_comment_rows([]) == ([], [])


@pytest.mark.usefixtures("database_url")
def test_nothing_is_shown_before_it_is_reviewed(place: Installation) -> None:
    season_id, _ = add_commented(place, WRITTEN)
    assert [shown(place, season_id, unit) for unit in WRITTEN] == [(), (), (), ()]
    page = review(place, season_id, "waiting")
    assert [row.text for row in page.rows] == sorted(NUMBER)
    assert (page.found, page.reviewed, page.total) == (4, 0, 4)
    assert comments.count_waiting(place.database) == {season_id: 4}


@pytest.mark.usefixtures("database_url")
def test_a_decision_covers_all_who_wrote_the_same(place: Installation) -> None:
    season_id, round_id = add_commented(place, WRITTEN)
    assert decide(place, season_id, round_id, (FAST, "public", "", "")) == 1
    assert shown(place, season_id, "u01") == (FAST, FAST)
    assert shown(place, season_id, "u02") == (FAST,)
    (row,) = review(place, season_id, "public").rows
    assert row.places == (CommentPlace("panel", "u01", 2), CommentPlace("panel", "u02", 1))
    assert (row.writers, row.decided_by, row.released) == (3, "manager", False)
    assert comments.count_waiting(place.database) == {season_id: 3}


@pytest.mark.usefixtures("database_url")
def test_only_public_ones_are_shown_and_rewording_stands_for_the_text(place: Installation) -> None:
    season_id, round_id = add_commented(place, WRITTEN)
    decide(
        place,
        season_id,
        round_id,
        (FAST, "internal", "", ""),
        (RUDE, "withheld", "abuse", ""),
        (SLOW, "public", "", ""),
        (WANG, "public", "", "窗口人员很好"),
    )
    assert shown(place, season_id, "u01") == (SLOW,)
    assert shown(place, season_id, "u02") == ()
    assert shown(place, season_id, "u03") == ("窗口人员很好",)
    assert shown(place, season_id, "") == (SLOW,)
    page = review(place, season_id)
    assert page.by_state == {"public": 2, "internal": 1, "withheld": 1}
    assert page.reviewed == page.total == 4
    assert comments.count_waiting(place.database) == {}


@pytest.mark.usefixtures("database_url")
def test_the_original_of_a_reworded_comment_is_for_auditors(place: Installation) -> None:
    season_id, round_id = add_commented(place, WRITTEN)
    decide(place, season_id, round_id, (WANG, "public", "", "窗口人员很好"))
    (row,) = review(place, season_id, "public").rows
    assert (row.text, row.wording, row.hints) == (None, "窗口人员很好", ())
    query = CommentQuery("public")
    (seen,) = comments.list_for_review(place.database, season_id, query, AUDITOR).rows
    assert (seen.text, seen.wording) == (WANG, "窗口人员很好")


@pytest.mark.usefixtures("database_url")
def test_comments_on_a_unit_that_few_answered_about_stay_in(place: Installation) -> None:
    season_id, round_id = add_commented(place, WRITTEN, few="u02")
    decide(place, season_id, round_id, (FAST, "public", "", ""))
    assert shown(place, season_id, "u01") == (FAST, FAST)
    assert shown(place, season_id, "u02") == ()


@pytest.mark.usefixtures("database_url")
def test_a_decision_is_taken_back_and_made_again(place: Installation) -> None:
    season_id, round_id = add_commented(place, WRITTEN)
    decide(place, season_id, round_id, (RUDE, "public", "", ""))
    comments.take_back_decision(Act(place.database, MANAGER, MORNING), round_id, NUMBER[RUDE])
    assert shown(place, season_id, "u02") == ()
    assert comments.count_waiting(place.database) == {season_id: 4}
    refuses(
        NOT_FOUND,
        lambda: comments.take_back_decision(
            Act(place.database, MANAGER, MORNING), round_id, NUMBER[RUDE]
        ),
    )
    assert decide(place, season_id, round_id, (RUDE, "internal", "", "")) == 1
    assert decide(place, season_id, round_id, (RUDE, "internal", "", "")) == 0
    assert decide(place, season_id, round_id, (RUDE, "withheld", "abuse", "")) == 1


@pytest.mark.usefixtures("database_url")
def test_a_published_version_keeps_what_was_public_on_its_first_day(place: Installation) -> None:
    season_id, round_id = add_commented(place, WRITTEN)
    decide(place, season_id, round_id, (FAST, "public", "", ""), (RUDE, "internal", "", ""))
    publish(place, season_id, 1)
    refuses(
        ACT_REFUSED,
        lambda: comments.take_back_decision(
            Act(place.database, MANAGER, MORNING), round_id, NUMBER[FAST]
        ),
        "已随公布的版本",
    )
    refuses(
        ACT_REFUSED, lambda: decide(place, season_id, round_id, (FAST, "withheld", "unclear", ""))
    )
    # What stayed in may still be let out, with the next version.
    decide(place, season_id, round_id, (RUDE, "public", "", ""), (SLOW, "public", "", ""))
    assert shown(place, season_id, "u02") == (FAST,)
    change_counts(place, season_id, round_id)
    publish(place, season_id, 2, "补上后来审过的留言。")
    assert shown(place, season_id, "u02", 2) == (FAST, RUDE)
    assert shown(place, season_id, "u02", 1) == (FAST,)
    assert [row.released for row in review(place, season_id).rows] == [
        text != WANG for text in sorted(NUMBER)
    ]


@pytest.mark.usefixtures("database_url")
def test_the_log_tells_numbers_and_no_word(place: Installation) -> None:
    season_id, round_id = add_commented(place, WRITTEN)
    decide(
        place,
        season_id,
        round_id,
        (FAST, "public", "", ""),
        (SLOW, "public", "", ""),
        (RUDE, "withheld", "abuse", ""),
        (WANG, "internal", "", "窗口人员很好"),
    )
    comments.take_back_decision(Act(place.database, MANAGER, MORNING), round_id, NUMBER[SLOW])
    publish(place, season_id, 1)
    with place.database.reading() as session:
        log = session.scalars(select(Event).order_by(Event.seq)).all()
    told = {row.verb: json.loads(row.detail) for row in log}
    public = sorted((NUMBER[FAST], NUMBER[SLOW]))
    assert told["review_comments"] == {
        "public": f"{public[0]} {public[1]}",
        "withheld": str(NUMBER[RUDE]),
        "internal": str(NUMBER[WANG]),
        "reworded": str(NUMBER[WANG]),
    }
    assert told["take_back_comment"] == {"number": str(NUMBER[SLOW]), "state": "public"}
    assert told["begin_publicity"]["comments"] == "3"
    assert not any(word in row.detail for row in log for word in (*NUMBER, "窗口"))


@pytest.mark.usefixtures("database_url")
@pytest.mark.parametrize(
    ("how", "said"),
    [
        (("shown", "", ""), "请选公开、内部或不公开"),
        (("withheld", "", ""), "不公开的要选一个理由"),
        (("withheld", "moon", ""), "不公开的要选一个理由"),
        (("public", "abuse", ""), "不公开的要选一个理由"),
        (("withheld", "abuse", "改"), "不公开的留言不用改写"),
        (("public", "", "改" * 501), "改写最多 500 个字"),
    ],
)
def test_half_a_decision_is_refused(
    place: Installation, how: tuple[str, str, str], said: str
) -> None:
    season_id, round_id = add_commented(place, WRITTEN)
    refuses(ENTRY_REFUSED, lambda: decide(place, season_id, round_id, (SLOW, *how)), said)


@pytest.mark.usefixtures("database_url")
def test_a_batch_with_a_stranger_in_it_is_written_not_at_all(place: Installation) -> None:
    season_id, round_id = add_commented(place, WRITTEN)
    batch = [CommentVerdict(round_id, 1, "public"), CommentVerdict(round_id, 99, "public")]
    refuses(
        NOT_FOUND,
        lambda: comments.decide_comments(Act(place.database, MANAGER, MORNING), season_id, batch),
    )
    assert comments.count_waiting(place.database) == {season_id: 4}
    refuses(
        NOT_FOUND,
        lambda: comments.decide_comments(Act(place.database, MANAGER, MORNING), 99, batch[:1]),
    )


@pytest.mark.usefixtures("database_url")
def test_comments_are_found_by_unit_and_page_by_page(place: Installation) -> None:
    written = {"u01": [f"第{number:03d}条" for number in range(45)], "u02": ["第001条"]}
    season_id, _ = add_commented(place, written)
    (row,) = review(place, season_id, "waiting", "u02").rows
    assert (row.text, row.writers) == ("第001条", 2)
    query = CommentQuery("", "u01", 3)
    last = comments.list_for_review(place.database, season_id, query, MANAGER)
    assert (last.found, last.pages) == (45, 3)
    assert [row.text for row in last.rows] == [f"第{number:03d}条" for number in range(40, 45)]


UNITS = {"u01": "人社局", "u02": "住建局", "d": "局"}
RATERS = {"王大力", "李"}


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("办事快", ()),
        ("打我电话１３８ ０４２７-0000", (Hint("phone", "13804270000"),)),
        ("打0427-1234567", (Hint("phone", "04271234567"),)),
        ("证号 21110219800101123x 请查", (Hint("id_number", "21110219800101123x"),)),
        ("2018年12月15日去了3次", ()),
        ("王大力很好，李也是", (Hint("rater", "王大力"),)),
        ("人社局比住建局好", (Hint("unit", "住建局"),)),
        ("u02更慢，au02x不算", (Hint("unit", "住建局"),)),
        ("u012", ()),
        ("好" * 101, (Hint("long", "101"),)),
        ("好" * 100, ()),
    ],
)
def test_hints_for_the_reviewer(text: str, hints: tuple[Hint, ...]) -> None:
    assert list_hints(text, RATERS, UNITS, {"u01"}) == hints
