"""Recomputing a package: every stated figure beside the one that follows from the facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from analysis.outcome.season_outcome import SeasonOutcome, season_outcome
from analysis.score.ranking import competition_ranks
from analysis.score.rounding import half_up
from analysis.score.scoring import score
from analysis.score.tree import Node, UnitResult
from evalsvc.evidence.model import Package, Stated

Level = Literal["ballots", "scores", "stated"]
PUBLIC_SLACK = Fraction(1, 10_000)
"""Scores in a public package are rounded to 4 decimals, which moves a total by at most so much."""


@dataclass(frozen=True)
class StatedFigure:
    """One stated figure: `node` is a node's code, `published`, `rank`, `grade`, or `plain` and
    `plain_rank`: what they would be without anybody's exclusions.

    `level` says what it was recomputed from: ballots and counts, or the scores of a public package;
    `stated` where it is only told, since it also follows from what a public package withholds.
    """

    unit: str
    node: str
    stated: str
    computed: str
    reproduced: bool
    level: Level


@dataclass(frozen=True)
class Recomputation:
    """The computed results and how each stated figure compares; none where nothing is stated."""

    package: Package
    results: tuple[UnitResult, ...]
    figures: tuple[StatedFigure, ...]
    outcome: SeasonOutcome

    @property
    def differences(self) -> tuple[StatedFigure, ...]:
        return tuple(figure for figure in self.figures if not figure.reproduced)

    def find_figure(self, unit: str, node: str) -> StatedFigure | None:
        return next((f for f in self.figures if (f.unit, f.node) == (unit, node)), None)


def recompute(package: Package) -> Recomputation:
    """Scores the package's facts under its scheme and compares every figure that it states."""
    results = score(package.scheme.score, package.facts, package.scheme.publication.places)
    outcome = season_outcome(
        package.scheme.outcome,
        package.facts,
        _as_published(package, results),
        package.scheme.publication.places,
    )
    if package.stated is None:
        return Recomputation(package, results, (), outcome)
    ranks = _ranks(package, results, package.stated)
    figures = [
        figure
        for result in results
        for figure in _figures(package, result, package.stated.get(result.unit), ranks)
    ]
    figures += [
        _grade_figure(package, result, stated, outcome)
        for result in results
        if (stated := package.stated.get(result.unit)) and stated.states_grade
    ]
    figures += _plain_figures(package, package.stated)
    return Recomputation(package, results, tuple(figures), outcome)


def _as_published(package: Package, results: tuple[UnitResult, ...]) -> tuple[UnitResult, ...]:
    """Grades follow the published figures; in a public package rounding may move computed ones."""
    if package.edition == "audit" or package.stated is None:
        return results
    said = package.stated
    # Grades go by what was published, and that is stated.
    return tuple(
        replace(r, published=said[r.unit].published) if r.unit in said else r for r in results
    )


def _grade_figure(
    package: Package, result: UnitResult, stated: Stated, outcome: SeasonOutcome
) -> StatedFigure:
    """A grade that a withheld figure may have decided can't be worked out from the others."""
    grade = outcome.get_unit(result.unit).grade
    same = stated.grade == grade
    # Told as stated and not as reproduced: whoever reads the report sees the difference.
    if not same and package.hidden.get(result.category, frozenset()) & _deciding(package):
        told = _text(stated.grade)
        return StatedFigure(result.unit, "grade", told, told, True, "stated")
    return StatedFigure(
        result.unit, "grade", _text(stated.grade), _text(grade), same, _level(result.tree)
    )


def _deciding(package: Package) -> frozenset[str]:
    """The nodes beside the published figure that grades may go by: where units tie, and bars."""
    grading = package.scheme.outcome.grading
    return frozenset({*grading.tie_break, *(bar.node for bar in grading.bars if bar.node)})


def _plain_figures(package: Package, stated: Mapping[str, Stated]) -> Iterator[StatedFigure]:
    """The stated figures without anybody's exclusions, beside those that follow."""
    if not any(unit.states_plain for unit in stated.values()):
        return
    places = package.scheme.publication.places
    # Every ballot counted again, from the same facts.
    for result in score(package.scheme.score, package.facts.with_all_ballots(), places):
        said = stated.get(result.unit)
        if said is None or not said.states_plain:
            continue
        for node, told, computed in (
            ("plain", said.plain, result.published),
            ("plain_rank", said.plain_rank, result.rank),
        ):
            same = told == computed
            yield StatedFigure(result.unit, node, _text(told), _text(computed), same, "ballots")


def _ranks(
    package: Package, results: tuple[UnitResult, ...], stated: Mapping[str, Stated]
) -> Mapping[str, int | None]:
    """Computed ranks; from the stated totals in a public package, where rounding may tie."""
    if package.edition == "audit":
        return {result.unit: result.rank for result in results}
    ranks: dict[str, int | None] = {}
    # Ranks follow published figures: computed ones may tie, or part, by a rounded score.
    for category in {result.category for result in results}:
        shown = {
            result.unit: said.published
            for result in results
            if result.category == category
            and (said := stated.get(result.unit)) is not None
            and said.published is not None
        }
        ranks |= competition_ranks(shown)
    return ranks


def _figures(
    package: Package, result: UnitResult, stated: Stated | None, ranks: Mapping[str, int | None]
) -> Iterator[StatedFigure]:
    if stated is None:
        yield StatedFigure(
            result.unit, "published", "", result.published or "", False, _level(result.tree)
        )
        return
    nodes = {node.code: node for node in result.tree.walk()}
    for code, value in stated.nodes.items():
        yield _node_figure(package, result, code, value, nodes.get(code))
    # Four decimals of a score move a total by so much at most; the audit edition has exact ones.
    slack = PUBLIC_SLACK if package.edition == "public" else Fraction(0)
    places = package.scheme.publication.places
    level = _level(result.tree)
    same = stated.published in _possible(result.tree.value, places, slack)
    yield StatedFigure(
        result.unit, "published", _text(stated.published), _text(result.published), same, level
    )
    rank = ranks.get(result.unit)
    yield StatedFigure(
        result.unit, "rank", _text(stated.rank), _text(rank), stated.rank == rank, level
    )


def _node_figure(
    package: Package, result: UnitResult, code: str, value: Fraction | None, node: Node | None
) -> StatedFigure:
    if node is None:
        return StatedFigure(result.unit, code, _exact(value), "", False, _level(result.tree))
    close = node.value is None and value is None
    if node.value is not None and value is not None:
        close = abs(node.value - value) <= package.tolerance
    return StatedFigure(result.unit, code, _exact(value), _exact(node.value), close, _level(node))


def _possible(value: Fraction | None, places: int, slack: Fraction) -> set[str | None]:
    if value is None:
        return {None}
    # Either side of the computed value: near an edge the published figure may be one of two.
    return {half_up(value + moved, places) for moved in (-slack, Fraction(0), slack)}


def _level(node: Node) -> Level:
    return "scores" if any(each.rule == "known" for each in node.walk()) else "ballots"


def _exact(value: Fraction | None) -> str:
    return "NA" if value is None else f"{float(value):.12g}"


def _text(value: str | int | None) -> str:
    return "NA" if value is None else str(value)
