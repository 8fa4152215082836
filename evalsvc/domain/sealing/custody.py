"""Who holds the key of a round's box: one person, two of three, or a machine of the custodians'."""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from evalsvc.box.keys import (
    KEY_BYTES,
    MODERATE,
    Cost,
    PassphraseCheck,
    WrappedKey,
    WrongPassphrase,
    make_check,
    new_box_keys,
    read_wrapped,
    rehearse,
    unwrap_with,
    wrap_for_pairs,
    wrap_private,
    write_wrapped,
)
from evalsvc.box.log_words import Verb, about_round
from evalsvc.box.round_keys import RoundKey, is_round_key, seal_round_key
from evalsvc.box.sealing import seal
from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.people import approvals
from evalsvc.domain.purging import ask_purge
from evalsvc.domain.sealing.states import refuse, require_state
from evalsvc.domain.seasons import get_round_row, read_scheme, require_box
from evalsvc.errors import (
    CUSTODIANS_WRONG,
    PASSPHRASE_OF_WRONG,
    PASSPHRASE_WEAK,
    PASSPHRASES_WRONG,
    UPLOAD_REFUSED,
    WRONG_PASSPHRASE,
    Problem,
)
from evalsvc.models.approval import Approval
from evalsvc.models.box import Credential, Invite
from evalsvc.models.season import Round
from evalsvc.settings import Settings, load_secret_key
from evalsvc.text import AND, Text

# For what a machine can try without limit: whoever has the database has the wrapped keys.
LEAST_PASSPHRASE = 12
CUSTODIANS = 3
SOLE, PAIRS, OFFLINE = "sole", "pairs", "offline"
# What three names are joined by in a round's row.
BETWEEN = "、"

# One custodian's pass-phrase, or those of the custodians present by their names.
Passphrases: TypeAlias = str | Mapping[str, str]

_PUBLIC_FORMAT = "evalsvc public key 1"
_SEASON_FORMAT = "evalsvc public keys of a season 1"

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


@dataclass(frozen=True)
class PublicKeys:
    """What a machine of the custodians hands in; `rounds` by code, where it is a season's."""

    public: bytes
    holders: tuple[str, ...]
    rounds: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """What is kept of a round's new keys: the public half, and the private one as text."""

    public: bytes
    text: str

    def say_season(self) -> dict[str, str]:
        """Under which season's key it is, for the log."""
        if not is_round_key(self.text):
            return {}
        return {"season_key": RoundKey.from_json(self.text).season_public.hex()}


def make_keys(
    act: Act, round_id: int, passphrase: str, cost: Cost = MODERATE, *, season: bool = False
) -> None:
    """Make the box's key pair for one custodian; a small office's way, told on page and report.

    `season`: one key for all rounds of the season that have none yet, each with its own under it.
    """
    _require_strong(passphrase)
    holders = (act.actor.login,)

    def wrap(private: bytes) -> tuple[WrappedKey, ...]:
        return (wrap_private(private, passphrase, holders=holders, cost=cost),)

    _make(act, round_id, SOLE, holders, wrap, season=season)


def make_keys_for_three(
    act: Act,
    round_id: int,
    passphrases: Mapping[str, str],
    cost: Cost = MODERATE,
    *,
    season: bool = False,
) -> None:
    """Make the box's key pair so that any two of three custodians open it together.

    `season`: one key for all rounds of the season that have none yet, each with its own under it.
    """
    _require_three(tuple(passphrases))
    for passphrase in passphrases.values():
        _require_strong(passphrase)

    def wrap(private: bytes) -> tuple[WrappedKey, ...]:
        return wrap_for_pairs(private, passphrases, cost=cost)

    def check() -> Mapping[str, PassphraseCheck]:
        return {name: make_check(typed, cost=cost) for name, typed in passphrases.items()}

    _make(act, round_id, PAIRS, tuple(passphrases), wrap, check, season=season)


def require_small_office(settings: Settings) -> None:
    """One custodian is for an office that is set up as a small one."""
    if not settings.small_office:
        raise Problem(CUSTODIANS_WRONG, expected=Text("三位保管人", "three custodians"))


