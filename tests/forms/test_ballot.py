"""A posted ballot: every answer is kept, every fault named beside its field."""

import pytest
from werkzeug.datastructures import MultiDict

from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_breaches
from evalsvc.questions.forced_ratio import Band, ForcedRatioQuestion
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.question import Level, Question
from evalsvc.questions.questionnaire import Questionnaire, ask
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.model import Category
from evalsvc.text import Text
from forms.answer import DOUBLED
from forms.ballot import BallotForm, FormFault
from forms.posted import build_csrf_token, is_of_visit, list_kept, read_ballot, read_nonce

ROOT = bytes(range(32))
WORDS = Text("综合评价", "Overall")
DEPARTMENTS = Category("department", Text("部门", "Departments"))
TOWNS = Category("town", Text("镇", "Towns"))
UNITS = (
    PaperUnit("u1", "财政局", "department", "管钱"),
    PaperUnit("u2", "教育局", "department", ""),
    PaperUnit("u3", "公安局", "department", ""),
    PaperUnit("u4", "甜水镇", "town", ""),
)
RATIO = ForcedRatioQuestion(
    "rank",
    WORDS,
    (
        Band("A", Text("好", "Good"), points=None, share=34),  # type: ignore[arg-type]  # forms never score
        Band("B", Text("一般", "Fair"), points=None, share=66),  # type: ignore[arg-type]  # forms never score
    ),
    enforce_from=3,
)
MARK = NumberQuestion("mark", Text("打分", "Mark"), minimum=0, maximum=100, places=1)  # type: ignore[arg-type]  # whole numbers compare like decimals
CONTENT = LevelsQuestion(
    "content",
    Text("是否满意", "Satisfied"),
    (
        Level("yes", Text("满意", "Yes"), points=100, satisfied=True),  # type: ignore[arg-type]  # forms never score
        Level("unknown", Text("不了解", "Don't know"), points=None, satisfied=False),
    ),
)


Posted = dict[str, str] | list[tuple[str, str]] | None


def build_form(posted: Posted, *asked: Question) -> BallotForm:
    questionnaire = Questionnaire("q", WORDS, WORDS, ask(*asked))
    form_data = None if posted is None else MultiDict(posted)
    return BallotForm(questionnaire, (DEPARTMENTS, TOWNS), UNITS, form_data)


def check(form: BallotForm, *asked: Question) -> tuple[FormFault, ...]:
    questionnaire = Questionnaire("q", WORDS, WORDS, ask(*asked))
    breaches = list_breaches(questionnaire, (DEPARTMENTS, TOWNS), UNITS, form.list_answers())
    form.check(breaches)
    return form.list_faults()


def marks(**changed: str) -> dict[str, str]:
    return {f"a.mark.{unit.code}": changed.get(unit.code, "80") for unit in UNITS}


def test_valid_ballot_becomes_answers_in_the_order_of_the_paper() -> None:
    form = build_form(
        {"a.rank.u4": "B", "a.rank.u2": "B", "a.rank.u1": "A", "a.rank.u3": "B"}, RATIO
    )

    assert form.list_answers() == (
        Answer("u1", "rank", "A"),
        Answer("u2", "rank", "B"),
        Answer("u3", "rank", "B"),
        Answer("u4", "rank", "B"),
    )
    assert check(form, RATIO) == ()


def test_missing_answer_is_named_at_its_field() -> None:
    form = build_form({f"a.content.{unit}": "yes" for unit in ("u1", "u2", "u4")}, CONTENT)

    faults = check(form, CONTENT)

    assert [(fault.place, fault.name) for fault in faults] == [("u3", "公安局")]
    assert len(form.list_answers()) == 3


def test_broken_proportions_are_named_at_their_category() -> None:
    form = build_form({f"a.rank.{unit.code}": "A" for unit in UNITS}, RATIO)

    faults = check(form, RATIO)

    assert [(fault.place, fault.text.zh) for fault in faults] == [
        ("s1", "部门：好应为1个，现为3个、一般应为2个，现为0个")
    ]


@pytest.mark.parametrize(
    "typed", ["101", "-1", "80.55", "八十", "😀", "1e2", "0x10", "NaN", "8 0", "8,5"]
)
def test_what_is_no_allowed_number_is_refused_and_stays_as_typed(typed: str) -> None:
    form = build_form(marks(u2=typed), MARK)

    faults = check(form, MARK)

    assert [(fault.place, fault.name) for fault in faults] == [("u2", "教育局")]
    assert [field.typed for field in form.list_fields()] == ["80", typed, "80", "80"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("８７．５", "87.5"),
        ("87。5", "87.5"),
        (" 087.50 ", "87.5"),
        ("100", "100"),
        ("100.0", "100"),
        ("-0", "0"),
        ("87.", "87"),
    ],
)
def test_numbers_are_read_as_chinese_keyboards_write_them(typed: str, meant: str) -> None:
    form = build_form(marks(u1=typed), MARK)

    assert form.list_answers()[0] == Answer("u1", "mark", meant)
    assert check(form, MARK) == ()


