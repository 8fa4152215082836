"""Wrong schemes: mutations of every preset and slips by hand; each is refused with its place."""

import random
import re
from dataclasses import dataclass

import pytest

from evalsvc.scheme.file.errors import SchemeError, SchemeErrors
from evalsvc.scheme.presets import get_preset_text, list_presets, load_scheme

pytestmark = pytest.mark.slow

SECTIONS = (
    "parameters",
    "categories",
    "rounds",
    "questionnaires",
    "groups",
    "components",
    "score",
    "publication",
    "code",
    "version",
    "title",
    "source",
)


@dataclass(frozen=True)
class Slip:
    """A preset with one line changed: what stood there, and what stands there now."""

    preset: str
    line: int
    old: str
    new: str

    def text(self) -> str:
        lines = get_preset_text(self.preset).splitlines(keepends=True)
        assert lines[self.line - 1].count(self.old) >= 1
        lines[self.line - 1] = lines[self.line - 1].replace(self.old, self.new, 1)
        return "".join(lines)

    def __str__(self) -> str:
        return f"{self.preset}:{self.line}:{self.old.strip()}→{self.new.strip()}"


def list_slips() -> list[Slip]:
    """Per preset: misspelt sections, codes, words and references, and values of a wrong kind."""
    slips = []
    for preset in list_presets():
        lines = list(enumerate(get_preset_text(preset).splitlines(), start=1))
        found = [
            *(Slip(preset, n, f"{s}:", f"{s}x:") for n, line in lines for s in SECTIONS
              if line.startswith(f"{s}:")),
            *(Slip(preset, n, found[0], f"{found[0]}x") for n, line in lines
              if (found := re.search(r"\$[a-z_]+", line))),
            *(Slip(preset, n, found[0], f"{found[0]}ly") for n, line in lines
              if (found := re.search(r"\b(rule|kind|identity|missing|ties|carry): [a-z_]+", line))),
            *(Slip(preset, n, found[0], f"{found[0]}.none") for n, line in lines
              if (found := re.search(r"\b(component|group|question|round|body): [a-z_.]+", line))),
            *(Slip(preset, n, found[0], "zh: ''") for n, line in lines
              if (found := re.search(r'zh: ("[^"]*"|[^,}]+)', line))),
            *(Slip(preset, n, found[0], f"{found[1]}: [7]") for n, line in lines
              if (found := re.search(r"\b(weight|full|points|share|from|to|enforce_from): [^,}]+$",
                                     line))),
        ]  # a table, read by rows  # fmt: skip
        slips += random.Random(preset).sample(found, min(len(found), 40))
    return slips


SLIPS = list_slips()


def refused(text: str) -> tuple[SchemeError, ...]:
    with pytest.raises(SchemeErrors) as caught:
        load_scheme(text)
    for error in caught.value.errors:
        assert 1 <= error.line <= text.count("\n") + 1
        assert error.expected.zh
        assert error.expected.en
        assert error.message.zh != error.message.en
    return caught.value.errors


def test_there_are_enough_of_them():
    assert len(SLIPS) + len(BY_HAND) >= 200
    assert len({str(slip) for slip in SLIPS}) == len(SLIPS)


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_slip_is_refused_where_it_stands(slip: Slip):
    found = refused(slip.text())
    # The place itself, or, for a name, wherever it is missed.
    here = [e for e in found if e.line == slip.line]
    name = slip.new.rpartition(": ")[2].strip("$:")
    assert here or [e for e in found if name in e.found or e.found in slip.old]
    assert all(error.field for error in found)


def test_nearly_every_slip_is_told_once():
    """What follows from a mistake is no mistake: a clerk corrects one line, and it is right."""
    once = [slip for slip in SLIPS if len(refused(slip.text())) == 1]
    assert len(once) >= len(SLIPS) * 97 // 100


def changed(preset: str, old: str, new: str) -> str:
    text = get_preset_text(preset)
    assert text.count(old) == 1, (preset, old, text.count(old))
    return text.replace(old, new)


