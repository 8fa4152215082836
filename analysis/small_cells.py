"""From how many answers on a figure of an anonymous group may be shown; one place for all."""

RATERS_FOR_UNIT_GROUPS = 3
"""A score by units rating each other needs so many of them."""
ANSWERS_FOR_SCORE = 30
"""A score by a citizen panel that enters a result."""
ANSWERS_FOR_MEAN = 5
ANSWERS_FOR_DISTRIBUTION = 10
ANSWERS_BETWEEN_POPULATIONS = 5
"""Two published populations differ by nothing or by at least so many."""


def may_show_mean(answers: int) -> bool:
    return answers >= ANSWERS_FOR_MEAN


def may_show_distribution(answers: int) -> bool:
    return answers >= ANSWERS_FOR_DISTRIBUTION


def may_show_both(answers: int, unflagged: int) -> bool:
    """Whether the figures of all and of unflagged answers may stand side by side."""
    return answers == unflagged or answers - unflagged >= ANSWERS_BETWEEN_POPULATIONS
