"""The box's files read strictly, one line at a time: what has another form is named by its line."""

import base64
import binascii
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.panel.small_cells import Thresholds
from evalsvc.box.anchors import SignedAnchor
from evalsvc.box.chain import ChainedEvent, Event
from evalsvc.box.roll import RollPlace, RoundSeal
from evalsvc.evidence.editions import ANCHORS, LOG, write_anchors
from evalsvc.evidence.opening import KEYS_FILE, OPENING_FILE, Opening
from evalsvc.evidence.thresholds import read_thresholds
from evalsvc.evidence.verify.findings import Malformed
from evalsvc.results.rejections import REASONS
from evalsvc.text import Text

_EVENT_FIELDS = {"seq", "at", "actor", "verb", "subject", "detail", "hash"}
# As the service writes it and in no other way: what two readers could take differently is refused
# by its line. Codes have neither commas nor quotes, so no cell needs any.
_ROLL_ROW = re.compile(r"([0-9a-f]{64}),([^,\"\n]*),([^,\"\n]*),([0-9]{1,4}),([01])\n")
_BALLOT_ROW = re.compile(
    rb"([0-9a-f]{64}),([0-9]{1,3}),([0-9a-f]{32}),([A-Za-z0-9+/]+={0,2}),([0-9a-f]{128})\n"
)
_REJECTION_ROW = re.compile(r"([^,\"\n]*),([^,\"\n]*),([0-9]{1,9})\n")
_ASSISTED_ROW = re.compile(r"([^,\"\n]*),([0-9]{1,9}),([0-9]{1,9})\n")
_OPENING_ROW = re.compile(r"([0-9a-f]{64}),((?:[0-9a-f]{64})?),([^,\"\n]*),([a-z_]*)\n")
_ROUND_FIELDS = {
    "uid", "code", "scheme_sha256", "public_key", "custodians", "opened_at", "closed_at",
    "counted_at", "counting_ballots", "box_root",
}  # a table, read by rows  # fmt: skip
_LEAF_ROW = re.compile(r"([0-9a-f]{64})\n")


@dataclass(frozen=True)
class RollRow:
    """A place on the roll, and whether it was voided."""

    place: RollPlace
    void: bool


@dataclass(frozen=True)
class OpeningRow:
    """The key of one ballot, and either its name among those counted or why it did not count."""

    key: bytes
    ballot: str
    reason: str


@dataclass(frozen=True)
class BallotRow:
    """One sealed ballot as the box holds it, with the line it stands on."""

    line: int
    credential: bytes
    seq: int
    nonce: bytes
    sealed: bytes
    signature: bytes


def get_content(files: Mapping[str, bytes], file: str) -> bytes:
    """A file that has to be there."""
    if file not in files:
        raise Malformed(file, 0, Text("缺少这个文件", "this file is missing"))
    return files[file]


def read_anchors(files: Mapping[str, bytes]) -> dict[str, tuple[SignedAnchor, ...]]:
    """The anchors by the round's code."""
    record = _json(files, ANCHORS)
    if not isinstance(record, dict):
        raise Malformed(
            ANCHORS, 0, Text("应为轮次到锚点的对照", "expected rounds with their anchors")
        )
    try:
        anchors = {
            code: tuple(SignedAnchor.from_record(dict(one)) for one in listed)
            for code, listed in record.items()
        }
    except (TypeError, ValueError) as error:
        raise Malformed(ANCHORS, 0, Text(f"锚点格式不对（{error}）", str(error))) from error
    # Written again and compared: spaces, an order of their own
    # or a name that stands twice would be read and not seen.
    if write_anchors(anchors) != files[ANCHORS]:
        raise Malformed(ANCHORS, 0, Text("不是系统的写法", "not written as the service writes it"))
    return anchors


def read_seal(files: Mapping[str, bytes], code: str) -> RoundSeal:
    """What was fixed when a round opened."""
    file = f"box/{code}/seal.json"
    try:
        return RoundSeal.from_json(_text(files, file))
    except (RecursionError, TypeError, ValueError) as error:
        raise Malformed(file, 0, Text("封存内容格式不对", f"not a seal: {error}")) from error


