"""Conditions under which a form asks: of earlier questions, and of the unit's category."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evalsvc.questions.conditions import (
    DEEPEST,
    MOST_CONDITIONS,
    Condition,
    Joined,
    When,
    covers,
    join,
)
from evalsvc.questions.questionnaire import Asked
from evalsvc.questions.reaching import Reach, TooIntricateError
from evalsvc.scheme.file.reading import say_known
from evalsvc.text import Text
from evalsvc.xlsform.expressions import NoCounterpartError, Word, part_by_words, straighten

# In a repeat over units, the field that holds the unit's category.
CATEGORY = re.compile(r"category(_[0-9]+)?")
LONGEST = 10_000

# A name by its way from here; names stand once in a form, so the way says nothing more.
_PATH = re.compile(r"(?<![\w.\-/$}\]])(?:\.\./)+(?:[\w\-]+/)*([\w\-]+)(?![\w\-/\[(])")
_NAME = r"\$\{\s*([\w.\-]+)\s*\}"
_VALUE = r"(?:'([^']*)'|\"([^\"]*)\"|([0-9]+))"
_COMPARED = re.compile(rf"{_NAME}\s*(!?=)\s*{_VALUE}")
_SELECTED = re.compile(rf"selected\(\s*{_NAME}\s*,\s*{_VALUE}\s*\)")
_NOT = re.compile(r"not\s*\((.*)\)")
_ANSWERED = re.compile(rf"(?:count-selected|string-length)\(\s*{_NAME}\s*\)\s*(?:>\s*0|>=\s*1)")
_DENIED = {"=": "!=", "!=": "=", "selected": "not selected", "not selected": "selected"}

# What stands alone there: pyxform makes true() and false() of these words.
_ALWAYS = ("", "true()", "true", "yes", "1")
_NEVER = ("false()", "false", "no", "0")

FORMS = Text(
    "条件只能是前面的问题选了某些选项，如 ${q} = 'a'、selected(${q}, 'a')、${q} != 'a'，"
    "可以用 and、or 和括号连接；单位类别 ${category} = 'x' 只能用 and 加在整个条件上",
    "a condition is that earlier questions have certain choices, such as ${q} = 'a', "
    "selected(${q}, 'a'), ${q} != 'a', joined by “and”, “or” and brackets; the unit's "
    "${category} = 'x' can only be added to the whole, by “and”",
)
NEVER = Text(
    "这些条件不能同时成立，这一题永远不会问；请改条件，或删去这一行",
    "these conditions exclude each other, so this would never be asked; please change them, or "
    "delete the row",
)
TOO_MUCH = Text(
    f"一题最多 {MOST_CONDITIONS} 个条件，括号最多 {DEEPEST} 层；请写简单些，或在前面多问一题",
    f"a question has {MOST_CONDITIONS} conditions at most, in brackets {DEEPEST} deep; please make "
    "it simpler, or ask one more question before",
)
EXACTLY = Text(
    "多选题写 = 的意思是“只选了这一项”，这里没有对应的；请写成 selected(${%(name)s}, '%(value)s')",
    "with several choices, = means that this one alone is chosen, which can't be said here; please "
    "write selected(${%(name)s}, '%(value)s')",
)
OPEN = Text(
    "“%(name)s”可以不答，!= 在没有回答时也成立，这里没有对应的；请把它改成必答，或逐项列出选项",
    "“%(name)s” may be left open, and != holds for no answer, too, which can't be said here; "
    "please make it required, or list the choices",
)
NO_OPTION = Text(
    "“%(name)s”没有选项“%(value)s”，已有：%(known)s",
    "“%(name)s” has no option “%(value)s”; there are: %(known)s",
)
NO_CHOICE = Text(
    "“%(name)s”不是选择题，条件只能看选择题选了什么",
    "“%(name)s” is no choice, and a condition is of what has been chosen",
)
LACKING = Text(
    "前面没有问题“%(name)s”，条件只能看前面已经问过的",
    "there is no earlier question “%(name)s”, and a condition is of what has been asked before",
)


class UnclearConditionError(Exception):
    """A condition that can't be taken for one, with what is to be said of it."""

    def __init__(self, text: Text, found: str) -> None:
        super().__init__(found)
        self.text = text
        self.found = found


@dataclass(frozen=True)
class Choice:
    """One comparison: the question `name` has `value`, or has it not; "" stands for no answer."""

    name: str
    value: str
    sign: str
    part: str


@dataclass(frozen=True)
class Together:
    """Several comparisons of which all hold (`and`), or any (`or`)."""

    word: Word
    parts: "tuple[Part, ...]"


