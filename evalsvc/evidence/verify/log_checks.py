"""Checks of the log and of what hangs on it: anchors, seals, the steps of a round."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from evalsvc.box.anchors import FIRST_PREVIOUS, LEAST_NEW_BALLOTS, Anchor, SignedAnchor
from evalsvc.box.chain import ChainedEvent, verify_chain
from evalsvc.box.roll import hash_text
from evalsvc.evidence.computed import COMPUTE, SHOW
from evalsvc.evidence.editions import ANCHORS
from evalsvc.evidence.manifest import PUBLIC_SIGNATURE, hash_files
from evalsvc.evidence.thresholds import list_changed
from evalsvc.evidence.verify import files as box
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.findings import Malformed
from evalsvc.text import AND, Text

_PROBLEMS = {
    "gap": Text("前面缺少记录", "an event is missing before it"),
    "order": Text("编号没有增加", "its number does not rise"),
    "link": Text("与前一条的散列接不上", "its hash does not follow from the one before"),
    "head": Text("日志没有记到应到之处", "the log does not end where it should"),
}
_STEPS = ("open_round", "close_round", "open_box")
# The acts after which an anchor has to be published.
_ANCHORED = {"close_round": Text("截止", "closing"), "open_box": Text("开箱", "opening")}


def check_manifest(evidence: Evidence) -> Iterator[Text]:
    """Every file as it was signed, none missing, none added."""
    signed = evidence.signed
    if not signed.is_genuine:
        yield Text("清单的签名不对", "the manifest's signature is wrong")
    # By the files that are there: an audit edition must
    # not pass as a public one, of which less is asked.
    if signed.manifest.edition != ("public" if evidence.is_public else "audit"):
        yield Text("清单属于另一版本", "the manifest belongs to the other edition")
    listed, found = dict(signed.manifest.files), hash_files(evidence.files)
    # The one file that no list names is the audit edition's; elsewhere anybody could have put it.
    if evidence.is_public and PUBLIC_SIGNATURE in evidence.files:
        yield Text(f"{PUBLIC_SIGNATURE} 是后来加入的", f"{PUBLIC_SIGNATURE} was added")
    for name in sorted({*listed, *found}):
        if name not in found:
            yield Text(f"缺少文件 {name}", f"the file {name} is missing")
        elif name not in listed:
            yield Text(f"{name} 是后来加入的", f"{name} was added")
        elif listed[name] != found[name]:
            yield Text(f"{name} 被改动", f"{name} was changed")


def check_log(evidence: Evidence) -> Iterator[Text]:
    """Each event follows from the one before, and every signed head is found in the log."""
    manifest = evidence.signed.manifest
    # A log that lost its end is whole in itself; only the manifest's head shows it.
    for problem in verify_chain(evidence.log, bytes.fromhex(manifest.log_head)):
        said = _PROBLEMS[problem.kind]
        yield Text(f"第 {problem.seq} 条：{said.zh}", f"event {problem.seq}: {said.en}")
    hashes = {one.event.seq: one.hash.hex() for one in evidence.log}
    for code, signed in _each_anchor(evidence):
        anchor = signed.anchor
        # Also heads that stand before this result: each anchor binds all that came before it.
        if hashes.get(anchor.log_seq) != anchor.log_head:
            yield Text(
                f"{code} 第 {anchor.number} 个锚点所记的第 {anchor.log_seq} 条不在日志里",
                f"{code}: the log has another event {anchor.log_seq} than anchor {anchor.number}",
            )


def check_steps(evidence: Evidence) -> Iterator[Text]:
    """The log tells of each round's opening, closing and counting, and ends with the result."""
    for code in evidence.rounds:
        steps = [act.verb for act in evidence.list_events(code, *_STEPS)]
        # Once each and in this order: opened twice, or counted
        # before it was closed, a round proves nothing.
        if steps != list(_STEPS):
            yield Text(
                "%(round)s：日志应依次记有开始、截止、开箱，现为 %(steps)s",
                "%(round)s: expected open_round, close_round, open_box in the log, found %(steps)s",
            ).filled(round=code, steps=AND.join(steps) or Text("无", "none"))
    manifest = evidence.signed.manifest
    # Exactly up to the result or to its first day: what came later belongs to another package.
    if not evidence.log or not _is_result(evidence.log[-1], manifest.season, manifest.version):
        yield Text(
            f"日志的最后一条不是第 {manifest.version} 版结果的计算或公示",
            f"the log does not end with the computation of result {manifest.version} or its "
            "publicity",
        )


