"""Full marks bind: what counts how beside them, what is refused, and that nothing goes beyond."""

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.score.facts import Answer, Ballot, Facts, Indicator, Unit
from analysis.score.scoring import score
from analysis.score.span import span_of
from analysis.score.tree import UnitResult
from evalsvc.reports.words.explain import explain
from evalsvc.scheme.beyond import list_beyond
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.outline import build_outline, list_roots
from evalsvc.scheme.presets import list_presets, load_preset, load_scheme
from tests.scheme.test_documents import ENGLISH, blocks, sketch

(TEXT,) = [block for block in blocks(ENGLISH, "yaml") if "code: points-and-marks\n" in block]
WORK = "{full: 80, component: work}"
FULL = "    - full: 20\n"
NUMBER = "{kind: number, title: {zh: 总体, en: Overall}, from: 0, to: 100}"
HALF = Fraction(1, 2)
UNIT = Unit("a", "甲", "town")


def ballots(*marks: str) -> tuple[Ballot, ...]:
    return tuple(
        Ballot("year_end", "assembly", f"b{n}", f"r{n}", (Answer("a", "overall", mark),))
        for n, mark in enumerate(marks)
    )


def result(scheme: Scheme, work: object, *marks: str) -> UnitResult:
    entered = Indicator("year_end", "a", "work", Fraction(str(work)))
    (found,) = score(scheme.score, Facts((UNIT,), ballots(*marks), (), (entered,)), 2)
    return found


def complaints(text: str) -> list[tuple[str, str]]:
    with pytest.raises(SchemeErrors) as raised:
        load_scheme(text)
    return [(error.field, error.expected.en) for error in raised.value.errors]


def test_a_mark_beside_points_counts_as_a_share_of_its_full_marks() -> None:
    found = result(sketch("points-and-marks"), 70, "85", "95")
    # 70 of 80, and (85 + 95) / 2 = 90 of 100 for 20 points: 18.
    assert found.published == "88.00"
    told = explain(found.tree, sketch("points-and-marks"))
    assert told.sentence.zh == "70 + 90 × 20 ÷ 100 = 88。"
    assert told.remarks == ()
    assert [part.applied for part in found.tree.parts] == [1, Fraction(1, 5)]


def test_the_most_is_the_full_marks() -> None:
    assert result(sketch("points-and-marks"), 80, "100").published == "100.00"
    # It was 160: eighty, and the mean of marks as if it were points.
    assert span_of(sketch("points-and-marks").score).most == 100


def test_a_mark_that_stands_for_a_missing_part_says_both() -> None:
    scheme = load_scheme(TEXT.replace("missing: not_ranked", "missing: proportional"))
    (found,) = score(scheme.score, Facts((UNIT,), ballots("90")), 2)
    # 90 x 20 / 100 is 18 of 20, for all 100: 90.
    assert found.published == "90.00"
    assert explain(found.tree, scheme).sentence.zh == "90 × 20 ÷ 100 × 500% = 90。"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # What is entered has to be bounded, by the full marks.
        (
            "from: 0, to: 80}",
            "from: 0}",
            "full marks of 80, but nothing bounds this part: give the component to: 80 (a tally "
            "and the like “most”)",
        ),
        (
            "from: 0, to: 80}",
            "from: 0, to: 100}",
            "full marks of 80, but this part goes to 100: write out_of: 100 to count it in "
            "proportion, or change “full” or its bound",
        ),
        # The reverse: nobody could ever have them.
        (
            "from: 0, to: 80}",
            "from: 0, to: 10}",
            "full marks of 80, but this part goes to 10: write out_of: 80 to count its points as "
            "they are, write out_of: 10 to count it in proportion, or change “full” or its bound",
        ),
        (
            WORK,
            "{full: 80, out_of: 60, component: work}",
            "full marks of 80, but this part goes to 80: write out_of: 80 to count it in "
            "proportion, or change “full” or its bound",
        ),
        (WORK, "{full: 80, out_of: 0, component: work}", "expected out_of to be above 0"),
        (WORK, "{full: 0, out_of: 80, component: work}", "an extra (full: 0) takes no out_of"),
        (
            NUMBER,
            "{kind: levels, title: {zh: 总体, en: Overall}, levels: {a: {name: {zh: 好, en: Good}, "
            "points: 95}, b: {name: {zh: 差, en: Poor}, points: 60}}}",
            "full marks of 20, and answers give 95 at most: say with out_of what a mark is out of, "
            "such as out_of: 100",
        ),
    ],
)
def test_what_full_marks_refuse(old: str, new: str, said: str) -> None:
    assert TEXT.count(old) == 1
    wrong = TEXT.replace(old, new)
    assert said in [expected for _, expected in complaints(wrong)]
    # What was taken before stays readable, as it was read then.
    if "above 0" not in said and "takes no" not in said:
        assert load_scheme(wrong, sealed={}).code == "points-and-marks"


