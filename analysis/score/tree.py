"""The score tree: every node carries its value and everything needed to explain it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.score.rounding import half_up

REMARK_PLACES = 4


@dataclass(frozen=True)
class Remark:
    """Something a reader must know about a figure, by code, with the figures it speaks of.

    | code | figures |
    |---|---|
    | `not_entered` | round |
    | `not_carried` | |
    | `mean_over` | parts counted, parts in all |
    | `left_out` | codes of parts with a figure that the mean leaves out |
    | `missing_part` | code, nominal weight, rule for missing parts |
    | `missing_points` | code, full marks, rule for missing parts |
    | `out_of` | code, full marks, what the part's mark is out of |
    | `centred_means` | category mean of every part |
    | `cut` | value before, value after |
    | `too_much_missing` | weight missing, most that may be |
    | `raters` | valid ratings |
    | `void_ballots` | number, then `ballot:reason` for each |
    | `free_bands` | ballots on which the bands were free |
    | `trimmed` | ratings dropped at the top, at the bottom |
    | `not_reached` | |
    | `too_few_raters` | ratings, least number |
    | `valid_answers` | valid answers, "don't know" |
    | `too_few_answers` | valid answers, least number |
    | `satisfied_rates` | satisfied, satisfied or basically satisfied, as shares of 1 |
    | `empty_strata` | strata of the plan without a valid answer |
    | `share_of` | codes of the answers whose percentage the figure is |
    | `weighing` | how strata are weighed, the figure by the other way |
    | `few_answers` | what becomes of small strata, least number, their codes |
    | `cap` | points before, the cap, codes of its rules (none: all bonuses) |
    | `largest` | code of a rule, the largest amount that a unit has under it, its points |
    | `forbidden_events` | codes of adjustments that have an event which may not be entered |
    | `project_once` | events that count nothing, since a higher one has the same project |
    | `rounded` | value before, value after |
    | `out_of_bounds` | value, least, most |
    | `not_a_choice` | value |
    | `missing_fact` | codes of the facts that are not entered, or were refused |
    | `arithmetic` | the figure as it was worked out, in signs: `100 − 2 × 5 = 90` |
    | `from_edge`, `above_edge` | figure, edge of the band that it reaches, or passes |
    | `below_bands` | figure, edge of the lowest band |
    | `deviation` | figure, target, how far it lies from it |
    | `lowest`, `highest` | the figures that one was chosen from |
    | `limited` | value before, value after, codes of what was the reason |
    | `not_limited` | value |
    | `comments_only` | |
    | `distance` | own ballots, their ratings, mean distance from the consensus |
    | `no_own_ballot` | |
    | `bounded` | value before, value after |
    | `no_target` | the target |
    | `below_threshold` | share reached, threshold, as shares of 1 |
    | `vetoed` | number of events |
    | `place` | place in the category, units that have one |
    | `tied` | units on the place, rule for ties |
    | `voided_by_tie` | |
    | `no_best` | the best figure, from which nothing follows |
    | `best_is_nothing` | the figure that can't be bettered |
    | `forbidden` | what counts in the figure's place, codes of the parts that are forbidden |
    | `over_share` | units with the choice, most that may have it, what then happens |
    | `negative_amount` | |
    | `segment` | code, lower edge, upper edge |
    | `outside_segment` | score, code, lower edge, upper edge |
    | `not_agreed` | the segment's number as entered |
    | `not_scored` | code, lower edge, upper edge |
    | `items` | codes of the questions, then their weights as shares of 1 |
    | `by_normal` | centre, spread, least points, most points |
    | `by_percentile` | points at the bottom, at the top |
    | `by_points` | step, least, points of the first places |
    | `no_order` | ballots on which the unit is alone in its category, or tied with all of it |
    """

    code: str
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Input:
    """One fact below a leaf: a ballot's answer, a level's count, an event, an entered figure.

    `weight` is the share with which `points` enters the node's value; 0 where it was dropped,
    and then `note` says why (`dropped_high`, `dropped_low`, `over_cap`, `void`, ...). Where a
    place on a ballot counts, `raw` is `answer|first-last/units|score`.
    """

    source: str
    raw: str
    points: Fraction | None
    weight: Fraction
    note: str = ""


@dataclass(frozen=True)
class Node:
    """A figure of one unit: its value, how it entered its parent, and what it came from.

    `value` is None where the unit has no such part. `weight` is the nominal weight inside the
    parent, `applied` the weight that was really used after missing parts were dealt with.
    """

    code: str
    rule: str
    value: Fraction | None
    weight: Fraction | None = None
    applied: Fraction | None = None
    parts: tuple["Node", ...] = ()
    inputs: tuple[Input, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, parents first."""
        yield self
        for part in self.parts:
            yield from part.walk()


def list_awaited(parts: Sequence[Node]) -> tuple[str, ...]:
    """The facts that nobody has entered yet, below parts that have no figure for want of them.

    Such a part is not one that the unit does not carry: somebody still owes it.
    """
    return tuple(
        each.code
        for part in parts
        if part.value is None
        for each in part.walk()
        if each.value is None and any(remark.code == "not_entered" for remark in each.remarks)
    )


@dataclass(frozen=True)
class UnitResult:
    """One unit's tree with its published figure and its place inside the category."""

    unit: str
    category: str
    tree: Node
    published: str | None
    rank: int | None


def shown(value: Fraction | None) -> str:
    """A figure for a remark: exact where it is a short decimal, else to some places."""
    if value is None:
        return "NA"
    text = half_up(value, REMARK_PLACES)
    return text.rstrip("0").rstrip(".") if "." in text else text
