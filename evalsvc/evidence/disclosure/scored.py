"""Another possible world scored: what can move is scored anew, the rest as it stands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from analysis.score.facts import Answer, Ballot, Facts
from analysis.score.forbidden import holds_forbidden
from analysis.score.rules import Rule
from analysis.score.scoring import score
from analysis.score.tree import Node, UnitResult
from evalsvc.evidence.disclosure.ballots import list_rated_of
from evalsvc.evidence.disclosure.worlds import World

READ_BALLOTS = frozenset({"distance"})
"""Rules besides rated ones that follow from answers."""


def score_world(
    rule: Rule, facts: Facts, results: Sequence[UnitResult], world: World, places: int
) -> tuple[UnitResult, ...]:
    """The results of another world, which differs from that of `results` in a few figures.

    What no moved answer or figure enters is taken as it stands: most of a season is entered, and
    hundreds of worlds are looked at.
    """
    moved = list_moved(rule, {result.category for result in results}, world)
    known = {
        (result.unit, node.code): node.value
        for result in results
        for node in _list_standing(result.tree, moved)
    }
    there = build_facts(facts, world)
    return score(rule, replace(there, known={**known, **there.known}), places)


def list_moved(rule: Rule, categories: Collection[str], world: World) -> frozenset[str]:
    """The figures into which a changed answer or entered figure goes at once, in any unit."""
    changed = {(cell.round, cell.group, cell.item) for cell in world.answers}
    rated = {
        each.code
        for category in categories
        for each in list_rated_of(rule, category)
        if any((each.round, group, each.item) in changed for group in each.groups.values())
    }
    return frozenset({*rated, *(entry.component for entry in world.entries)})


def _list_standing(node: Node, moved: frozenset[str]) -> Iterator[Node]:
    """The highest figures that nothing moves."""
    below = list(node.walk())
    moves = any(each.code in moved or each.rule in READ_BALLOTS for each in below)
    # A figure that is taken as it stands can't say that it stands for a forbidden one.
    if not moves and not holds_forbidden(node):
        yield node
        return
    for part in node.parts:
        yield from _list_standing(part, moved)


def build_facts(facts: Facts, world: World) -> Facts:
    """The facts as they would be in another possible world."""
    values = {
        (c.round, c.group, c.rater, c.unit, c.item): value for c, value in world.answers.items()
    }
    entries = {(e.round, e.unit, e.component): value for e, value in world.entries.items()}
    return replace(
        facts,
        ballots=tuple(_ballot(ballot, values) for ballot in facts.ballots),
        indicators=tuple(
            replace(i, value=entries.get((i.round, i.unit, i.component), i.value))
            for i in facts.indicators
        ),
    )


def _ballot(ballot: Ballot, values: Mapping[tuple[str, str, str, str, str], str]) -> Ballot:
    # A nameless ballot is known by its own name, as in the package.
    rater = ballot.rater or ballot.ballot
    return replace(
        ballot,
        answers=tuple(
            Answer(
                a.unit,
                a.item,
                values.get((ballot.round, ballot.group, rater, a.unit, a.item), a.value),
            )
            for a in ballot.answers
        ),
    )
