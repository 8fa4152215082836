"""A node whose rule differs between categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from analysis.score.evaluation import Nodes, evaluate, group_by_category
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.span import Span, joined_span, span_of
from analysis.score.tree import Node

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class ByCategory:
    """One node whose rule differs between categories."""

    kind: ClassVar[str] = "by_category"

    code: str
    rules: Mapping[str, "Rule"]
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """Each category's rule."""
        return tuple(self.rules.values())

    @property
    def span(self) -> Span:
        """Between which figures it can lie."""
        return joined_span([span_of(each) for each in self.rules.values()])

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:
        """The branch's own node: a reader sees the rule that applies, and not several."""
        nodes: dict[str, Node] = {}
        for category, own in group_by_category(units).items():
            branch = self.rules.get(category)
            # A category without a branch does not carry the part: the parent's `missing` decides.
            if branch is None:
                nodes |= {u.code: Node(self.code, "given", None) for u in own}
            else:
                nodes |= evaluate(branch, season, own)
        return nodes