def check_rounds(evidence: Evidence) -> Iterator[Text]:
    """round.json says of each round what its seal, its anchors and the log say."""
    for code in evidence.rounds:
        yield from _check_round(evidence, code)


def check_anchors(evidence: Evidence) -> Iterator[Text]:
    """Signed by one key, in order, none missing, each in the log, the last at closing."""
    for code, signed in _each_anchor(evidence):
        # With the manifest's key: anchors of another one would be another service's.
        if signed.key != evidence.signed.key or not signed.is_genuine:
            number = signed.anchor.number
            yield Text(
                f"{code} 第 {number} 个锚点的签名不对", f"{code}: anchor {number} is not signed"
            )
    for code, anchors in evidence.anchors.items():
        yield from _check_order(code, anchors)
        if not evidence.is_public:
            yield from _check_logged(evidence, code, anchors)


def check_configuration(evidence: Evidence) -> Iterator[Text]:
    """Scheme, thresholds, forms and box key are those sealed when the round opened."""
    scheme = hash_text(evidence.files.get("scheme.yaml", b""))
    for code, seal in evidence.seals.items():
        if any(one.anchor.seal != seal.hash.hex() for one in evidence.anchors[code]):
            yield Text(f"{code}：锚点所记的封存不是这一份", f"{code}: anchors name another seal")
        if any(one.anchor.round_uid != seal.round_uid for one in evidence.anchors[code]):
            yield Text(f"{code}：封存属于另一轮次", f"{code}: the seal is another round's")
        if seal.scheme_sha256 != scheme:
            yield Text(
                f"{code}：scheme.yaml 与开始时封存的方案不同",
                f"{code}: scheme.yaml is not the scheme sealed at the opening",
            )
        evidence.get_thresholds(code)  # which says what is no threshold
        if not evidence.is_public:
            yield from _check_kept(evidence, code)


def list_threshold_notes(evidence: Evidence) -> Iterator[Text]:
    """Where a round has sealed other thresholds than the documented ones, by which it is judged."""
    for code, thresholds in evidence.thresholds.items():
        for name, (own, usual) in list_changed(thresholds).items():
            yield Text(
                f"{code}：开始时封存的门槛 {name} 是 {own}，文档所写的是 {usual}；按封存的查验",
                f"{code}: the threshold {name} was sealed as {own}, the documented one is {usual}; "
                "judged by the sealed one",
            )


def _each_anchor(evidence: Evidence) -> Iterator[tuple[str, SignedAnchor]]:
    return ((code, one) for code, listed in evidence.anchors.items() for one in listed)


def _is_result(chained: ChainedEvent, season: str, version: int) -> bool:
    event = chained.event
    return (
        event.verb in (COMPUTE, SHOW)
        and event.subject == season
        and event.detail.get("version") == str(version)
    )


def _check_order(code: str, anchors: Sequence[SignedAnchor]) -> Iterator[Text]:
    listed = [one.anchor for one in anchors]
    if not listed:
        yield Text(f"{code}：没有锚点", f"{code}: there are no anchors")
        return
    if [anchor.number for anchor in listed] != list(range(1, len(listed) + 1)):
        yield Text(f"{code}：锚点缺号或错位", f"{code}: anchors are missing or out of order")
    previous = FIRST_PREVIOUS
    for anchor in listed:
        if anchor.previous != previous.hex():
            yield Text(
                f"{code} 第 {anchor.number} 个锚点接不上前一个",
                f"{code}: anchor {anchor.number} does not follow the one before",
            )
        previous = anchor.hash
    # Only closing may publish fewer new ballots than that, and nothing comes into a box after it.
    whole = listed[-1]
    for before, after in pairwise(listed):
        # The log moves on between two anchors; the hour may be the same.
        rises = after.log_seq > before.log_seq and _read_moment(after.at) >= _read_moment(before.at)
        closed = after.ballots >= before.ballots and _has_all(after, whole)
        if not rises or not (closed or after.ballots >= before.ballots + LEAST_NEW_BALLOTS):
            yield Text(
                f"{code} 第 {after.number} 个锚点的票数、时间或日志位置不合",
                f"{code}: ballots, time or place in the log of anchor {after.number} do not rise",
            )


