"""How many units of a category each band takes, for the counters in front of the rater."""

from analysis.score.quotas import band_quota
from evalsvc.domain.voting.papers import Paper
from evalsvc.domain.voting.spreads import say_limit
from evalsvc.scheme.asking import AnyQuestion
from evalsvc.scheme.model import ForcedRatioQuestion, NumberQuestion
from evalsvc.text import Text

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


def list_limits_by_size(paper: Paper) -> dict[tuple[str, str], dict[str, tuple[int, ...]]]:
    """The same for every smaller number of units, from none on: raters may leave units out.

    Where there are too few units for proportions to bind, a band takes any number: -1.
    """
    return {
        (question.code, category.code): {
            band.code: tuple(
                band_quota(size, [one.share for one in question.bands])[place]
                if size >= question.enforce_from
                else -1
                for size in range(_count(paper, category.code) + 1)
            )
            for place, band in enumerate(question.bands)
        }
        for question in paper.questionnaire.questions
        if isinstance(question, ForcedRatioQuestion)
        for category in paper.categories
    }


def list_number_bands(question: AnyQuestion) -> tuple[Text, ...]:
    """The rules on how many numbers may lie where, in words, for above the section."""
    return tuple(
        say_limit(limit)
        for limit in (question.counts if isinstance(question, NumberQuestion) else ())
    )


def _count(paper: Paper, category: str) -> int:
    return sum(unit.category == category for unit in paper.units)
