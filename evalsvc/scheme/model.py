"""A scheme as typed, frozen values: the whole rule book of an evaluation, read from its file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from analysis.outcome.rules import OutcomeRules
from analysis.panel.small_cells import DEFAULTS, Thresholds, strictest
from analysis.score.rules import Adjusted, CommentsOnly, Rated, Relation, Rule, Satisfaction
from analysis.score.void_ballots import list_rated
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.text import AND, Text

Identity = Literal["named", "unit", "counts", "entries"]
Evaluated = Literal["units", "persons"]
Public = Literal["score", "joined", "total"]
"""From where on a group's answers enter public figures: see `Group.public`."""


@dataclass(frozen=True)
class Category:
    """Units are compared, given proportions and ranked only inside their category."""

    code: str
    name: Text


@dataclass(frozen=True)
class Round:
    """One period of the season; with a box of its own where somebody answers a questionnaire.

    `thresholds` are those of its seal once it has opened, or of the season's rounds that have.
    """

    code: str
    name: Text
    thresholds: Thresholds = DEFAULTS


@dataclass(frozen=True)
class Sight:
    """Which units of a category a group's raters see, and the roles they may have towards them.

    `all`: every unit; `all_but_own`: every unit but the rater's own; `listed`: the units that the
    relations sheet names; `own`: the rater's own unit only, a self-rating. `roles` are the roles
    that sheet may give (with `all`, they mark units and everything unmarked has the role
    `default_role`).
    """

    category: str
    relation: Relation
    roles: tuple[str, ...] = ()
    default_role: str = ""


@dataclass(frozen=True)
class Stratum:
    """A layer of the citizen panel with its weight in the plan.

    `weights` has the weight for each category where they differ; `weight` is then their mean.
    """

    code: str
    name: Text
    weight: Decimal
    weights: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Raters of one kind, what they answer, about whom, and what becomes of their answers.

    `members` is a category code where the units of that category are themselves the raters.
    `form_size` is the number of units on a dealt form of a `counts` group (0: every unit).
    `public` is the lowest figure that may be public of a `named` or `unit` group: its own `score`,
    the one that first has it `joined` with others, or the `total` alone.
    """

    code: str
    name: Text
    identity: Identity
    questionnaire: str
    sights: tuple[Sight, ...]
    members: str = ""
    strata: tuple[Stratum, ...] = ()
    form_size: int = 0
    public: Public = "joined"

    @property
    def keeps_ballots(self) -> bool:
        """Whether each ballot's answers stay together when the box is opened."""
        return self.identity in ("named", "unit")


@dataclass(frozen=True)
class Parameter:
    """A choice an office may make differently: its value, its meaning and where it comes from.

    `open` marks what the public document leaves open and the preset has decided.
    """

    code: str
    value: str
    about: Text
    source: str
    open: bool


@dataclass(frozen=True)
class Periods:
    """How long a result is shown, asked about and answered for, in working or calendar days."""

    working: bool = False
    shown_least: int = 5
    shown_most: int = 7
    review: int = 10
    answer: int = 10


@dataclass(frozen=True)
class Publication:
    """How the final figure is shown: decimals, half up; ranked on the shown figure.

    `node_places` rounds every figure of the tree on its way up; None keeps them exact. `shows`:
    the grades whose holders are named in public, all others not at all; None names everybody.
    """

    places: int
    node_places: int | None = None
    shows: frozenset[str] | None = None
    periods: Periods = Periods()


@dataclass(frozen=True)
class AdjustmentKind:
    """A bonus or deduction an office may enter: by `times`, or by `amount`.

    `points` are each time's points; `amount_range` bounds what may be entered.
    """

    code: str
    name: Text
    by: Literal["times", "amount"]
    points: Decimal | None = None
    amount_range: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True)
class Choice:
    """A value that may be entered for a component, and what it is called."""

    value: Decimal
    name: Text


@dataclass(frozen=True)
class Body:
    """An assessing body: it enters its components for all units, under its name."""

    code: str
    name: Text


@dataclass(frozen=True)
class Component:
    """An indicator that is entered: for which categories, in which round's sheet.

    A figure lies between `minimum` and `maximum`, or is one of `choices` where there are any.
    `body` is the assessing body that enters it; empty: the office.
    """

    code: str
    name: Text
    categories: tuple[str, ...]
    round: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[Choice, ...] = ()
    body: str = ""

    def allows(self, value: Fraction) -> bool:
        """Whether the scheme takes this figure."""
        if self.choices:
            return any(choice.value == value for choice in self.choices)
        above = self.minimum is None or value >= Fraction(self.minimum)
        return above and (self.maximum is None or value <= Fraction(self.maximum))

    def allowed(self) -> Text:
        """What may be entered, in words that follow “expected”."""
        if self.choices:
            told = Text("%(value)s（%(name)s）", "%(value)s (%(name)s)")
            listed = AND.join(told.filled(value=c.value, name=c.name) for c in self.choices)
            return Text("以下之一：%(choices)s", "one of: %(choices)s").filled(choices=listed)
        least, most = self.minimum, self.maximum
        if least is None:
            return Text(f"不超过 {most} 的数", f"a number up to {most}")
        if most is None:
            return Text(f"不小于 {least} 的数", f"a number from {least} on")
        return Text(f" {least} 到 {most} 的数", f"a number from {least} to {most}")


