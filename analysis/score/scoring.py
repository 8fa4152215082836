"""The score: rules applied to facts give one explained tree per unit, exact to the last step."""

from analysis.score.evaluation import evaluate, group_by_category
from analysis.score.facts import Facts
from analysis.score.ranking import competition_ranks
from analysis.score.rounding import half_up
from analysis.score.rules import Rule
from analysis.score.season import Season
from analysis.score.tree import UnitResult


def score(rule: Rule, facts: Facts, places: int) -> tuple[UnitResult, ...]:
    """Every unit's score tree with its published figure and its rank inside the category.

    The value of a tree is exact; `published` is the root half up to `places` decimals, and ranks
    go by it. A unit whose root has no value has neither. Units keep the order of `facts.units`;
    the order of all other facts changes nothing. Raises `KeyError` where an adjustment names a
    rule that the tree does not have.
    """
    season = Season(facts)
    nodes = evaluate(rule, season, facts.units)
    # The one rounding (decision 0001). Ranks and grades go by this text from here on.
    published = {
        unit: half_up(node.value, places) for unit, node in nodes.items() if node.value is not None
    }
    ranks: dict[str, int] = {}
    for units in group_by_category(facts.units).values():
        shown = {u.code: published[u.code] for u in units if u.code in published}
        ranks |= competition_ranks(shown)
    return tuple(
        UnitResult(u.code, u.category, nodes[u.code], published.get(u.code), ranks.get(u.code))
        for u in facts.units
    )
