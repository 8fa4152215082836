"""The small-cell thresholds by name, as a round's seal fixes them."""

from dataclasses import asdict

from analysis.panel import small_cells


def list_thresholds() -> dict[str, int]:
    """Every threshold that decides what of an anonymous group is shown or scored."""
    return asdict(small_cells.THRESHOLDS)
