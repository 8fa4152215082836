"""What the log commits to of an opened box: every row that the opening leaves, file by file."""

import secrets
from collections.abc import Iterable, Iterator, Mapping

from nacl.secret import SecretBox
from sqlalchemy.orm import Session

from evalsvc.counting.count import Outcome
from evalsvc.domain.sealing.box_files import write_assistance
from evalsvc.domain.sealing.signing import derive_secret
from evalsvc.evidence.opening import (
    FORMAT,
    KEYS_FILE,
    OPENING_FILE,
    SALT_BYTES,
    Cells,
    Opening,
    build_opening,
    name_ballot,
    name_rater,
    opened_sheet,
    part_sums,
    sorted_rows,
)
from evalsvc.evidence.sheets import guarded
from evalsvc.models.opened import BoxOpening
from evalsvc.models.season import Round
from evalsvc.settings import Settings


def list_opened_files(code: str, outcome: Outcome, form: int = FORMAT) -> dict[str, bytes]:
    """What the box alone gives: the same bytes whenever and wherever it is opened.

    But for the estimates, which the same program gives alike.
    """
    sums = (
        (code, group, row.kind, row.subject, row.name, row.value)
        for group, ones in outcome.sums.items()
        for row in ones
    )
    rows: dict[str, Iterable[Cells]] = {
        **part_sums(sums, form),
        "ballots.csv": _list_answers(code, outcome),
        "counts.csv": (
            (
                code,
                group,
                row.stratum,
                row.unit,
                row.item,
                row.level,
                str(row.n),
                str(row.n_unflagged),
            )
            for group, ones in outcome.levels.items()
            for row in ones
        ),
        "comments": (
            # Guarded as in a package's cells: what is committed to is what an auditor has in hand.
            (code, one.group, one.item, one.unit, guarded(one.value))
            for one in outcome.replies
            if one.is_comment
        ),
        "replies": (
            (code, one.group, one.item, one.unit, one.rater, guarded(one.value))
            for one in outcome.replies
            if not one.is_comment
        ),
        "favours": (tuple(map(str, vars(one).values())) for one in outcome.favours),
        "rejections.csv": (
            (group, reason, str(n)) for (group, reason), n in outcome.rejected.items()
        ),
        # Without zeros (docs/evidence): a group that nobody was typed in for has no row in either.
        "assisted": ((group, str(n)) for group, n in outcome.assisted.items() if n),
        KEYS_FILE: _list_keys(outcome),
    }
    return {name: opened_sheet(name, ones) for name, ones in rows.items()}


def commit_opening(
    session: Session,
    settings: Settings,
    row: Round,
    outcome: Outcome,
    relations: Iterable[tuple[str, str, str, str]],
) -> Opening:
    """Keep what a package needs to show that nothing was changed since, in this transaction."""
    session.flush()
    files = list_opened_files(row.code, outcome)
    lists = {
        "relations.csv": opened_sheet("relations.csv", ((row.code, *one) for one in relations)),
        "assisted.csv": sorted_rows(write_assistance(session, row.id), "assisted.csv"),
    }
    # A count of few people could be guessed from its hash, which staff see in the log. With a salt
    # that the audit edition alone carries it can't.
    opening = build_opening(row.uid, secrets.token_bytes(SALT_BYTES), {**files, **lists})
    # What ties a pseudonym to a place lies in the database only under a key that is derived from
    # the signing key: no copy of the database has that.
    sealed = _key_box(settings, row.uid).encrypt(files[KEYS_FILE])
    session.add(BoxOpening(round_id=row.id, content=opening.to_json(), keys=bytes(sealed)))
    return opening


def write_opening(session: Session, settings: Settings, row: Round) -> Mapping[str, bytes]:
    """The files of a package; none of a box that was opened before there were any."""
    found = session.get(BoxOpening, row.id)
    # Packages of such rounds stay as they were, byte for byte, and pass.
    if found is None:
        return {}
    keys = _key_box(settings, row.uid).decrypt(found.keys)
    return {OPENING_FILE: found.content.encode(), KEYS_FILE: keys}


def _list_answers(code: str, outcome: Outcome) -> Iterator[Cells]:
    for ballot in outcome.ballots:
        # Names follow from the ballot's own key and not from
        # chance: a second opening gives the same bytes.
        name = name_ballot(ballot.key)
        rater = ballot.rater or name_rater(ballot.group, ballot.key)
        for one in ballot.answers:
            yield code, ballot.group, name, rater, one.unit, one.item, one.value


def _list_keys(outcome: Outcome) -> Iterator[Cells]:
    for kept in outcome.ballots:
        yield kept.leaf.hex(), kept.key.hex(), name_ballot(kept.key), ""
    for rejected in outcome.rejected_ballots:
        yield rejected.leaf.hex(), rejected.key.hex(), "", rejected.reason


def _key_box(settings: Settings, uid: str) -> SecretBox:
    return SecretBox(derive_secret(settings, f"opening keys of round {uid}"))
