"""Levels: one choice a unit from a list whose rows have points."""

from decimal import Decimal

from analysis.score.rules import LevelLimit
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.question import Level
from evalsvc.xlsform.expressions import write_bounds
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Written, write_choice


def _takes(item: Item) -> bool:
    return item.rates_by_list and item.choices is not None and item.choices.is_scale


def _read(item: Item) -> LevelsQuestion:
    levels = tuple(
        Level(
            choice.code,
            choice.name,
            None if choice.points == "none" else Decimal(choice.points or 0),
            satisfied=choice.standing[0],
            basically=choice.standing[1],
        )
        for choice in (item.choices.choices if item.choices else ())
    )
    return LevelsQuestion(item.name, item.title, levels, tuple(item.limits.level_counts))


def _write(question: LevelsQuestion) -> Written:
    choices = [
        write_choice(
            question,
            level.code,
            level.name,
            points="none" if level.points is None else f"{level.points:f}",
            counts_as=_standing(level),
        )
        for level in question.levels
    ]
    counts = [_count(question, limit) for limit in question.counts]
    said = {"constraint": " and ".join(counts)} if counts else {}
    return Written(f"select_one {question.code}", said, choices)


def _count(question: LevelsQuestion, limit: LevelLimit) -> str:
    """Each limit by itself: XLSForm has no word for the two ends of one."""
    codes = [level.code for level in question.levels if level.code in limit.levels]
    chosen = " or ".join(f". = '{code}'" for code in codes)
    counted = f"count(${{{question.code}}}[{chosen}])"
    return write_bounds(counted, question.code, limit)


def _standing(level: Level) -> str:
    if level.satisfied:
        return "satisfied"
    return "basically_satisfied" if level.basically else ""


LEVELS = Adapter(LevelsQuestion, _takes, _read, _write)
