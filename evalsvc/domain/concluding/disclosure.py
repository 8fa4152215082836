"""From which figure on a result is public: settled when it is computed, and kept with it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.score.facts import Facts
from analysis.score.tree import UnitResult
from evalsvc.box.log_words import about_season
from evalsvc.db import Database
from evalsvc.domain.concluding.sheets import read_tree
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED
from evalsvc.evidence.disclosure.levels import Season as Disclosure
from evalsvc.evidence.disclosure.levels import find_starts, list_left_out
from evalsvc.evidence.disclosure.sums import Version
from evalsvc.evidence.sheets import Sheets
from evalsvc.evidence.shown_from import SHOWN_FROM, Start, group_starts, read_starts
from evalsvc.models.event import Event
from evalsvc.models.publication import Publication
from evalsvc.models.result import ResultFile, UnitSheet
from evalsvc.models.roster import Unit
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.shown import build_figures, list_folded, list_hidden, list_shown_from
from evalsvc.text import Text


def settle_starts(
    session: Session, season_id: int, scheme: Scheme, facts: Facts, results: Sequence[UnitResult]
) -> tuple[Start, ...]:
    """The starts of a result that is about to be kept, beside all that was shown before it."""
    categories = {result.unit: result.category for result in results}
    # Beside all that was shown: an answer may follow from two editions and from neither alone.
    earlier = tuple(
        Version(
            _read_results(session, season_id, version, categories),
            _read_nodes(session, season_id, version, scheme),
        )
        for version in _list_shown(session, season_id)
    )
    return find_starts(Disclosure(scheme, facts, (Version(results, {}), *earlier)))


def find_settled(
    session: Session, season_id: int, version: int, scheme: Scheme
) -> tuple[Start, ...] | None:
    """What was settled of a version; None for one from before anything was."""
    row = session.get(ResultFile, (season_id, version, SHOWN_FROM))
    if row is None:
        return None
    return read_starts(Sheets({SHOWN_FROM: row.content.encode()}), scheme)


def get_settled(database: Database, season_id: int, version: int) -> tuple[Start, ...] | None:
    """The same, for pages."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        return find_settled(session, season_id, version, scheme)


def get_folded(database: Database, season_id: int, version: int, category: str) -> frozenset[str]:
    """The figures of a category below which its units see nothing of their own sheets."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        settled = find_settled(session, season_id, version, scheme)
    # Before starts were settled, the scheme's own word holds.
    starts = None if settled is None else group_starts(settled).get(category, ())
    return list_folded(scheme, category, starts)


def get_hidden(database: Database, season_id: int, version: int, category: str) -> frozenset[str]:
    """The figures of a category that are not public: no unit is told how others stand in them."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        settled = find_settled(session, season_id, version, scheme)
    starts = None if settled is None else group_starts(settled).get(category, ())
    nodes = list_shown_from(scheme, category) if starts is None else starts
    return list_hidden(build_figures(scheme.score, category), nodes)


def check_populations(session: Session, season_id: int, version: int, scheme: Scheme) -> None:
    """Refuse to show a version beside earlier ones that a few ballots tell it from.

    Whoever has two editions of which one leaves out a single ballot more reads that ballot off the
    differences of the totals alone.
    """
    categories = _list_categories(session, season_id)
    own = list_left_out(scheme.score, _read_results(session, season_id, version, categories))
    for before in _list_shown(session, season_id):
        if before == version:
            continue
        then = list_left_out(scheme.score, _read_results(session, season_id, before, categories))
        # Who is left out in one of the two, either way:
        # each such ballot moves the totals between them.
        for (code, group), n in Counter((c, g) for c, g, _ in own ^ then).items():
            if not scheme.get_round(code).thresholds.may_show_apart(n):
                _raise_difference(scheme, before, code, group, n)


def _raise_difference(scheme: Scheme, before: int, code: str, group: str, n: int) -> None:
    name, of = scheme.get_group(group).name, scheme.get_round(code).name
    least = scheme.get_round(code).thresholds.answers_between_populations
    raise ACT_REFUSED.because(
        Text(
            f"与已公布的第 {before} 版相比，{of.zh}“{name.zh}”只差 {n} 张票，"
            f"两版一对照就能推出{'这张票' if n == 1 else '这些票'}怎么填的。"
            f"不计的票要与已公布的版本相同，或者至少相差 {least} 张",
            f"beside version {before}, which was shown, “{name.en}” in {of.en} differs by {n} "
            f"{'ballot' if n == 1 else 'ballots'} only, and both together would tell how "
            f"{'it was' if n == 1 else 'these were'} filled in. The ballots "
            "left out must "
            f"be those of the version that was shown, or differ by {least} at least",
        )
    )


def _list_shown(session: Session, season_id: int) -> list[int]:
    """Versions that have left the office: shown, or given out as a public package."""
    shown = session.scalars(
        select(Publication.version).where(
            Publication.season_id == season_id, Publication.state != "proposed"
        )
    )
    # A package that was given out is public as well, whatever became of its version.
    exported = session.scalars(
        select(Event.detail).where(
            Event.verb == "export_public_package", Event.subject == about_season(season_id)
        )
    )
    # Older exports tell no version.
    told = (json.loads(detail).get("version") for detail in exported)
    return sorted({*shown, *(int(version) for version in told if version)}, reverse=True)


def _read_results(
    session: Session, season_id: int, version: int, categories: Mapping[str, str]
) -> tuple[UnitResult, ...]:
    rows = session.scalars(
        select(UnitSheet).where(UnitSheet.season_id == season_id, UnitSheet.version == version)
    )
    return tuple(
        UnitResult(row.unit, categories[row.unit], read_tree(row.tree), row.published, row.rank)
        for row in rows
        # Whoever has left the roster meanwhile has no category to stand in.
        if row.unit in categories
    )


def _read_nodes(
    session: Session, season_id: int, version: int, scheme: Scheme
) -> Mapping[str, Sequence[str]]:
    """Where an earlier version starts; one from before this was settled showed totals at least."""
    settled = find_settled(session, season_id, version, scheme)
    trees = {
        category.code: build_figures(scheme.score, category.code) for category in scheme.categories
    }
    told = group_starts(settled) if settled is not None else {}
    return {
        # Before starts were settled every total was shown.
        code: told.get(code, () if settled is not None else (tree.code,))
        for code, tree in trees.items()
    }


def _list_categories(session: Session, season_id: int) -> dict[str, str]:
    rows = session.execute(select(Unit.code, Unit.category).where(Unit.season_id == season_id))
    return {row.code: row.category for row in rows}
