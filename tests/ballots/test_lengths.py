"""One length for all ballots of a paper, whatever is answered: no accepted answer is longer."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_paper_breaches
from evalsvc.ballots.lengths import Lengths, measure_paper
from evalsvc.ballots.paper import Paper
from evalsvc.box.keys import new_box_keys
from evalsvc.box.sealing import OVERHEAD, canonical_json, seal
from evalsvc.questions.allotment import AllotmentQuestion, StepBand
from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.forced_ratio import Band, ForcedRatioQuestion
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.question import LONGEST_REASON, RECUSAL, Level, Option, Question
from evalsvc.questions.questionnaire import Manner, Questionnaire, ask
from evalsvc.questions.ranking import RankingQuestion
from evalsvc.questions.sum import SumQuestion
from evalsvc.questions.text import TextQuestion
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.model import Category
from evalsvc.scheme.presets import list_presets, load_preset, load_scheme
from evalsvc.text import Text

EVERYTHING = load_scheme(
    (Path(__file__).parents[1] / "data" / "schemes" / "every-question.yaml").read_text()
)
NO_WORDS = Text("", "")
KEYS = new_box_keys()

KINDS: Sequence[Question] = (
    ForcedRatioQuestion(
        "q", NO_WORDS, tuple(Band(code, NO_WORDS, 0, 50) for code in ("好𠮷", "B")), 4
    ),
    LevelsQuestion("q", NO_WORDS, tuple(Level(code, NO_WORDS, 1, False) for code in ("满意", "x"))),
    NumberQuestion("q", NO_WORDS, -100, 100, 3),
    RankingQuestion("q", NO_WORDS),
    SumQuestion("q", NO_WORDS, 100),
    ChoiceQuestion(
        "q", NO_WORDS, tuple(Option(code, NO_WORDS) for code in ("一", "two", "三三", "4")), 3, True
    ),
    AllotmentQuestion("q", NO_WORDS, (StepBand("A", NO_WORDS, 9, 20), StepBand("B", NO_WORDS, 1))),
)
SIGNS = st.text(
    st.sampled_from("0123456789.- 一三好𠮷满意twoherBx4٣") | st.characters(), max_size=20
)
CODES = st.lists(
    st.sampled_from(("好𠮷", "B", "满意", "x", "一", "two", "三三", "4", "other")), max_size=5
).map(" ".join)
NUMBERS = st.decimals(-100, 100, places=3).map(str) | st.integers(0, 120).map(
    lambda number: str(number).zfill(12)
)


@pytest.mark.parametrize("question", KINDS, ids=lambda question: question.kind)
@given(value=SIGNS | CODES | NUMBERS | NUMBERS.map(lambda text: text[-6:]))
def test_no_accepted_value_is_longer_than_measured(question: Question, value: str) -> None:
    if question.is_answer(value, 100):
        assert len(canonical_json(value)) - 2 <= question.longest_value


def test_every_kind_is_measured_by_its_longest_value() -> None:
    longest = ("好𠮷", "满意", "-00000099.50", "000099", "000100", "two 三三 other", "10")

    measured = [
        (question.is_answer(value, 100), question.longest_value, len(canonical_json(value)) - 2)
        for question, value in zip(KINDS, longest, strict=True)
    ]

    # By hand: a Chinese character is 3 bytes, a rare one 4, and a blank stands between choices.
    assert measured == [(True, n, n) for n in (7, 6, 12, 6, 6, 16, 2)]


def make_paper(group: str, size: int = 4, words_together: int = 0) -> Paper:
    """The form with every kind of question about so many departments."""
    questionnaire = EVERYTHING.get_questionnaire(group)
    manner = replace(questionnaire.manner, words_together=words_together)
    units = tuple(PaperUnit(f"单位{n:02d}", f"部门{n}", "dep", "") for n in range(size))
    return build_paper(replace(questionnaire, manner=manner), units, EVERYTHING.categories)


def build_paper(
    questionnaire: Questionnaire, units: tuple[PaperUnit, ...], categories: tuple[Category, ...]
) -> Paper:
    return Paper(
        season_title="",
        office="",
        contact="",
        round_name=NO_WORDS,
        deadline=datetime(2026, 1, 1, tzinfo=UTC),
        group=EVERYTHING.groups[0],
        questionnaire=questionnaire,
        categories=categories,
        units=units,
        lengths=measure_paper(questionnaire, [(unit.code, unit.category) for unit in units]),
        addressee="",
        times_cast=0,
    )


def build_content(answers: Sequence[Answer], assisted: int) -> dict[str, object]:
    """What casting seals."""
    return {
        "round": "f" * 32,
        "credential": "f" * 64,
        "answers": [[answer.unit, answer.item, answer.value] for answer in answers],
        "assisted": assisted,
    }


def measure(paper: Paper, answers: Sequence[Answer], assisted: int = 0) -> int:
    return len(seal(KEYS.public, build_content(answers, assisted), paper.lengths.ballot))


# The worst of each kind: signs that are escaped, rare characters, line ends, too much.
TEXTS = ("无", '"' * 200, "\\" * 200, "\n\t" * 100, "𠮷😀" * 100, "字" * 200, "x" * 201, "𠮷" * 290)
WRONG = ("", "A", "good", "papers other", "000001", "x" * 5000, "7", "-00000099.50")


@pytest.mark.slow
@pytest.mark.parametrize("group", ["leader", "panel"])
def test_no_accepted_ballot_is_longer_than_its_paper(group: str) -> None:
    """Ballots drawn sound but for a slip here and there; the accepted ones are measured."""
    chance = random.Random(5)
    accepted = fullest = 0
    for _ in range(3_000):
        paper = make_paper(group, chance.randint(1, 4), chance.choice((0, 300, 1000)))
        answers = draw_ballot(paper, chance)
        if not list_paper_breaches(paper, answers):
            accepted += 1
            length = len(canonical_json(build_content(answers, 1)))
            assert length < paper.lengths.ballot
            fullest = max(fullest, length * 100 // paper.lengths.ballot)
    assert accepted > 300
    assert fullest > 70  # per cent: the measure is no wild guess either


def draw_ballot(paper: Paper, chance: random.Random) -> list[Answer]:
    """Answers in the order of the paper; reasons for leaving out take the place of some."""
    zeros = chance.choice((0, 12))
    given: dict[tuple[str, str], str] = {}
    for asked in paper.questionnaire.asked:
        units = [unit.code for unit in paper.units] if asked.question.is_about_units else [""]
        for place, unit in enumerate(units):
            if asked.is_asked(unit, given):
                given |= draw_answer(asked.question, place, unit, len(units), zeros, chance)
    for unit in paper.units:
        if paper.questionnaire.manner.recusal and chance.random() < 0.04:
            given = {of: value for of, value in given.items() if of[1] != unit.code}
            given[RECUSAL, unit.code] = chance.choice(TEXTS)
    if chance.random() < 0.3:
        given[chance.choice([*given])] = chance.choice(WRONG)
    return [Answer(unit, item, value) for (item, unit), value in given.items()]


def draw_answer(
    question: Question, place: int, unit: str, n: int, zeros: int, chance: random.Random
) -> dict[tuple[str, str], str]:
    """One question's answer with what stands beside it; numbers with zeros in front or without."""
    own = question.code, unit
    match question:
        case ForcedRatioQuestion():  # of four units one is good, one fair, two are ordinary
            bound = n >= question.enforce_from
            order = (1, 1, 1, 2)[place] if bound else place + 1
            return {own: "ABCC"[place] if bound else "A", (f"{own[0]}.place", unit): str(order)}
        case LevelsQuestion():
            return {own: chance.choice([level.code for level in question.levels])}
        case NumberQuestion():
            return {own: "80".zfill(zeros)}
        case RankingQuestion():
            return {own: str(place + 1).zfill(zeros // 2)}
        case SumQuestion():
            return {own: str(100 // n + (place < 100 % n)).zfill(zeros // 2)}
        case ChoiceQuestion(other=True) if chance.random() < 0.5:
            return {own: "other", (f"{own[0]}.other", unit): chance.choice(TEXTS)}
        case ChoiceQuestion():
            codes = [option.code for option in question.options][: question.most]
            return {own: " ".join(codes)}
        case AllotmentQuestion():
            return {own: str(chance.randint(1, 8))}
        case TextQuestion():
            return {own: chance.choice(TEXTS)} if chance.random() < 0.8 else {}


def test_all_ballots_of_a_paper_have_one_length() -> None:
    paper = make_paper("panel")
    said = [
        [],
        [Answer("单位00", "satisfaction", "good")],
        [
            *(Answer(f"单位{n:02d}", "comment", "𠮷" * 200) for n in range(4)),
            *(Answer(f"单位{n:02d}", "satisfaction", "unknown") for n in range(4)),
        ],
        [Answer("单位00", "satisfaction", "good"), Answer("单位00", "comment", '"\\\n' * 66)],
    ]
    said = [[*answers, Answer("", "age", "older")] for answers in said]

    assert [list_paper_breaches(paper, answers) for answers in said] == [()] * 4
    assert {measure(paper, answers, n % 2) for n, answers in enumerate(said)} == {
        paper.lengths.ballot + OVERHEAD
    }


def test_more_words_than_the_paper_takes_are_refused_where_most_of_them_stand() -> None:
    paper = make_paper("panel", words_together=300)
    wordy = [
        Answer("单位00", "comment", "字" * 120),
        Answer("单位01", "comment", "字" * 200),
        Answer("", "age", "older"),
        Answer("单位00", "satisfaction", "good"),
        Answer("单位01", "satisfaction", "good"),
    ]

    found = list_paper_breaches(paper, wordy)

    assert [(one.kind, one.item, one.unit) for one in found] == [("too_long", "comment", "单位01")]
    assert found[0].text == Text(
        "整张问卷的文字一共最多300字，现为320字，请缩短20字",
        "the words on the whole form have 300 characters at most, now 320; "
        "please shorten them by 20",
    )


@pytest.mark.parametrize(
    ("item", "kind"), [("overall.place", "not_asked"), ("why.other", "not_asked")]
)
def test_nothing_stands_beside_an_answer_that_is_missing(item: str, kind: str) -> None:
    """Else anything of any length could: neither a place nor words have a question of their own."""
    paper = make_paper("leader")
    question = item.partition(".")[0]
    asked = tuple(
        replace(one, required=False, condition=None)
        for one in paper.questionnaire.asked
        if one.question.code == question
    )
    paper = replace(paper, questionnaire=replace(paper.questionnaire, asked=asked))

    alone = list_paper_breaches(paper, [Answer("单位00", item, "x" * 5000)])

    assert (alone[0].kind, alone[0].item) == (kind, item)


def test_a_place_is_a_number_even_while_units_are_missing() -> None:
    paper = make_paper("leader")
    asked = tuple(
        replace(one, required=False)
        for one in paper.questionnaire.asked
        if one.question.code == "overall"
    )
    paper = replace(paper, questionnaire=replace(paper.questionnaire, asked=asked))
    rated = Answer("单位00", "overall", "A")

    assert list_paper_breaches(paper, [rated, Answer("单位00", "overall.place", "1")]) == ()
    refused = list_paper_breaches(paper, [rated, Answer("单位00", "overall.place", "x" * 5000)])

    assert [(one.kind, one.item, one.unit) for one in refused] == [
        ("not_a_choice", "overall.place", "单位00")
    ]


def test_an_empty_answer_is_none() -> None:
    paper = make_paper("panel")

    refused = list_paper_breaches(paper, [Answer("单位00", "comment", "")])

    assert (refused[0].kind, refused[0].item) == ("missing", "comment")


def test_the_words_of_a_paper_are_bounded_where_its_fields_are_not() -> None:
    text = TextQuestion("t", NO_WORDS, 700, "units")
    places = [(f"u{n}", "dep") for n in range(59)]

    def words(question: Question, together: int, units: int) -> int | None:
        sheet = Questionnaire(
            "q", NO_WORDS, NO_WORDS, ask(question), Manner(words_together=together)
        )
        return measure_paper(sheet, places[:units]).words

    assert words(text, 0, 1) is None  # the field says it itself
    assert words(text, 0, 59) == 1000
    assert words(replace(text, longest=1500), 0, 59) == 1500
    assert words(text, 5000, 59) == 5000
    assert words(replace(text, longest=LONGEST_REASON), 5000, 2) is None


# Bytes by hand for Panshan's leaders, 44 departments and 15 towns named as here: an answer is
# ["dep01","overall","A"] and a comma, 24 bytes; 59 of them 1,416, and 384 around them: 1,800. The
# next step is 2,048. A draft's entry is ["a.overall.dep01","A"],: 24 bytes, 1,416 and 1,024 spare.
def test_panshans_leaders_need_two_kilobytes() -> None:
    scheme = load_preset("panshan-2018")
    places = [(f"dep{n:02d}", "department") for n in range(59)]

    assert measure_paper(scheme.get_questionnaire("leader"), places) == Lengths(2048, 2560, None)


@pytest.mark.parametrize("preset", list_presets())
def test_presets_ballots_stay_small(preset: str) -> None:
    """A million ballots of the longest paper of any preset take less than they did in steps."""
    scheme = load_preset(preset)
    for group in scheme.groups:
        if group.identity != "entries":
            size = group.form_size or 59
            category = group.sights[0].category
            places = [(f"dep{n:02d}", category) for n in range(size)]
            lengths = measure_paper(scheme.get_questionnaire(group.code), places)
            assert lengths.ballot <= 3072
            assert lengths.draft <= 4608
