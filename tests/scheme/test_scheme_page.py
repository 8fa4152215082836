"""Covers what the scheme's pages are made of: outline, differences, edited values, trials."""

from fractions import Fraction

import pytest

from evalsvc.domain.preparing.trial import build_sample, try_out
from evalsvc.scheme.comparison import Difference, list_differences
from evalsvc.scheme.editing import edit, list_editable
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.outline import build_outline
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from evalsvc.scheme.reader import load_scheme
from evalsvc.scheme.rules.adjusted import ADJUSTED
from evalsvc.text import Text

PANSHAN = get_preset_text("panshan-2018")


def test_shares_of_the_total_are_products_of_the_weights() -> None:
    """A. Panshan: I 70% × own 80% × process 20% × province 60% = 6.72%."""
    outline = build_outline(load_preset("panshan-2018"), "department")
    shares = {branch.code: branch.share for branch in outline.walk()}
    assert shares["I.own.process.province"] == Fraction(672, 10_000)
    # C 30% × year-end 80% × leaders 60%.
    assert shares["C.year_end.leader"] == Fraction(144, 1000)
    # I 70% × common 20%, over the 23 of 25 items that enter the mean.
    assert shares["I.common.信访工作"] == Fraction(14, 100) / 23
    assert shares["I.common.安全生产工作"] is None
    assert shares["adjustments"] is None


def test_a_category_sees_its_own_parts_only() -> None:
    scheme = load_preset("panshan-2018")
    codes = {branch.code for branch in build_outline(scheme, "town").walk()}
    assert "I.own.process" in codes
    assert "I.own.process.province" not in codes
    rated = {b.code: b.groups for b in build_outline(scheme, "town").walk() if b.groups}
    assert rated["C.year_end.mutual"] == ("mutual_department",)


@pytest.mark.parametrize("preset", list_presets())
def test_shares_of_every_preset_add_up(preset: str) -> None:
    """Wherever all parts of a node have a share, they are the node's."""
    scheme = load_preset(preset)
    for category in scheme.categories:
        for branch in build_outline(scheme, category.code).walk():
            parts = [part for part in branch.parts if part.kind != ADJUSTED.name]
            shares = [part.share for part in parts if part.share is not None]
            if shares and len(shares) == len(parts):
                assert sum(shares, Fraction(0)) == branch.share, branch.code


def test_a_changed_weight_is_told_where_it_stands_and_what_it_does() -> None:
    after = edit(
        PANSHAN,
        {"parameters.weight_indicators.value": "60", "parameters.weight_comprehensive.value": "40"},
    )
    found = list_differences(load_preset("panshan-2018"), load_scheme(after))
    assert [(d.section.zh, d.before.zh, d.after.zh) for d in found] == [
        ("参数", "70", "60"),
        ("参数", "30", "40"),
        ("计分", "加权 70%", "加权 60%"),
        ("计分", "加权 30%", "加权 40%"),
    ]


def test_a_changed_rule_is_told_by_its_setting() -> None:
    after = edit(PANSHAN, {"parameters.missing_total.value": "proportional"})
    found = list_differences(load_preset("panshan-2018"), load_scheme(after))
    assert found[-1] == Difference(
        Text("计法", "reckoning"),
        Text("总分", "Total"),
        Text("缺项规则：not_ranked", "rule for missing parts: not_ranked"),
        Text("缺项规则：proportional", "rule for missing parts: proportional"),
    )


def test_a_scheme_does_not_differ_from_itself() -> None:
    for preset in list_presets():
        assert list_differences(load_preset(preset), load_preset(preset)) == ()


def test_a_renamed_group_and_one_that_went_are_told() -> None:
    found = list_differences(load_preset("panshan-2018"), load_preset("three-in-one"))
    groups = [(d.subject.zh, d.before.zh, d.after.zh) for d in found if d.section.zh == "评价主体"]
    assert ("专项行动领导小组办公室", "专项行动领导小组办公室", "—") in groups


@pytest.mark.parametrize("preset", list_presets())
def test_an_edited_value_changes_its_own_characters_only(preset: str) -> None:
    text = get_preset_text(preset)
    values = {each.path: each.value for each in list_editable(text, load_scheme(text))}
    assert edit(text, values) == text
    edited = edit(text, {"title.zh": '另一个：方案 # 带“引号”和 "双引号", {括号}'})
    assert load_scheme(edited).title.zh == '另一个：方案 # 带“引号”和 "双引号", {括号}'
    differing = [
        (old, new)
        for old, new in zip(text.splitlines(), edited.splitlines(), strict=True)
        if old != new
    ]
    assert len(differing) == 1
    assert edit(edited, {"title.zh": load_preset(preset).title.zh}).count("\n") == text.count("\n")


def test_what_the_reader_refuses_in_a_file_it_refuses_in_the_page() -> None:
    edited = edit(PANSHAN, {"parameters.band_a_share.value": "40"})
    with pytest.raises(SchemeErrors) as wrong:
        load_scheme(edited)
    assert "100" in wrong.value.errors[0].expected.zh


@pytest.mark.parametrize("place", ["score.code", "parameters.weight_indicators.about.zh", "none"])
def test_structure_is_not_changed_in_the_page(place: str) -> None:
    with pytest.raises(KeyError):
        edit(PANSHAN, {place: "x"})


@pytest.mark.parametrize("preset", list_presets())
@pytest.mark.parametrize("sample", [1, 2])
def test_every_preset_can_be_tried_out(preset: str, sample: int) -> None:
    trial = try_out(load_preset(preset), sample)
    assert len(trial.results) == 6 * len(load_preset(preset).categories)
    assert [each.unit for each in trial.results if each.published is None] == []


def test_the_same_sample_is_the_same_and_another_is_another() -> None:
    scheme = load_preset("panshan-2018")
    assert build_sample(scheme, 1) == build_sample(scheme, 1)
    assert build_sample(scheme, 1).ballots != build_sample(scheme, 2).ballots
