"""Which test works out each mechanism of the rule books by hand; each test named here exists."""

import ast
from functools import cache
from pathlib import Path

import pytest

from evalsvc.scheme.presets import list_presets

TESTS = Path(__file__).parents[1]

# Mechanism, and the tests whose expected figures were worked out by hand or are printed somewhere.
MECHANISMS: dict[str, tuple[str, ...]] = {
    # How parts come together
    "weighted parts": (
        "analysis/test_scoring_panshan.py::test_every_node_of_every_unit",
        "analysis/test_composite.py::test_with_everything_there_every_rule_agrees",
    ),
    "half-year 20 and year-end 80": (
        "analysis/test_scoring_panshan.py::test_every_node_of_every_unit",
    ),
    "half-year 30 and year-end 70": ("worked/test_luoyang.py::test_node_by_node",),
    "mean of months": ("worked/test_golmud.py::test_node_by_node",),
    "four quarters averaged plus a year-end part": (
        "scheme/test_documents.py::test_points_by_place_with_ties_voiding",
    ),
    "parts that differ between categories": (
        "analysis/test_scoring_panshan.py::test_every_node_of_every_unit",
        "analysis/test_scoring_rules.py::test_a_category_without_a_rule_has_no_value",
    ),
    "sums of points with full marks and extras": (
        "analysis/test_indicators.py::test_a_sum_of_points_with_extras",
        "worked/test_zaozhuang_departments.py::test_node_by_node",
        "worked/test_bureau_400.py::test_node_by_node",
    ),
    "a rated part with full marks beside entered points": (
        "scheme/test_full_marks.py::test_a_mark_beside_points_counts_as_a_share_of_its_full_marks",
    ),
    "times a coefficient of the unit": (
        "scheme/test_full_marks.py::test_a_coefficient_of_the_unit",
    ),
    "missing: centred": (
        "analysis/test_composite.py::test_centred_redistribution",
        "analysis/test_composite.py::test_missing_means_nothing_gained_on_average",
        "analysis/test_scoring_panshan.py::test_the_cut_is_said_with_the_value_before",
    ),
    "missing: proportional, equal, zero, not ranked": (
        "analysis/test_composite.py::test_a_missing_second_part",
    ),
    "missing: equal sharing of task sources (75/25, 60/40)": (
        "analysis/test_composite.py::test_equal_sharing_as_the_document_has_it",
    ),
    "missing more than a share of the weight": (
        "analysis/test_scoring_rules.py::test_a_unit_that_lacks_too_much_has_no_value",
    ),
    "effective weights beside nominal ones": (
        "analysis/test_comparison.py::test_printed_effective_weights",
        "analysis/test_node_weights.py::test_a_part_that_spreads_more_decides_more",
        "admin/test_scheme_desk.py::test_the_tree_shows_what_really_decided_beside_the_weights",
    ),
    "rounding at every node, half up": (
        "analysis/test_indicators.py::test_rounding_inside_the_tree_is_a_parameter",
        "worked/test_properties.py::test_totals_equal_their_parts_rounded_at_every_node",
        "analysis/test_rounding.py::test_half_up_as_the_table_has_it",
    ),
    # What raters answer
    "bands in a forced ratio": (
        "analysis/test_quotas.py::test_exact_proportions_pass",
        "analysis/test_quotas.py::test_as_upper_limits_fewer_may_be_good_but_not_more",
        "analysis/test_quotas.py::test_below_the_threshold_bands_are_free",
    ),
    "highest and lowest dropped from a number of raters on": (
        "analysis/test_aggregation.py::test_from_six_raters_one_highest_and_one_lowest_go",
        "analysis/test_scoring_panshan.py::test_what_was_trimmed_is_marked",
    ),
    "weights of the items of a ballot": (
        "analysis/test_ballot_scores.py::test_items_are_weighted_inside_each_ballot",
    ),
    "roles towards a unit with weights of their own": (
        "worked/test_three_in_one.py::test_node_by_node",
    ),
    "at most three of 90 and more": (
        "scheme/test_documents.py::test_at_most_three_of_90_and_more",
        "analysis/test_ballot_scores.py::test_at_most_so_many_numbers_of_a_range",
    ),
    "the same answer for everybody voids": (
        "analysis/test_scoring_rules.py::test_the_same_answer_for_everybody_voids_where_the_scheme_says_so",
    ),
    "a full ranking": (
        "analysis/test_place_points.py::test_places_as_expected_normal_scores",
        "analysis/test_place_points.py::test_places_as_percentiles",
        "analysis/test_place_points.py::test_places_as_points",
        "worked/test_full_order.py::test_a_season_of_places_from_ballots_to_package",
    ),
    "bands as places, and the order inside them": (
        "analysis/test_place_points.py::test_units_in_one_band_share_the_mean_of_their_places",
        "analysis/test_place_points.py::test_the_order_inside_bands_breaks_their_ties",
    ),
    "a constant sum": (
        "analysis/test_place_points.py::test_a_constant_sum_counts_as_the_number_given",
    ),
    "satisfaction levels, strata by plan, don't know left out": (
        "analysis/test_satisfaction.py::test_strata_count_by_the_plan_not_by_their_size",
        "analysis/test_scoring_three_in_one.py::test_the_satisfied_rates_are_weighted_like_the_score",
    ),
    "mean of each stratum times its weight": (
        "analysis/test_strata.py::test_leaders_60_and_citizens_40",
        "scheme/test_documents.py::test_nine_strata_by_the_means_of_each",
        "rulebooks/test_nine_layers.py::test_all_thirty_eight_are_what_the_calculator_says",
    ),
    "strata with few answers: joined, handed on, kept": (
        "analysis/test_strata.py::test_small_strata_are_joined_with_the_next",
        "analysis/test_strata.py::test_or_their_weight_is_handed_on",
    ),
    "nine strata whose weights differ between categories": (
        "scheme/test_documents.py::test_nine_strata_whose_weights_differ_by_class",
    ),
    # What is entered
    "given": ("analysis/test_scoring_nodes.py::test_an_entered_figure",),
    "deduction per event, not below 0": (
        "analysis/test_indicators.py::test_direct_deduction_stops_at_nothing",
    ),
    "accumulation up to a cap": ("analysis/test_indicators.py::test_accumulation_up_to_a_cap",),
    "completion ratio, nothing below 60%": (
        "analysis/test_indicators.py::test_completion_has_a_threshold_and_a_top",
        "worked/test_luoyang.py::test_node_by_node",
    ),
    "deviation from a target: steps, slopes, cliff": (
        "analysis/test_targets_and_bands.py::test_whole_steps_below_a_target",
        "analysis/test_targets_and_bands.py::test_two_slopes_and_a_cliff",
        "scheme/test_targets_and_bands.py::test_the_book_by_hand",
    ),
    "bands from a figure to points": (
        "analysis/test_targets_and_bands.py::test_bands_from_a_figure_to_points",
    ),
    "units asked about for comments only": (
        "scheme/test_comments_only.py::test_units_without_a_score_or_a_place",
        "worked/test_votes_and_comments.py::test_a_season_from_ballots_to_packages",
    ),
    "points for how one rates others": (
        "scheme/test_rating_well.py::test_four_who_rate_each_other",
    ),
    "a joint quota over levels, steps of a number": (
        "questions/test_joint_quotas.py::test_of_twelve_rated_two_may_be_excellent",
        "analysis/test_level_limits.py::test_levels_taken_together",
        "analysis/test_level_limits.py::test_steps_of_a_number",
    ),
    "a share of votes as a figure and as a condition": (
        "scheme/test_votes_and_conditions.py::test_the_book_by_hand",
        "analysis/test_conditions.py::test_a_share_of_votes",
        "analysis/test_conditions.py::test_a_share_of_satisfied_answers",
    ),
    "one entered figure in two parts": (
        "scheme/test_votes_and_conditions.py::test_a_figure_stands_in_two_parts",
    ),
    "if one indicator is missed, another is limited": (
        "analysis/test_conditions.py::test_a_figure_is_limited_where_another_misses",
    ),
    "baseline: the lower of last year and the mean of three": (
        "analysis/test_conditions.py::test_a_baseline",
    ),
    "thirds as numbers": ("scheme/test_targets_and_bands.py::test_three_thirds_are_the_whole",),
    "veto": ("analysis/test_indicators.py::test_all_or_nothing",),
    "mean over items with exceptions": (
        "analysis/test_scoring_panshan.py::test_every_node_of_every_unit",
        "analysis/test_scoring_nodes.py::test_a_mean_tells_what_it_leaves_out",
    ),
    "place points, first 60, second 57": ("analysis/test_indicators.py::test_points_by_place",),
    "ties void this indicator": (
        "analysis/test_indicators.py::test_all_tied_void_the_indicator",
        "scheme/test_documents.py::test_points_by_place_with_ties_voiding",
    ),
    "proportion to the best": ("analysis/test_indicators.py::test_in_proportion_to_the_best",),
    "grades with a capped share": (
        "analysis/test_indicators.py::test_a_choice_gives_its_points_and_the_best_is_capped",
    ),
    "graded by the lead unit": (
        "analysis/test_indicators.py::test_tasks_graded_by_the_lead_units",
        "domain/test_tasks.py::test_grades_of_a_month_become_the_figures_that_the_score_asks_for",
    ),
    "nine segments in two steps": (
        "analysis/test_indicators.py::test_nine_segments_with_exact_thirds",
        "worked/test_three_in_one.py::test_a_score_outside_its_third_is_refused",
    ),
    "self-rating, then final rating, both kept": (
        "worked/test_bureau_400.py::test_both_ratings_are_kept_and_the_final_one_counts",
        "analysis/test_ballot_scores.py::test_a_self_rating_is_of_the_own_unit_only",
    ),
    "dynamic indicators: four levels approve": (
        "domain/test_tasks.py::test_four_levels_agree_in_their_order",
    ),
    "dynamic indicators: sent back with a reason": (
        "domain/test_tasks.py::test_what_is_sent_back_is_mended_and_seen_anew",
    ),
    "dynamic indicators: a target lower than last year's": (
        "domain/test_tasks.py::test_a_target_below_last_years_is_pointed_out",
    ),
    # Adjustments
    "caps of groups, then of all, deductions without cap": (
        "analysis/test_adjustments.py::test_a_cap_over_two_rules_cuts_both_in_proportion",
        "analysis/test_adjustments.py::test_all_bonuses_together_and_then_deductions_without_cap",
        "analysis/test_adjustments.py::test_the_overall_cap_comes_after_the_caps_of_groups",
    ),
    "in proportion to the largest": (
        "analysis/test_adjustments.py::test_amounts_and_amounts_in_proportion",
        "analysis/test_adjustments.py::test_the_largest_amount_is_a_units_sum",
    ),
    "one project once, at its highest": (
        "analysis/test_adjustments.py::test_one_project_counts_once_at_its_highest",
        "worked/test_zaozhuang_departments.py::test_node_by_node",
    ),
    # After the score
    "bars": ("analysis/test_grading.py::test_a_barred_unit_is_passed_over_and_a_set_grade_stands",),
    "thresholds": ("analysis/test_grading.py::test_grades_by_threshold_alone",),
    "quotas with stated rounding": (
        "analysis/test_grading.py::test_rounding_is_stated",
        "worked/test_zaozhuang_departments.py::test_ten_per_cent_of_ten_is_one_and_a_veto_passes_it_on",
    ),
    "places carried on to the next grade": (
        "analysis/test_grading.py::test_places_that_a_threshold_leaves_empty_are_carried_on",
    ),
    "units that take no award": (
        "analysis/test_grading.py::test_no_award_units_take_no_place_and_do_not_count",
        "worked/test_three_in_one.py::test_grades_without_the_evaluators",
    ),
    "a list that breaks ties": (
        "analysis/test_grading.py::test_ties_at_the_cut",
        "analysis/test_grading.py::test_a_tie_break_sees_no_hidden_decimals",
    ),
    "quotas that differ between groups": ("worked/test_golmud.py::test_grades",),
    "reward coefficients by grade and post": (
        "worked/test_three_in_one.py::test_coefficients_by_grade_and_post",
    ),
    "last and below, or last or below": (
        "analysis/test_history.py::test_last_and_below_or_last_or_below",
    ),
    "consequences over years": (
        "analysis/test_history.py::test_two_years_running",
        "worked/test_golmud.py::test_consequences_over_years",
        "worked/test_three_in_one.py::test_admonished_two_years_running",
    ),
    "two sources that confirm each other": (
        "analysis/test_confirmation.py::test_more_than_a_third_apart",
        "worked/test_luoyang.py::test_two_sources_that_do_not_confirm_each_other",
    ),
}

