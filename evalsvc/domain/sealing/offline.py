"""The two files between the service and a machine of the custodians: sealed box, opened count."""

import base64
import gzip
import hashlib
import json
import secrets
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from analysis.examining.favours import Favour
from analysis.score.facts import Answer
from evalsvc.box.log_words import Verb, about_round
from evalsvc.box.receipts import leaf_hash
from evalsvc.box.roll import hash_text
from evalsvc.counting.count import OpenedBallot, Outcome, Plan, RejectedBallot, SealedBallot
from evalsvc.counting.favours import PlacedUnit
from evalsvc.counting.panel import CountRow, SumRow
from evalsvc.counting.replies import Reply
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing.commitment import list_opened_files
from evalsvc.domain.sealing.opening import (
    Papers,
    build_plan,
    count_counting_ballots,
    get_closed_round,
    get_unopened_or_kept,
    keep_outcome,
    list_sealed_ballots,
)
from evalsvc.domain.seasons import read_scheme
from evalsvc.errors import UPLOAD_REFUSED
from evalsvc.evidence.opening import Opening
from evalsvc.evidence.thresholds import read_named, write_thresholds
from evalsvc.models.season import Round
from evalsvc.questions.unit import PaperUnit
from evalsvc.results.rejections import REASONS
from evalsvc.scheme.model import Scheme
from evalsvc.settings import Settings
from evalsvc.text import Text

BOX_FORMAT = "evalsvc box 3"
_EARLIER_BOX_FORMAT = "evalsvc box 2"  # of a box whose ballots may be of the format before
OPENED_FORMAT = "evalsvc opened 3"
# A count of 100,000 citizens has some megabytes; what claims to be more is not one.
MOST_OPENED = 64 * 1024 * 1024


@dataclass(frozen=True)
class BoxFile:
    """A sealed box on its way to the custodians' machine."""

    plan: Plan
    public: bytes
    total: int
    ballots: Sequence[SealedBallot]


def export_box(act: Act, round_id: int) -> bytes:
    """A closed round's sealed ballots with their roll, for opening on another machine.

    After the count it can be had again, so that the custodians can open a second time.
    """
    with act.database.reading() as session:
        row = get_unopened_or_kept(session, round_id)
        plan, papers = build_plan(session, row)
        ballots = list_sealed_ballots(session, round_id, papers)
        total = count_counting_ballots(session, round_id)
        content = _write_box(plan, row, total, ballots)
    with act.writing() as session:
        # Asked again: keys may have been destroyed while the file was put together.
        row = get_unopened_or_kept(session, round_id)
        detail = {"sha256": hashlib.sha256(content).hexdigest(), "ballots": str(total)}
        act.tell(session, Verb.EXPORT_BOX, about_round(row.id, row.code), detail)
    return content


def read_box(content: bytes) -> BoxFile:
    """Read what export_box wrote; raises ValueError for anything else."""
    try:
        lines = gzip.decompress(content).splitlines()
        head = json.loads(lines[0])
        if head["format"] not in (BOX_FORMAT, _EARLIER_BOX_FORMAT):
            raise ValueError(head["format"])
        plan = Plan(
            head["round"],
            head["scheme"],
            head["issued"],
            # The paper is told by its units, so that the machine needs no roster.
            tuple(tuple(PaperUnit(*unit) for unit in paper) for paper in head["papers"]),
            head["round_code"],
            tuple(PlacedUnit(*unit) for unit in head["units"]),
            head.get("ballot_format", 1),
            # A file of before names none: its rounds have sealed what were the only ones.
            {code: read_named(named) for code, named in head.get("thresholds", {}).items()},
        )
        ballots = [_read_ballot(json.loads(line)) for line in lines[1:]]
        box = BoxFile(plan, bytes.fromhex(head["public_key"]), head["total"], ballots)
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise ValueError(
            "这不是从轮次页下载的票箱文件，或已损坏 / "
            "this is no box file of a round's page, or it is damaged"
        ) from error
    # A file that was cut short at a line's end reads well. Counted, it would be a smaller box.
    if len(ballots) != box.total:
        raise ValueError(
            f"票箱文件不完整：应有{box.total}张，只有{len(ballots)}张 / "
            f"the box file is not whole: {box.total} ballots expected, {len(ballots)} found"
        )
    return box