def test_an_extra_needs_a_bound() -> None:
    text = TEXT.replace(WORK, f"{WORK}\n    - {{full: 0, component: more}}")
    text = text.replace("\nscore:", "  more: {name: {zh: 加, en: More}, round: year_end}\n\nscore:")
    (found,) = complaints(text)
    assert found == (
        "score.parts[2]",
        "nothing bounds this extra: give the component “to” (a tally and the like “most”, or "
        "most: none where the document sets no bound)",
    )
    bounded = text.replace("en: More}, round: year_end}", "en: More}, round: year_end, to: 5}")
    assert span_of(load_scheme(bounded).score).most == 105


def test_out_of_says_what_a_list_of_points_does_not() -> None:
    bands = (
        "{kind: levels, title: {zh: 总体, en: Overall}, levels: {a: {name: {zh: 好, en: Good}, "
        "points: 95}, b: {name: {zh: 差, en: Poor}, points: 60}}}"
    )
    text = TEXT.replace(NUMBER, bands)
    as_marks = load_scheme(text.replace(FULL, f"{FULL}      out_of: 100\n"))
    # 95 x 20 / 100 = 19, and 95 x 20 / 95 = 20.
    assert result(as_marks, 80, "a").published == "99.00"
    at_best = load_scheme(text.replace(FULL, f"{FULL}      out_of: 95\n"))
    assert result(at_best, 80, "a").published == "100.00"
    # Points that go to the full marks themselves are points.
    listed = load_scheme(
        text.replace("points: 95", "points: 20").replace("points: 60", "points: 9")
    )
    assert result(listed, 80, "a").published == "100.00"


def test_an_entered_figure_may_count_in_proportion() -> None:
    text = TEXT.replace(WORK, "{full: 80, out_of: 100, component: work}")
    scheme = load_scheme(text.replace("from: 0, to: 80}", "from: 0, to: 100}"))
    assert result(scheme, 50, "100").published == "60.00"


def weighed(*parts: str) -> str:
    _, _, rest = TEXT.partition("    - full: 20\n")
    body, _, tail = rest.partition("\npublication")
    head = TEXT[: TEXT.index("    - {full: 80")]
    listed = "".join(f"    - {part}\n" for part in parts)
    return f"{head}{listed}    - weight: 30\n{body}\npublication{tail}"


SCALED = (
    "{weight: 70, code: of_100, name: {zh: 百分, en: Of 100}, rule: scaled, of: work, out_of: 80}"
)


def test_weights_need_the_same_full_marks() -> None:
    wrong = weighed("{weight: 70, component: work}").replace("from: 0, to: 80", "from: 0, to: 10")
    assert complaints(wrong) == [
        (
            "score.parts[1]",
            "the other parts here have full marks of 100, this one of 10: bring it to the same "
            "with rule: scaled (out_of: 10, or 100 where its points are out of that already) "
            "before it is weighted",
        )
    ]
    assert load_scheme(wrong, sealed={})
    scheme = load_scheme(weighed(SCALED))
    # 60 of 80 is 75 of 100; 75 x 70% + 90 x 30% = 79.5.
    found = result(scheme, 60, "90")
    assert found.published == "79.50"
    told = explain(found.tree.parts[0], scheme)
    assert told.sentence.zh == "60 × 100 ÷ 80 = 75。"
    assert found.tree.parts[0].parts[0].applied == Fraction(100, 80)


def test_scaled_says_how_or_is_refused() -> None:
    found = complaints(weighed(SCALED.replace(", out_of: 80", "")))
    assert found[0][1] == "expected out_of (what the figure is out of) or times (coefficients)"