EDGES: dict[str, tuple[str, ...]] = {
    "nobody left in a category": (
        "analysis/test_grading.py::test_an_empty_category_has_quotas_of_zero",
    ),
    "all vetoed": ("analysis/test_grading.py::test_all_vetoed",),
    "a quota of zero": (
        "analysis/test_grading.py::test_a_quota_of_zero_has_no_place_for_ties_either",
        "worked/test_zaozhuang_staff.py::test_quotas_of_zero_commend_nobody",
    ),
    "all tied": (
        "analysis/test_grading.py::test_all_tied",
        "analysis/test_indicators.py::test_all_tied_void_the_indicator",
        "analysis/test_history.py::test_all_equal_nobody_is_last_and_all_are_first",
    ),
    "a unit without any part": (
        "analysis/test_composite.py::test_nothing_there_is_no_value",
        "scheme/test_documents.py::test_nobody_has_a_figure_where_there_are_no_facts",
    ),
    "a part that no unit has": (
        "analysis/test_composite.py::test_centred_with_a_part_that_no_unit_has",
    ),
    "a cap reached exactly": (
        "analysis/test_adjustments.py::test_a_cap_reached_exactly_takes_nothing_away",
    ),
    "an adjustment of an unknown unit": (
        "analysis/test_adjustments.py::test_an_adjustment_of_a_unit_that_is_not_evaluated_changes_nothing",
    ),
    "history with gaps": (
        "analysis/test_history.py::test_a_gap_leaves_it_to_people",
        "domain/test_history.py::test_the_worked_case_with_its_gap_comes_out_of_the_database",
    ),
    "a ballot of one unit, or with everybody alike": (
        "analysis/test_place_points.py::test_all_in_one_band_say_nothing",
        "analysis/test_edge_cases.py::test_a_ballot_of_one_unit_or_one_grade_says_nothing",
    ),
    "a best of nothing": ("analysis/test_indicators.py::test_a_best_of_nothing",),
    "a count that nobody entered": (
        "analysis/test_indicators.py::test_a_count_that_nobody_entered_is_not_zero",
    ),
}

