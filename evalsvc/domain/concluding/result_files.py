"""The files of a version's packages beside the boxes, and what the log says of them."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.score.facts import Facts
from analysis.score.tree import UnitResult
from evalsvc.domain.assessing.figure_trail import write_trail
from evalsvc.domain.concluding.exclusions import list_plain
from evalsvc.domain.sealing.signing import derive_secret
from evalsvc.domain.words.voices import list_comment_lines
from evalsvc.evidence.comments import write_comments
from evalsvc.evidence.computed import tell_comments, tell_computation
from evalsvc.evidence.model import Rater
from evalsvc.evidence.public import build_public_package, find_outcome
from evalsvc.evidence.shown_from import SHOWN_FROM, Start, write_starts
from evalsvc.evidence.write import build_package, sheet
from evalsvc.models.opened import OpenedAnswer, PanelSum
from evalsvc.models.result import ResultFile
from evalsvc.models.roster import Rater as RaterRow
from evalsvc.models.season import Round, Season
from evalsvc.scheme.model import Scheme
from evalsvc.settings import Settings

_COULD_CHANGE = ("raters.csv", "changes.csv")
"""The roster goes on to the next round, and figures may be changed and changed back.

Kept as well is from where on the result is public, which is sought but once."""


def write_result_files(
    session: Session,
    season: Season,
    scheme: Scheme,
    facts: Facts,
    results: Sequence[UnitResult],
    version: int,
) -> dict[str, bytes]:
    """The audit edition's files beside its boxes, as the computation saw them."""
    plain = list_plain(session, season.id, version)
    files = build_package(
        facts,
        season.scheme,
        results,
        raters=_list_raters(session, season, scheme),
        outcome=find_outcome(scheme, facts, results),
        plain={unit: (each.published, each.rank) for unit, each in plain.items()},
        further={
            "sums.csv": _write_sums(session, season),
            **write_trail(session, season.id),
            **write_comments(list_comment_lines(session, season.id, version)),
        },
    )
    kept = session.scalars(
        select(ResultFile).where(ResultFile.season_id == season.id, ResultFile.version == version)
    )
    return {**files, **{one.name: one.content.encode() for one in kept}}


def bind_result_files(
    session: Session,
    settings: Settings,
    season: Season,
    scheme: Scheme,
    facts: Facts,
    results: Sequence[UnitResult],
    version: int,
    starts: Sequence[Start],
) -> Mapping[str, str]:
    """Keep what could change, and give what the log says of a version's files."""
    # First, since the files below are read with what is kept.
    _keep(session, season.id, version, {SHOWN_FROM: write_starts(starts)})
    session.flush()
    files = write_result_files(session, season, scheme, facts, results, version)
    # From here on the roster may go on: the package of this version has what was true then.
    _keep(session, season.id, version, {n: files[n] for n in _COULD_CHANGE if n in files})
    public = build_public_package(facts, scheme, season.scheme, results, starts=starts)
    return tell_computation(write_salt(settings, season.id, version), files, public)


def bind_comments(
    session: Session, settings: Settings, season_id: int, version: int
) -> Mapping[str, str]:
    """The same for citizens' comments, on the first day on which a version shows them."""
    session.flush()
    files = write_comments(list_comment_lines(session, season_id, version))
    _keep(session, season_id, version, files)
    return tell_comments(write_salt(settings, season_id, version), files)


def write_salt(settings: Settings, season_id: int, version: int) -> bytes:
    """The same for the same result, and unknown to whoever has no audit package."""
    # Derived, so that packages can be written again
    # to the byte, and no copy of the database has it.
    salt = derive_secret(settings, f"salt of season {season_id} version {version}")
    return salt.hex().encode() + b"\n"


def _keep(session: Session, season_id: int, version: int, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        session.add(
            ResultFile(season_id=season_id, version=version, name=name, content=content.decode())
        )


def _list_raters(session: Session, season: Season, scheme: Scheme) -> Iterator[Rater]:
    """Named raters as they are; of anonymous units only the pseudonyms of their ballots."""
    named = [group.code for group in scheme.groups if group.identity == "named"]
    for row in session.scalars(
        select(RaterRow).where(RaterRow.season_id == season.id, RaterRow.group.in_(named))
    ):
        yield Rater(row.group, row.code, row.name, row.unit)
    anonymous = [group.code for group in scheme.groups if group.identity == "unit"]
    opened = session.execute(
        select(OpenedAnswer.group, OpenedAnswer.rater)
        .join(Round, Round.id == OpenedAnswer.round_id)
        .where(Round.season_id == season.id, OpenedAnswer.group.in_(anonymous))
        .distinct()
    )
    for group, pseudonym in opened:
        yield Rater(group, pseudonym)


def _write_sums(session: Session, season: Season) -> bytes:
    rounds = {row.id: row.code for row in season.rounds}
    rows = session.scalars(select(PanelSum).where(PanelSum.round_id.in_(rounds)))
    return sheet(
        ("round", "group", "kind", "subject", "name", "value"),
        sorted(
            (rounds[row.round_id], row.group, row.kind, row.subject, row.name, row.value)
            for row in rows
        ),
    )
