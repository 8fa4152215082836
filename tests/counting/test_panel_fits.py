"""A panel's further sums: the same figures as from raw answers, and silence about small cells."""

import json
from decimal import Decimal

import numpy as np
import pytest

from analysis.panel.small_cells import DEFAULTS
from analysis.panel.sums import citizen_sums, index_covariance
from analysis.statistics.consistency import cronbach_alpha
from analysis.statistics.severity import rater_variance, severity_model
from evalsvc.counting.panel_fits import PanelFits

UNITS = tuple(f"u{number}" for number in range(6))


def draw(citizens: int, seed: int = 3) -> np.ndarray:
    """Scores of 0 to 100 by fives, each citizen four of six units."""
    rng = np.random.default_rng(seed)
    level, mood = np.linspace(70, 40, 6), rng.normal(0, 10, size=(citizens, 1))
    y = (level + mood + rng.normal(0, 12, size=(citizens, 6))).clip(0, 100)
    y = 5 * np.round(y / 5)
    for row in y:
        row[rng.choice(6, 2, replace=False)] = np.nan
    return y


def gather(y: np.ndarray) -> PanelFits:
    fits = PanelFits(DEFAULTS)
    for row in y:
        scores = {
            unit: Decimal(str(v)) for unit, v in zip(UNITS, row, strict=True) if not np.isnan(v)
        }
        fits.add(scores, [])
    return fits


def rows(fits: PanelFits) -> dict[tuple[str, str, str], str]:
    return {(kind, subject, name): value for kind, subject, name, value in fits.list_rows()}


def test_sums_are_those_of_the_raw_answers():
    y = draw(80)
    _, by_count, pairs = gather(y).build_sums()
    raw = citizen_sums(y, y > 60, np.ones(len(y)))
    for name in (
        "counts",
        "number",
        "t_squared",
        "unit_totals",
        "together",
        "unit_scores",
        "squares",
    ):
        assert getattr(by_count, name) == pytest.approx(getattr(raw.by_count, name)), name
    assert pairs.together == pytest.approx(raw.pairs.together)
    assert pairs.products == pytest.approx(raw.pairs.products)


def test_fits_are_those_of_the_raw_table():
    y = draw(80)
    kept = rows(gather(y))
    assert json.loads(kept["fit", "", "units"]) == list(UNITS)
    penalty = rater_variance(y).penalty
    for subject, chosen in (("dealt", penalty), ("chosen", 0.0)):
        model = severity_model(y, penalty=chosen)
        effects = json.loads(kept["fit", subject, "effects"])
        assert effects == pytest.approx(model.unit_effects, rel=1e-5)
        covariance = json.loads(kept["fit", subject, "covariance"])
        assert np.array(covariance) == pytest.approx(model.covariance, rel=1e-4, abs=1e-6)
    raw = citizen_sums(y, y > 60, np.ones(len(y)))
    plain = index_covariance(raw.by_count, raw.pairs)
    assert json.loads(kept["fit", "mean", "values"]) == pytest.approx(plain.means.tolist())
    assert json.loads(kept["fit", "mean", "values"]) == pytest.approx(
        np.nanmean(y, axis=0).tolist()
    )


def test_shards_add_up_to_the_same_rows():
    y = draw(80)
    first, second = gather(y[:33]), gather(y[33:])
    first.merge(second)
    assert rows(first) == rows(gather(y))


def test_sums_of_one_to_four_citizens_are_not_kept_but_fits_are():
    y = draw(200)
    assert ("by_count", "4", "sums") in rows(gather(y))
    y[0, :5] = np.nan
    y[0, 5] = 50.0  # the only citizen who scored a single unit
    kept = rows(gather(y))
    assert not any(kind in {"by_count", "pairs"} for kind, _, _ in kept)
    assert ("fit", "dealt", "effects") in kept


def test_no_fit_is_kept_where_a_unit_was_scored_by_one_to_four():
    y = draw(200)
    y[:, 5] = np.nan
    assert ("fit", "mean", "values") in rows(gather(y))
    for scoring in (1, 4):
        y[:scoring, 5] = 50.0
        assert rows(gather(y)) == {}
    y[:5, 5] = 50.0
    assert ("fit", "mean", "values") in rows(gather(y))


def test_nothing_is_kept_of_a_panel_of_few():
    assert rows(gather(draw(29))) == {}
    assert rows(PanelFits(DEFAULTS)) == {}


def test_item_blocks_give_cronbachs_alpha():
    rng = np.random.default_rng(1)
    blocks = 5 * np.round(10 + 2 * rng.normal(size=(60, 1)) + rng.normal(size=(60, 3)))
    fits = gather(draw(40))
    for block in blocks:
        fits.add({}, [[Decimal(str(v)) for v in block]])
    kept = rows(fits)
    assert kept["items", "", "n"] == "60"
    assert json.loads(kept["items", "", "alpha"]) == pytest.approx(cronbach_alpha(blocks).alpha)
