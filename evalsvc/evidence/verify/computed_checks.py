"""Checks of what binds a result to the log, and both to anchors that somebody has kept."""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence

from evalsvc.box.anchors import SignedAnchor
from evalsvc.box.chain import ChainedEvent, event_hash
from evalsvc.box.roll import hash_text
from evalsvc.evidence.comments import COMMENTS
from evalsvc.evidence.computed import (
    ACTS,
    AUDIT_FILES,
    COMPUTE,
    PROGRAM,
    PUBLIC_COMMENTS,
    PUBLIC_FILES,
    SHOW,
    is_act,
    list_acts,
    tell_comments,
    tell_computation,
)
from evalsvc.evidence.editions import LOG, SALT
from evalsvc.evidence.verify import files as box
from evalsvc.evidence.verify.count_checks import derive
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.findings import Malformed
from evalsvc.text import Text


def check_computed(evidence: Evidence) -> Iterator[Text]:
    """The files are those that the computation told of, in an act that an anchor binds."""
    if evidence.is_public:
        yield from _check_acts(evidence)
        return
    manifest = evidence.signed.manifest
    acts = list_acts(evidence.files.get(LOG, b""), manifest.season, manifest.version)
    if not acts:
        # Packages of results from before the log told of
        # openings have no such act, and pass without.
        if any(evidence.commits(code) for code in evidence.rounds):
            yield _NO_ACT
        return
    # Derived once more from this edition: that it follows is what the act's second hash says.
    public = derive(evidence)
    salt = evidence.files[SALT]
    told = dict(_detail(acts[0]))
    # Packages of before name no program in either place.
    if told.get(PROGRAM, "") != manifest.program:
        yield _OTHER_PROGRAM
    for name, value in tell_computation(salt, evidence.files, public).items():
        if not hmac.compare_digest(told.get(name, ""), value):
            yield _OTHER_AUDIT if name == AUDIT_FILES else _OTHER_PUBLIC
    # Comments are bound a second time, by the first
    # day of publicity: until then they are decided on.
    for act in acts[1:]:
        if tell_comments(salt, evidence.files).items() - _detail(act).items():
            yield _OTHER_COMMENTS


def check_published(evidence: Evidence, published: Sequence[Mapping[str, bytes]]) -> Iterator[Text]:
    """Every anchor of the package is among those that the auditor has fetched, in their places."""
    fetched: dict[str, tuple[SignedAnchor, ...]] = {}
    for uid, signed in _list_fetched(published):
        shorter, longer = sorted((fetched.get(uid, ()), signed), key=len)
        # One file may go further than the other, but not elsewhere:
        # a service that shows two histories is found here.
        if longer[: len(shorter)] != shorter:
            yield Text(
                f"{uid}：给出的文件里，同一轮次的锚点互不相同",
                f"{uid}: of the files given, two tell different anchors of this round",
            )
        fetched[uid] = longer
    # A package that leaves its anchors out must not pass for want of something to compare.
    if fetched and not any(evidence.anchors.values()):
        yield Text("包里没有锚点", "the package has no anchors")
    yield from _list_left_out(evidence, fetched)
    for code, signed in evidence.anchors.items():
        there = fetched.get(evidence.seals[code].round_uid, ())
        # Anchor by anchor, those that both have. Which have been fetched too few of is told below.
        same = [one == other for one, other in zip(signed, there, strict=False)]
        if not all(same):
            number = same.index(False) + 1
            yield Text(
                f"{code}：第 {number} 个锚点不是公布过的那个",
                f"{code}: anchor {number} is not the one that was published",
            )
        # An anchor that nobody has fetched binds nothing; it may have been made with the package.
        elif len(there) < len(signed):
            yield Text(
                f"{code}：公布的锚点只有 {len(there)} 个，包里有 {len(signed)} 个，请重新下载",
                f"{code}: {len(there)} anchors were published, the package has {len(signed)}; "
                "fetch them again",
            )


def _list_left_out(
    evidence: Evidence, fetched: Mapping[str, tuple[SignedAnchor, ...]]
) -> Iterator[Text]:
    """A result's last act is anchored in each box that it rests on: all these are in its package.

    Rounds opened later, and those of other seasons, have no such anchor and may be given as well.
    """
    manifest = evidence.signed.manifest
    ours = {evidence.seals[code].round_uid for code in evidence.anchors}
    for uid in fetched.keys() - ours:
        heads = {(one.anchor.log_seq, one.anchor.log_head) for one in fetched[uid]}
        if (manifest.log_seq, manifest.log_head) in heads:
            yield Text(
                f"{uid}：公布的锚点记有这个结果，包里却没有这一轮",
                f"{uid}: its published anchors have this result, and the package lacks the round",
            )