def compare_opening(plan: Plan, outcome: Outcome, first: Opening) -> tuple[Opening, list[str]]:
    """What the log should commit to by this opening, and which files the first has otherwise.

    Estimates are taken from the first: they need not come out alike.
    """
    files = list_opened_files(plan.round_code, outcome, first.format)
    exact = files.keys() - first.estimated
    digests = {**first.files, **{name: hash_text(files[name]) for name in exact}}
    return replace(first, round_uid=plan.round_uid, files=digests), first.list_changed(files)


def write_opened(plan: Plan, outcome: Outcome) -> bytes:
    """What an opened box left, for the service; the order of ballots tells nothing."""
    ballots = [
        [
            one.group,
            one.rater,
            [[given.unit, given.item, given.value] for given in one.answers],
            one.leaf.hex(),
            one.key.hex(),
        ]
        for one in outcome.ballots
    ]
    # In the order of the box the list would be that of the places.
    secrets.SystemRandom().shuffle(ballots)
    record = {
        "format": OPENED_FORMAT,
        "round": plan.round_uid,
        "counted": outcome.counted,
        "rejected": [[*place, n] for place, n in sorted(outcome.rejected.items())],
        "ballots": ballots,
        "rejected_ballots": [
            [one.group, one.reason, one.leaf.hex(), one.key.hex()]
            for one in outcome.rejected_ballots
        ],
        "levels": {code: [vars(row) for row in rows] for code, rows in outcome.levels.items()},
        "sums": {code: [vars(row) for row in rows] for code, rows in outcome.sums.items()},
        "replies": [vars(reply) for reply in outcome.replies],
        "assisted": dict(outcome.assisted),
        "favours": [vars(favour) for favour in outcome.favours],
    }
    # Without the time, which would say when the custodians have opened.
    return gzip.compress(json.dumps(record, ensure_ascii=False).encode(), mtime=0)


def take_opened(act: Act, settings: Settings, round_id: int, content: bytes) -> None:
    """Take the count that the custodians' machine has made of this very box."""
    record = _read_opened(content)
    with act.database.reading() as session:
        row = get_closed_round(session, round_id)
        total = count_counting_ballots(session, round_id)
        scheme = read_scheme(row.season)
        held = _list_kept_leaves(session, row, scheme)
        _require_this_box(record, row, scheme, total, held)
    detail = {"where": "offline", "sha256": hashlib.sha256(content).hexdigest()}
    keep_outcome(act, settings, round_id, _build_outcome(record), detail)


def _write_box(plan: Plan, row: Round, total: int, ballots: Iterator[SealedBallot]) -> bytes:
    head = {
        "format": BOX_FORMAT,
        "round": plan.round_uid,
        "scheme": plan.scheme_text,
        "issued": plan.issued,
        "papers": [
            [[unit.code, unit.name, unit.category, unit.work] for unit in paper]
            for paper in plan.papers
        ],
        "round_code": plan.round_code,
        "units": [[unit.code, unit.category, unit.cluster] for unit in plan.units],
        "ballot_format": plan.ballot_format,
        "thresholds": {code: write_thresholds(own) for code, own in plan.thresholds.items()},
        "public_key": (row.public_key or b"").hex(),
        "total": total,
    }
    lines = [json.dumps(head, ensure_ascii=False)]
    lines += [json.dumps(_write_ballot(ballot), ensure_ascii=False) for ballot in ballots]
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def _write_ballot(ballot: SealedBallot) -> list[Any]:
    return [
        ballot.key.hex(),
        ballot.group,
        ballot.cell,
        ballot.paper,
        ballot.rater,
        ballot.seq,
        ballot.nonce.hex(),
        base64.b64encode(ballot.sealed).decode(),
        ballot.signature.hex(),
        ballot.home,
    ]


def _read_ballot(record: list[Any]) -> SealedBallot:
    key, group, cell, paper, rater, seq, nonce, sealed, signature, home = record
    return SealedBallot(
        bytes.fromhex(key),
        group,
        cell,
        paper,
        rater,
        seq,
        bytes.fromhex(nonce),
        base64.b64decode(sealed, validate=True),
        bytes.fromhex(signature),
        home,
    )


