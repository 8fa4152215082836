"""The ballots that a score tree does not count, and the rules of it that ballots feed."""

from collections.abc import Iterator

from analysis.score.facts import Facts
from analysis.score.rules import Rated, Rule
from analysis.score.validity import CheckedBallot, checked_ballots


def void_ballots(rule: Rule, facts: Facts) -> tuple[CheckedBallot, ...]:
    """Every void ballot of a score tree, once each, as the first rule that finds it void says why.

    Others may have reasons of their own: each rule checks the answers to its own question, and one
    breach voids the whole ballot for that rule alone.
    """
    found: dict[tuple[str, str, str], CheckedBallot] = {}
    for rated in list_rated(rule):
        for checked in checked_ballots(rated, facts):
            key = (checked.ballot.round, checked.ballot.group, checked.ballot.ballot)
            if checked.breaches:
                found.setdefault(key, checked)
    return tuple(found[key] for key in sorted(found))


def list_rated(rule: Rule) -> Iterator[Rated]:
    """The nodes of a score tree that are fed by ballots."""
    if isinstance(rule, Rated):
        yield rule
    for part in rule.below:
        yield from list_rated(part)
