"""What is known of a rule besides its arithmetic: how it is written, named, told and weighed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from analysis.score.rules import Rule
from analysis.score.tree import Node
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.tree import Tree
from evalsvc.text import NOTHING, Text

Of = TypeVar("Of", bound=Rule)

Reader = Callable[[Tree, Field, str], Rule]
"""Reads one node; the code is the one that a node above hands down, or empty."""


@dataclass(frozen=True)
class Share:
    """A part of a rule: what it weighs there, and which share of the rule's figure it makes.

    Both are None where a part has no fixed weight: adjustments, and facts of an indicator.
    `in_points`: what it weighs are full marks, not a share of 1, and the part is a mark out of
    `out_of` where that is another number.
    """

    part: Rule
    weight: Fraction | None = None
    of: Fraction | None = None
    in_points: bool = False
    out_of: Fraction | None = None


def list_unweighed(rule: Rule) -> Iterator[Share]:
    """Parts that weigh nothing fixed."""
    return (Share(part) for part in rule.below)


def ask_nobody(rule: Rule, category: str | None) -> tuple[str, ...]:  # noqa: ARG001  # no rater
    """A rule that no rater group answers by itself."""
    return ()


def say_no_settings(rule: Rule, scheme: Scheme) -> Text:  # noqa: ARG001  # no numbers
    """A rule whose numbers are said elsewhere, or that has none."""
    return NOTHING


@dataclass(frozen=True)
class Kind(Generic[Of]):
    """One rule: its class, which has the arithmetic, and everything that people see of it.

    `name` is what it is called wherever a rule is named; `how` says in a few words how a figure
    comes about, and `tell` how one did, in a sentence with its arithmetic. `readers` are by the
    word that stands after `rule:` in a scheme's file. `groups` gives the rater groups that it is
    read from, for one category or for all, and `settings` says the numbers of its file that it goes
    by, so that whoever has the document can compare them.
    """

    rule: type[Of]
    name: Text
    how: Callable[[Of], Text]
    tell: Callable[[Node, Scheme], Text]
    readers: Mapping[str, Reader]
    weigh: Callable[[Of], Iterator[Share]] = list_unweighed
    groups: Callable[[Of, str | None], tuple[str, ...]] = ask_nobody
    settings: Callable[[Of, Scheme], Text] = say_no_settings


def always(words: Text) -> Callable[[Rule], Text]:
    """The same words, whatever the rule's settings are."""
    return lambda rule: words  # noqa: ARG005  # as it says
