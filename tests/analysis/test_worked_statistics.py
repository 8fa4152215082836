"""Every published or worked figure of tests/data/statistics, within its stated tolerance.

Each file names its source; a function below turns its data into the figures that it expects, by
the public names only. O20 (quotas and rounding) is held in test_rounding.
"""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analysis
from analysis.score.composite import composite
from analysis.score.ranking import competition_ranks
from analysis.score.rounding import half_up
from analysis.statistics.ratings import rating_matrix, rating_matrix_from_rows

FOLDER = Path(__file__).parents[1] / "data" / "statistics"
Figures = dict[str, Any]


def worked(name: str) -> Figures:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def icc(data: Figures) -> Figures:
    found = analysis.icc(np.transpose(data["ratings"]))
    forms = {
        "ICC1": found.icc1,
        "ICC2": found.icc2,
        "ICC3": found.icc3,
        "ICC1k": found.icc1k,
        "ICC2k": found.icc2k,
        "ICC3k": found.icc3k,
    }
    intervals = {name: [forms[name].low, forms[name].high] for name in ("ICC1", "ICC2", "ICC3")}
    return {name: form.value for name, form in forms.items()} | {"CI95": intervals}


def concordance(data: Figures) -> Figures:
    found = analysis.kendall_w(data["raters_by_objects"])
    return {"W": found.w, "friedman_chi2": found.chi_square, "p": found.p}


def alpha(data: Figures) -> Figures:
    return {
        metric: analysis.krippendorff_alpha(data["observers_by_units"], metric=metric).alpha
        for metric in ("nominal", "ordinal", "interval", "ratio")
    }


def consistency(data: Figures) -> Figures:
    found = analysis.cronbach_alpha(data["items"])
    return {"alpha_raw": found.alpha, "alpha_std": found.standardised}


def two_facets(data: Figures) -> Figures:
    rows = data["rows"]
    x = np.full((3, 4, 10), np.nan)
    for task, person, rater, score in zip(
        rows["Task"], rows["Person"], rows["Rater"], rows["Score"], strict=True
    ):
        x[int(task) - 1, (int(rater) - 1) % 4, int(person) - 1] = score
    found = analysis.nested_generalizability(x)
    variance = {c.name: c.variance for c in found.components}
    design = found.decision_study(n_tasks=3, n_raters=4)
    return {
        "var_person": variance["unit"],
        "var_task": variance["task"],
        "var_rater_in_task": variance["rater:task"],
        "var_person_task": variance["unit×task"],
        "var_residual": variance["unit×rater:task"],
        "Erho2_nt3_nr4": design.generalizability,
        "Phi_nt3_nr4": design.dependability,
    }


def crossed(data: Figures) -> Figures:
    rows = data["rows"]
    table = rating_matrix_from_rows(rows["plate"], rows["sample"], rows["diameter"])
    found = analysis.crossed_effects(table.ratings)
    return {
        "var_plate": found.rater_variance,
        "var_sample": found.unit_variance,
        "var_resid": found.residual_variance,
        "intercept": found.mean,
        "blup_sample": dict(zip(table.units, found.unit_predictions, strict=True)),
        "blup_plate_a": found.rater_predictions[table.raters.index("a")],
    }


def balanced_blocks(data: Figures) -> Figures:
    x = rating_matrix(data["units_by_raters"]).T
    model = analysis.severity_model(x, penalty=0.0)
    effects = model.rated_effects
    error = model.residual_variance * model.residual_df
    # The units' adjusted sum of squares: what a model without units leaves more.
    raters_only = np.nansum((x - np.nanmean(x, axis=1, keepdims=True)) ** 2)
    units = raters_only - error
    return {
        "unit_effects": list(effects - effects.mean()),
        "grand_mean": effects.mean(),
        "SS_units_adjusted": units,
        "SS_error": error,
        "F": (units / (effects.size - 1)) / model.residual_variance,
    }


def incomplete_blocks(data: Figures) -> Figures:
    rows = data["rows"]
    table = rating_matrix_from_rows(rows["loc"], rows["gen"], rows["yield"])
    fixed = analysis.severity_model(table.ratings, penalty=0.0)
    reml = analysis.rater_variance(table.ratings)
    random = analysis.severity_model(table.ratings, penalty=reml.penalty, variance="random_raters")
    adjusted = dict(zip(table.units, random.unit_effects, strict=True))
    return {
        "adjusted_means_fixed": dict(zip(table.units, fixed.unit_effects, strict=True)),
        "sigma2": fixed.residual_variance,
        "df": fixed.residual_df,
        "reml_var_block": reml.rater_variance,
        "reml_var_resid": reml.residual_variance,
        "reml_unit_means_first3": {name: adjusted[name] for name in ("G01", "G02", "G03")},
        "reml_se": random.unit_errors[0],
    }


def races(data: Figures) -> Figures:
    names = data["drivers"]
    found = analysis.plackett_luce(data["orderings"], len(names))
    worths = dict(zip(names, found.worths, strict=True))
    order = sorted(worths, key=worths.__getitem__, reverse=True)
    return {
        "worth_top10": {name: worths[name] for name in order[:10]},
        "worth_bottom3": {name: worths[name] for name in order[-3:]},
        "logLik": found.log_likelihood,
    }


