"""Levels: one choice a unit from a list whose rows have points."""

from decimal import Decimal

from analysis.score.rules import LevelLimit
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.question import Level
from evalsvc.text import Text
from evalsvc.xlsform.choices import Choice
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Written, write_choice
from evalsvc.xlsform.rules import ANSWERED, Tally, limit_tally


def _takes(item: Item) -> bool:
    return item.rates_by_list and item.choices is not None and item.choices.is_scale


def _read(item: Item) -> LevelsQuestion:
    item.take_appearance()
    listed = item.choices.choices if item.choices else ()
    if item.choices:
        item.choices.require("points")
    levels = tuple(map(_read_level, listed))
    return LevelsQuestion(item.name, item.title, levels, tuple(item.limits.level_counts))


def _read_level(choice: Choice) -> Level:
    satisfied, basically = choice.read_standing()
    # An empty cell is refused where the list is looked at.
    points = None if choice.points == "none" else Decimal(choice.points or 0)
    return Level(choice.code, choice.name, points, satisfied=satisfied, basically=basically)


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
    said = zip(question.counts, question.rules, strict=True)
    rules = [_tally(question, limit, text) for limit, text in said]
    return Written(f"select_one {question.code}", choices=choices, rules=rules)


def _tally(question: LevelsQuestion, limit: LevelLimit, said: Text) -> Tally:
    """Shares are of what is rated; whoever doesn't know rates nothing."""
    codes = [level.code for level in question.levels if level.code in limit.levels]
    among = " or ".join(f". = '{code}'" for code in codes)
    apart = [f". != '{level.code}'" for level in question.levels if level.points is None]
    return limit_tally(
        limit, among if len(codes) == 1 else f"({among})", said, " and ".join((ANSWERED, *apart))
    )


def _standing(level: Level) -> str:
    if level.satisfied:
        return "satisfied"
    return "basically_satisfied" if level.basically else ""


LEVELS = Adapter(LevelsQuestion, _takes, _read, _write, limits=("level_counts",))