def test_a_coefficient_of_the_unit() -> None:
    declared = "  difficulty: {name: {zh: 难度, en: Hard}, round: year_end, from: 0.8, to: 1.2}\n"
    text = TEXT.replace("\nscore:", f"{declared}\nscore:").replace(
        WORK,
        "{full: 80, code: hard, name: {zh: 乘系数, en: Times}, rule: tally, start: 0, "
        "events: [{component: work, points: 1}]}",
    )
    whole = text[text.index("score:") : text.index("\npublication")]
    inner = (
        whole.removeprefix("score:\n")
        .replace("code: total", "code: base")
        .replace("rule: total", "rule: sum")
    )
    wrapped = (
        "score:\n  code: total\n  name: {zh: 总分, en: Total}\n  rule: scaled\n"
        "  times: [difficulty]\n  of:\n" + "".join(f"  {line}\n" for line in inner.splitlines())
    )
    scheme = load_scheme(text.replace(whole, wrapped))
    figures = {"work": Fraction(74), "difficulty": Fraction("1.05")}
    facts = Facts(
        (UNIT,),
        ballots("90"),
        (),
        tuple(Indicator("year_end", "a", code, value) for code, value in figures.items()),
    )
    (found,) = score(scheme.score, facts, 2)
    # 74 + 18 = 92; 92 x 1.05 = 96.6.
    assert found.published == "96.60"
    assert explain(found.tree, scheme).sentence.zh == "92 × 1.05 = 96.6。"
    without = Facts((UNIT,), ballots("90"), (), facts.indicators[:1])
    (lacking,) = score(scheme.score, without, 2)
    assert lacking.published is None
    assert build_outline(scheme, "town").how.zh == "下面的得分乘以系数"
    assert build_outline(scheme, "town").reach.zh == "最高120分"


def test_the_tree_says_what_marks_are_out_of_and_how_far_it_goes() -> None:
    outline = build_outline(sketch("points-and-marks"), "town")
    assert [(branch.code, branch.reach.zh) for branch in outline.walk()] == [
        ("total", "最高100分"),
        ("work", ""),
        ("appraisal", "按100分打，折成20分"),
    ]


@dataclass(frozen=True)
class Drawn:
    """A part of a sum as a scheme may write it, with what is entered or answered for it."""

    text: str
    component: str
    entered: Fraction


MARKS = st.integers(0, 100).map(str)


@st.composite
def drawn_parts(draw: st.DrawFn, place: int) -> Drawn:
    """A part with full marks and a bound that need not fit them."""
    full = draw(st.integers(0, 40))
    bound = draw(st.sampled_from([full, full, 10, 100, None]))
    kind = draw(st.sampled_from(["given", "completion", "tally", "out_of"]))
    code = f"k{place}"
    to = "" if bound is None else f", to: {max(bound, 1)}"
    entered = draw(st.integers(0, max(bound or 200, 1)))
    component = f"  {code}: {{name: {{zh: 项, en: Item}}, round: year_end, from: 0{to}}}\n"
    named = f"code: p{place}, name: {{zh: 部, en: Part}}"
    most = draw(st.sampled_from(["", f", most: {full}", f", most: {full + 5}"]))
    texts = {
        "given": f"{{full: {full}, component: {code}}}",
        "out_of": f"{{full: {full}, out_of: {draw(st.integers(1, 120))}, component: {code}}}",
        "completion": f"{{full: {full}, {named}, rule: completion, done: {code}}}",
        "tally": f"{{full: {full}, {named}, rule: tally, start: {draw(st.integers(0, 9))}, "
        f"events: [{{component: {code}, points: {draw(st.sampled_from([-1, 1, 2]))}}}]{most}}}",
    }
    return Drawn(texts[kind], component, Fraction(entered))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=4).flatmap(
        lambda places: st.tuples(*(drawn_parts(n) for n in range(len(places))))
    ),
    st.sampled_from(["not_ranked", "zero", "proportional", "equal", "centred"]),
    st.lists(MARKS, min_size=1, max_size=4),
    st.sets(st.integers(0, 3)),
)
def test_no_scheme_that_is_taken_goes_beyond_what_it_states(
    parts: tuple[Drawn, ...], missing: str, marks: list[str], absent: set[int]
) -> None:
    listed = "\n    - ".join((WORK, *(part.text for part in parts)))
    text = TEXT.replace("missing: not_ranked", f"missing: {missing}").replace(WORK, listed)
    text = text.replace("\nscore:", f"{''.join(part.component for part in parts)}\nscore:")
    try:
        scheme = load_scheme(text)
    except SchemeErrors:
        return
    span, outline = span_of(scheme.score), build_outline(scheme, "town")
    assert span.most is not None
    entered = [Indicator("year_end", "a", "work", Fraction(80))]
    entered += [
        Indicator("year_end", "a", f"k{n}", part.entered)
        for n, part in enumerate(parts)
        if n not in absent
    ]
    (found,) = score(scheme.score, Facts((UNIT,), ballots(*marks), (), tuple(entered)), 6)
    if found.tree.value is not None:
        assert found.tree.value <= span.most
        assert span.least is None or found.tree.value >= span.least
    # Full marks, and what is said apart to go beyond them, are the most that there can be.
    full = sum(branch.weight or 0 for branch in outline.parts)
    assert span.full == full
    assert span.most <= full + sum(each.most or 0 for each in list_beyond(scheme.score))
    # Nothing but what a part states of itself goes beyond the sum of full marks.
    if missing == "not_ranked" and not any("most" in p.text or "full: 0" in p.text for p in parts):
        assert span.most <= full