def _check_logged(evidence: Evidence, code: str, anchors: Sequence[SignedAnchor]) -> Iterator[Text]:
    told = [act.detail.get("sha256") for act in evidence.list_events(code, "publish_anchor")]
    hashes = [one.anchor.hash.hex() for one in anchors]
    # The anchor of the log's last act is told of by the next one.
    last = evidence.log[-1].event.seq if evidence.log else 0
    ends = [one.anchor.log_seq for one in anchors if one.anchor.log_seq == last]
    if told != hashes[: len(hashes) - len(ends)]:
        yield Text(
            f"{code}：日志记的锚点与 anchors.json 不一致",
            f"{code}: the log tells of other anchors than anchors.json",
        )
    # One, since the log's last act is followed by one anchor in each box.
    if evidence.commits(code) and len(ends) != 1:
        yield Text(f"{code}：没有结果之后的锚点", f"{code}: there is no anchor after the result")
    for verb, act in _ANCHORED.items():
        acts = [each.seq for each in evidence.list_events(code, verb)]
        needed = verb == "close_round" or evidence.commits(code)
        # Where the log has no such act, no anchor is late enough, and that is told.
        if needed and not any(one.anchor.log_seq >= max(acts, default=last + 1) for one in anchors):
            lacking = Text(
                "%(round)s：没有%(act)s时的锚点", "%(round)s: there is no anchor of the %(act)s"
            )
            yield lacking.filled(round=code, act=act)


def _has_all(anchor: Anchor, whole: Anchor) -> bool:
    """Whether the box held what it holds in the end."""
    return (anchor.ballots, anchor.box_root) == (whole.ballots, whole.box_root)


def _read_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed(ANCHORS, 0, Text(f"时间不对：{text}", f"no moment: {text}")) from error
    # Moments without a zone are taken as UTC, in which the service writes.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_round(evidence: Evidence, code: str) -> Iterator[Text]:
    seal = evidence.seals[code]
    about = box.read_round(evidence.files, code)
    told: dict[str, object] = {
        "uid": seal.round_uid,
        "code": code,
        "scheme_sha256": seal.scheme_sha256,
        "public_key": seal.public_key,
        "box_root": evidence.anchors[code][-1].anchor.box_root if evidence.anchors[code] else "",
    }
    # The newest keys are the box's; earlier ones were made anew before the round opened.
    made = [act.detail.get("custodians") for act in evidence.list_events(code, "make_keys")]
    told["custodians"] = next((int(n) for n in reversed(made) if n and n.isdecimal()), None)
    for field, verb in (
        ("opened_at", _STEPS[0]),
        ("closed_at", _STEPS[1]),
        ("counted_at", _STEPS[2]),
    ):
        acts = evidence.list_events(code, verb)
        told[field] = _read_moment(acts[-1].at) if acts else None
    for field, value in told.items():
        found = about[field]
        # As moments and not as texts: round.json and the log need not spell one alike.
        if isinstance(value, datetime) and isinstance(found, str):
            found = _read_moment(found)
        if found != value:
            yield Text(
                f"{code}：round.json 的 {field} 与封存或日志不同",
                f"{code}: {field} of round.json is not what seal and log say",
            )


def _check_kept(evidence: Evidence, code: str) -> Iterator[Text]:
    seal = evidence.seals[code]
    if hash_text(evidence.files.get(f"box/{code}/forms.csv", b"")) != seal.forms_sha256:
        yield Text(f"{code}：题单与封存的不同", f"{code}: the forms are not the sealed ones")
    opening = [act.detail.get("seal") for act in evidence.list_events(code, "open_round")]
    # Exactly one entry: a second opening of the round would be a second seal.
    if opening != [seal.hash.hex()]:
        yield Text(
            f"{code}：开始轮次的记录里是另一份封存", f"{code}: the log's opening names another seal"
        )
