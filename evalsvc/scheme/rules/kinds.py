"""The list of all rules; a new one is a module beside this and a line here."""

from collections.abc import Callable, Mapping
from typing import Any

from analysis.score.rules import Rule
from analysis.score.tree import Node
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.adjusted import ADJUSTED
from evalsvc.scheme.rules.all_or_nothing import ALL_OR_NOTHING
from evalsvc.scheme.rules.banded import BANDED
from evalsvc.scheme.rules.by_category import BY_CATEGORY
from evalsvc.scheme.rules.comments_only import COMMENTS_ONLY
from evalsvc.scheme.rules.completion import COMPLETION
from evalsvc.scheme.rules.deviation import DEVIATION
from evalsvc.scheme.rules.distance import DISTANCE
from evalsvc.scheme.rules.extreme import EXTREME
from evalsvc.scheme.rules.given import GIVEN
from evalsvc.scheme.rules.graded import GRADED
from evalsvc.scheme.rules.kind import Kind, Reader
from evalsvc.scheme.rules.limited import LIMITED
from evalsvc.scheme.rules.mean import MEAN
from evalsvc.scheme.rules.placed import PLACED
from evalsvc.scheme.rules.rated import RATED
from evalsvc.scheme.rules.rated_items import RATED_ITEMS
from evalsvc.scheme.rules.satisfaction import SATISFACTION
from evalsvc.scheme.rules.scaled import SCALED
from evalsvc.scheme.rules.segments import SEGMENTS
from evalsvc.scheme.rules.summed import SUMMED
from evalsvc.scheme.rules.tally import TALLY
from evalsvc.scheme.rules.task_grades import TASK_GRADES
from evalsvc.scheme.rules.to_best import TO_BEST
from evalsvc.scheme.rules.total import TOTAL
from evalsvc.scheme.rules.weighted import WEIGHTED
from evalsvc.text import Text

# In the order of the union in `analysis/score/rules`;
# `tests/scheme/test_rules.py` fails where one is missing (decision 0024).
KINDS: tuple[Kind[Any], ...] = (
    GIVEN,
    WEIGHTED,
    SUMMED,
    MEAN,
    TALLY,
    COMPLETION,
    ALL_OR_NOTHING,
    PLACED,
    TO_BEST,
    GRADED,
    TASK_GRADES,
    SEGMENTS,
    SCALED,
    BANDED,
    DEVIATION,
    EXTREME,
    LIMITED,
    COMMENTS_ONLY,
    RATED,
    RATED_ITEMS,
    DISTANCE,
    SATISFACTION,
    ADJUSTED,
    TOTAL,
    BY_CATEGORY,
)
READERS: Mapping[str, Reader] = {
    word: reader for kind in KINDS for word, reader in kind.readers.items()
}
"""By the word that a scheme's file has after `rule:`."""
NAMES: Mapping[str, Text] = {kind.rule.kind: kind.name for kind in KINDS}
"""What each rule is called, by what its nodes are marked with."""
TELLERS: Mapping[str, Callable[[Node, Scheme], Text]] = {
    kind.rule.kind: kind.tell for kind in KINDS
}
"""What tells how a figure came about, by the same."""
_BY_RULE = {kind.rule: kind for kind in KINDS}


def get_kind(rule: Rule) -> Kind[Any]:
    """What is known of a rule."""
    return _BY_RULE[type(rule)]
