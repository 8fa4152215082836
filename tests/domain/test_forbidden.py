"""What a rule of the score would have to leave out is found before it counts."""

from pathlib import Path

import pytest

from evalsvc.demo.story import tell_story
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing import assessments
from evalsvc.domain.assessing.assessments import Entry
from evalsvc.domain.assessing.forbidden import list_forbidden
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.errors import Problem
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from tests.cast import MANAGER, MORNING, add_panel_city, build_installation
from tests.office_cast import add_assessor, ask

THREE = load_preset("three-in-one")
SEGMENT, SCORE = "function.daily.agreed", "function.daily.score"
ONE = (UnitRow("u1", "单位一", THREE.categories[0].code),)


def judge(segment: str | None, score: str | None) -> list[str]:
    figures = {("year_end", "u1", SEGMENT): segment, ("year_end", "u1", SCORE): score}
    return [each.why.zh for each in list_forbidden(THREE, ONE, figures)]


def test_a_score_outside_its_segment() -> None:
    """A+ begins at 96.6667, so 60 under it was left out, and its weight paid elsewhere."""
    assert judge("1", "60") == ["60 分不在商定的 A+ 档（96.6667 到 100 分）内，请改分数或档次"]
    assert judge("1", "98") == judge(None, None) == []


def test_one_half_of_a_figure_in_two_steps() -> None:
    half = ["档次和分数要么都填，要么都填“不承担”"]
    assert judge("1", None) == judge(None, "98") == half
    # What is still due is no fault yet.
    assert list_forbidden(THREE, ONE, {("year_end", "u1", SCORE): "98"}) == ()


def rate(*choices: str | None) -> set[str]:
    """The units of one class that are rated so against the rule; a dot is still due."""
    scheme = load_preset("luoyang-2018")
    grade = "qualitative.year_end.grade"
    category = sorted(scheme.get_component("year_end", grade).categories)[0]
    units = [UnitRow(f"u{n}", f"单位{n}", category) for n in range(len(choices))]
    figures = {
        ("year_end", unit.code, grade): choice
        for unit, choice in zip(units, choices, strict=True)
        if choice != "."
    }
    return {each.key[1] for each in list_forbidden(scheme, units, figures)}


def test_more_of_the_best_than_may_be() -> None:
    """30% of seven is two: three of them are too many, wherever the others stand."""
    assert rate("1", "1", "1", "2", "2", "2", "2") == {"u0", "u1", "u2"}
    assert rate("1", "1", "2", "2", "2", "2", "2") == set()
    # Whoever is still due may come, but no more of them than there are.
    assert rate("1", "1", ".", ".", ".", ".", ".") == set()
    assert rate("1", "1", "1", ".", ".", ".", ".") == {"u0", "u1", "u2"}
    # Who does not carry it adds nothing to the share: 30% of four is one.
    assert rate("1", "1", "2", "2", None, None, None) == {"u0", "u1"}


@pytest.mark.parametrize("preset", list_presets())
def test_what_is_allowed_is_let_pass(preset: str) -> None:
    story = tell_story(preset)
    figures = {(row.round, row.unit, row.component): row.value for row in story.figures.indicators}
    assert list_forbidden(story.scheme, story.roster.units, figures) == ()


def test_a_body_cannot_enter_a_score_outside_its_segment(tmp_path: Path) -> None:
    """Nor hand it in: the figure that the score leaves out would be its own."""
    place = build_installation(tmp_path)
    season_id = add_panel_city(place)
    manager = Act(place.database, MANAGER, MORNING)
    text = get_preset_text("three-in-one")
    for code in (SEGMENT, SCORE):
        line = next(each for each in text.splitlines() if each.startswith(f"  {code}: {{name"))
        text = text.replace(line, f"{line.removesuffix('}')}, body: group}}")
    heads = "\nbodies:\n  group: {zh: 评价组, en: Evaluation group}\n\ncomponents:\n"
    seasons.change_scheme(manager, season_id, text.replace("\ncomponents:\n", heads, 1))
    ask(place, season_id)
    group = Act(place.database, add_assessor(place, season_id, "group"), MORNING)

    def enter(score: str) -> None:
        entries = [Entry(f"u{n:02d}", SEGMENT, "1") for n in range(1, 13)]
        entries += [Entry(f"u{n:02d}", SCORE, score if n == 7 else "98") for n in range(1, 13)]
        assessments.save_entries(group, season_id, "year_end", "group", entries, ())

    with pytest.raises(Problem) as refused:
        enter("60")
    assert "单位07“职能目标·平时考核打分”：60 分不在商定的 A+ 档" in refused.value.text.zh
    enter("97")
    assessments.hand_in(group, season_id, "year_end", "group")
    place.database.close()
