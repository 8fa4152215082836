"""A second verifier of evidence packages, written from docs/evidence and docs/schemes alone.

Its author had the documents and not the product, of which nothing is imported. `verify` stands by
itself: one file of at most 400 lines, which takes Python and `cryptography` and makes every check
that asks no scheme. The rest builds on it: `opened` opens the kept ballots by their keys, `rules`
judges them, `forms` reads a scheme, `figures`, `entered`, `strata`, `scores` and `outcome`
recompute every node, place and grade, `public` the public edition, a panel's sums and thresholds.

python -m tests.second_verifier PACKAGE [anchors.json…] makes all checks of a folder or a ZIP.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from tests.second_verifier import opened, outcome, public, rules, verify
from tests.second_verifier.forms import Facts

BY_SCHEME: Mapping[str, Callable[[Facts], Iterator[str]]] = {
    "computed": public.computed,
    "scores": outcome.scores,
    "sums": public.sums,
    "thresholds": public.thresholds,
    "public": public.public,
}
BY_BALLOT = {"openings": opened.openings, "rules": rules.rules}


def verify_all(
    files: Mapping[str, bytes], fetched: Iterable[bytes] = (), key: str = ""
) -> dict[str, list[str]]:
    """What each check finds, those included that ask the scheme."""
    try:
        facts = Facts(files)
        found = verify.verify(files, fetched, key)
    except Exception as error:  # malformed in whatever way
        return {"container": [repr(error)]}
    for name, check in BY_SCHEME.items():
        found.setdefault(name, []).extend(attempt(check, facts))
    for name, check in BY_BALLOT.items() if facts.is_audit else ():
        for box in facts.boxes:
            found.setdefault(name, []).extend(verify.compare(partial(check, facts, box)))
    return found


def check(files: Mapping[str, bytes], fetched: Iterable[bytes] = (), key: str = "") -> set[str]:
    """The names of the checks that find something."""
    return {name for name, wrong in verify_all(files, fetched, key).items() if wrong}


def attempt(check: Callable[[Facts], Iterator[str]], facts: Facts) -> list[str]:
    try:
        return [*check(facts)]
    except Exception as error:  # what can't be read in whatever way
        return [repr(error)]
