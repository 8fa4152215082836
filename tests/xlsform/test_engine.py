"""What exported forms mean to the engine of ODK Collect: which answers it takes and refuses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import pytest

from analysis.score.rules import LevelLimit, NumberLimit
from evalsvc.questions.allotment import AllotmentQuestion, StepBand
from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.conditions import Condition, Joined
from evalsvc.questions.forced_ratio import ForcedRatioQuestion
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import Asked, Questionnaire
from evalsvc.questions.ranking import RankingQuestion
from evalsvc.questions.sum import SumQuestion
from evalsvc.questions.text import TextQuestion
from evalsvc.scheme.model import Category
from evalsvc.scheme.presets import list_presets, load_preset
from evalsvc.text import Text
from evalsvc.xlsform.reading import read_form
from evalsvc.xlsform.writing import ListedUnit, render_form
from tests.xlsform.engine import Engine, running_engine
from tests.xlsform.forms import BANDS, BEFORE, COLOUR_OPTIONS, LEVELS, WORK, YES_NO_OPTIONS

pytestmark = pytest.mark.slow

NAMED = (Category("county", Text("县", "County")), Category("town", Text("镇", "Town")))
CODES = [each.code for each in NAMED]
# Four of the one category, two of the other.
UNITS = tuple(
    ListedUnit(f"{category[0]}{n}", f"{category}{n}", category)
    for category, many in (("county", 5), ("town", 2))
    for n in range(1, many + 1)
)
NUMBER = NumberQuestion("q", WORK, Decimal(0), Decimal(100), 0)
SUM = SumQuestion("q", WORK, 100)
RATIO = ForcedRatioQuestion("q", WORK, BANDS, 4)
HALF_SATISFIED = LevelsQuestion(
    "q", WORK, LEVELS, (LevelLimit(frozenset("32"), most_share=Fraction(1, 2)),)
)
TAKEN, REFUSED, EMPTY, NOT_ASKED, COMPLETE = "taken", "refused", "empty", "not asked", "complete"
CHECK = "empty q.check1[1]"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("forms")) as started:
        yield started


@dataclass(frozen=True)
class Case:
    """A question about units, answers by unit with what is refused of them, and how it ends."""

    name: str
    question: Question
    answers: str
    end: str = COMPLETE
    required: bool = True


def limited(*limits: NumberLimit) -> NumberQuestion:
    return replace(NUMBER, counts=limits)


ONE_FROM_90 = limited(NumberLimit(Fraction(90), most=1))
SECOND_90 = "c1=90 c2=90!"
CASES = (
    Case("a number inside its bounds", NUMBER, "c1=0 c2=100"),
    Case("a number outside its bounds", NUMBER, "c1=101! c1=-1! c1=7"),
    Case("nothing where something is due", NUMBER, "c1=!", "empty units[1]/q[1]"),
    Case("a number with decimals, from a slider",
         NumberQuestion("q", WORK, Decimal(1), Decimal(5), 1), "c1=4.5 c2=5.1! c2=0.9! c2=1"),
    Case("a sum that is met", SUM, "c1=60 c2=40"),
    Case("a sum that is met in one row", SUM, "c1=100"),
    Case("a sum twice over", SUM, "c1=100 c2=100", CHECK),
    Case("a sum not reached", SUM, "c1=60 c2=30", CHECK),
    Case("a sum in each category", SUM, "c1=60 t1=30 c2=40 t2=70"),
    Case("a sum over two categories together", SUM, "c1=60 t1=40", CHECK),
    Case("more than there is, and less than nothing", SUM, "c1=101! c1=-1! c1=100"),
    Case("a second 90 at the limit of one", ONE_FROM_90, f"{SECOND_90} c2=89 c3=0"),
    Case("a second 90 in another category", ONE_FROM_90, "c1=90 t1=95 t2=90! t2=1"),
    Case("the one 90 changed to another", ONE_FROM_90, "c1=90 c2=80 c1=95 c1=89 c2=100"),
    Case("none may be below 60", limited(NumberLimit(below=Fraction(60), most=0)),
         "c1=59! c1=60 c2=100"),
    Case("two limits at once",
         limited(NumberLimit(Fraction(90), most=1),
                 NumberLimit(Fraction(80), Fraction(90), least=1, most=2)),
         "c1=90 c2=91! c2=80 c3=85 c4=89! c4=70"),
    Case("at least one of a range is lacking",
         limited(NumberLimit(Fraction(80), Fraction(90), least=1)), "c1=90 c2=70", CHECK),
    Case("at least two of one unit are that one",
         limited(NumberLimit(Fraction(80), least=2)), "c1=90"),
    Case("a share kept", limited(NumberLimit(Fraction(90), most_share=Fraction(2, 5))),
         "c1=90 c2=95 c3=1 c4=2 c5=3"),
    Case("a share is rounded down", limited(NumberLimit(Fraction(90), most_share=Fraction(2, 5))),
         "c1=90 c2=95 c3=1 c4=2", CHECK),
    Case("a share is of what is answered",
         limited(NumberLimit(Fraction(90), most_share=Fraction(1, 2))),
         "c1=90 c2=1 c3=", required=False),
    Case("a share is not of what is left out",
         limited(NumberLimit(Fraction(90), most_share=Fraction(1, 2))),
         "c1=90 c2=", CHECK, required=False),
    Case("levels without limits", LevelsQuestion("q", WORK, LEVELS), "c1=3 c2=dk c3=3"),
    Case("levels limited together",
         LevelsQuestion("q", WORK, LEVELS, (LevelLimit(frozenset("32"), most=2),)),
         "c1=3 c2=2 c3=3! c3=1 t1=3 t2=2"),
    Case("a level that is due is lacking",
         LevelsQuestion("q", WORK, LEVELS, (LevelLimit(frozenset("1"), least=1),)),
         "c1=3 c2=2", CHECK),
    Case("a share of levels",
         HALF_SATISFIED,
         "c1=3 c2=2 c3=1 c4=1"),
    Case("a share of levels is of what is rated",
         HALF_SATISFIED,
         "c1=3 c2=dk", CHECK),
    Case("a forced ratio kept", RATIO, "c1=A c2=B c3=C c4=C t1=A t2=A"),
    Case("a forced ratio with too many of the best", RATIO, "c1=A c2=A c3=B c4=C", CHECK),
    Case("a forced ratio with too few", RATIO, "c1=A c2=C c3=C c4=C", "empty q.check2[1]"),
    Case("a forced ratio is free below so many units", RATIO, "c1=A c2=A c3=A"),
    Case("an upper limit needs not be reached", replace(RATIO, exact=False),
         "c1=C c2=C c3=C c4=C"),
    Case("an upper limit exceeded", replace(RATIO, exact=False), "c1=A c2=A c3=C c4=C", CHECK),
    Case("points in bands, limited over all categories",
         AllotmentQuestion("q", WORK, (StepBand("good", WORK, 8, 50), StepBand("plain", WORK, 1))),
         "c1=8 t1=10 c2=7 t2=1 c3=11! c3=0! c3=6"),
    Case("points in bands, too many over all categories",
         AllotmentQuestion("q", WORK, (StepBand("good", WORK, 8, 50), StepBand("plain", WORK, 1))),
         "c1=8 t1=10 c2=7", CHECK),
    Case("a choice of at most two", ChoiceQuestion("q", WORK, COLOUR_OPTIONS, 2, about="units"),
         "c1=red_blue c2=red_blue_green! c2=red"),
    Case("a text of at most five", TextQuestion("q", WORK, 5, "units"),
         "c1=一二三四五 c2=一二三四五六! c2=好"),
)  # a table, read by rows  # fmt: skip

# A page is a group inside the row: every path is one step longer.
ON_A_PAGE = {
    "a sum in each category",
    "a second 90 in another category",
    "two limits at once",
    "a share is rounded down",
    "levels limited together",
    "a forced ratio kept",
    "points in bands, too many over all categories",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_answers_about_units(engine: Engine, case: Case) -> None:
    questionnaire = build((Asked(case.question, required=case.required),))
    engine.open(render_form(questionnaire, NAMED, UNITS))
    assert give(engine, case.answers, "") == case.answers
    assert engine.finish() == case.end
    assert read_again(questionnaire) == questionnaire


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name in ON_A_PAGE], ids=lambda case: case.name
)
def test_answers_on_a_page_of_their_own(engine: Engine, case: Case) -> None:
    first = Asked(TextQuestion("first", WORK, 9, "units"), required=False)
    questionnaire = build((first, Asked(case.question, new_page=True)))
    engine.open(render_form(questionnaire, NAMED, UNITS))
    assert give(engine, case.answers, "q.page[1]/") == case.answers
    assert engine.finish() == case.end
    assert read_again(questionnaire) == questionnaire


def give(engine: Engine, answers: str, group: str) -> str:
    """Answers by unit, each unit in a row of its own, with a mark on each that was refused."""
    rows: dict[str, int] = {}
    told = []
    for answer in answers.split():
        unit, value = answer.rstrip("!").split("=")
        if unit not in rows:
            rows[unit] = len(rows) + 1
            assert engine.answer(f"units[{rows[unit]}]/unit[1]", unit) == TAKEN
        said = engine.answer(f"units[{rows[unit]}]/{group}q[1]", value.replace("_", " "))
        assert said in (TAKEN, REFUSED, EMPTY), said
        told.append(f"{unit}={value}" + ("" if said == TAKEN else "!"))
    return " ".join(told)


def build(asked: tuple[Asked, ...]) -> Questionnaire:
    return Questionnaire("survey", BEFORE.title, BEFORE.introduction, asked)


def read_again(questionnaire: Questionnaire) -> Questionnaire | None:
    """Both spellings come back as what they were written from."""
    reading = read_form(render_form(questionnaire, NAMED, UNITS), {"survey": BEFORE}, CODES)
    assert [problem for problem in reading.problems if problem.severity == "error"] == []
    return reading.questionnaire


def test_a_unit_is_answered_for_once(engine: Engine) -> None:
    engine.open(render_form(build((Asked(NUMBER),)), NAMED, UNITS))
    assert engine.answer("units[1]/unit[1]", "c1") == TAKEN
    assert engine.answer("units[2]/unit[1]", "c1") == REFUSED
    assert engine.answer("units[2]/unit[1]", "c2") == TAKEN
    assert engine.answer("units[1]/unit[1]", "c1") == TAKEN


def test_one_category_needs_no_telling_apart(engine: Engine) -> None:
    data = render_form(build((Asked(SUM), Asked(replace(ONE_FROM_90, code="n")))), NAMED[:1], UNITS)
    engine.open(data)
    assert give(engine, "c1=60 c2=40", "") == "c1=60 c2=40"
    assert engine.answer("units[1]/n[1]", "90") == TAKEN
    assert engine.answer("units[2]/n[1]", "90") == REFUSED
    assert engine.answer("units[2]/n[1]", "80") == TAKEN
    assert engine.finish() == COMPLETE


RED = Condition("colour", frozenset({"red"}))


def test_conditions_hold_for_the_same_unit(engine: Engine) -> None:
    """Also where a question about the whole ballot stands between, and with it another repeat."""
    asked = (
        Asked(ChoiceQuestion("colour", WORK, COLOUR_OPTIONS, about="units")),
        Asked(TextQuestion("why", WORK, 9, "units"), condition=RED),
        Asked(RankingQuestion("order", WORK)),
        Asked(TextQuestion("later", WORK, 9, "units"), condition=RED, new_page=True),
        Asked(TextQuestion("town", WORK, 9, "units"), categories=frozenset({"town"})),
    )
    questionnaire = build(asked)
    engine.open(render_form(questionnaire, NAMED, UNITS))
    for row, unit, colour in ((1, "c1", "blue"), (2, "c2", "red")):
        assert engine.answer(f"units[{row}]/unit[1]", unit) == TAKEN
        assert engine.answer(f"units[{row}]/colour[1]", colour) == TAKEN
    assert engine.answer("units[1]/why[1]", "x") == NOT_ASKED
    assert engine.answer("units[2]/why[1]", "x") == TAKEN
    assert engine.answer("order[1]", "t1 c1 c2") == TAKEN
    for row, unit in ((1, "c2"), (2, "c1"), (3, "t1")):
        assert engine.answer(f"units_2[{row}]/unit_2[1]", unit) == TAKEN
    said = [engine.answer(f"units_2[{row}]/later.page[1]/later[1]", "x") for row in (1, 2, 3)]
    assert said == [TAKEN, NOT_ASKED, NOT_ASKED]
    said = [engine.answer(f"units_2[{row}]/later.page[1]/town[1]", "x") for row in (1, 2, 3)]
    assert said == [NOT_ASKED, NOT_ASKED, TAKEN]
    assert engine.finish() == COMPLETE
    assert read_again(questionnaire) == questionnaire


def test_conditions_and_limits_outside_the_units(engine: Engine) -> None:
    asked = (
        Asked(ChoiceQuestion("q", WORK, COLOUR_OPTIONS, 2, other=True)),
        Asked(TextQuestion("why", WORK, 3), condition=Condition("q", frozenset({"red", "other"}))),
    )
    engine.open(render_form(build(asked), NAMED, UNITS))
    assert engine.answer("q[1]", "red blue green") == REFUSED
    assert engine.answer("q[1]", "blue green") == TAKEN
    assert engine.answer("why[1]", "x") == NOT_ASKED
    assert engine.answer("q[1]", "other") == TAKEN
    assert engine.answer("q_other[1]", "teal") == TAKEN
    assert engine.answer("why[1]", "四个字的") == REFUSED
    assert engine.finish() == "empty why[1]"
    assert engine.answer("why[1]", "三个字") == TAKEN
    assert engine.finish() == COMPLETE


def test_joined_conditions_ask_there_what_they_ask_here(engine: Engine) -> None:
    """Of a unit's and the ballot's answers: red and blue, or yes; and both of two choices."""
    red_or_yes = Joined(
        "any",
        (
            Joined("all", (RED, Condition("hue", frozenset({"blue", "green"})))),
            Condition("met", frozenset({"yes"})),
        ),
    )
    both = Joined(
        "all", (Condition("hue", frozenset({"red"})), Condition("hue", frozenset({"blue"})))
    )
    asked = (
        Asked(ChoiceQuestion("met", WORK, YES_NO_OPTIONS)),
        Asked(ChoiceQuestion("colour", WORK, COLOUR_OPTIONS, about="units")),
        Asked(ChoiceQuestion("hue", WORK, COLOUR_OPTIONS, 3, about="units"), required=False),
        Asked(TextQuestion("why", WORK, 9, "units"), required=False, condition=red_or_yes),
        Asked(TextQuestion("two", WORK, 9, "units"), required=False, condition=both),
    )
    engine.open(render_form(build(asked), NAMED, UNITS))
    assert engine.answer("met[1]", "no") == TAKEN
    rows = (("red", "red"), ("red", "green"), ("blue", "red blue"), ("red", ""))
    for n, (colour, hue) in enumerate(rows, start=1):
        assert engine.answer(f"units[{n}]/unit[1]", f"c{n}") == TAKEN
        assert engine.answer(f"units[{n}]/colour[1]", colour) == TAKEN
        engine.answer(f"units[{n}]/hue[1]", hue)

    def list_asked(question: str) -> list[int]:
        places = [f"units[{n}]/{question}[1]" for n in (1, 2, 3, 4)]
        return [n for n, place in enumerate(places, start=1) if engine.answer(place, "x") == TAKEN]

    assert (list_asked("why"), list_asked("two")) == ([2], [3])
    assert engine.answer("met[1]", "yes") == TAKEN
    assert (list_asked("why"), list_asked("two")) == ([1, 2, 3, 4], [3])
    assert read_again(build(asked)) == build(asked)


OF_PRESETS = [
    (preset, code) for preset in list_presets() for code in load_preset(preset).questionnaires
]


@pytest.mark.parametrize(("preset", "code"), OF_PRESETS)
def test_questionnaires_of_the_presets_take_a_sound_paper(
    engine: Engine, preset: str, code: str
) -> None:
    """Five units of each category, answered as a trial of the scheme answers them."""
    scheme = load_preset(preset)
    questionnaire = scheme.questionnaires[code]
    units = [
        ListedUnit(f"{category.code}-{n}", f"{n}", category.code)
        for category in scheme.categories
        for n in range(5)
    ]
    engine.open(render_form(questionnaire, scheme.categories, units))
    for row, unit in enumerate(units, start=1):
        assert engine.answer(f"units[{row}]/unit[1]", unit.code) == TAKEN
        for asked in questionnaire.asked:
            value = asked.question.invent((row - 1) % 5, 5, Fraction(1, 2))
            assert engine.answer(f"units[{row}]/{asked.question.code}[1]", value) == TAKEN
    assert engine.finish() == COMPLETE