def read_sealed_thresholds(files: Mapping[str, bytes], code: str) -> Thresholds:
    """From how many people on figures of a round may be shown."""
    try:
        return read_thresholds(read_seal(files, code))
    except ValueError as error:
        # It says already where and what; once more would hide the place.
        if isinstance(error, Malformed):
            raise
        file = f"box/{code}/seal.json"
        raise Malformed(
            file, 0, Text("封存的门槛不全或不是正整数", f"thresholds: {error}")
        ) from error


def read_round(files: Mapping[str, bytes], code: str) -> dict[str, object]:
    """What a round was, as the service writes it and in no other way."""
    file = f"box/{code}/round.json"
    record = _json(files, file)
    if not isinstance(record, dict) or set(record) != _ROUND_FIELDS:
        raise Malformed(file, 0, Text("应有规定的各项", "expected its fields and no other"))
    written = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if written.encode() != files[file]:
        raise Malformed(file, 0, Text("不是系统的写法", "not written as the service writes it"))
    return record


def read_opening(files: Mapping[str, bytes], code: str) -> Opening:
    """What the log commits to of an opened box."""
    file = f"box/{code}/{OPENING_FILE}"
    try:
        return Opening.from_json(_text(files, file))
    except (RecursionError, ValueError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(file, 0, Text("格式不对", f"no opening: {error}")) from error


def read_openings(files: Mapping[str, bytes], code: str) -> dict[bytes, OpeningRow]:
    """How each kept ballot was opened, by its leaf."""
    file = f"box/{code}/{KEYS_FILE}"
    found: dict[bytes, OpeningRow] = {}
    for leaf, key, ballot, reason in _rows(files, file, "leaf,key,ballot,reason\n", _OPENING_ROW):
        # Two keys for one ballot, and which of them opened it would be open.
        if bytes.fromhex(leaf) in found:
            raise Malformed(file, 0, Text(f"{leaf[:12]} 出现两次", f"{leaf[:12]} is there twice"))
        found[bytes.fromhex(leaf)] = OpeningRow(bytes.fromhex(key), ballot, reason)
    return found


def read_log(files: Mapping[str, bytes]) -> list[ChainedEvent]:
    """The log as it is chained."""
    return [_read_event(line, text) for line, text in enumerate(_lines(files, LOG), 1)]


def read_roll(files: Mapping[str, bytes], code: str) -> list[RollRow]:
    """The roll of a round."""
    rows = _rows(files, f"box/{code}/roll.csv", "credential,group,cell,form,void\n", _ROLL_ROW)
    return [
        RollRow(RollPlace(bytes.fromhex(key), group, cell, int(form)), void == "1")
        for key, group, cell, form, void in rows
    ]


def read_ballots(files: Mapping[str, bytes], code: str) -> Iterator[BallotRow]:
    """Every sealed ballot in turn; a county's box would not fit into memory twice."""
    file = f"box/{code}/ballots.csv"
    lines = io.BytesIO(get_content(files, file))
    if next(lines, b"") != b"credential,seq,nonce,sealed,signature\n":
        raise Malformed(file, 1, Text("表头不对", "another header than the service writes"))
    for number, line in enumerate(lines, 2):
        found = _BALLOT_ROW.fullmatch(line)
        if not found:
            raise Malformed(file, number, Text("应为一张密封的票", "expected a sealed ballot"))
        key, seq, nonce, sealed, signature = found.groups()
        try:
            content = base64.b64decode(sealed, validate=True)
        except binascii.Error as error:
            raise Malformed(file, number, Text("密文不完整", "the ciphertext is cut")) from error
        yield BallotRow(
            number,
            bytes.fromhex(key.decode()),
            int(seq),
            bytes.fromhex(nonce.decode()),
            content,
            bytes.fromhex(signature.decode()),
        )


def read_leaves(files: Mapping[str, bytes], code: str) -> list[bytes]:
    """The public list in the order in which it stands."""
    rows = _rows(files, f"box/{code}/leaves.txt", "", _LEAF_ROW)
    return [bytes.fromhex(row[0]) for row in rows]


def read_assisted(files: Mapping[str, bytes], code: str) -> dict[str, tuple[int, int]]:
    """By group: how many ballots were typed in for somebody as reported, and how many count.

    Older packages say none.
    """
    file = f"box/{code}/assisted.csv"
    if file not in files:
        return {}
    assisted: dict[str, tuple[int, int]] = {}
    for line, (group, reported, n) in enumerate(
        _rows(files, file, "group,reported,counted\n", _ASSISTED_ROW), 2
    ):
        if group in assisted:
            raise Malformed(file, line, Text("同一主体出现两次", "one group stands twice"))
        assisted[group] = (int(reported), int(n))
    return assisted


def read_rejections(files: Mapping[str, bytes], code: str) -> dict[tuple[str, str], int]:
    """How many ballots did not count, by group and reason."""
    rejected: dict[tuple[str, str], int] = {}
    file = f"box/{code}/rejections.csv"
    for line, (group, reason, n) in enumerate(
        _rows(files, file, "group,reason,n\n", _REJECTION_ROW), 2
    ):
        # A reason that nobody knows would be counted as rejected and explain nothing.
        if reason not in REASONS:
            raise Malformed(
                file, line, Text(f"没有“{reason}”这种理由", f"there is no reason “{reason}”")
            )
        if (group, reason) in rejected:
            raise Malformed(file, line, Text("同一理由出现两次", "one reason stands twice"))
        rejected[group, reason] = int(n)
    return rejected


def _rows(
    files: Mapping[str, bytes], file: str, header: str, row: re.Pattern[str]
) -> Iterator[tuple[str, ...]]:
    """The cells of each line; an empty header means that there is none."""
    lines = _lines(files, file)
    if header and next(lines, "") != header:
        raise Malformed(file, 1, Text("表头不对", "another header than the service writes"))
    for number, line in enumerate(lines, 2 if header else 1):
        found = row.fullmatch(line)
        if not found:
            raise Malformed(file, number, Text("格式不对", "not written as the service writes it"))
        yield found.groups()


def _lines(files: Mapping[str, bytes], file: str) -> Iterator[str]:
    # Only a line feed ends a line: what people type may hold U+2028, at which `splitlines` parts.
    return io.StringIO(_text(files, file), newline="\n")


def _text(files: Mapping[str, bytes], file: str) -> str:
    try:
        return get_content(files, file).decode()
    except UnicodeDecodeError as error:
        raise Malformed(file, 0, Text("应为 UTF-8 编码", "expected UTF-8")) from error


def _json(files: Mapping[str, bytes], file: str) -> object:
    try:
        return json.loads(_text(files, file))
    except (RecursionError, ValueError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(file, 0, Text("应为正确的 JSON", "expected correct JSON")) from error


def _read_event(line: int, text: str) -> ChainedEvent:
    wrong = Malformed(LOG, line, Text("应为一条记录", "expected an event"))
    try:
        record = json.loads(text)
        if not isinstance(record, dict) or set(record) != _EVENT_FIELDS:
            raise wrong
        # The chain hashes the content and not the line, so the line may have one spelling only.
        if json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n" != text:
            raise wrong
        digest = bytes.fromhex(record.pop("hash"))
    except (RecursionError, TypeError, ValueError) as error:
        raise wrong from error
    texts = [record["at"], record["actor"], record["verb"], record["subject"]]
    detail = record["detail"]
    # A number as `1.0` or `true` would be equal to 1 and hashed as another text.
    if not isinstance(detail, dict) or type(record["seq"]) is not int or record["seq"] < 1:
        raise wrong
    # Details are texts alone; a nested value would have no canonical form.
    if not all(isinstance(one, str) for one in [*texts, *detail.values()]):
        raise wrong
    return ChainedEvent(Event(**record), digest)
