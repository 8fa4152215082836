"""A rater's visit: one encrypted cookie, nothing on the server."""

import base64
import binascii
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import g, request
from nacl.exceptions import CryptoError
from werkzeug.wrappers import Response

from evalsvc.domain.voting.casting import Receipt
from evalsvc.domain.voting.desks import OWN_PHONE, Desk
from evalsvc.domain.voting.visit import Visit
from evalsvc.extensions import current_service

LENGTH = timedelta(hours=2)


@dataclass(frozen=True)
class Seat:
    """What the cookie carries: the admission, its end, and the last receipt; never an answer."""

    visit: Visit
    until: datetime
    receipt: Receipt | None = None


def current_desk() -> Desk:
    """Where this visitor sits: the office sets its own desks before it calls these pages."""
    desk: Desk = g.get("desk", OWN_PHONE)
    return desk


def take_seat(visit: Visit, moment: datetime) -> Seat:
    """A visit that begins now."""
    return Seat(visit, moment + LENGTH)


def keep_receipt(seat: Seat, receipt: Receipt) -> Seat:
    """The same visit, with the receipt to show when the page is loaded again."""
    return replace(seat, receipt=receipt)


def find_seat(moment: datetime) -> Seat | None:
    """The visit that this request belongs to; None where there is none, or it is over."""
    desk = current_desk()
    if desk.visit is not None:
        return Seat(desk.visit, moment + LENGTH, desk.receipt)
    seat = _open(request.cookies.get(_cookie_name(), ""))
    return seat if seat and moment < seat.until else None


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
    name = current_desk().cookie
    return f"__Host-{name}" if current_service().settings.secure_cookies else name


def _seal(seat: Seat) -> str:
    content = {
        "round": seat.visit.round_id,
        "root": seat.visit.root.hex(),
        "until": int(seat.until.timestamp()),
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
        )
    except (binascii.Error, CryptoError, KeyError, TypeError, ValueError):
        return None  # not ours: another service's cookie, a damaged one, or of an older key
