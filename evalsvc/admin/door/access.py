"""Who may use which route: every route declares its roles, and one that does not is refused."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from flask import Blueprint, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.door.words import ROLES as ROLE_WORDS
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.people.sessions import SEEN_EVERY, SignedIn, find_session, note_seen
from evalsvc.errors import NOT_ALLOWED, ROLES_CLASH, Problem
from evalsvc.extensions import current_service
from evalsvc.language import translate
from evalsvc.models.staff import ROLES
from evalsvc.text import Text

_log = logging.getLogger(__name__)

door = Blueprint("admin", __name__)

View = TypeVar("View", bound=Callable[..., object])

# Under this name the signed cookie keeps the secret of the session's row.
SESSION_SECRET = "staff"  # noqa: S105 (a name, not a secret)
# The page on which several people type, and until when they may go on.
PROVED_PAGE = "proved_page"
TYPING_LASTS = timedelta(minutes=20)


@dataclass(frozen=True)
class Access:
    """One route's declaration: `roles` of which one is needed, and roles that rule it out.

    Without roles anybody may come, signed in or not. `fresh`: an act of weight, before which the
    password must have been given within the last minutes. `lasting`: a page that was shown to
    somebody proved lets them finish typing, since what several people typed would be lost.
    """

    roles: frozenset[str]
    never: frozenset[str] = frozenset()
    fresh: bool = False
    lasting: bool = False

    def admits(self, actor: Actor) -> bool:
        return actor.has_role(*self.roles) and not actor.has_role(*self.never)


def allowed(
    *roles: str, never: tuple[str, ...] = (), fresh: bool = False, lasting: bool = False
) -> Callable[[View], View]:
    """Declare that a route is for colleagues with one of these roles (and none of `never`)."""
    return _declare(Access(frozenset(roles), frozenset(never), fresh, lasting))


def allowed_to_staff(view: View) -> View:
    """Declare that a route is for every colleague who is signed in."""
    return _declare(Access(frozenset(ROLES)))(view)


def allowed_to_anybody(view: View) -> View:
    """Declare that a route needs no account: signing in itself."""
    return _declare(Access(frozenset()))(view)


def get_access(endpoint: str) -> Access:
    """What a route has declared; LookupError where its author forgot."""
    return _DECLARED[current_app.view_functions[endpoint]]


def current_actor() -> Actor:
    """The colleague at the other end of this request."""
    actor: Actor = g.actor
    return actor


def current_act() -> Act:
    """What the colleague does by this request: who, and when it came."""
    return Act(current_service().database, current_actor(), now())


def may(endpoint: str) -> bool:
    """Whether the colleague may use a route: pages offer only what will be allowed."""
    return g.actor is not None and get_access(f"admin.{endpoint}").admits(g.actor)


@door.before_request
def check_access() -> Response | None:
    """Deny by default."""
    access = get_access(request.endpoint or "")
    found = find_signed_in()
    g.actor = found.actor if found and found.complete else None
    if not access.roles:
        return None
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    if found is None:
        return redirect(url_for("admin.sign_in_page", back=back))
    if not found.complete:
        return redirect(url_for("admin.second_factor_page", back=back))
    if not access.admits(found.actor):
        _log.warning("refused: %s has no access to %s", found.actor.login, request.endpoint)
    if not found.actor.has_role(*access.roles):
        raise Problem(NOT_ALLOWED, roles=_name_roles(access.roles))
    if not access.admits(found.actor):
        raise Problem(ROLES_CLASH)
    if access.fresh and not found.fresh and not (access.lasting and _was_proved_here()):
        return redirect(url_for("admin.proof_page", back=back or _find_page_of_act()))
    return None


def is_proved() -> bool:
    """Whether this session proved who it is within the last minutes."""
    found = find_signed_in()
    return found is not None and found.fresh


def note_proved_page() -> None:
    """Remember that the page of this address was shown to somebody who had just proved it."""
    session[PROVED_PAGE] = [_name_place(), now().isoformat(), _fingerprint()]


def _was_proved_here() -> bool:
    place, at, whose = session.get(PROVED_PAGE) or ["", "", ""]
    return (
        place == _name_place()
        and whose == _fingerprint()
        and now() - datetime.fromisoformat(at) < TYPING_LASTS
    )


def _name_place() -> str:
    return str((request.view_args or {}).get("round_id", ""))


def _fingerprint() -> str:
    """Of the session that the page was shown to; another one begins anew."""
    return hashlib.sha256(str(session.get(SESSION_SECRET)).encode()).hexdigest()[:16]


def find_signed_in() -> SignedIn | None:
    """What this browser's session is worth; None where there is none."""
    secret, moment = session.get(SESSION_SECRET), now()
    if not secret:
        return None
    database = current_service().database
    found = find_session(database, secret, moment, get_idle())
    if found is not None and moment - found.seen_at >= SEEN_EVERY:
        note_seen(database, secret, moment)
    return found


def get_idle() -> timedelta:
    """After how long without a page a session ends."""
    return timedelta(minutes=current_service().settings.idle_minutes)


def _find_page_of_act() -> str:
    """The page on which the button stands that was pressed."""
    if request.endpoint in ("admin.end_own_session", "admin.end_other_sessions"):
        return url_for("admin.account_page")
    place = request.view_args or {}
    if "round_code" in place:
        where = {name: place[name] for name in ("season_id", "round_code")}
        return url_for("admin.round_diagnostics_page", **where)
    if "round_id" in place:
        return url_for("admin.round_page", round_id=place["round_id"])
    if "version" in place or request.endpoint == "admin.propose_result":
        return url_for("admin.publication_page", season_id=place["season_id"])
    if "season_id" in place:
        return url_for("admin.exports_page", season_id=place["season_id"])
    return url_for("admin.board")


def _name_roles(roles: frozenset[str]) -> Text:
    words = [ROLE_WORDS[role] for role in ROLES if role in roles]
    return Text("、".join(words), ", ".join(translate(word, "en") for word in words))


def _declare(access: Access) -> Callable[[View], View]:
    def declare(view: View) -> View:
        _DECLARED[view] = access
        return view

    return declare


_DECLARED: dict[Callable[..., object], Access] = {}