def write_public_key(
    public: bytes, holders: Sequence[str], rounds: Mapping[str, bytes] | None = None
) -> str:
    """The file that goes from the custodians' machine to the service.

    `rounds`: by code the public keys of a season's rounds, where `public` is the season's.
    """
    record: dict[str, object] = {
        "format": _PUBLIC_FORMAT if rounds is None else _SEASON_FORMAT,
        "public_key": public.hex(),
        "holders": list(holders),
    }
    if rounds is not None:
        record["rounds"] = {code: each.hex() for code, each in rounds.items()}
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def read_public_key(content: bytes) -> PublicKeys:
    """Read what write_public_key wrote."""
    try:
        record = json.loads(content)
        if record["format"] not in (_PUBLIC_FORMAT, _SEASON_FORMAT):
            raise ValueError(record["format"])
        rounds = record["rounds"].items() if record["format"] == _SEASON_FORMAT else ()
        return PublicKeys(
            bytes.fromhex(record["public_key"]),
            tuple(str(one) for one in record["holders"]),
            {str(code): bytes.fromhex(key) for code, key in rounds},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = Text(
            "这不是离线命令写出的公钥文件（public-key.json）",
            "this is no public key file of the offline command (public-key.json)",
        )
        raise Problem(UPLOAD_REFUSED, reason=reason) from error


def take_public_key(act: Act, round_id: int, keys: PublicKeys) -> None:
    """Take the public halves of key pairs that were made on a machine of the custodians.

    Of a season's keys those of all its rounds that have none yet are taken at once.
    """
    _require_three(keys.holders)
    if any(len(each) != KEY_BYTES for each in (keys.public, *keys.rounds.values())):
        raise Problem(CUSTODIANS_WRONG, expected=Text("公钥应为32字节", "a public key of 32 bytes"))
    # No copy is kept here; an empty list says so wherever copies are counted.
    made = {round_id: Made(keys.public, "[]")}
    if keys.rounds:
        elsewhere = RoundKey(keys.public, (), b"").to_json()
        codes = _list_codes(act.database, round_id, keys.rounds)
        made = {each: Made(keys.rounds[code], elsewhere) for each, code in codes.items()}
    _keep_keys(act, OFFLINE, keys.holders, made)


def rehearse_opening(act: Act, round_id: int, passphrases: Passphrases) -> None:
    """Open a test text with every custodian's pass-phrase, in every pair.

    A box that nobody can open must not be filled.
    """
    with act.database.reading() as session:
        row = get_round_row(session, round_id)
        groups = _list_openings(row, passphrases)
        rows = _list_sharing(row)
        # A pass-phrase is stretched once for all rounds that it opens.
        tried = [_try_all(rows, _unlock_first(row, group)) for group in groups]
        keys = {each.id: each.public_key for each in rows}
    if not all(tried):
        raise Problem(WRONG_PASSPHRASE)
    # Kept only after every pair has opened: of three custodians with one pass-phrase mistyped two
    # would still open, and the third would be found out when it is needed.
    _note_rehearsal(act, keys, {"openings": str(len(tried))})


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
        keys = {each.id: each.public_key for each in _list_sharing(row)}
        expected = _derive_test_word(settings, row)
    # In the same time however much of the word is right.
    if not hmac.compare_digest(word.strip().lower().encode(), expected.encode()):
        raise Problem(WRONG_PASSPHRASE)
    _note_rehearsal(act, keys, {"where": "offline"})


def unlock_box(row: Round, passphrases: Passphrases) -> bytes:
    """The private key of a round's box; it exists only in the memory of whoever calls."""
    return _open_own(row, _unlock_first(row, passphrases))


def count_under(database: Database, round_id: int) -> int:
    """How many rounds one key of the season opens still; 0 where this one has its own alone."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        held = _find_round_key(row)
        if held is None:
            return 0
        return sum(_is_under(each, held.season_public) for each in row.season.rounds)


def check_opening(database: Database, round_id: int, passphrases: Passphrases) -> None:
    """Refuse before any work begins what would not open the box."""
    with database.reading() as session:
        unlock_box(get_round_row(session, round_id), passphrases)


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
        copies = _count_copies(row)
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


def _make(
    act: Act,
    round_id: int,
    kind: str,
    holders: tuple[str, ...],
    wrap: Callable[[bytes], Sequence[WrappedKey]],
    check: Callable[[], Mapping[str, PassphraseCheck]] = dict,
    *,
    season: bool,
) -> None:
    """Draw the keys of one round, or of the season with one under it for each round."""
    if not season:
        keys = new_box_keys()
        made = Made(keys.public, write_wrapped(wrap(keys.private)))
        _keep_keys(act, kind, holders, {round_id: made})
        return
    master = new_box_keys()
    wrapped, checks = tuple(wrap(master.private)), check()
    made_for = {}
    for each in _list_without_keys(act.database, round_id):
        own = new_box_keys()
        kept = RoundKey(master.public, wrapped, seal_round_key(master.public, own), checks)
        made_for[each] = Made(own.public, kept.to_json())
    _keep_keys(act, kind, holders, made_for)


def _list_without_keys(database: Database, round_id: int) -> list[int]:
    """The round asked for, and those of its season that have a box and no key yet."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        boxed = read_scheme(row.season).boxed
        return [
            each.id
            for each in row.season.rounds
            if each.id == row.id
            or (each.code in boxed and each.public_key is None and each.state == "preparing")
        ]


def _list_codes(database: Database, round_id: int, offered: Mapping[str, bytes]) -> dict[int, str]:
    """For which rounds keys are taken; refused where they are another season's."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        there = {each.code: each for each in row.season.rounds}
        strange = [code for code in offered if code not in there]
        if strange or row.code not in offered:
            known = "、".join(offered)
            raise UPLOAD_REFUSED.because(
                Text(
                    f"公钥文件里的轮次是 {known}，与本年度的不符；请用本页写的命令重新制作",
                    f"the file has keys for {known}, which are not this season's rounds; make them "
                    "with the command on this page",
                )
            )
    without = set(_list_without_keys(database, round_id))
    return {there[code].id: code for code in offered if there[code].id in without}


def _keep_keys(act: Act, kind: str, holders: tuple[str, ...], made: Mapping[int, Made]) -> None:
    with act.writing() as session:
        for round_id, keys in made.items():
            row = get_round_row(session, round_id)
            require_box(row)
            require_state(row, ("preparing", "issued"), _BEFORE_OPENING)
            if row.wrapped_key is not None:
                # The earlier pair opens nothing that will ever be cast, but whoever has its bytes
                # could take it for a way in: they leave the files as well.
                ask_purge(session, "old_keys", round_id, act.moment)
            row.public_key, row.wrapped_key = keys.public, keys.text
            # A box that nobody can open must not be filled: new keys are rehearsed anew.
            row.custody, row.custodian, row.rehearsed_at = kind, BETWEEN.join(holders), None
            detail = {
                "public_key": keys.public.hex(),
                "custodians": str(len(holders)),
                "custody": kind,
                "holders": BETWEEN.join(holders),
                **keys.say_season(),
            }
            act.tell(session, Verb.MAKE_KEYS, about_round(row.id, row.code), detail)


def _unlock_first(row: Round, passphrases: Passphrases) -> bytes:
    """What the pass-phrases open: the round's private key, or its season's."""
    if not row.wrapped_key:
        raise refuse(row, _KEYS_FIRST)
    held = _find_round_key(row)
    wrapped = held.wrapped if held else read_wrapped(row.wrapped_key)
    if not wrapped:
        # Also after destruction: there is no copy that a pass-phrase could open.
        raise refuse(row, _ELSEWHERE)
    if isinstance(passphrases, str):
        passphrases = {wrapped[0].holders[0]: passphrases}
    try:
        return unwrap_with(wrapped, passphrases)
    except WrongPassphrase as error:
        raise _say_wrong(held, passphrases) from error


def _say_wrong(held: RoundKey | None, passphrases: Mapping[str, str]) -> Problem:
    """Whose pass-phrase is wrong, where that can be told; they are the ones who are asked."""
    wrong = held.list_wrong(passphrases) if held else ()
    if wrong:
        return Problem(PASSPHRASE_OF_WRONG, who=AND.join(wrong))
    if len(passphrases) > 1:
        return Problem(PASSPHRASES_WRONG)
    return Problem(WRONG_PASSPHRASE)


def _open_own(row: Round, opened: bytes) -> bytes:
    held = _find_round_key(row)
    if held is None:
        return opened
    try:
        return held.open(opened, row.public_key or b"")
    except WrongPassphrase as error:
        raise Problem(WRONG_PASSPHRASE) from error


def _list_sharing(row: Round) -> list[Round]:
    """This round, and those of its season that are under the same season's key and not begun."""
    held = _find_round_key(row)
    if held is None:
        return [row]
    others = (each for each in row.season.rounds if each.id != row.id)
    waiting = (each for each in others if each.state in ("preparing", "issued"))
    return [row, *(each for each in waiting if _is_under(each, held.season_public))]


def _try_all(rows: Sequence[Round], opened: bytes) -> bool:
    return all(
        each.public_key is not None and rehearse(each.public_key, _open_own(each, opened))
        for each in rows
    )


def _find_round_key(row: Round) -> RoundKey | None:
    """The round's key under its season's; None for a round that has its own alone."""
    text = row.wrapped_key
    return RoundKey.from_json(text) if text and is_round_key(text) else None


def _is_under(row: Round, season_public: bytes) -> bool:
    held = _find_round_key(row)
    return held is not None and held.season_public == season_public


def _count_copies(row: Round) -> int:
    held = _find_round_key(row)
    return len(held.wrapped if held else read_wrapped(row.wrapped_key or "[]"))


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


def _note_rehearsal(act: Act, keys: Mapping[int, bytes | None], detail: Mapping[str, str]) -> None:
    with act.writing() as session:
        for round_id, public in keys.items():
            row = get_round_row(session, round_id)
            if row.public_key != public:  # somebody has made new keys meanwhile
                raise Problem(WRONG_PASSPHRASE)
            row.rehearsed_at = act.moment
            act.tell(session, Verb.REHEARSE_OPENING, about_round(row.id, row.code), detail)


def _derive_test_word(settings: Settings, row: Round) -> str:
    # With the public key in it, a test text that was made under earlier keys proves nothing.
    text = b"rehearsal" + row.uid.encode() + (row.public_key or b"")
    return hmac.digest(load_secret_key(settings), text, "sha256").hex()[:12]
