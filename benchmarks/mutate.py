"""变异测试：改动一处，看测试是否发现 / change one place at a time and see whether tests notice."""

import ast
import copy
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.abc import Loader
from importlib.util import spec_from_loader
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

# Brought along by every child, so that none has to read them anew.
import hypothesis.strategies  # noqa: F401
import numpy  # noqa: F401, ICN001
import pytest
import scipy.optimize
import scipy.sparse.csgraph
import scipy.stats  # noqa: F401

PROJECT = Path(__file__).parent.parent
OF_THE_TREE = (
    "given", "weighted", "summed", "mean", "total", "by_category", "adjusted", "satisfaction",
    "rated", "rated_items",
)  # a table, read by rows  # fmt: skip
OF_ENTERED = (
    "tally", "completion", "all_or_nothing", "placed", "to_best", "graded", "task_grades",
    "segments",
)  # a table, read by rows  # fmt: skip
TREE_TESTS = (
    "scoring_nodes",
    "scoring_panshan",
    "scoring_rules",
    "scoring_three_in_one",
    "scoring_properties",
    "indicators",
    "ballot_scores",
    "adjustments",
    "edge_cases",
    "results",
)
# The tests of each module; the first finds most mutants, and the others run after it only.
TARGETS = {
    **dict.fromkeys(
        ("scoring", "evaluation", "season", *(f"rules/{rule}" for rule in OF_THE_TREE)), TREE_TESTS
    ),
    "validity": (
        "ballot_scores",
        "place_points",
        "scoring_panshan",
        "scoring_three_in_one",
        "scoring_rules",
        "quotas",
        "indicators",
        "results",
    ),
    "ballot_scores": (
        "ballot_scores",
        "place_points",
        "scoring_panshan",
        "scoring_rules",
        "scoring_three_in_one",
        "scoring_properties",
        "results",
    ),
    **dict.fromkeys(
        ("entered", *(f"rules/{rule}" for rule in OF_ENTERED)),
        ("indicators", "scoring_nodes", "results"),
    ),
    "composite": ("composite", "scoring_nodes", "indicators", "edge_cases", "results"),
    "aggregation": ("aggregation", "scoring_panshan", "ballot_scores", "results"),
    "adjustments": ("adjustments", "scoring_nodes", "scoring_rules", "results"),
    "satisfaction": ("satisfaction", "scoring_nodes", "scoring_rules", "results"),
    "quotas": ("quotas", "scoring_panshan", "worked_statistics", "results"),
    "place_points": ("place_points", "results"),
    "grading": ("grading", "outcome", "history", "results"),
    "history": ("history", "outcome", "results"),
    "confirmation": ("confirmation", "outcome", "results"),
    "season_outcome": ("outcome", "history", "grading", "results"),
    "facts": ("scoring_three_in_one", "ballot_scores", "results"),
    "tree": ("tree", "scoring_nodes", "results"),
    "ranking": ("scoring_nodes", "confirmation"),
    "rounding": ("rounding", "scoring_nodes"),
    "severity": (
        "severity",
        "worked_statistics",
        "reliability",
        "outliers",
        "edge_cases",
        "extreme_designs",
        "results",
    ),
}
# `taskset -c 0 ./run bench mutate` leaves the other cores to others.
PROCESSES = len(os.sched_getaffinity(0))
LONGEST_S = 120
# Only whether a test fails matters, not why: plain assertions start in a third of the time.
PYTEST = ("-x", "-q", "--assert=plain", "--noconftest", "-p", "no:xdist", "-p", "no:cacheprovider")
PASSED = 0
# A mutant that never ends is found, but told, too: the machine may only have been busy.
TOLD = {PASSED: "", -signal.SIGALRM: "without end: "}

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # a table, read by rows  # fmt: skip
OPERATIONS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.MatMult: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # a table, read by rows  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A module with one place changed; `what` says where and how."""

    what: str
    source: str


