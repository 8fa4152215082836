"""What a scheme says of how much of a group is public, and what follows where it says nothing."""

import pytest

from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset, load_scheme
from evalsvc.scheme.shown import (
    Figure,
    build_figures,
    find_shown_from,
    list_hidden,
    list_shown_from,
    list_shown_of,
    raise_start,
)

PANSHAN = get_preset_text("panshan-2018")


def panshan(public: str, group: str = "leader") -> str:
    """The preset with a group that says what of it is public."""
    head = f"  {group}:\n"
    assert PANSHAN.count(head) == 1
    return PANSHAN.replace(head, f"{head}    public: {public}\n")


def test_by_itself_nothing_below_the_figure_that_joins_a_group_with_others():
    found = {
        preset: {
            starts
            for category in load_preset(preset).categories
            if (starts := list_shown_from(load_preset(preset), category.code))
        }
        for preset in list_presets()
    }
    assert found == {
        "bureau-400": set(),
        "golmud": {("evaluation",)},
        "luoyang-2018": {("evaluation",)},
        "panshan-2018": {("C.half_year", "C.year_end")},
        "three-in-one": {("appraisal.leaders",)},
        "zaozhuang-departments": set(),
        "zaozhuang-districts": set(),
        "zaozhuang-staff": {("appraisal",)},
    }


def test_a_scheme_may_show_a_groups_own_score():
    scheme = load_scheme(panshan("score", "mutual_town"))
    others = list_shown_from(load_scheme(PANSHAN), "department")
    assert list_shown_from(scheme, "department") == others  # leaders and office join above it


def test_a_scheme_may_show_totals_only():
    assert list_shown_from(load_scheme(panshan("total")), "town") == ("total",)


def test_a_group_is_told_where_its_answers_begin_to_show():
    scheme = load_preset("panshan-2018")
    assert find_shown_from(scheme, "department", "office", "half_year") == ("C.half_year",)
    assert find_shown_from(scheme, "town", "mutual_town", "half_year") == ()


def test_a_start_goes_up_to_what_joins_several():
    tree = build_figures(load_preset("panshan-2018").score, "department")
    assert raise_start(tree, "C.half_year") == "C"
    assert raise_start(tree, "C") == "total"
    assert raise_start(tree, "total") == "total"
    assert {"C.year_end", "C.year_end.office"} <= list_hidden(tree, ("C",))
    assert "I.common" in list_hidden(tree, ("total",))


@pytest.mark.parametrize(
    ("public", "group", "message"),
    [
        ("all", "leader", "应为以下之一：score、joined、total"),
        ("joined", "panel", "只有 identity 为 named 或 unit 的主体才写 public"),
    ],
)
def test_what_else_is_written_there_is_refused(public: str, group: str, message: str):
    text = get_preset_text("three-in-one")
    head = f"\n  {group}:\n    name:"
    assert text.count(head) == 1
    text = text.replace(head, f"\n  {group}:\n    public: {public}\n    name:")
    line = text[: text.index("public: ")].count("\n") + 1
    with pytest.raises(SchemeErrors) as found:
        load_scheme(text)
    assert [(e.line, e.field) for e in found.value.errors] == [(line, f"groups.{group}.public")]
    assert message in found.value.errors[0].message.zh


def test_a_group_is_public_from_the_figures_of_all_rounds_and_categories():
    scheme = load_preset("panshan-2018")
    found = {group.code: list_shown_of(scheme, group) for group in scheme.groups}
    joined = ("C.half_year", "C.year_end")
    assert found == dict.fromkeys(("leader", "office", "mutual_town", "mutual_department"), joined)
    city = load_preset("luoyang-2018")
    counted = [group for group in city.groups if group.identity == "counts"]
    assert [list_shown_of(city, group) for group in counted] == [None] * len(counted)


def test_a_figure_that_also_stands_elsewhere_is_not_hidden() -> None:
    """A profit below a rated total and beside it: the part beside it has to be recomputed."""
    low = Figure("rated", (Figure("marks", group="leader"), Figure("profit", entered=True)), 2)
    tree = Figure("total", (low, Figure("plain", (Figure("profit", entered=True),))), 2)
    assert list_hidden(tree, ("rated",)) == {"marks"}
    assert list_hidden(tree, ("total",)) == {"rated", "marks", "profit", "plain"}
