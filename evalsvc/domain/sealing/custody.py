"""Who holds the key of a round's box: one person, two of three, or a machine of the custodians'."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from evalsvc.box.keys import (
    KEY_BYTES,
    MODERATE,
    Cost,
    WrongPassphrase,
    new_box_keys,
    read_wrapped,
    rehearse,
    unwrap_with,
    wrap_for_pairs,
    wrap_private,
    write_wrapped,
)
from evalsvc.box.log_words import Verb, about_round
from evalsvc.box.sealing import seal
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.people import approvals
from evalsvc.domain.purging import ask_purge
from evalsvc.domain.sealing.states import refuse, require_state
from evalsvc.domain.seasons import get_round_row, require_box
from evalsvc.errors import (
    CUSTODIANS_WRONG,
    PASSPHRASE_WEAK,
    UPLOAD_REFUSED,
    WRONG_PASSPHRASE,
    Problem,
)
from evalsvc.models.approval import Approval
from evalsvc.models.box import Credential, Invite
from evalsvc.models.season import Round
from evalsvc.settings import Settings, load_secret_key
from evalsvc.text import Text

# For what a machine can try without limit: whoever has the database has the wrapped keys.
LEAST_PASSPHRASE = 12
CUSTODIANS = 3
SOLE, PAIRS, OFFLINE = "sole", "pairs", "offline"
# What three names are joined by in a round's row.
BETWEEN = "、"

# One custodian's pass-phrase, or those of the custodians present by their names.
Passphrases: TypeAlias = str | Mapping[str, str]

_PUBLIC_FORMAT = "evalsvc public key 1"

_BEFORE_OPENING = Text("开始前才能做密钥", "keys come first")
_KEYS_FIRST = Text("先制作票箱密钥", "the box's keys must be made first")
_ELSEWHERE = Text(
    "密钥在保管人的电脑上，请用离线命令",
    "the key is on the custodians' machine; use the offline command",
)


@dataclass(frozen=True)
class Custody:
    """Who opens a round's box, and how."""

    kind: str
    holders: tuple[str, ...]


def make_keys(act: Act, round_id: int, passphrase: str, cost: Cost = MODERATE) -> None:
    """Make the box's key pair for one custodian; a small office's way, told on page and report."""
    _require_strong(passphrase)
    keys = new_box_keys()
    wrapped = wrap_private(keys.private, passphrase, holders=(act.actor.login,), cost=cost)
    text = write_wrapped([wrapped])
    _keep_keys(act, round_id, SOLE, (act.actor.login,), keys.public, text)


def make_keys_for_three(
    act: Act, round_id: int, passphrases: Mapping[str, str], cost: Cost = MODERATE
) -> None:
    """Make the box's key pair so that any two of three custodians open it together."""
    _require_three(tuple(passphrases))
    for passphrase in passphrases.values():
        _require_strong(passphrase)
    keys = new_box_keys()
    text = write_wrapped(wrap_for_pairs(keys.private, passphrases, cost=cost))
    _keep_keys(act, round_id, PAIRS, tuple(passphrases), keys.public, text)


def require_small_office(settings: Settings) -> None:
    """One custodian is for an office that is set up as a small one."""
    if not settings.small_office:
        raise Problem(CUSTODIANS_WRONG, expected=Text("三位保管人", "three custodians"))


