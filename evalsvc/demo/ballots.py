"""How invented raters answer: by a unit's quality, their own mildness, and chance."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from analysis.score.facts import Answer
from evalsvc.demo.chance import draw
from evalsvc.demo.story import Story
from evalsvc.questions.question import Level, Question

RATER_NOISE = 1.0
DONT_KNOW = 0.13
# Views of a unit have mean 0 and variance 1 + 1 + 0.16, so that of a hundred answers 75 are
# satisfied and 4 are not even basically.
LEVEL_EDGES = (-1.0, -2.6, -3.2, -3.8)
FREE_EDGES = (0.3, -1.0)


def fill_ballot(
    story: Story, group: str, units: Sequence[str], rater: str, round_code: str
) -> tuple[Answer, ...]:
    """One rater's answers about the units on their paper; the same whenever it is asked."""
    chance = draw("ballot", story.preset, round_code, group, rater)
    mildness = chance.gauss(0, 0.4)
    answers: list[Answer] = []
    for question in story.scheme.get_questionnaire(group).questions:
        seen = {unit: story.qualities[unit] + chance.gauss(0, RATER_NOISE) for unit in units}
        if question.weighed:  # units stand against each other, so nobody is mild
            chosen = _weigh(question, seen, story.categories)
        else:
            chosen = {
                unit: _choose(question, view + mildness, chance) for unit, view in seen.items()
            }
        answers += [Answer(unit, question.code, chosen[unit]) for unit in units]
    return tuple(answers)


def _weigh(
    question: Question, seen: Mapping[str, float], categories: Mapping[str, str]
) -> dict[str, str]:
    """Best first into the places of each category."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for unit in sorted(seen, key=lambda unit: -seen[unit]):
        members[categories[unit]].append(unit)
    return {
        unit: option
        for ordered in members.values()
        for unit, option in zip(ordered, _places(question, ordered, seen), strict=True)
    }


def _places(question: Question, ordered: Sequence[str], seen: Mapping[str, float]) -> Iterator[str]:
    quota, options = question.find_quota(len(ordered)), question.list_options()
    if not options:
        raise TypeError(f"no preset asks for {question.kind}")
    for option, places in quota.items():
        yield from [option] * places
    if not quota:
        for unit in ordered:
            step = sum(seen[unit] < edge for edge in FREE_EDGES)
            yield options[min(step, len(options) - 1)].code


def _choose(question: Question, view: float, chance: random.Random) -> str:
    if question.scale:
        return _level(question.scale, view, chance)
    if question.ends:
        return _number(*question.ends, question.decimals, view)
    raise TypeError(f"no preset asks for {question.kind}")


def _number(least: Decimal, greatest: Decimal, decimals: int, view: float) -> str:
    """Marks between 60 and 100 hundredths of the range, most of them near 88."""
    share = min(1.0, max(0.6, 0.88 + 0.04 * view))
    exact = least + (greatest - least) * Decimal(share)
    return str(exact.quantize(Decimal(1).scaleb(-decimals)))


def _level(scale: Sequence[Level], view: float, chance: random.Random) -> str:
    counted = [level for level in scale if level.points is not None]
    unknown = [level for level in scale if level.points is None]
    if unknown and chance.random() < DONT_KNOW:
        return unknown[0].code
    counted.sort(key=lambda level: -(level.points or 0))
    step = sum(view < edge for edge in LEVEL_EDGES)
    return counted[min(step, len(counted) - 1)].code
