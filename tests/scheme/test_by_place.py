"""What a scheme may say about places and sums, and each slip refused with line, field, reason."""

from fractions import Fraction

import pytest

from analysis.score import rules
from analysis.score.rules import ByPlace, Rated
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.presets import load_scheme
from tests.scheme.test_documents import ENGLISH, blocks, sketch

(TEXT,) = [block for block in blocks(ENGLISH, "yaml") if "code: full-order\n" in block]
PERCENTILE = "by_place: {as: percentile, from: 60, to: 100}"


def rated(text: str = TEXT) -> dict[str, Rated]:
    total = load_scheme(text).score
    assert isinstance(total, rules.Total)
    nodes = [part.node for part in total.base.parts]
    return {node.code: node for node in nodes if isinstance(node, Rated)}


def test_the_three_ways_are_read() -> None:
    found = rated()
    assert found["order"].by_place == ByPlace(
        "percentile", (Fraction(60), Fraction(100)), ranked=True
    )
    # What the scheme leaves out is 85 + 5 z between 60 and 100.
    assert found["band"].by_place == ByPlace(
        "normal", (Fraction(60), Fraction(100)), Fraction(85), Fraction(5), within="band.place"
    )
    assert (found["share"].by_place, found["share"].sum_to) == (None, 100)
    points = "by_place: {as: points, points: [100, 97], step: 2, least: 60}"
    assert rated(TEXT.replace(PERCENTILE, points))["order"].by_place == ByPlace(
        "points",
        points=(Fraction(100), Fraction(97)),
        step=Fraction(2),
        least=Fraction(60),
        ranked=True,
    )


def test_what_the_score_reads_stays_on_the_ballot_and_the_rest_is_a_reply() -> None:
    sheets = sketch("full-order").questionnaires
    assert {code: sheet.further for code, sheet in sheets.items()} == {
        "order": ("order",),
        "bands": ("band.place",),
        "share": ("share",),
    }
    plain = load_scheme(
        TEXT.replace("      by_place: {as: normal, spread: $spread}\n", "")
        .replace(
            "  spread: {value: 5, about: {zh: 名次的一个标准分值几分, en: "
            "Points for one normal score}, source: 示例, open: true}\n",
            "",
        )
        .replace("parameters:\n", "parameters: {}\n")
    )
    assert plain.questionnaires["bands"].further == ()
    assert plain.questionnaires["bands"].scored_items == {"band"}


# What stands there, what is written instead, the field, and what is expected.
SLIPS = [
    (f"      {PERCENTILE}\n", "", "score.parts[1].by_place", "a ranking needs “by_place”"),
    (PERCENTILE, "by_place: {as: rank}", "score.parts[1].by_place.as", "expected one of: normal"),
    (PERCENTILE, "by_place: normal", "score.parts[1].by_place", "expected names"),
    (PERCENTILE, "by_place: {from: 60}", "score.parts[1].by_place", "expected “as” here"),
    (PERCENTILE, "by_place: {as: percentile, from: 100, to: 60}", "score.parts[1].by_place.from",
     "expected from to be below to"),
    (PERCENTILE, "by_place: {as: percentile, spread: 5}", "score.parts[1].by_place.spread",
     "there is no such name"),
    (PERCENTILE, "by_place: {as: normal, spread: 0}", "score.parts[1].by_place.spread",
     "expected a number above 0"),
    (PERCENTILE, "by_place: {as: normal, centre: high}", "score.parts[1].by_place.centre",
     "expected a number"),
    (PERCENTILE, "by_place: {as: points}", "score.parts[1].by_place", "expected “points” here"),
    (PERCENTILE, "by_place: {as: points, points: []}", "score.parts[1].by_place.points",
     "expected at least one entry"),
    (PERCENTILE, "by_place: {as: points, points: [60, 61]}", "score.parts[1].by_place.points",
     "expected points that do not rise"),
    (PERCENTILE, "by_place: {as: points, points: [60], step: -1}",
     "score.parts[1].by_place.step", "expected 0 or more"),
    ("{kind: ranking, ", "{kind: ranking, required: false, ", "score.parts[1].question",
     "a ranking or a sum that is scored is asked of every unit"),
    ("{kind: sum, ", "{kind: sum, required: false, ", "score.parts[3].question",
     "a ranking or a sum that is scored is asked of every unit"),
    ("      question: share\n", "      question: shares\n", "score.parts[3].question",
     "has no such question; it has: share"),
]  # a table, read by rows  # fmt: skip


@pytest.mark.parametrize(("old", "new", "field", "expected"), SLIPS)
def test_a_slip_is_refused_where_it_stands(old: str, new: str, field: str, expected: str) -> None:
    assert TEXT.count(old) == 1, old
    wrong = TEXT.replace(old, new)
    with pytest.raises(SchemeErrors) as caught:
        load_scheme(wrong)
    found = [e for e in caught.value.errors if e.field == field and expected in e.expected.en]
    assert found, [(e.field, e.expected.en) for e in caught.value.errors]
    assert all(1 <= e.line <= wrong.count("\n") and e.expected.zh for e in found)


def test_places_on_anonymous_ballots_need_ballots_of_one_length() -> None:
    """Points by place depend on how many units a ballot has: units left out would show in them."""
    anonymous = TEXT.replace(
        "    identity: named\n    questionnaire: order\n    sees: {department: {units: all}}",
        "    identity: unit\n    questionnaire: order\n    members: department\n"
        "    sees: {department: {units: all_but_own}}",
    )
    assert load_scheme(anonymous).get_group("leader").identity == "unit"
    for wrong in (
        anonymous.replace("  order:\n    title", "  order:\n    recusal: true\n    title"),
        anonymous.replace("units: all_but_own", "units: listed"),
    ):
        with pytest.raises(SchemeErrors) as caught:
            load_scheme(wrong)
        assert ["places on anonymous ballots" in e.expected.en for e in caught.value.errors] == [
            True
        ]


@pytest.mark.parametrize(
    ("old", "new", "field", "most"),
    [
        ("  year_end: {zh", f"  {'y' * 41}: {{zh", f"rounds.{'y' * 41}", 40),
        ("  department: {zh", f"  {'d' * 41}: {{zh", f"categories.{'d' * 41}", 40),
        ("  leader:\n    name", f"  {'g' * 41}:\n    name", f"groups.{'g' * 41}", 40),
        # The order inside its bands is kept as the question's code and “.place”: 35 + 6 = 41.
        ("      band:\n", f"      {'b' * 35}:\n", f"questionnaires.bands.questions.{'b' * 35}", 40),
        (
            "      share: {kind",
            f"      {'s' * 41}: {{kind",
            f"questionnaires.share.questions.{'s' * 41}",
            40,
        ),
        (
            "components: {}",
            f"components: {{{'c' * 81}: {{name: {{zh: 项, en: It}}, "
            "round: year_end, from: 0, to: 1}}",
            f"components.{'c' * 81}",
            80,
        ),
        (
            "components: {}",
            f"components: {{}}\nadjustments: {{{'a' * 61}: "
            "{name: {zh: 项, en: It}, points: 1}}",
            f"adjustments.{'a' * 61}",
            60,
        ),
    ],
)
def test_no_code_is_longer_than_the_tables_hold(old: str, new: str, field: str, most: int) -> None:
    assert TEXT.count(old) == 1, old
    with pytest.raises(SchemeErrors) as caught:
        load_scheme(TEXT.replace(old, new))
    (error,) = [e for e in caught.value.errors if e.field == field and "代码" in e.expected.zh]
    assert error.expected.en.endswith(f"{most} at most")