def write_public_key(public: bytes, holders: Sequence[str]) -> str:
    """The file that goes from the custodians' machine to the service."""
    record = {"format": _PUBLIC_FORMAT, "public_key": public.hex(), "holders": list(holders)}
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def read_public_key(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Read what write_public_key wrote: the key and its three holders."""
    try:
        record = json.loads(content)
        if record["format"] != _PUBLIC_FORMAT:
            raise ValueError(record["format"])
        return bytes.fromhex(record["public_key"]), tuple(str(one) for one in record["holders"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = Text(
            "这不是离线命令写出的公钥文件（public-key.json）",
            "this is no public key file of the offline command (public-key.json)",
        )
        raise Problem(UPLOAD_REFUSED, reason=reason) from error


def take_public_key(act: Act, round_id: int, public: bytes, holders: tuple[str, ...]) -> None:
    """Take the public half of a key pair that was made on a machine of the custodians."""
    _require_three(holders)
    if len(public) != KEY_BYTES:
        raise Problem(CUSTODIANS_WRONG, expected=Text("公钥应为32字节", "a public key of 32 bytes"))
    # No copy is kept here; an empty list says so wherever copies are counted.
    _keep_keys(act, round_id, OFFLINE, holders, public, "[]")


def rehearse_opening(act: Act, round_id: int, passphrases: Passphrases) -> None:
    """Open a test text with every custodian's pass-phrase, in every pair.

    A box that nobody can open must not be filled.
    """
    with act.database.reading() as session:
        row = get_round_row(session, round_id)
        public = row.public_key
        groups = _list_openings(row, passphrases)
        privates = [unlock_box(row, group) for group in groups]
    if public is None or not all(rehearse(public, private) for private in privates):
        raise Problem(WRONG_PASSPHRASE)
    # Kept only after every pair has opened: of three custodians with one pass-phrase mistyped two
    # would still open, and the third would be found out when it is needed.
    _note_rehearsal(act, round_id, public, {"openings": str(len(privates))})


def build_test_text(database: Database, settings: Settings, round_id: int) -> bytes:
    """A sealed text for rehearsing on the custodians' machine; what it says is kept nowhere."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        if row.public_key is None:
            raise refuse(row, _KEYS_FIRST)
        # Derived and not drawn, so that the word can be looked at later and is stored nowhere.
        return seal(row.public_key, _derive_test_word(settings, row))


def confirm_rehearsal(act: Act, settings: Settings, round_id: int, word: str) -> None:
    """Take the word that the custodians' machine has read out of the test text."""
    with act.database.reading() as session:
        row = get_round_row(session, round_id)
        if row.public_key is None:
            raise refuse(row, _KEYS_FIRST)
        public, expected = row.public_key, _derive_test_word(settings, row)
    # In the same time however much of the word is right.
    if not hmac.compare_digest(word.strip().lower().encode(), expected.encode()):
        raise Problem(WRONG_PASSPHRASE)
    _note_rehearsal(act, round_id, public, {"where": "offline"})


def unlock_box(row: Round, passphrases: Passphrases) -> bytes:
    """The private key of a round's box; it exists only in the memory of whoever calls."""
    if not row.wrapped_key:
        raise refuse(row, _KEYS_FIRST)
    wrapped = read_wrapped(row.wrapped_key)
    if not wrapped:
        # Also after destruction: there is no copy that a pass-phrase could open.
        raise refuse(row, _ELSEWHERE)
    if isinstance(passphrases, str):
        passphrases = {wrapped[0].holders[0]: passphrases}
    try:
        return unwrap_with(wrapped, passphrases)
    except WrongPassphrase as error:
        raise Problem(WRONG_PASSPHRASE) from error


def find_custody(row: Round) -> Custody | None:
    """Who opens the box; None before keys are made."""
    if row.custody is None or row.custodian is None:
        return None
    return Custody(row.custody, tuple(row.custodian.split(BETWEEN)))


def destroy_keys(
    act: Act, settings: Settings, round_id: int, approval_id: int | None = None
) -> None:
    """After the review time: wrapped keys and invitations go, ciphertext, log and results stay.

    From here on nobody can open a ballot again, and no place is anybody's any more. What was
    deleted leaves the database's files by the next purge.
    """
    with act.writing() as session:
        row = get_round_row(session, round_id)
        require_state(row, ("counted",), Text("先开箱计票", "the box must be counted first"))
        if row.destroyed_at is not None:
            # Twice is no different: the moment of the first time holds.
            return
        people = approvals.spend(session, settings, approval_id, "destroy_keys", round_id=round_id)
        copies = len(read_wrapped(row.wrapped_key or "[]"))
        row.wrapped_key, row.destroyed_at = "[]", act.moment
        _forget_invitations(session, round_id)
        ask_purge(session, "keys", round_id, act.moment)
        detail = {"copies": str(copies), "custody": row.custody or "", **people}
        act.tell(session, Verb.DESTROY_KEYS, about_round(row.id, row.code), detail)


def _forget_invitations(session: Session, round_id: int) -> None:
    keys = select(Credential.key).where(Credential.round_id == round_id)
    session.execute(delete(Invite).where(Invite.credential.in_(keys)))
    # Whoever proposed to exchange or take back a card named its holder and its place.
    for row in session.scalars(
        select(Approval).where(
            Approval.round_id == round_id, Approval.kind.in_(("reissue", "revoke"))
        )
    ):
        row.detail = json.dumps({"group": json.loads(row.detail)["group"]})


def _require_strong(passphrase: str) -> None:
    if len(passphrase.strip()) < LEAST_PASSPHRASE:
        raise Problem(PASSPHRASE_WEAK, least=LEAST_PASSPHRASE)


def _require_three(holders: tuple[str, ...]) -> None:
    names = {name.strip() for name in holders}
    # Names stand in one column, joined; a name that holds the sign between would be two people.
    if len(names) != CUSTODIANS or "" in names or any(BETWEEN in name for name in names):
        expected = Text("三位保管人的姓名，各不相同", "the names of three different custodians")
        raise Problem(CUSTODIANS_WRONG, expected=expected)


def _keep_keys(
    act: Act, round_id: int, kind: str, holders: tuple[str, ...], public: bytes, wrapped: str
) -> None:
    with act.writing() as session:
        row = get_round_row(session, round_id)
        require_box(row)
        require_state(row, ("preparing", "issued"), _BEFORE_OPENING)
        if row.wrapped_key is not None:
            # The earlier pair opens nothing that will ever be cast, but whoever has its bytes could
            # take it for a way in: they leave the files as well.
            ask_purge(session, "old_keys", round_id, act.moment)
        row.public_key, row.wrapped_key = public, wrapped
        # A box that nobody can open must not be filled: new keys are rehearsed anew.
        row.custody, row.custodian, row.rehearsed_at = kind, BETWEEN.join(holders), None
        detail = {
            "public_key": public.hex(),
            "custodians": str(len(holders)),
            "custody": kind,
            "holders": BETWEEN.join(holders),
        }
        act.tell(session, Verb.MAKE_KEYS, about_round(row.id, row.code), detail)


def _list_openings(row: Round, passphrases: Passphrases) -> list[Passphrases]:
    """Every set of custodians that must be able to open the box."""
    if isinstance(passphrases, str):
        return [passphrases]
    custody = find_custody(row)
    if custody is None or set(custody.holders) != set(passphrases):
        expected = Text("全部保管人的口令", "the pass-phrases of all custodians")
        raise Problem(CUSTODIANS_WRONG, expected=expected)
    if len(custody.holders) == 1:
        return [dict(passphrases)]
    # Whichever two are there on the day.
    return [{name: passphrases[name] for name in pair} for pair in combinations(custody.holders, 2)]


def _note_rehearsal(act: Act, round_id: int, public: bytes, detail: Mapping[str, str]) -> None:
    with act.writing() as session:
        row = get_round_row(session, round_id)
        if row.public_key != public:  # somebody has made new keys meanwhile
            raise Problem(WRONG_PASSPHRASE)
        row.rehearsed_at = act.moment
        act.tell(session, Verb.REHEARSE_OPENING, about_round(row.id, row.code), detail)


def _derive_test_word(settings: Settings, row: Round) -> str:
    # With the public key in it, a test text that was made under earlier keys proves nothing.
    text = b"rehearsal" + row.uid.encode() + (row.public_key or b"")
    return hmac.digest(load_secret_key(settings), text, "sha256").hex()[:12]
