"""A season's facts with the indices that the rules look things up by."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from analysis.score.facts import Adjustment, Facts, Indicator


@dataclass(frozen=True)
class Season:
    """The facts with the indices that the rules look things up by."""

    facts: Facts

    @cached_property
    def indicators(self) -> dict[tuple[str, str, str], Indicator]:
        return {(i.round, i.unit, i.component): i for i in self.facts.indicators}

    @cached_property
    def adjustments(self) -> dict[str, list[Adjustment]]:
        # Of equal events for one project the first counts, and the tree lists them all: the order
        # in which somebody entered them must change neither.
        ordered = sorted(
            self.facts.adjustments,
            key=lambda a: (
                a.round,
                a.rule,
                a.date,
                a.evidence,
                a.project,
                a.times,
                # An amount that nobody gave can't be compared with a number; it comes first.
                a.amount or Fraction(0),
            ),
        )
        events: dict[str, list[Adjustment]] = {}
        for adjustment in ordered:
            events.setdefault(adjustment.unit, []).append(adjustment)
        return events

    @cached_property
    def histograms(self) -> dict[tuple[str, str, str], dict[str, dict[str, dict[str, int]]]]:
        """By round, group and item: unit → stratum → level → number."""
        found: dict[tuple[str, str, str], dict[str, dict[str, dict[str, int]]]] = {}
        for c in self.facts.counts:
            levels = (
                found.setdefault((c.round, c.group, c.item), {})
                .setdefault(c.unit, {})
                .setdefault(c.stratum, {})
            )
            levels[c.level] = levels.get(c.level, 0) + c.n
        return found