Part = Choice | Together
# All of these hold: a row's own condition and those of the groups around it.
Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Relevance:
    """When something is asked or shown: with a condition, for units of some categories."""

    condition: When | None = None
    categories: frozenset[str] | None = None

    def covers(self, other: "Relevance") -> bool:
        """Whether this holds wherever the other does."""
        return covers(self.condition, other.condition) and (
            self.categories is None
            or (other.categories is not None and other.categories <= self.categories)
        )


def read_condition(text: str) -> Parts:
    """The parts of an expression that must hold together."""
    if text.lower() in _ALWAYS:
        return ()
    if text.lower() in _NEVER:
        raise UnclearConditionError(NEVER, text)
    if len(text) > LONGEST:
        raise UnclearConditionError(TOO_MUCH, f"{text[:60]}…")
    try:
        return tuple(_list_held(_parse(_PATH.sub(r"${\1}", straighten(text)), 0)))
    except NoCounterpartError as lacking:
        raise UnclearConditionError(FORMS, lacking.part) from lacking


def list_choices(parts: Parts) -> Iterator[Choice]:
    """All comparisons in them."""
    for part in parts:
        if isinstance(part, Choice):
            yield part
        else:
            yield from list_choices(part.parts)


def rename(parts: Parts, name: str) -> Parts:
    """The same comparisons of another field."""
    return tuple(
        replace(part, name=name)
        if isinstance(part, Choice)
        else replace(part, parts=rename(part.parts, name))
        for part in parts
    )


def resolve(parts: Parts, asked: Sequence[Asked], categories: frozenset[str]) -> Relevance:
    """What these parts together say; `categories` are the names of fields with the unit's own."""
    before = {one.question.code: one for one in asked}
    own: frozenset[str] | None = None
    said: list[Part] = []
    for part in parts:
        names = {choice.name for choice in list_choices((part,))}
        lacking = names - before.keys() - categories
        if lacking:
            raise UnclearConditionError(LACKING.filled(name=min(lacking)), _write(part))
        if names <= before.keys():
            said.append(part)
        elif names.isdisjoint(before.keys()):
            own = _meet(own, _list_categories(part), part)
        else:
            raise UnclearConditionError(FORMS, _write(part))
    return Relevance(_choose(tuple(said), before, own or frozenset()), own)


def _parse(text: str, depth: int) -> Part:
    if depth > DEEPEST:
        raise UnclearConditionError(TOO_MUCH, f"{text[:60]}…")
    word, parts = part_by_words(text)
    if len(parts) == 1:
        return _read_choice(parts[0], depth)
    return Together(word, tuple(_parse(part, depth + 1) for part in parts))


def _read_choice(part: str, depth: int) -> Part:
    if (denied := _NOT.fullmatch(part)) and _is_closed(denied[1]):
        return _deny(_parse(denied[1], depth + 1))
    if answered := _ANSWERED.fullmatch(part):
        return Choice(answered[1], "", "!=", part)
    if found := _SELECTED.fullmatch(part):
        return Choice(found[1], _value(found, 2), "selected", part)
    if found := _COMPARED.fullmatch(part):
        return Choice(found[1], _value(found, 3), found[2], part)
    raise NoCounterpartError(part)


def _is_closed(text: str) -> bool:
    """Whether its brackets are closed in it: in not(a) = (b) they are not those of the word."""
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0


def _deny(part: Part) -> Part:
    """That it does not hold: of all and any the one becomes the other."""
    if isinstance(part, Choice):
        return replace(part, sign=_DENIED[part.sign], part=f"not({part.part})")
    word: Word = "or" if part.word == "and" else "and"
    return Together(word, tuple(_deny(each) for each in part.parts))


def _value(found: re.Match[str], first: int) -> str:
    return next(group for group in found.groups()[first - 1 :] if group is not None)


def _list_held(part: Part) -> Iterator[Part]:
    """What holds by itself where the whole does."""
    if isinstance(part, Together) and part.word == "and":
        for each in part.parts:
            yield from _list_held(each)
    else:
        yield part


def _write(part: Part) -> str:
    """As it was found, for messages."""
    if isinstance(part, Choice):
        return part.part
    return f" {part.word} ".join(
        f"({_write(each)})" if isinstance(each, Together) else each.part for each in part.parts
    )


def _list_categories(part: Part) -> frozenset[str]:
    if isinstance(part, Choice):
        if part.sign in ("!=", "not selected") or not part.value:
            raise UnclearConditionError(FORMS, part.part)
        return frozenset((part.value,))
    found = [_list_categories(each) for each in part.parts]
    if part.word == "or":
        return frozenset().union(*found)
    return frozenset.intersection(*found)


