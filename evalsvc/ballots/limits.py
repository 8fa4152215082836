"""How many units of a category each option takes, for the counters in front of the rater."""

from evalsvc.ballots.paper import Paper
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import Asked

# By item and category, the number of units that each option takes.
Limits = dict[tuple[str, str], dict[str, int]]


def list_limits(paper: Paper) -> Limits:
    """By item and category, each band's number; a category in which bands are free is left out."""
    return {
        (asked.question.code, category.code): dict(quota)
        for asked in paper.questionnaire.asked
        for category in paper.categories
        if (quota := asked.question.find_quota(_count(paper, asked, category.code)))
    }


def list_limits_by_size(paper: Paper) -> dict[tuple[str, str], dict[str, tuple[int, ...]]]:
    """The same for every smaller number of units, from none on: raters may leave units out.

    Where there are too few units for proportions to bind, a band takes any number: -1.
    """
    return {
        (asked.question.code, category.code): _by_size(
            asked.question, _count(paper, asked, category.code)
        )
        for asked in paper.questionnaire.asked
        if asked.question.bound
        for category in paper.categories
    }


def _by_size(question: Question, most: int) -> dict[str, tuple[int, ...]]:
    quotas = [question.find_quota(size) for size in range(most + 1)]
    return {
        option.code: tuple(quota.get(option.code, -1) for quota in quotas)
        for option in question.list_options()
    }


def _count(paper: Paper, asked: Asked, category: str) -> int:
    """The units that a category's quota is of: its own, or all that the question is asked of."""
    if asked.question.overall:
        return sum(asked.concerns(unit.category) for unit in paper.units)
    return sum(unit.category == category for unit in paper.units)