def _read_opened(content: bytes) -> dict[str, Any]:
    # Bit by bit and bounded: a file of some kB can claim to hold gigabytes.
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(content, MOST_OPENED)
        if unpacker.unconsumed_tail:
            raise ValueError("too large")
        record = json.loads(text)
        if not isinstance(record, dict) or record["format"] != OPENED_FORMAT:
            raise ValueError("format")
    except (zlib.error, ValueError, KeyError, RecursionError) as error:
        raise UPLOAD_REFUSED.because(
            Text(
                "这不是离线命令写出的开箱结果，或已损坏",
                "this is no opened count written by the offline command, or it is damaged",
            )
        ) from error
    return record


def _require_this_box(
    record: dict[str, Any], row: Round, scheme: Scheme, total: int, held: list[bytes]
) -> None:
    """The count belongs to this round and accounts for every ballot in its box."""
    if record.get("round") != row.uid:
        raise UPLOAD_REFUSED.because(
            Text("这是另一轮的开箱结果", "this is the count of another round")
        )
    outcome = _build_outcome(record)
    counted = outcome.counted + sum(outcome.rejected.values())
    # Each ballot of the box is counted or named with its
    # reason; a count that leaves one out is not taken.
    if counted != total or len(outcome.ballots) > outcome.counted:
        raise UPLOAD_REFUSED.because(
            Text(
                f"票数不符：票箱里有{total}张，结果里有{counted}张",
                f"the box holds {total} ballots, the count tells of {counted}",
            )
        )
    kept = {group.code for group in scheme.groups if group.keeps_ballots}
    summed = {group.code for group in scheme.groups if group.identity == "counts"}
    strange = {one.group for one in outcome.ballots} - kept
    strange |= set(outcome.levels) - summed | set(outcome.assisted) - kept - summed
    strange |= {favour.forth for favour in outcome.favours} - kept
    if {reason for _, reason in outcome.rejected} - REASONS:
        raise UPLOAD_REFUSED.because(
            Text("结果里有不认识的无效理由", "the count gives reasons that there are not")
        )
    leaves = [kept.leaf for kept in outcome.ballots]
    leaves += [rejected.leaf for rejected in outcome.rejected_ballots]
    # Ballot by ballot, by their leaves: totals alone would let one ballot stand in for another.
    if sorted(leaves) != held:
        raise UPLOAD_REFUSED.because(
            Text("结果里的逐张选票与票箱不符", "the count opens other ballots than the box has")
        )
    if strange:
        raise UPLOAD_REFUSED.because(
            Text("结果里有方案以外的评价主体", "the count names groups that are not asked")
        )


def _list_kept_leaves(session: Session, row: Round, scheme: Scheme) -> list[bytes]:
    """Which sealed ballots an opening must account for one by one."""
    # Of a panel's ballots no outcome says which is which; a second opening is the check there.
    kept = {group.code for group in scheme.groups if group.keeps_ballots}
    return sorted(
        leaf_hash(one.sealed)
        for one in list_sealed_ballots(session, row.id, Papers(session, row, scheme))
        if one.group in kept
    )


def _build_outcome(record: dict[str, Any]) -> Outcome:
    try:
        return Outcome(
            tuple(
                OpenedBallot(
                    str(group),
                    str(rater),
                    tuple(Answer(str(unit), str(item), str(value)) for unit, item, value in given),
                    bytes.fromhex(leaf),
                    bytes.fromhex(key),
                )
                for group, rater, given, leaf, key in record["ballots"]
            ),
            {(str(group), str(reason)): int(n) for group, reason, n in record["rejected"]},
            int(record["counted"]),
            {
                code: tuple(CountRow(**row) for row in rows)
                for code, rows in record["levels"].items()
            },
            {code: tuple(SumRow(**row) for row in rows) for code, rows in record["sums"].items()},
            tuple(Reply(**reply) for reply in record.get("replies", ())),
            {str(code): int(n) for code, n in record.get("assisted", {}).items()},
            tuple(Favour(**favour) for favour in record.get("favours", ())),
            tuple(
                RejectedBallot(str(group), str(reason), bytes.fromhex(leaf), bytes.fromhex(key))
                for group, reason, leaf, key in record["rejected_ballots"]
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UPLOAD_REFUSED.because(
            Text("开箱结果的内容不完整", "the opened count lacks some of its parts")
        ) from error