EXTRA = "    - {full: 0, code: e, name: {zh: 加, en: Extra}, rule: tally, start: 0, EVENTS}\n"
COUNTED = "  methods: {name: {zh: 方法, en: Methods}, round: year_end, from: 0, to: 100}\n"


def with_extra(events: str) -> str:
    text = TEXT.replace("\nscore:", f"{COUNTED}\nscore:")
    return text.replace(FULL, EXTRA.replace("EVENTS", events) + FULL)


def test_how_many_may_be_entered_bounds_no_extra() -> None:
    event = "events: [{component: methods, points: 50}]"
    assert complaints(with_extra(event)) == [
        (
            "score.parts[2]",
            "nothing bounds this extra: give the component “to” (a tally and the like “most”, or "
            "most: none where the document sets no bound)",
        )
    ]
    bounded = load_scheme(with_extra(f"most: 60, {event}"))
    assert span_of(bounded.score).most == 160
    assert build_outline(bounded, "town").reach.zh == "满分100分；满分以外：加最多加60分"
    # The book sets no bound, and says so.
    endless = load_scheme(with_extra(f"most: none, {event}"))
    assert span_of(endless.score).most is None
    assert build_outline(endless, "town").reach.en == (
        "full marks of 100; beyond them: Extra without upper bound"
    )
    entered = tuple(
        Indicator("year_end", "a", code, Fraction(n)) for code, n in (("work", 80), ("methods", 3))
    )
    (found,) = score(endless.score, Facts((UNIT,), ballots("100"), (), entered), 2)
    assert found.published == "250.00"


@pytest.mark.parametrize("preset", list_presets())
def test_every_preset_says_what_goes_beyond_its_full_marks(preset: str) -> None:
    scheme = load_preset(preset)
    for root in list_roots(scheme.score):
        span, additions = span_of(root), list_beyond(root)
        assert span.full in (100, 400)
        known = [each.most for each in additions if each.most is not None]
        assert span.most == (span.full + sum(known) if len(known) == len(additions) else None)
    codes = {each.code for root in list_roots(scheme.score) for each in list_beyond(root)}
    assert codes == BEYOND.get(preset, set())


# Two parts of a book may exceed their full marks, and one stands for another that is not carried.
BEYOND = {
    "bureau-400": {"work", "info.extra", "info.methods", "other.publicity", "other.service"},
    "panshan-2018": {"adjustments"},
    "zaozhuang-departments": {"adjustments"},
    "zaozhuang-districts": {"adjustments"},
}


def test_a_part_that_carries_anothers_weight_is_itself_what_goes_beyond() -> None:
    """Savings of 80 for 60 alone would be 133.33 of 100, so that is what is said, and not 20."""
    (root,) = list_roots(load_preset("bureau-400").score)
    found = {each.code: each.most for each in list_beyond(root)}
    assert (found["work"], found["info.methods"]) == (Fraction(100, 3), None)
    weighed = replace(root.base, parts=tuple(replace(p, weight=HALF) for p in root.base.parts))
    # Of several weighted parts none is the whole; the total as such goes beyond.
    assert list_beyond(weighed) == ()
    assert list_beyond(replace(weighed, parts=root.base.parts[1:])) == list_beyond(root)
