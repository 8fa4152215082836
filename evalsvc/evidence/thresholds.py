"""The small-cell thresholds of a round, as its seal writes and holds them."""

from collections.abc import Mapping
from dataclasses import asdict

from analysis.panel.small_cells import DEFAULTS, Thresholds
from evalsvc.box.roll import RoundSeal


def write_thresholds(thresholds: Thresholds) -> dict[str, int]:
    """By name, as a seal fixes them."""
    return asdict(thresholds)


def read_thresholds(seal: RoundSeal) -> Thresholds:
    """Those under which a round opened; raises ValueError unless it names each with its number."""
    return read_named(seal.thresholds)


def read_named(named: Mapping[str, int]) -> Thresholds:
    """What `write_thresholds` wrote; raises ValueError for anything else."""
    expected = write_thresholds(DEFAULTS)
    # All of them and no other: a threshold that is left out would be the program's own.
    if set(named) != set(expected):
        raise ValueError("a seal has the thresholds " + ", ".join(expected))
    if not all(type(number) is int and number > 0 for number in named.values()):
        raise ValueError("a threshold is a whole number from 1 on")
    return Thresholds(**named)


def list_changed(thresholds: Thresholds) -> dict[str, tuple[int, int]]:
    """What a round has otherwise than the documents tell: its own number and the documented one."""
    own, usual = write_thresholds(thresholds), write_thresholds(DEFAULTS)
    return {name: (own[name], usual[name]) for name in usual if own[name] != usual[name]}