# Each preset's own case, worked out node by node in the test's text (Panshan's was given).
PRESETS = {
    "panshan-2018": "analysis/test_scoring_panshan.py::test_every_node_of_every_unit",
    "three-in-one": "worked/test_three_in_one.py::test_node_by_node",
    "zaozhuang-departments": "worked/test_zaozhuang_departments.py::test_node_by_node",
    "zaozhuang-districts": "worked/test_zaozhuang_districts.py::test_node_by_node",
    "zaozhuang-staff": "worked/test_zaozhuang_staff.py::test_node_by_node",
    "bureau-400": "worked/test_bureau_400.py::test_node_by_node",
    "golmud": "worked/test_golmud.py::test_node_by_node",
    "luoyang-2018": "worked/test_luoyang.py::test_node_by_node",
}


@cache
def list_tests(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("mechanism", [*MECHANISMS, *EDGES])
def test_its_tests_exist(mechanism: str):
    for named in (MECHANISMS | EDGES)[mechanism]:
        path, _, test = named.partition("::")
        assert test in list_tests(path), named


def test_every_preset_has_its_case_worked_by_hand():
    assert set(list_presets()) == set(PRESETS)
    for named in PRESETS.values():
        path, _, test = named.partition("::")
        assert test in list_tests(path), named