@dataclass(frozen=True)
class OutcomeNames:
    """What grades, awards, bars, posts, consequences and confirmations are called, by code."""

    grades: Mapping[str, Text] = field(default_factory=dict)
    awards: Mapping[str, Text] = field(default_factory=dict)
    bars: Mapping[str, Text] = field(default_factory=dict)
    posts: Mapping[str, Text] = field(default_factory=dict)
    consequences: Mapping[str, Text] = field(default_factory=dict)
    confirmations: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class Scheme:
    """One rule book. `sha256` is the hash of the exact file, by which a season is frozen."""

    code: str
    version: str
    title: Text
    source: str
    sha256: str
    categories: tuple[Category, ...]
    rounds: tuple[Round, ...]
    groups: tuple[Group, ...]
    questionnaires: Mapping[str, Questionnaire]
    parameters: tuple[Parameter, ...]
    components: tuple[Component, ...]
    adjustments: tuple[AdjustmentKind, ...]
    score: Rule
    node_names: Mapping[str, Text]
    publication: Publication
    bodies: tuple[Body, ...] = ()
    # What the grades of tasks are called where the scheme names them, by component.
    grade_names: Mapping[str, Text] = field(default_factory=dict)
    outcome: OutcomeRules = field(default_factory=OutcomeRules)
    outcome_names: OutcomeNames = field(default_factory=OutcomeNames)
    # What is evaluated; by it pages, messages and documents choose their noun.
    evaluates: Evaluated = "units"

    def get_group(self, code: str) -> Group:
        found = next((group for group in self.groups if group.code == code), None)
        if found is None:  # not next's own end: a generator that asks would end without a word
            raise KeyError(code)
        return found

    def get_component(self, round_code: str, code: str) -> Component:
        """A component of a round: the same code may be entered in several."""
        found = (each for each in self.components if (each.round, each.code) == (round_code, code))
        component = next(found, None)
        if component is None:
            raise KeyError(code)
        return component

    def get_round(self, code: str) -> Round:
        found = next((one for one in self.rounds if one.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    def get_thresholds(self, node: str) -> Thresholds:
        """Those of the round whose answers make a figure of the score."""
        of_node = [rule for rule in list_rules(self.score) if rule.code == node]
        answered = (one for rule in of_node for one in list_rules(rule))
        codes = {one.round for one in answered if isinstance(one, Rated | Satisfaction)}
        return strictest(one.thresholds for one in self.rounds if one.code in codes)

    def get_questionnaire(self, group: str) -> Questionnaire:
        """The questionnaire that a group answers."""
        return self.questionnaires[self.get_group(group).questionnaire]

    @property
    def asks_accounts(self) -> bool:
        """Whether any questionnaire shows raters the units' own accounts."""
        return any(each.manner.account for each in self.questionnaires.values())

    @property
    def counts_projects(self) -> bool:
        """Whether adjustments name their project, which then counts once."""
        return any(
            isinstance(rule, Adjusted) and rule.once_per_project for rule in list_rules(self.score)
        )

    def find_grade(self, text: str) -> str | None:
        """The code of a grade that is written as its code or by its name in either language."""
        for code, name in self.outcome_names.grades.items():
            if text in (code, name.zh, name.en):
                return code
        return None

    def list_groups(self, round_code: str) -> tuple[Group, ...]:
        """The groups whose answers in this round the score uses, or that are asked for comments
        alone; the others are not asked."""
        asked = {
            (rated.round, group)
            for rated in list_rated(self.score)
            for group in rated.groups.values()
        } | {
            (each.round, each.group)
            for each in list_rules(self.score)
            if isinstance(each, Satisfaction)
        }
        asked |= {
            (each.round, group)
            for each in list_rules(self.score)
            if isinstance(each, CommentsOnly)
            for group in each.groups
        }
        return tuple(group for group in self.groups if (round_code, group.code) in asked)

    @cached_property
    def boxed(self) -> frozenset[str]:
        """The rounds in which questionnaires are answered: the others have no box, codes or keys.

        Kept, since the board asks it of every round of every season.
        """
        return frozenset(
            one.code
            for one in self.rounds
            if any(group.identity != "entries" for group in self.list_groups(one.code))
        )


def list_rules(rule: Rule) -> Iterator[Rule]:
    """A rule and all below it."""
    yield rule
    for part in rule.below:
        yield from list_rules(part)