def _meet(one: frozenset[str] | None, other: frozenset[str], part: Part) -> frozenset[str]:
    both = other if one is None else one & other
    if not both:
        # No category at all would be read as every one.
        raise UnclearConditionError(NEVER, _write(part))
    return both


def _choose(parts: Parts, before: Mapping[str, Asked], categories: frozenset[str]) -> When | None:
    """The condition that says all of these parts, which some answers must meet."""
    if not parts:
        return None
    whole = parts[0] if len(parts) == 1 else Together("and", parts)
    condition = _build(whole, before)
    if condition.depth > DEEPEST or sum(1 for _ in condition.walk()) > MOST_CONDITIONS:
        raise UnclearConditionError(TOO_MUCH, _write(whole))
    try:
        if not Reach(before).is_sound(condition, categories):
            raise UnclearConditionError(NEVER, _write(whole))
    except TooIntricateError as intricate:
        raise UnclearConditionError(TOO_MUCH, _write(whole)) from intricate
    return condition


def _build(part: Part, before: Mapping[str, Asked]) -> When:
    if isinstance(part, Choice):
        return Condition(part.name, _list_values(part, before[part.name]))
    found = tuple(_build(each, before) for each in part.parts)
    if part.word == "or":
        return join("any", found)
    narrowed = _narrow(join("all", found), part, before)
    return join("all", tuple(_list_not_implied(narrowed, before)))


def _narrow(condition: When, part: Part, before: Mapping[str, Asked]) -> Sequence[When]:
    """Parts that hold together, those on one question as one where one says it."""
    found: list[When] = []
    for each in condition.parts if isinstance(condition, Joined) else (condition,):
        for place, one in enumerate(found):
            both = _join(one, each, part, before)
            if both is not None:
                found[place] = both
                break
        else:
            found.append(each)
    return found


def _join(one: When, other: When, part: Part, before: Mapping[str, Asked]) -> Condition | None:
    """Of two conditions on one question, the one that says both; None where there is none."""
    if not (isinstance(one, Condition) and isinstance(other, Condition)):
        return None
    if one.question != other.question:
        return None
    several = before[one.question].question.most_chosen > 1
    if several and not (one.values <= other.values or other.values <= one.values):
        # Of several choices one may fulfil the first, and another one the second.
        return None
    if not one.values & other.values:
        raise UnclearConditionError(NEVER, _write(part))
    return Condition(one.question, one.values & other.values)


def _list_not_implied(parts: Sequence[When], before: Mapping[str, Asked]) -> Iterator[When]:
    """Those that don't follow from another one, whose question is asked under them only."""
    for part in parts:
        others = (each for each in parts if each is not part)
        if not any(covers(part, link) for each in others for link in _follow(each, before)):
            yield part


def _follow(condition: When, before: Mapping[str, Asked]) -> Iterator[When]:
    """Conditions under which the question of this one is asked at all."""
    if isinstance(condition, Joined):
        # What each of several needs would have to be compared; it does no harm to say it twice.
        return
    above = before[condition.question].condition
    for each in above.parts if isinstance(above, Joined) and above.word == "all" else [above]:
        if each is not None:
            yield each
            yield from _follow(each, before)


def _list_values(choice: Choice, asked: Asked) -> frozenset[str]:
    """The answers with which a comparison holds."""
    question = asked.question
    options = frozenset(option.code for option in question.list_options())
    several = question.most_chosen > 1
    if not options:
        raise UnclearConditionError(NO_CHOICE.filled(name=choice.name), choice.part)
    if choice.value and choice.value not in options:
        several_values = several and choice.sign in ("=", "!=")
        raise UnclearConditionError(
            EXACTLY.filled(name=choice.name, value=choice.value)
            if several_values
            else NO_OPTION.filled(
                name=choice.name,
                value=choice.value,
                known=say_known([option.code for option in question.list_options()]),
            ),
            choice.part,
        )
    if choice.value == "" and choice.sign == "!=":
        return options
    if choice.sign == "selected" or (choice.sign == "=" and not several and choice.value):
        return frozenset((choice.value,))
    if several and choice.sign in ("=", "!=") and choice.value:
        raise UnclearConditionError(
            EXACTLY.filled(name=choice.name, value=choice.value), choice.part
        )
    if several or choice.sign == "=":
        raise UnclearConditionError(FORMS, choice.part)
    if not asked.required or asked.condition or asked.categories:
        raise UnclearConditionError(OPEN.filled(name=choice.name), choice.part)
    return options - {choice.value}
