"""When a question is asked: an earlier one was answered so, or several of that, all or any."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from evalsvc.questions.question import BETWEEN_CHOICES, Question
from evalsvc.text import Text

Word = Literal["all", "any"]
# What was answered to a question, by its code; "" where nothing was.
Answers = Callable[[str], str]

# What a rater can still read in a sentence, and what can be gone through at once.
MOST_CONDITIONS = 20
DEEPEST = 4

_JOINED: Mapping[Word, Text] = {"all": Text("，并且", ", and "), "any": Text("，或者", ", or ")}
_WITHIN = Text("（%(said)s）", "(%(said)s)")
_CHOSEN = Text("“%(question)s”选了“%(options)s”", "“%(question)s” is answered “%(options)s”")
_OR = Text("”或“", "” or “")


@dataclass(frozen=True)
class Condition:
    """A question is asked only where another one was given one of these values."""

    question: str
    values: frozenset[str]

    def holds(self, answers: Answers) -> bool:
        return not self.values.isdisjoint(answers(self.question).split(BETWEEN_CHOICES))

    def walk(self) -> "Iterator[Condition]":
        yield self

    @property
    def depth(self) -> int:
        return 0


@dataclass(frozen=True)
class Joined:
    """It is asked where all of several conditions hold, or any of them."""

    word: Word
    parts: "tuple[When, ...]"

    def holds(self, answers: Answers) -> bool:
        found = (part.holds(answers) for part in self.parts)
        # Nothing to hold is no reason to ask everybody: `all` of no conditions would be true.
        return bool(self.parts) and (all(found) if self.word == "all" else any(found))

    def walk(self) -> Iterator[Condition]:
        """The single conditions, in their order."""
        for part in self.parts:
            yield from part.walk()

    @property
    def depth(self) -> int:
        return 1 + max((part.depth for part in self.parts), default=0)


When = Condition | Joined


def join(word: Word, parts: "tuple[When, ...]") -> When:
    """These together in their shortest form: nothing inside its like, no part twice, one alone.

    Any of several values of one question is one condition. Raises ValueError without a part.
    """
    flat: list[When] = []
    for part in parts:
        within = isinstance(part, Joined) and part.word == word
        for each in part.parts if within and isinstance(part, Joined) else (part,):
            _put(flat, each, word)
    if not flat:
        raise ValueError("no condition at all would ask everybody")
    return flat[0] if len(flat) == 1 else Joined(word, tuple(flat))


def covers(one: When | None, other: When | None) -> bool:
    """Whether one surely holds wherever the other does, as far as their form tells."""
    if one is None or other is None:
        return one is None
    if isinstance(other, Joined) and other.word == "any":
        return all(covers(one, part) for part in other.parts)
    if isinstance(one, Joined) and one.word == "all":
        return all(covers(part, other) for part in one.parts)
    if isinstance(one, Joined) and any(covers(part, other) for part in one.parts):
        return True
    if isinstance(other, Joined):
        return any(covers(one, part) for part in other.parts)
    return (
        isinstance(one, Condition) and one.question == other.question and other.values <= one.values
    )


def say_condition(condition: When, questions: Mapping[str, Question]) -> Text:
    """When it holds, in words for raters: part of a sentence that begins with “only if”."""
    if isinstance(condition, Condition):
        main = questions[condition.question]
        chosen = [one.name for one in main.list_options() if one.code in condition.values]
        return _CHOSEN.filled(question=main.title, options=_OR.join(chosen))
    return _JOINED[condition.word].join(
        _WITHIN.filled(said=said) if isinstance(part, Joined) else said
        for part, said in ((part, say_condition(part, questions)) for part in condition.parts)
    )


def _put(flat: list[When], part: When, word: Word) -> None:
    """Add a part to those that it is joined with."""
    if isinstance(part, Condition) and word == "any":
        for place, each in enumerate(flat):
            if isinstance(each, Condition) and each.question == part.question:
                flat[place] = Condition(each.question, each.values | part.values)
                return
    if part not in flat:
        flat.append(part)
