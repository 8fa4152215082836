"""Whether a condition can hold at all: a question that nobody is ever asked is a mistake."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from evalsvc.questions.conditions import Condition, Joined, When
from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import Asked

# Far beyond what people write; what takes longer is refused instead of waited for.
MOST_STEPS = 20_000

# By question, the sets of answers of which each must be met; and what is still to be met.
Met = Mapping[str, tuple[frozenset[str], ...]]
Todo = tuple[When, ...]


class TooIntricateError(Exception):
    """Nobody knows whether it can hold, short of trying very long."""


@dataclass
class Reach:
    """What has been asked before, and how far looking has gone."""

    before: Mapping[str, Asked]
    _steps: int = field(default=0, init=False)

    def is_sound(self, condition: When, categories: frozenset[str] = frozenset()) -> bool:
        """Whether it can hold, and each alternative in it: one that never does was meant otherwise.

        It is of a question about units of these categories, or of any. Raises TooIntricateError.
        """
        return all(self._can_hold(part, categories) for part in _list_needed(condition))

    def _can_hold(self, condition: When, categories: frozenset[str]) -> bool:
        """Whether some answers meet it; those to a question count only where that is asked."""
        return self._find((condition,), {}, categories)

    def _find(self, todo: Todo, met: Met, categories: frozenset[str]) -> bool:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooIntricateError
        if not todo:
            return True
        first, rest = todo[0], todo[1:]
        if isinstance(first, Condition):
            return self._meet(first, rest, met, categories)
        if first.word == "all":
            return bool(first.parts) and self._find((*first.parts, *rest), met, categories)
        return any(self._find((part, *rest), met, categories) for part in first.parts)

    def _meet(self, one: Condition, rest: Todo, met: Met, categories: frozenset[str]) -> bool:
        asked = self.before[one.question]
        sets = (*met.get(one.question, ()), one.values)
        if not _is_answerable(asked.question, sets):
            return False
        if one.question not in met and asked.condition is not None:
            rest = (asked.condition, *rest)
        concerned = _narrow(categories, asked.categories)
        return concerned is not None and self._find(rest, {**met, one.question: sets}, concerned)


def _list_needed(condition: When) -> Iterator[When]:
    yield condition
    if isinstance(condition, Joined):
        for part in condition.parts:
            if condition.word == "any" or isinstance(part, Joined):
                yield from _list_needed(part)


def _narrow(one: frozenset[str], other: frozenset[str]) -> frozenset[str] | None:
    """The categories that both name, where none named means all; None where there are none."""
    if not (one and other):
        return one or other
    return one & other or None


def _is_answerable(question: Question, sets: tuple[frozenset[str], ...]) -> bool:
    """Whether one answer has a value of each of these sets; it holds as many as may be chosen."""
    options = frozenset(option.code for option in question.list_options())
    return _choose(tuple(each & options for each in sets), question.most_chosen)


def _choose(sets: tuple[frozenset[str], ...], most: int) -> bool:
    if not all(sets):
        return False
    if len(sets) <= most:
        return True
    return most > 0 and any(
        _choose(tuple(each for each in sets if value not in each), most - 1) for value in sets[0]
    )