def main() -> None:
    """`mutate`, or `mutate severity scoring:3`, where 3 takes every third mutant."""
    for wish in sys.argv[1:] or TARGETS:
        name, _, step = wish.partition(":")
        path = find_module(name)
        source = path.read_text(encoding="utf-8")
        if _end(name, Mutant("unchanged", source)) != PASSED:
            sys.exit(f"{name}: the tests fail without any change; mend them first")
        mutants = list(list_mutants(source))[:: int(step or 1)]
        survivors = 0
        with get_context("fork").Pool(PROCESSES) as pool:
            for mutant, end in zip(mutants, pool.imap(partial(_end, name), mutants), strict=True):
                survivors += end == PASSED
                if end in TOLD:
                    print(f"  {TOLD[end]}{mutant.what}", flush=True)
        print(
            f"{name}: {len(mutants)} mutants, {len(mutants) - survivors} found, "
            f"{survivors} survive",
            flush=True,
        )


def find_module(name: str) -> Path:
    """A module of the mathematics, in whichever room it stands; a rule's is `rules/tally`."""
    (path,) = (PROJECT / "analysis").glob(f"*/{name}.py")
    return path


def list_mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(source)
    types = _list_types(tree)
    for place, node in enumerate(ast.walk(tree)):
        if node in types:
            continue
        for change in list_changes(node):
            changed = copy.deepcopy(tree)
            target = next(n for k, n in enumerate(ast.walk(changed)) if k == place)
            before = ast.unparse(target)
            change(target)
            after = ast.unparse(target)
            if before != after:
                what = f"line {getattr(node, 'lineno', 0)}: {before} → {after}"
                yield Mutant(what[:200], ast.unparse(changed))


def list_changes(node: ast.AST) -> Iterator:
    """What may be changed in a node; each is a function on its copy."""
    if isinstance(node, ast.Compare):
        for k, op in enumerate(node.ops):
            if type(op) in COMPARISONS:
                yield lambda n, k=k, op=op: n.ops.__setitem__(k, COMPARISONS[type(op)]())
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        yield lambda n: setattr(n, "op", OPERATIONS[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield lambda n: setattr(n, "op", other())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda n: setattr(n, "op", ast.UAdd())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield lambda n: setattr(n, "operand", ast.UnaryOp(ast.Not(), n.operand))
    elif isinstance(node, ast.IfExp):
        yield lambda n: _swap(n)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        if isinstance(node.value, bool):
            yield lambda n: setattr(n, "value", not n.value)
        else:
            yield lambda n: setattr(n, "value", n.value + 1)
    elif isinstance(node, ast.Return) and node.value is not None:
        yield lambda n: setattr(n, "value", ast.Constant(None))


def _swap(node: ast.IfExp) -> None:
    node.body, node.orelse = node.orelse, node.body


def _list_types(tree: ast.AST) -> set[ast.AST]:
    """Everything inside an annotation: `A | None` there is no arithmetic."""
    annotations = [
        annotation
        for node in ast.walk(tree)
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if annotation is not None
    ]
    return {inside for annotation in annotations for inside in ast.walk(annotation)}


def _end(name: str, mutant: Mutant) -> int:
    """How the tests of a module end with the mutant in its place, in children of this one."""
    first, *others = TARGETS[name]
    return _ended(name, mutant, [first]) or (_ended(name, mutant, others) if others else PASSED)


def _ended(name: str, mutant: Mutant, tests: list[str]) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_run(name, mutant, tests))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _run(name: str, mutant: Mutant, tests: list[str]) -> int:
    signal.alarm(LONGEST_S)  # a mutant may never end
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    dotted = ".".join(find_module(name).relative_to(PROJECT).with_suffix("").parts)
    sys.meta_path.insert(0, _Changed(dotted, mutant.source))
    return int(pytest.main([*PYTEST, *(f"tests/analysis/test_{each}.py" for each in tests)]))


class _Changed(Loader):
    """Finds one module in a changed source instead of its file."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:  # noqa: ARG002  # the protocol's signature
        return spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, f"<{self.name}>", "exec"), module.__dict__)  # noqa: S102  # our own


if __name__ == "__main__":
    main()
