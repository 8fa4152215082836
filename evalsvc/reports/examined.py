"""A season examined, as whoever shows it needs it: what the pages read of its diagnostics."""

from collections.abc import Mapping
from typing import Protocol

from analysis.examining.citizen_tables import CitizenTable
from analysis.examining.diagnostics import RatedTable
from analysis.examining.favours import Favour
from analysis.examining.total_tables import TotalTable


class Labels(Protocol):
    """Names of units by code, and of raters of named groups by group and code."""

    @property
    def units(self) -> Mapping[str, str]: ...
    @property
    def raters(self) -> Mapping[tuple[str, str], str]: ...


class ExaminedRound(Protocol):
    """A counted round's tables."""

    @property
    def round(self) -> str: ...
    @property
    def tables(self) -> tuple[RatedTable, ...]: ...
    @property
    def citizens(self) -> tuple[CitizenTable, ...]: ...
    @property
    def favours(self) -> tuple[Favour, ...]: ...
    @property
    def labels(self) -> Labels: ...


class Examined(Protocol):
    """A season's diagnostics."""

    @property
    def rounds(self) -> tuple[ExaminedRound, ...]: ...
    @property
    def totals(self) -> tuple[TotalTable, ...]: ...
    @property
    def labels(self) -> Labels: ...


class Flagged(Protocol):
    """A ballot that stands out, and for what."""

    @property
    def group(self) -> str: ...
    @property
    def ballot(self) -> str: ...
    @property
    def flags(self) -> tuple[str, ...]: ...