# Preset, what stands there, what is written instead, the field, and what is expected.
BY_HAND = [
    (
        "zaozhuang-departments",
        "share: $share_commended}",
        "share: 10, count: 2}",
        "grading.awards.commended.count",
        "expected share or count, not both",
    ),
    (
        "zaozhuang-departments",
        "share: $share_commended}",
        "share: ten}",
        "grading.awards.commended.share",
        "expected a percentage or a fraction",
    ),
    (
        "zaozhuang-departments",
        "share: $share_commended}",
        "share: 110}",
        "grading.awards.commended.share",
        "expected no more than the whole",
    ),
    (
        "zaozhuang-departments",
        "share: $share_commended}",
        "share: 1/0}",
        "grading.awards.commended.share",
        "expected a percentage or a fraction",
    ),
    (
        "zaozhuang-departments",
        "share: $share_commended}",
        "share: {party: 10}}",
        "grading.awards.commended.share",
        "expected category economy",
    ),
    (
        "zaozhuang-departments",
        "event: veto, bars: [commended]}",
        "event: vetos, bars: [commended]}",
        "grading.bars.veto.event",
        "there is no such adjustment",
    ),
    (
        "zaozhuang-departments",
        "event: veto, bars: [commended]}",
        "event: veto, bars: [praised]}",
        "grading.bars.veto.bars[1]",
        "there is no such grade or award",
    ),
    (
        "zaozhuang-departments",
        "event: veto, bars: [commended]}",
        "event: veto}",
        "grading.bars.veto",
        "expected “bars” (what it bars from)",
    ),
    (
        "zaozhuang-departments",
        "event: veto, bars: [commended]}",
        "bars: [commended]}",
        "grading.bars.veto",
        "expected either event or node",
    ),
    (
        "zaozhuang-departments",
        "event: veto, bars: [commended]}",
        "event: veto, from: 1, bars: [commended]}",
        "grading.bars.veto",
        "event takes no from or below",
    ),
    (
        "zaozhuang-departments",
        "event: veto, bars: [commended]}",
        "node: public, bars: [commended]}",
        "grading.bars.veto",
        "with node, expected “from”",
    ),
    (
        "zaozhuang-departments",
        "event: veto, bars: [commended]}",
        "node: publik, below: 6, bars: [commended]}",
        "grading.bars.veto.node",
        "there is no such part of the score",
    ),
    (
        "zaozhuang-departments",
        "- {years: 2, below: $floor}",
        "- {years: 2}",
        "consequences.two_years_low.when[1]",
        "expected one of: below, from, grades, place, event",
    ),
    (
        "zaozhuang-departments",
        "- {years: 2, below: $floor}",
        "- {years: 0, below: $floor}",
        "consequences.two_years_low.when[1].years",
        "expected a whole number from 1 to",
    ),
    (
        "zaozhuang-departments",
        "- {years: 2, below: $floor}",
        "- {years: 30, below: $floor}",
        "consequences.two_years_low.when[1].years",
        "expected a whole number from 1 to 20",
    ),
    (
        "zaozhuang-departments",
        "- {years: 2, below: $floor}",
        "- {years: 2, event: veto}",
        "consequences.two_years_low.when[1].event",
        "events are known for this year only",
    ),
    (
        "zaozhuang-departments",
        "- {years: 2, below: $floor}",
        "- {years: 2, place: third}",
        "consequences.two_years_low.when[1].place",
        "expected one of: first",
    ),
    (
        "zaozhuang-departments",
        "once_per_project: [ministry.city,",
        "once_per_project: [ministry,",
        "score.added.once_per_project[1]",
        "there is no such adjustment",
    ),
    (
        "zaozhuang-departments",
        "body: organisation}",
        "body: organization}",
        "components.public.party.body",
        "there is no such assessing body",
    ),
    (
        "zaozhuang-departments",
        "  investment: {zh: 市招商部门, en: Investment office}",
        "  investment: {zh: 市招商部门, en: Investment office}\n  spare: {zh: 空, en: Spare}",
        "bodies.spare",
        "no component is entered by this assessing body",
    ),
    (
        "zaozhuang-departments",
        "  veto: {name: {zh: 一票否决事项, en: Veto event}, points: 0}",
        "  veto: {name: {zh: 一票否决事项, en: Veto event}, points: 0}\n"
        "  idle: {name: {zh: 空, en: Idle}, points: 0}",
        "adjustments.idle.points",
        "points can't be 0",
    ),
    (
        "zaozhuang-departments",
        "round: year_end, from: 0, to: $full_business}",
        "round: year_end, from: 70, to: $full_business}",
        "components.business.from",
        "expected from to be below to",
    ),
    (
        "zaozhuang-departments",
        "round: year_end, from: 0, to: $full_business}",
        "from: 0, to: $full_business}",
        "components.business",
        "expected “round” here",
    ),
    (
        "zaozhuang-departments",
        "publication: {places: 2}",
        "publication: {places: 2, node_places: -1}",
        "publication.node_places",
        "expected a whole number from 0 to",
    ),
    (
        "zaozhuang-departments",
        "publication: {places: 2}",
        "publication: {places: 2, periods: {count: work_days}}",
        "publication.periods.count",
        "did you mean working_days?",
    ),
    (
        "zaozhuang-departments",
        "publication: {places: 2}",
        "publication: {places: 2, periods: {count: working_days, shown_least: 9}}",
        "publication.periods",
        "the most is less than the least",
    ),
    (
        "zaozhuang-departments",
        "publication: {places: 2}",
        "publication: {places: 2, periods: {count: working_days, review: 0}}",
        "publication.periods.review",
        "expected a whole number from 1 to 60",
    ),
    (
        "zaozhuang-departments",
        "publication: {places: 2}",
        "publication: {places: 2}\nyear: soon",
        "year",
        "expected a number",
    ),
    (
        "zaozhuang-departments",
        "publication: {places: 2}",
        "publication: {places: 2}\nposts: {head: {zh: 领导, en: Head}}",
        "posts",
        "no grade has a coefficient for this post",
    ),
    (
        "zaozhuang-districts",
        '"{round}.economic": {name',
        '"economic": {name',
        "components.economic",
        "{round} in the code and “rounds” go together",
    ),
    (
        "zaozhuang-districts",
        "rounds: {half_year: $weight_half_year, year_end: $weight_year_end}",
        "rounds: [half_year, half_year]",
        "score.parts[1].rounds",
        "expected each round once",
    ),
    (
        "zaozhuang-districts",
        "rounds: {half_year: $weight_half_year, year_end: $weight_year_end}",
        "rounds: []",
        "score.parts[1].rounds",
        "expected at least one round",
    ),
    (
        "zaozhuang-districts",
        "rounds: {half_year: $weight_half_year, year_end: $weight_year_end}",
        "rounds: [quarter]",
        "score.parts[1].rounds[1]",
        "there is no such round",
    ),
    (
        "zaozhuang-districts",
        "count: $commended}",
        "count: -2}",
        "grading.awards.commended.count",
        "expected a whole number from 0 to",
    ),
    ("zaozhuang-districts", "ties: $ties", "ties: some", "grading.ties", "expected one of: none"),
    (
        "zaozhuang-staff",
        "tie_break: [goals]",
        "tie_break: [luck]",
        "grading.tie_break[1]",
        "there is no such part of the score",
    ),
    (
        "zaozhuang-staff",
        "from: $from_basic, award: false}",
        "from: 95, award: false}",
        "grading.grades",
        "grades stand best first",
    ),
    (
        "zaozhuang-staff",
        "    incompetent: {name: {zh: 不称职, en: Incompetent}, award: false}",
        "    incompetent: {name: {zh: 不称职, en: Incompetent}, from: 0, award: false}",
        "grading.grades",
        "expected a grade without share, count and from",
    ),
    (
        "zaozhuang-staff",
        "grades: [excellent]}",
        "grades: [superb]}",
        "grading.awards.commended.grades[1]",
        "there is no such grade",
    ),
    (
        "zaozhuang-staff",
        "    commended: {name",
        "    excellent: {name",
        "grading.awards.excellent",
        "a grade has this code already",
    ),
    (
        "zaozhuang-staff",
        "grades: [incompetent]}",
        "grades: [hopeless]}",
        "consequences.twice_incompetent.when[1].grades[1]",
        "there is no such grade",
    ),
    (
        "zaozhuang-staff",
        "{full: $full_business, component: goals.business}",
        "{full: -90, component: goals.business}",
        "score.parts[2].parts[1].full",
        "expected a weight that is not negative",
    ),
    (
        "zaozhuang-staff",
        "{leader: {units: all_but_own}, other: {units: all}}",
        "{leader: {units: own}, other: {units: all}}",
        "groups.by_leaders.sees",
        "units that rate themselves are not anonymous",
    ),
    (
        "bureau-400",
        "events: [{component: work.plan.missing, points: $per_missing}]",
        "events: []",
        "score.parts[2].parts[1].parts[1].events",
        "expected at least one entry",
    ),
    (
        "bureau-400",
        "events: [{component: work.plan.missing, points: $per_missing}]",
        "events: [{component: work.plan.missing, points: 0}]",
        "score.parts[2].parts[1].parts[1].events[1].points",
        "points can't be 0",
    ),
    (
        "bureau-400",
        "events: [{component: work.plan.missing, points: $per_missing}]",
        "events: [{component: work.plan.missing, points: 1, least: 5, most: 2}]",
        "score.parts[2].parts[1].parts[1].events[1].least",
        "expected least not to exceed most",
    ),
    (
        "bureau-400",
        "          done: quality.scores\n",
        "",
        "score.parts[2].parts[2]",
        "expected “done” here",
    ),
    (
        "bureau-400",
        "          target: quality.full\n",
        "          target: quality.full\n          threshold: 120\n",
        "score.parts[2].parts[2].threshold",
        "expected the threshold to be below the cap",
    ),
    (
        "bureau-400",
        "        - full: $full_quality\n",
        "        - full: 0\n",
        "score.parts[2].parts[2].full",
        "expected full marks above 0",
    ),
    (
        "bureau-400",
        "node: other.clean.minus, from: 1,",
        "node: other.clean.minus, from: one,",
        "grading.bars.breach.from",
        "expected a number",
    ),
    (
        "golmud",
        "last: $last_ordinary,",
        "last: most,",
        "grading.grades.ordinary.last",
        "expected a percentage or a fraction",
    ),
    (
        "golmud",
        "sets: ordinary}",
        "sets: bad}",
        "grading.bars.accountable.sets",
        "there is no such grade",
    ),
    (
        "golmud",
        "{department: $excellent_departments, town: $excellent_towns}",
        "{department: $excellent_departments, village: $excellent_towns}",
        "grading.grades.excellent.share.village",
        "there is no such category",
    ),
    (
        "golmud",
        "    good: {name: {zh: 良好, en: Good}}",
        "    good: {name: {zh: 良好, en: Good}, share: 80}",
        "grading.grades",
        "the shares of all grades add up to more than 100",
    ),
    (
        "golmud",
        "Work of the year}, from: 0, to: 100}",
        "Work of the year}, counts: [{from: 90}]}",
        "questionnaires.marks.questions.overall.counts[1]",
        "expected “most” or “least”",
    ),
    (
        "golmud",
        "Work of the year}, from: 0, to: 100}",
        "Work of the year}, counts: [{most: 3}]}",
        "questionnaires.marks.questions.overall.counts[1]",
        "expected “from” (at least) or “below”",
    ),
    (
        "golmud",
        "Work of the year}, from: 0, to: 100}",
        "Work of the year}, counts: [{from: 900, most: 3}]}",
        "questionnaires.marks.questions.overall.counts[1].from",
        "expected from 0 to 100",
    ),
    (
        "golmud",
        "Work of the year}, from: 0, to: 100}",
        "Work of the year}, counts: [{from: 90, below: 80, most: 3}]}",
        "questionnaires.marks.questions.overall.counts[1]",
        "expected from to be below “below”",
    ),
    (
        "golmud",
        "Work of the year}, from: 0, to: 100}",
        "Work of the year}, counts: [{from: 90, most: 3.5}]}",
        "questionnaires.marks.questions.overall.counts[1].most",
        "expected a whole number",
    ),
    (
        "golmud",
        "Work of the year}, from: 0, to: 100}",
        "Work of the year}, counts: [{from: 90, most: 130%}]}",
        "questionnaires.marks.questions.overall.counts[1].most",
        "expected no more than the whole",
    ),
    (
        "luoyang-2018",
        "points: {1: $points_excellent, 2: $points_good, 3: $points_ordinary}",
        "points: {1: $points_excellent, 2: $points_good}",
        "score.parts[1].each.parts[2].points",
        "expected points for every choice",
    ),
    (
        "luoyang-2018",
        "points: {1: $points_excellent, 2: $points_good, 3: $points_ordinary}",
        "points: {1: $points_excellent, 2: $points_good, 3: $points_ordinary, 4: 0}",
        "score.parts[1].each.parts[2].points.4",
        "the component has no such choice",
    ),
    (
        "luoyang-2018",
        "cap: {choice: 1, most",
        "cap: {choice: 9, most",
        "score.parts[1].each.parts[2].cap.choice",
        "“points” has no such choice",
    ),
    (
        "luoyang-2018",
        "choices: {1: {zh: 优, en: Excellent}, 2: {zh: 良, en: Good}, 3: {zh: 一般, en: Ordinary}}",
        "choices: {a: {zh: 优, en: Excellent}, 2: {zh: 良, en: Good}, 3: {zh: 一般, en: Ordinary}}",
        "components.qualitative.{round}.grade.choices.a",
        "choices are whole numbers",
    ),
    (
        "luoyang-2018",
        "choices: {1: {zh: 优, en: Excellent}, 2: {zh: 良, en: Good}, 3: {zh: 一般, en: Ordinary}}",
        "choices: {1: {zh: 优, en: Excellent}}",
        "components.qualitative.{round}.grade.choices",
        "expected at least two choices",
    ),
    (
        "luoyang-2018",
        "    second: evaluation\n",
        "    second: indicators\n",
        "confirmations.indicators_and_evaluation.second",
        "expected another part",
    ),
    (
        "luoyang-2018",
        "    share: $apart\n",
        "",
        "confirmations.indicators_and_evaluation",
        "expected share (of the category's units) or places",
    ),
    (
        "luoyang-2018",
        "    first: indicators\n",
        "    first: nothing\n",
        "confirmations.indicators_and_evaluation.first",
        "there is no such part of the score",
    ),
    (
        "three-in-one",
        "coefficients: {head: $coefficient_best_head,",
        "coefficients: {chief: $coefficient_best_head,",
        "grading.grades.best.coefficients.chief",
        "there is no such post",
    ),
    (
        "three-in-one",
        "coefficients: {head: $coefficient_best_head,",
        "coefficients: {head: -1,",
        "grading.grades.best.coefficients.head",
        "expected a coefficient from 0 on",
    ),
    (
        "three-in-one",
        "{name: {zh: 基层群众, en: Grassroots residents}, weight: $plan_grassroots}",
        "{name: {zh: 基层群众, en: Grassroots residents}, weight: {economic: 40}}",
        "groups.panel.strata.grassroots.weight",
        "expected category general_service",
    ),
    (
        "panshan-2018",
        "    - weight: $weight_indicators\n",
        "    - weight: {department: 60, town: 70}\n",
        "score.parts",
        "the weights of the parts should add up to 100",
    ),
    (
        "panshan-2018",
        "question: overall\n            trim: {from: $trim_min}\n"
        "          - weight: $weight_office",
        "questions: {overall: 60}\n"
        "            trim: {from: $trim_min}\n          - weight: $weight_office",
        "score.parts[2].each.parts[1].questions",
        "the weights of the questions should add up to 100",
    ),
    (
        "panshan-2018",
        "question: overall\n            trim: {from: $trim_min}\n"
        "          - weight: $weight_office",
        "questions: {general: 100}\n"
        "            trim: {from: $trim_min}\n          - weight: $weight_office",
        "score.parts[2].each.parts[1].questions.general",
        "has no such question",
    ),
    (
        "panshan-2018",
        "      - {of: [praise.county], most: $praise_county_most}",
        "      - {of: [praise.county], most: -1}",
        "score.added.caps[4].most",
        "expected a cap that is not negative",
    ),
]