def test_a_megabyte_of_text_is_refused_at_its_field_and_the_rest_is_kept() -> None:
    long = "字" * 1_000_000
    form = build_form(marks(u3=long), MARK)

    faults = check(form, MARK)

    assert [(fault.place, len(fault.text.zh) < 100) for fault in faults] == [("u3", True)]
    assert [field.typed for field in form.list_fields()] == ["80", "80", long, "80"]


def test_foreign_unit_is_named_and_left_out() -> None:
    form = build_form({**marks(), "a.mark.u9": "100"}, MARK)

    faults = check(form, MARK)

    assert [(fault.place, fault.text.zh) for fault in faults] == [
        ("questions", "有1处内容不属于这张票，没有采用：a.mark.u9")
    ]
    assert len(form.list_answers()) == 4


def test_doubled_answer_is_refused_at_its_field() -> None:
    form = build_form([*marks().items(), ("a.mark.u2", "10")], MARK)

    assert check(form, MARK) == (FormFault("u2", "教育局", DOUBLED),)


def test_same_answer_twice_is_one_answer() -> None:
    form = build_form([*marks().items(), ("a.mark.u2", "80")], MARK)

    assert check(form, MARK) == ()


def test_value_that_is_no_level_is_refused_by_name() -> None:
    posted = {f"a.content.{unit.code}": "unknown" for unit in UNITS}
    form = build_form({**posted, "a.content.u1": "满意😀"}, CONTENT)

    assert [fault.place for fault in check(form, CONTENT)] == ["u1"]


def test_sections_ask_unit_by_unit_and_a_forced_ratio_alone() -> None:
    form = build_form(None, CONTENT, MARK, RATIO)

    assert [
        (one.code, one.category.code, [question.code for question in one.questions], len(one.cards))
        for one in form.sections
    ] == [
        ("s1", "department", ["content", "mark"], 3),
        ("s2", "town", ["content", "mark"], 1),
        ("s3", "department", ["rank"], 3),
        ("s4", "town", ["rank"], 1),
    ]


def test_dont_know_stands_apart() -> None:
    options = build_form(None, CONTENT).list_fields()[0].options

    assert [option.code for option in options if option.apart] == ["unknown"]


def test_chosen_units_are_listed_by_band() -> None:
    form = build_form({"a.rank.u1": "B", "a.rank.u3": "B", "a.rank.u2": "A"}, RATIO)
    section = form.sections[0]

    piles = {option.code: names for option, names in section.list_piles(RATIO)}
    assert piles["B"] == ("财政局", "公安局")


def test_form_belongs_to_the_visit_it_was_made_for() -> None:
    token = build_csrf_token(ROOT)

    assert is_of_visit(MultiDict({"csrf_token": token}), ROOT)
    for wrong in ("", "x", token[:-1], "票", build_csrf_token(bytes(32))):
        assert not is_of_visit(MultiDict({"csrf_token": wrong}), ROOT)
    assert not is_of_visit(MultiDict(), ROOT)


@pytest.mark.parametrize(
    ("posted", "readable"),
    [
        (list(marks().items()), True),
        ([*marks().items(), ("a.mark.u2", "80")], True),
        ([*marks().items(), ("a.mark.u2", "10")], False),
        ([*marks().items(), ("a.mark.u9", "10")], False),
        ([], True),
    ],
)
def test_ballot_is_read_without_a_form_as_the_form_reads_it(
    posted: list[tuple[str, str]], readable: bool
) -> None:
    questionnaire = Questionnaire("q", WORDS, WORDS, ask(MARK))

    read = read_ballot(questionnaire, UNITS, MultiDict(posted))
    form = build_form(posted, MARK)

    assert (not (read.foreign or read.doubled), form.check(())) == (readable, readable)
    assert read.answers == form.list_answers()


def test_kept_answers_are_all_answers_and_nothing_else() -> None:
    posted = MultiDict([("a.x.y", "1"), ("a.x.y", "2"), ("code", "SECRET"), ("a.z.q", "")])

    assert list_kept(posted) == (("a.x.y", "1"), ("a.x.y", "2"), ("a.z.q", ""))


@pytest.mark.parametrize("text", ["", "00" * 15, "00" * 17, "zz" * 16, " " * 32])
def test_damaged_nonce_is_none(text: str) -> None:
    assert read_nonce(text) is None


def test_nonce_is_sixteen_bytes() -> None:
    assert read_nonce("0f" * 16) == b"\x0f" * 16