def _list_fetched(
    published: Sequence[Mapping[str, bytes]],
) -> Iterator[tuple[str, tuple[SignedAnchor, ...]]]:
    """The anchors by the round's own number: its code may come again in another season."""
    for files in published:
        for signed in box.read_anchors(files).values():
            if signed:
                yield signed[0].anchor.round_uid, signed


def check_key(evidence: Evidence, expected: str) -> Iterator[Text]:
    """The package is signed with the key that somebody has from elsewhere."""
    # Printed in groups and on paper, so blanks and dashes are typed along.
    typed = "".join(one for one in expected.lower() if one in "0123456789abcdef")
    if typed != evidence.signed.key:
        yield Text("签名公钥不是给出的那把", "the signing key is not the one given")


def _check_acts(evidence: Evidence) -> Iterator[Text]:
    """In public: the acts themselves, each linked to an anchor that has it as the log's head."""
    manifest = evidence.signed.manifest
    if ACTS not in evidence.files:
        if any(evidence.commits(code) for code in evidence.rounds):
            yield _NO_ACT
        return
    lines = evidence.files[ACTS].splitlines()  # of bytes, which end at CR and LF alone
    acts = [_read_act(line.decode(errors="replace")) for line in lines]
    verbs = [act["verb"] for act, _ in acts]
    ours = [is_act(act, manifest.season, manifest.version, str(act["verb"])) for act, _ in acts]
    # One computation, and the first day of publicity behind it where it
    # has come: nothing else may stand between a result and its anchor.
    if verbs not in ([COMPUTE], [COMPUTE, SHOW]) or not all(ours):
        yield _NO_ACT
        return
    for act, chained in acts:
        if event_hash(bytes.fromhex(str(act["previous"])), chained.event) != chained.hash:
            yield Text(
                f"日志第 {chained.event.seq} 条与它的散列不合",
                f"event {chained.event.seq} does not have its hash",
            )
        # Without any round there is no box, and no anchor.
        if evidence.anchors and not any(
            (one.anchor.log_seq, one.anchor.log_head) == (chained.event.seq, chained.hash.hex())
            for signed in evidence.anchors.values()
            for one in signed
        ):
            yield Text(
                f"没有锚点记有日志第 {chained.event.seq} 条",
                f"no anchor has event {chained.event.seq} as the log's head",
            )
    if acts[-1][1].event.seq != manifest.log_seq or acts[-1][0]["hash"] != manifest.log_head:
        yield Text("清单所记的日志不止于此", "the manifest names another end of the log")
    told = dict(_detail(acts[0][0]))
    if told.get(PROGRAM, "") != manifest.program:
        yield _OTHER_PROGRAM
    # Without a salt: everybody can work this one out.
    if tell_computation(b"", {}, evidence.files)[PUBLIC_FILES] != told.get(PUBLIC_FILES):
        yield _OTHER_PUBLIC
    for act, _ in acts[1:]:
        if hash_text(evidence.files.get(COMMENTS, b"")) != _detail(act).get(PUBLIC_COMMENTS):
            yield _OTHER_COMMENTS


def _read_act(line: str) -> tuple[dict[str, object], ChainedEvent]:
    wrong = Malformed(ACTS, 0, Text("应为日志的记录", "expected events of the log"))
    try:
        act = json.loads(line)
        # The hash is of the content: another spelling of the same act would have it as well.
        if not isinstance(act, dict) or json.dumps(act, ensure_ascii=False, sort_keys=True) != line:
            raise wrong
        bytes.fromhex(act["previous"])
        bare = {name: value for name, value in act.items() if name != "previous"}
        written = json.dumps(bare, ensure_ascii=False, sort_keys=True) + "\n"
        # By the reader of the log itself, so that an act is read in one way only.
        (chained,) = box.read_log({LOG: written.encode()})
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise wrong from error
    return act, chained


def _detail(act: Mapping[str, object]) -> Mapping[str, str]:
    detail = act["detail"]
    return detail if isinstance(detail, dict) else {}


_NO_ACT = Text("日志里没有约束这些文件的计算", "no computation in the log binds these files")
_OTHER_AUDIT = Text("文件不是计算时的那些", "the files are not those that the computation told of")
_OTHER_PUBLIC = Text(
    "公开版的文件不是计算时的那些",
    "the public edition's files are not those that the computation told of",
)
_OTHER_PROGRAM = Text(
    "清单所记的程序版本不是计算时的", "the manifest names another program than the computation"
)
_OTHER_COMMENTS = Text(
    "留言不是公示第一天的那些", "the comments are not those of the first day of publicity"
)
