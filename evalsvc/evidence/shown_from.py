"""From which figure on a result is public, by category: a file that both editions carry."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from evalsvc.evidence.sheets import Sheets
from evalsvc.evidence.write import sheet
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.shown import build_figures, list_hidden
from evalsvc.text import Text

SHOWN_FROM = "shown_from.csv"
Why = Literal["scheme", "raised", "unproved"]
"""`scheme`: as the rule book says; `raised`: lower down an answer would have been told;
`unproved`: nothing is above it, and that no answer is told could not be shown."""


@dataclass(frozen=True)
class Start:
    """Nothing below this node is public of a category's units."""

    category: str
    node: str
    why: Why


def write_starts(starts: Iterable[Start]) -> bytes:
    """The file; a header alone where no group keeps ballots."""
    rows = sorted((each.category, each.node, each.why) for each in starts)
    return sheet(("category", "node", "why"), rows)


def read_starts(sheets: Sheets, scheme: Scheme) -> tuple[Start, ...] | None:
    """What a package says; None for one from before this was said, which starts at the groups."""
    # Such a package is read by what it holds: every group's own score.
    if SHOWN_FROM not in sheets.files:
        return None
    rows = sheets.rows(SHOWN_FROM, ("category", "node", "why"))
    sheets.once(rows, ("category", "node"))
    categories = [category.code for category in scheme.categories]
    found = []
    for row in rows:
        sheets.known(row, "category", categories, Text("类别", "category"))
        sheets.known(row, "node", scheme.node_names, Text("计分项", "node"))
        sheets.known(row, "why", get_args(Why), Text("理由", "reason"))
        found.append(Start(row["category"], row["node"], cast(Why, row["why"])))
    return tuple(found)


def group_starts(starts: Iterable[Start]) -> Mapping[str, tuple[str, ...]]:
    """The nodes by category."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in starts:
        found[each.category].append(each.node)
    return {category: tuple(nodes) for category, nodes in found.items()}


def list_hidden_nodes(scheme: Scheme, starts: Iterable[Start]) -> Mapping[str, frozenset[str]]:
    """By category every node that is not public: below a start, and nowhere else in the tree."""
    nodes = group_starts(starts)
    return {
        category.code: list_hidden(
            build_figures(scheme.score, category.code), nodes.get(category.code, ())
        )
        for category in scheme.categories
    }
