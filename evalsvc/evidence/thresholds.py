"""The small-cell thresholds by name, as a round's seal fixes them."""

from analysis import small_cells


def list_thresholds() -> dict[str, int]:
    """Every threshold that decides what of an anonymous group is shown or scored."""
    return {
        "answers_per_cell": small_cells.ANSWERS_PER_CELL,
        "ballots_per_cell": small_cells.BALLOTS_PER_CELL,
        "people_per_form": small_cells.PEOPLE_PER_FORM,
        "answers_between_populations": small_cells.ANSWERS_BETWEEN_POPULATIONS,
        "answers_for_distribution": small_cells.ANSWERS_FOR_DISTRIBUTION,
        "answers_for_mean": small_cells.ANSWERS_FOR_MEAN,
        "answers_for_score": small_cells.ANSWERS_FOR_SCORE,
        "raters_for_unit_groups": small_cells.RATERS_FOR_UNIT_GROUPS,
    }
