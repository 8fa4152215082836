"""A round's box as the files of a package: roll, forms, sealed ballots, leaves."""

import base64

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.box.roll import RollPlace
from evalsvc.evidence.write import sheet
from evalsvc.models.box import Assistance, Ballot, Credential, DealtForm
from evalsvc.models.opened import Rejection


def list_places(session: Session, round_id: int) -> list[RollPlace]:
    """Every place on the roll, void ones too."""
    rows = session.execute(
        select(Credential.key, Credential.group, Credential.cell, Credential.form).where(
            Credential.round_id == round_id
        )
    )
    return [RollPlace(*row) for row in rows]


def list_leaves(session: Session, round_id: int) -> list[bytes]:
    """The leaves of all ballots in the box, sorted, which tells nothing of their arrival."""
    leaves = session.scalars(
        select(Ballot.leaf)
        .join(Credential, Credential.key == Ballot.credential)
        .where(Credential.round_id == round_id)
    )
    # In no other order: rows lie in batches, one for each anchor's hour.
    return sorted(leaves)


def write_roll(session: Session, round_id: int) -> bytes:
    """The roll in the order of its keys, which is no order of issuing."""
    places = session.scalars(
        select(Credential).where(Credential.round_id == round_id).order_by(Credential.key)
    )
    return sheet(
        ("credential", "group", "cell", "form", "void"),
        (
            (place.key.hex(), place.group, place.cell, str(place.form), str(int(place.void)))
            for place in places
        ),
    )


def write_forms(session: Session, round_id: int) -> bytes:
    """The dealt lists of units."""
    forms = session.scalars(
        select(DealtForm)
        .where(DealtForm.round_id == round_id)
        .order_by(DealtForm.group, DealtForm.form)
    )
    return sheet(
        ("group", "form", "units"), ((one.group, str(one.form), one.units) for one in forms)
    )


def write_ballots(session: Session, round_id: int) -> bytes:
    """Every sealed ballot with its signature, replaced ones too."""
    ballots = session.scalars(
        select(Ballot)
        .join(Credential, Credential.key == Ballot.credential)
        .where(Credential.round_id == round_id)
        .order_by(Ballot.credential, Ballot.seq)
        # Of a million ballots a few hundred in memory.
        .execution_options(yield_per=500)
    )
    return sheet(
        ("credential", "seq", "nonce", "sealed", "signature"),
        (
            (
                ballot.credential.hex(),
                str(ballot.seq),
                ballot.nonce.hex(),
                base64.b64encode(ballot.sealed).decode(),
                ballot.signature.hex(),
            )
            for ballot in ballots
        ),
    )


def write_leaves(session: Session, round_id: int) -> bytes:
    """The public list, one leaf a line."""
    return "".join(f"{leaf.hex()}\n" for leaf in list_leaves(session, round_id)).encode()


def write_rejections(session: Session, round_id: int) -> bytes:
    """How many ballots did not count, by group and reason."""
    rows = session.scalars(
        select(Rejection)
        .where(Rejection.round_id == round_id)
        .order_by(Rejection.group, Rejection.reason)
    )
    return sheet(("group", "reason", "n"), ((row.group, row.reason, str(row.n)) for row in rows))


def write_assistance(session: Session, round_id: int) -> bytes:
    """How many ballots the office's counter typed in, as reported and as found when opened."""
    rows = session.scalars(
        select(Assistance).where(Assistance.round_id == round_id).order_by(Assistance.group)
    )
    return sheet(
        ("group", "reported", "counted"),
        ((row.group, str(row.reported), str(row.counted or 0)) for row in rows),
    )
