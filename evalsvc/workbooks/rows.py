"""What a roster or a sheet of figures says, as frozen rows without any trace of the workbook."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UnitRow:
    """A unit under evaluation. `flags` are codes separated by spaces, `work` is one line."""

    code: str
    name: str
    category: str
    flags: str = ""
    work: str = ""


@dataclass(frozen=True)
class RaterRow:
    """A person or seat that evaluates; `unit` is the code of the unit they belong to, or empty."""

    group: str
    code: str
    name: str
    unit: str = ""


@dataclass(frozen=True)
class RelationRow:
    """This rater evaluates this unit, in this role (empty where the group has no roles)."""

    group: str
    rater: str
    unit: str
    role: str = ""


@dataclass(frozen=True)
class SeatsRow:
    """How many cards a stratum of the panel gets; `stratum` is empty where there are none."""

    group: str
    stratum: str
    seats: int


@dataclass(frozen=True)
class Roster:
    """Who is evaluated and who evaluates; raters that follow from units are not in it."""

    units: tuple[UnitRow, ...]
    raters: tuple[RaterRow, ...] = ()
    relations: tuple[RelationRow, ...] = ()
    seats: tuple[SeatsRow, ...] = ()


@dataclass(frozen=True)
class IndicatorRow:
    """A unit's figure as exact decimal text; None: the unit does not carry the component."""

    round: str
    unit: str
    component: str
    value: str | None


@dataclass(frozen=True)
class AdjustmentRow:
    """A bonus or deduction: `times` for fixed points, `amount` where the rule wants one."""

    round: str
    unit: str
    rule: str
    times: int
    amount: str | None
    date: str
    evidence: str


@dataclass(frozen=True)
class Figures:
    """All figures that are entered for a season."""

    indicators: tuple[IndicatorRow, ...] = ()
    adjustments: tuple[AdjustmentRow, ...] = ()
