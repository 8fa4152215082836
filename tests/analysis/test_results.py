"""Every value of the mathematics is frozen, and one that holds arrays is compared as a whole."""

import importlib
import pkgutil
from dataclasses import fields, is_dataclass

import pytest

import analysis

KINDS = sorted(
    {
        kind
        for module in pkgutil.walk_packages(analysis.__path__, "analysis.")
        for kind in vars(importlib.import_module(module.name)).values()
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__.startswith("analysis.")
    },
    key=lambda kind: kind.__qualname__,
)


def holds_arrays(kind: type) -> bool:
    return any(
        "NDArray" in str(field.type) or "ndarray" in str(field.type) for field in fields(kind)
    )


WITH_ARRAYS = [kind for kind in KINDS if holds_arrays(kind)]


def test_there_are_results_of_both_sorts():
    assert len(KINDS) > 100
    assert len(WITH_ARRAYS) > 15


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
def test_a_result_cannot_be_changed_by_who_reads_it(kind: type):
    assert kind.__dataclass_params__.frozen


@pytest.mark.parametrize("kind", WITH_ARRAYS, ids=lambda kind: kind.__qualname__)
def test_arrays_are_not_compared_cell_by_cell(kind: type):
    # == of arrays is an array again, and two results would be neither equal nor different.
    assert not kind.__dataclass_params__.eq
