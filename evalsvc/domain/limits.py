"""How many units of a category each band takes, for the counters in front of the rater."""

from analysis.quotas import band_quota
from evalsvc.domain.papers import Paper
from evalsvc.scheme.model import ForcedRatioQuestion

Limits = dict[tuple[str, str], dict[str, int]]


def list_limits(paper: Paper) -> Limits:
    """By item and category, each band's number; a category in which bands are free is left out."""
    return {
        (question.code, category.code): dict(
            zip(
                (band.code for band in question.bands),
                band_quota(n, [band.share for band in question.bands]),
                strict=True,
            )
        )
        for question in paper.questionnaire.questions
        if isinstance(question, ForcedRatioQuestion)
        for category in paper.categories
        if (n := _count(paper, category.code)) >= question.enforce_from
    }


def _count(paper: Paper, category: str) -> int:
    return sum(unit.category == category for unit in paper.units)
