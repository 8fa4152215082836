"""Units that are asked about for comments, and have no score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from analysis.score.evaluation import Nodes
from analysis.score.facts import Unit
from analysis.score.season import Season
from analysis.score.span import ZERO, Span
from analysis.score.tree import Node, Remark

if TYPE_CHECKING:
    from analysis.score.rules import Rule


@dataclass(frozen=True)
class CommentsOnly:
    """No figure for anybody, and so no place; `groups` are asked in `round`, where they are."""

    kind: ClassVar[str] = "comments_only"

    code: str
    round: str = ""
    groups: tuple[str, ...] = ()
    places: int | None = None

    @property
    def below(self) -> "tuple[Rule, ...]":
        """Comments are no figures."""
        return ()

    @property
    def span(self) -> Span:
        """Nothing, where a figure has to be told."""
        return Span(ZERO, ZERO)

    def nodes(self, season: Season, units: Sequence[Unit]) -> Nodes:  # noqa: ARG002  # no facts
        """Each unit's empty node, which says why it is so."""
        told = (Remark("comments_only"),)
        return {unit.code: Node(self.code, self.kind, None, remarks=told) for unit in units}