@pytest.mark.parametrize(
    ("preset", "old", "new", "field", "expected"),
    BY_HAND,
    ids=[f"{n}-{case[3]}" for n, case in enumerate(BY_HAND)],
)
def test_a_slip_by_hand_is_told_by_field_and_reason(
    preset: str, old: str, new: str, field: str, expected: str
):
    found = refused(changed(preset, old, new))
    assert [e for e in found if e.field == field and expected in e.expected.en], [
        (e.field, e.expected.en) for e in found
    ]


def placed(ties: str, points: str = "[60, 57]") -> str:
    return changed(
        "bureau-400",
        "          rule: completion\n          done: quality.scores\n"
        "          target: quality.full\n",
        f"          rule: placed\n          of: quality.scores\n          points: {points}\n{ties}",
    )


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        (placed("          ties: toss\n"), "ties", "expected one of: shared"),
        (placed("", "[57, 60]"), "points", "expected points that do not rise"),
        (placed("", "[]"), "points", "expected at least one entry"),
        (placed("          step: -3\n"), "step", "expected 0 or more"),
        (placed("          order: best\n"), "order", "expected one of: highest"),
    ],
)
def test_points_by_place_written_wrongly(text: str, field: str, expected: str):
    found = refused(text)
    wanted = f"score.parts[2].parts[2].{field}"
    assert [e for e in found if e.field == wanted and expected in e.expected.en], found


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ("A: {from: 90, to: 100}\n            B: {from: 70, to: 80}", "bands from high to low"),
        ("A: {from: 100, to: 90}", "bands from high to low"),
        ("A: {from: 90, to: 100, edges: [95]}", "expected two edges inside the band"),
        ("A: {from: 90, to: 100, edges: [98, 92]}", "expected two edges inside the band"),
    ],
)
def test_segments_written_wrongly(bands: str, expected: str):
    whole = get_preset_text("three-in-one")
    old = "A: {from: $band_a, to: 100}\n            B: {from: $band_b, to: $band_a}\n"
    first = whole.index(old)
    end = whole.index("\n", whole.index("edges", first))
    found = refused(whole[:first] + bands + whole[end:])
    assert [e for e in found if expected in e.expected.en], found