def salads(data: Figures) -> Figures:
    found = analysis.plackett_luce(analysis.ballots_from_ranks(data["ranks"]), 4)
    return {
        "worth": list(found.worths),
        "logLik": found.log_likelihood,
        "log_worth_vs_A": list(found.log_worths - found.log_worths[0]),
        "se_vs_A": list(found.standard_errors_against(0)),
    }


def normal_scores(data: Figures) -> Figures:
    del data  # a table of constants
    return {
        str(n): list(analysis.expected_normal_scores(n)[::-1][: (n + 1) // 2]) for n in range(2, 11)
    }


def copper(data: Figures) -> Figures:
    x = data["x"]
    huber, proposal = analysis.huber_location(x), analysis.huber_proposal_2(x)
    return {
        "mean": analysis.trimmed_mean(x, share=0.0).value,
        "median": analysis.median(x).value,
        "mad": analysis.median_absolute_deviation(x),
        "trim10": analysis.trimmed_mean(x, share=0.1).value,
        "huber_mu": huber.value,
        "huber_s": huber.scale,
        "proposal2_mu": proposal.value,
        "proposal2_s": proposal.scale,
        "drop_high_low_mean": analysis.drop_high_low_mean(x, minimum=5).value,
    }


def uranium(data: Figures) -> Figures:
    found = analysis.grubbs_test(data["x"], alternative="high")
    return {
        "G": found.statistic,
        "critical_one_sided_05": found.critical,
        "outlier": found.is_outlier,
    }


def many_tests(data: Figures) -> Figures:
    found = analysis.benjamini_hochberg(data["p"])
    return {
        "n_reject_bh": sum(found.rejected),
        "n_reject_bonferroni": sum(found.bonferroni_rejected),
        "adjusted": list(found.adjusted),
    }


def schools(data: Figures) -> Figures:
    strata, weights = data["stype"], data["pw"]
    sizes = dict(zip(strata, data["fpc"], strict=True))
    mean = analysis.stratified_mean(data["api00"], strata, sizes, weights=weights)
    total = analysis.stratified_total(data["enroll"], strata, sizes, weights=weights)
    ratio = analysis.stratified_ratio(
        data["api_stu"], data["enroll"], strata, sizes, weights=weights
    )
    return {
        "mean_api00": mean.value,
        "se_mean": mean.error,
        "deff_mean": mean.design_effect,
        "total_enroll": total.value,
        "se_total": total.error,
        "ratio_apistu_enroll": ratio.value,
        "se_ratio": ratio.error,
        "kish_deff_weights": analysis.design_effect(weights),
        "naive_unweighted_mean": analysis.stratified_mean(data["api00"], strata).value,
    }


def sample_sizes(data: Figures) -> Figures:
    return {"s": [analysis.krejcie_morgan(n) for n in data["N"]]}


def careless(data: Figures) -> Figures:
    found = analysis.careless_indices(data["responses"])
    return {
        "longstring": list(found.longstring),
        "avgstring": list(found.average_string),
        "irv": list(found.variability),
        "n_longstring_ge_8": sum(run >= 8 for run in found.longstring),
    }


def small_round(data: Figures) -> Figures:
    units, policy = data["units"], data["policy"]
    worth = {grade: -place for place, grade in enumerate(policy["grades"])}
    levels = [[worth.get(b["grades"].get(u)) for u in units] for b in data["leader_ballots"]]
    ballots = analysis.rank_normal_matrix(levels)
    model = analysis.severity_model(ballots.scores, penalty=policy["lambda_r"])
    scale = {
        "centre": policy["centre"],
        "spread": policy["spread"],
        "low": policy["lo"],
        "high": policy["hi"],
    }
    mutual = rating_matrix(data["mutual_rows_rate_columns"]).T
    parts = {
        "leader": analysis.scaled_scores(model.unit_effects, **scale),
        "office": data["office"],
        "mutual": [analysis.drop_high_low_mean(row, minimum=5).value for row in mutual],
    }
    names = list(policy["weights"])
    weights = [Fraction(str(policy["weights"][name])) for name in names]
    known = {name: [v for v in parts[name] if v is not None] for name in names}
    means = {name: sum(values) / len(values) for name, values in known.items()}
    exact_means = [Fraction(means[name]) for name in names]
    rows = [
        [None if parts[name][j] is None else Fraction(parts[name][j]) for name in names]
        for j in range(len(units))
    ]
    centred = [composite(row, weights, "centred", exact_means).value for row in rows]
    plain = [composite(row, weights, "proportional").value for row in rows]
    totals = [_total(data, j, e) for j, e in enumerate(centred)]
    annual = [_annual(data["half_year_total"][j], total) for j, total in enumerate(totals)]
    return {
        "rank_scores": [
            {u: s for u, s in zip(units, row, strict=True) if not np.isnan(s)}
            for row in ballots.scores.tolist()
        ],
        "unit_effects_u": dict(zip(units, model.unit_effects, strict=True)),
        "rater_effects_r": list(model.rater_effects),
        "components": {name: dict(zip(units, parts[name], strict=True)) for name in names},
        "component_means": means,
        "evaluation_centred": dict(zip(units, map(float, centred), strict=True)),
        "evaluation_plain_redistribution": dict(zip(units, map(float, plain), strict=True)),
        "year_end_total": dict(zip(units, map(float, totals), strict=True)),
        "annual": dict(zip(units, map(float, annual), strict=True)),
        "rank": competition_ranks(dict(zip(units, annual, strict=True))),
    }


def _total(data: Figures, j: int, evaluation: Fraction) -> str:
    individual, common, bonus, deduction = (
        Fraction(str(data[key][j])) for key in ("individual", "common", "bonus", "deduction")
    )
    tasks = individual * Fraction(8, 10) + common * Fraction(2, 10)
    return half_up(tasks * Fraction(7, 10) + evaluation * Fraction(3, 10) + bonus - deduction, 2)


def _annual(half_year: float | None, year_end: str) -> str:
    if half_year is None:
        return year_end
    return half_up(
        Fraction(str(half_year)) * Fraction(2, 10) + Fraction(year_end) * Fraction(8, 10), 2
    )


def forced_grades(data: Figures) -> Figures:
    found = analysis.bucket_plackett_luce(data["ballots"], 5, precision=data["precision"])
    return {
        "log_prob": [
            analysis.bucket_log_probability(data["theta"], partition)
            for partition in data["partitions"]
        ],
        "map_theta": list(found.log_worths),
        "map_objective": found.objective,
    }


def weak_links(data: Figures) -> Figures:
    names = list(data["ballots"])
    x = np.full((len(names), 8), np.nan)
    for i, name in enumerate(names):
        x[i, np.array(data["ballots"][name]) - 1] = 1.0
    found = analysis.connectivity(x)
    assert [names[i] for i in found.cut_raters] == ["a", "b", "c", "d"]
    return {
        "unit_components": [[j + 1 for j in group] for group in found.components],
        # The file lists the raters who leave a unit without any rating, as its notes say one by
        # one; its definition also holds for a, who parts 1, 2 from 3, 4 (asserted above).
        "cut_raters": [names[i] for i in found.isolating_raters],
        "n_components": len(found.components),
        "rank_fixed_effects": found.design_rank,
    }


def best_unit(data: Figures) -> Figures:
    return {"p_best": list(analysis.probability_top(data["mean"], data["se"]))}


FIGURES: dict[str, Callable[[Figures], Figures]] = {
    "O01_icc_shrout_fleiss": icc,
    "O02_kendallw_friedman": concordance,
    "O03_krippendorff_alpha": alpha,
    "O04_cronbach_attitude": consistency,
    "O05_gtheory_brennan32": two_facets,
    "O06_crossed_penicillin": crossed,
    "O07_bibd_montgomery": balanced_blocks,
    "O08_bibd_cochran": incomplete_blocks,
    "O09_pl_nascar": races,
    "O10_pl_salad": salads,
    "O11_expected_normal_scores": normal_scores,
    "O12_robust_chem": copper,
    "O13_grubbs_nist": uranium,
    "O14_bh_fdr": many_tests,
    "O15_survey_apistrat": schools,
    "O16_krejcie_morgan": sample_sizes,
    "O17_careless_indices": careless,
    "O18_e2e_small": small_round,
    "O19_bucket_pl_small": forced_grades,
    "O21_connectivity": weak_links,
    "O22_prob_top": best_unit,
}


def differences(found: Any, expected: Any, tolerance: float, path: str) -> list[str]:
    """Where two nested values differ by more than the tolerance."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), path
        pairs = [(found[k], expected[k], f"{path}.{k}") for k in expected]
    elif isinstance(expected, list):
        assert len(found) == len(expected), path
        pairs = [(a, b, f"{path}[{i}]") for i, (a, b) in enumerate(zip(found, expected))]  # noqa: B905 -- lengths asserted above
    elif isinstance(expected, int | float) and not isinstance(expected, bool) and found is not None:
        return [] if abs(found - expected) <= tolerance else [f"{path}: {found} != {expected}"]
    else:
        return [] if found == expected else [f"{path}: {found} != {expected}"]
    return [line for a, b, at in pairs for line in differences(a, b, tolerance, at)]


def test_every_file_is_held():
    files = {path.stem for path in FOLDER.glob("O*.json")}
    assert files == set(FIGURES) | {"O20_quota_and_rounding"}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_reproduced(name: str):
    case = worked(name)
    found = FIGURES[name](case["data"])
    assert found.keys() == case["expected"].keys()
    wrong = [
        line
        for figure, expected in case["expected"].items()
        for line in differences(found[figure], expected["value"], expected["abs_tol"], figure)
    ]
    assert wrong == []


def test_drivers_who_always_finish_last_leave_no_maximum():
    data = worked("O09_pl_nascar")["data"]
    last = [[*order, 83] for order in data["orderings"]]
    assert analysis.plackett_luce(last, 84, with_errors=False).flags == (analysis.Flag.NO_MAXIMUM,)
