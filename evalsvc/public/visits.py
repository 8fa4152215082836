"""A rater's visit: one encrypted cookie, and on the server only that some visit is over."""

import base64
import binascii
import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flask import g, request
from nacl.exceptions import CryptoError
from werkzeug.wrappers import Response

from evalsvc.domain.voting.casting import Receipt
from evalsvc.domain.voting.desks import OWN_PHONE, Desk
from evalsvc.domain.voting.ended_visits import end_visits, has_ended
from evalsvc.domain.voting.visit import LENGTH, Visit
from evalsvc.extensions import current_service
from evalsvc.fronts import OWN_DOOR, Front

NUMBER_BYTES = 16


@dataclass(frozen=True)
class Seat:
    """What the cookie carries: the admission, its end, and the last receipt; never an answer.

    `number` is this cookie's alone; by it the visit is ended before its time.
    """

    visit: Visit
    until: datetime
    receipt: Receipt | None = None
    number: bytes = field(default_factory=lambda: secrets.token_bytes(NUMBER_BYTES))


def current_desk() -> Desk:
    """Where this visitor sits: the office sets its own desks before it calls these pages."""
    desk: Desk = g.get("desk", OWN_PHONE)
    return desk


def current_front() -> Front:
    """Where the pages of this visit stand, and which cookie carries it."""
    front: Front = g.get("front", OWN_DOOR)
    return front


def take_seat(visit: Visit, moment: datetime) -> Seat:
    """A visit that begins now."""
    return Seat(visit, moment + LENGTH)


def keep_receipt(seat: Seat, receipt: Receipt) -> Seat:
    """The same visit under another number, with the receipt to show when the page is loaded."""
    return replace(seat, receipt=receipt, number=secrets.token_bytes(NUMBER_BYTES))


def find_seat(moment: datetime, again: bytes = b"") -> Seat | None:
    """The visit that this request belongs to; None where there is none, or it is over.

    `again`: what a ballot was submitted with. The visit is then still there for the same ballot.
    """
    desk = current_desk()
    if desk.visit is not None:
        return Seat(desk.visit, moment + LENGTH, desk.receipt)
    seat = _open(request.cookies.get(_cookie_name(), ""))
    if seat is None or moment >= seat.until:
        return None
    settings, begun = current_service().settings, seat.until - LENGTH
    if has_ended(settings, seat.number, moment, begun):
        return seat if again and has_ended(settings, seat.number + again, moment, begun) else None
    return seat


def end_seat(seat: Seat | None, moment: datetime, submitted: bytes = b"") -> None:
    """End a request's visit on the server, too, but for the ballot that it has submitted."""
    if seat is None or current_desk().visit is not None:
        return
    numbers = [seat.number + submitted, seat.number] if submitted else [seat.number]
    end_visits(current_service().settings, numbers, moment)


def set_cookie(response: Response, seat: Seat) -> None:
    """Let the browser carry the visit; no script and no other site gets at it."""
    response.set_cookie(
        _cookie_name(),
        _seal(seat),
        max_age=int(LENGTH.total_seconds()),
        secure=current_service().settings.secure_cookies,
        httponly=True,
        samesite="Strict",
    )


def clear_cookie(response: Response) -> None:
    """End the visit in this browser."""
    secure = current_service().settings.secure_cookies
    response.delete_cookie(_cookie_name(), secure=secure, httponly=True, samesite="Strict")


def _cookie_name() -> str:
    name = current_front().cookie
    return f"__Host-{name}" if current_service().settings.secure_cookies else name


def _seal(seat: Seat) -> str:
    content = {
        "round": seat.visit.round_id,
        "root": seat.visit.root.hex(),
        "until": int(seat.until.timestamp()),
        "number": seat.number.hex(),
        "receipt": [seat.receipt.code, seat.receipt.times_cast] if seat.receipt else None,
    }
    sealed = current_service().cookie_box.encrypt(json.dumps(content).encode())
    return base64.urlsafe_b64encode(bytes(sealed)).decode()


def _open(text: str) -> Seat | None:
    try:
        sealed = base64.urlsafe_b64decode(text.encode())
        content = json.loads(current_service().cookie_box.decrypt(sealed))
        return Seat(
            Visit(content["round"], bytes.fromhex(content["root"])),
            datetime.fromtimestamp(content["until"], UTC),
            Receipt(*content["receipt"]) if content["receipt"] else None,
            bytes.fromhex(content["number"]),
        )
    except (binascii.Error, CryptoError, KeyError, TypeError, ValueError):
        return None  # not ours: another service's cookie, a damaged one, or of an older key
