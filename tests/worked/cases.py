"""A worked case as `recompute` sees it, for tests that hold its figures by hand."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from analysis.outcome.history import Consequence
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import Recomputation, recompute
from evalsvc.scheme.presets import load_preset

DATA = Path(__file__).parents[1] / "data"

Figures = Mapping[str, Fraction | int | None]


def read_case(code: str) -> Recomputation:
    return recompute(read_package(open_package(DATA / code), load_preset(code)))


def read_worked(preset: str) -> Recomputation:
    """The worked case of any preset; the one of Panshan was given."""
    folder = DATA / ("panshan-small" if preset == "panshan-2018" else preset)
    return recompute(read_package(open_package(folder), load_preset(preset)))


def worked_nodes(case: Recomputation, unit: str) -> dict[str, Fraction | None]:
    """All figures of a unit that were worked out; what was entered is left out."""
    tree = next(result.tree for result in case.results if result.unit == unit)
    return {node.code: node.value for node in tree.walk() if node.rule != "given"}


def lines(case: Recomputation) -> dict[str, tuple[str | None, int | None, str | None]]:
    """Published figure, rank and grade by unit."""
    return {u.unit: (u.published, u.rank, u.grade) for u in case.outcome.units}


def remarks(case: Recomputation, unit: str, node: str) -> dict[str, tuple[str, ...]]:
    tree = next(result.tree for result in case.results if result.unit == unit)
    found = next(each for each in tree.walk() if each.code == node)
    return {remark.code: remark.figures for remark in found.remarks}


def following(case: Recomputation) -> dict[str, tuple[Consequence, ...]]:
    """The units that have consequences."""
    return {u.unit: u.consequences for u in case.outcome.units if u.consequences}


def F(text: str) -> Fraction:  # noqa: N802  # a figure, as it is written
    return Fraction(text)
