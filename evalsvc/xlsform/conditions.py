"""Conditions under which a form asks: of one earlier question, and of the unit's category."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evalsvc.questions.question import Question
from evalsvc.questions.questionnaire import Asked, Condition
from evalsvc.text import Text
from evalsvc.xlsform.expressions import NoCounterpartError, split

# In a repeat over units, the field that holds the unit's category.
CATEGORY = re.compile(r"category(_[0-9]+)?")

# A name by its way from here; names stand once in a form, so the way says nothing more.
_PATH = re.compile(r"(?<![\w.\-/$}\]])(?:\.\./)+(?:[\w\-]+/)*([\w\-]+)(?![\w\-/\[(])")
_NAME = r"\$\{\s*([\w.\-]+)\s*\}"
_VALUE = r"(?:'([^']*)'|\"([^\"]*)\"|([0-9]+))"
_COMPARED = re.compile(rf"{_NAME}\s*(!?=)\s*{_VALUE}")
_SELECTED = re.compile(rf"selected\(\s*{_NAME}\s*,\s*{_VALUE}\s*\)")
_NOT = re.compile(r"not\s*\((.*)\)")
_ANSWERED = re.compile(rf"(?:count-selected|string-length)\(\s*{_NAME}\s*\)\s*(?:>\s*0|>=\s*1)")

FORMS = Text(
    "条件只能是前面一个问题选了某些选项，如 ${q} = 'a' or ${q} = 'b'、selected(${q}, 'a')、"
    "${q} != 'a'（可以再用 and 加上单位类别 ${category} = 'x'）",
    "a condition is that one earlier question has certain choices, such as ${q} = 'a' or "
    "${q} = 'b', selected(${q}, 'a'), ${q} != 'a' (and, with “and”, the unit's ${category} = 'x')",
)
NEVER = Text(
    "这些条件不能同时成立，这一题永远不会问；请改条件，或删去这一行",
    "these conditions exclude each other, so this would never be asked; please change them, or "
    "delete the row",
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


# Any of these holds; of a condition, all such hold together.
Alternatives = tuple[Choice, ...]


@dataclass(frozen=True)
class Relevance:
    """When something is asked or shown: with a condition, for units of some categories."""

    condition: Condition | None = None
    categories: frozenset[str] | None = None

    def covers(self, other: "Relevance") -> bool:
        """Whether this holds wherever the other does."""
        return _covers(self.condition, other.condition) and (
            self.categories is None
            or (other.categories is not None and other.categories <= self.categories)
        )


def read_condition(text: str) -> tuple[Alternatives, ...]:
    """The parts of an expression that must hold together, each a choice among comparisons."""
    named = _PATH.sub(r"${\1}", text)
    try:
        return (
            tuple(tuple(_read_alternatives(part)) for part in split(named, "and")) if text else ()
        )
    except NoCounterpartError as lacking:
        raise UnclearConditionError(FORMS, lacking.part) from lacking


def resolve(
    parts: tuple[Alternatives, ...], asked: tuple[Asked, ...], categories: frozenset[str]
) -> Relevance:
    """What these parts together say; `categories` are the names of fields with the unit's own."""
    said: dict[str, frozenset[str]] = {}
    own: frozenset[str] | None = None
    before = {one.question.code: one for one in asked}
    for part in parts:
        name, found = part[0].name, " or ".join(each.part for each in part)
        if any(each.name != name for each in part):
            raise UnclearConditionError(FORMS, found)
        if name in categories and name not in before:
            own = _meet(own, _list_categories(part), found)
        elif name not in before:
            raise UnclearConditionError(LACKING.filled(name=name), found)
        else:
            values = frozenset().union(*(_list_values(each, before[name]) for each in part))
            said[name] = _join(before[name].question, said.get(name), values, found)
    return Relevance(_choose(said, before, parts), own)


def _read_alternatives(text: str) -> Iterator[Choice]:
    for part in split(text, "or"):
        denied = _NOT.fullmatch(part)
        answered = _ANSWERED.fullmatch(part)
        inner = denied[1].strip() if denied else part
        found = _SELECTED.fullmatch(inner) or (None if denied else _COMPARED.fullmatch(inner))
        if answered:
            yield Choice(answered[1], "", "!=", part)
        elif found is None:
            raise NoCounterpartError(part)
        elif found.re is _SELECTED:
            sign = "not selected" if denied else "selected"
            yield Choice(found[1], _value(found, 2), sign, part)
        else:
            yield Choice(found[1], _value(found, 3), found[2], part)


def _value(found: re.Match[str], first: int) -> str:
    return next(group for group in found.groups()[first - 1 :] if group is not None)


def _list_categories(part: Alternatives) -> frozenset[str]:
    if any(each.sign in ("!=", "not selected") or not each.value for each in part):
        raise UnclearConditionError(FORMS, " or ".join(each.part for each in part))
    return frozenset(each.value for each in part)


def _list_values(choice: Choice, asked: Asked) -> frozenset[str]:
    """The answers with which a comparison holds."""
    question = asked.question
    options = frozenset(option.code for option in question.list_options())
    several = question.most_chosen > 1
    if choice.value == "" and choice.sign == "!=" and options:
        return options
    if choice.sign == "selected" or (choice.sign == "=" and not several and choice.value):
        return frozenset((choice.value,))
    if several and choice.sign in ("=", "!=") and choice.value:
        raise UnclearConditionError(
            EXACTLY.filled(name=choice.name, value=choice.value), choice.part
        )
    if several or choice.sign == "=" or choice.value not in options:
        raise UnclearConditionError(FORMS, choice.part)
    if not asked.required or asked.condition or asked.categories:
        raise UnclearConditionError(OPEN.filled(name=choice.name), choice.part)
    return options - {choice.value}


def _join(
    question: Question, one: frozenset[str] | None, other: frozenset[str], found: str
) -> frozenset[str]:
    """Of two conditions on one question, the answers with which both hold."""
    if one is None or question.most_chosen == 1:
        return _meet(one, other, found)
    if one <= other or other <= one:
        return one & other
    # Of several choices one may fulfil the first, and another one the second.
    raise UnclearConditionError(FORMS, found)


def _meet(one: frozenset[str] | None, other: frozenset[str], found: str) -> frozenset[str]:
    both = other if one is None else one & other
    if not both:
        # No value at all would be read as no condition at all.
        raise UnclearConditionError(NEVER, found)
    return both


def _choose(
    said: dict[str, frozenset[str]], before: dict[str, Asked], parts: tuple[Alternatives, ...]
) -> Condition | None:
    """The one condition of which the others follow: who was asked it has met them."""
    conditions = [Condition(name, values) for name, values in said.items()]
    if not conditions:
        return None
    for one in conditions:
        chain = tuple(_follow(one, before))
        if all(any(_covers(other, link) for link in chain) for other in conditions):
            return one
    raise UnclearConditionError(
        FORMS, " and ".join(" or ".join(each.part for each in part) for part in parts)
    )


def _follow(condition: Condition, before: dict[str, Asked]) -> Iterator[Condition]:
    """A condition, and those under which its question is asked at all."""
    found: Condition | None = condition
    while found is not None:
        yield found
        found = before[found.question].condition if found.question in before else None


def _covers(one: Condition | None, other: Condition | None) -> bool:
    if one is None:
        return True
    return other is not None and one.question == other.question and other.values <= one.values
