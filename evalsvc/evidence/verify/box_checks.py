"""Checks of what lies in the boxes: roll, ballots, the public list, receipts."""

from collections.abc import Iterator

from evalsvc.box.merkle import box_root, tree_root
from evalsvc.box.receipts import receipt_code
from evalsvc.box.roll import RollPlace, roll_root
from evalsvc.box.tokens import clean_token
from evalsvc.evidence.verify import files as box
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.text import Text

VOIDING = ("reissue", "revoke")
"""The acts that void a place, `void` in their detail; a reissue puts `credential` in its place."""


def check_roll(evidence: Evidence) -> Iterator[Text]:
    """The roll is the sealed one; whatever came later was reissued before everybody's eyes."""
    for code, rows in evidence.rolls.items():
        places = {row.place.credential: row.place for row in rows}
        if len(places) < len(rows):
            yield Text(f"{code}：名册里有重复的席位", f"{code}: the roll names a place twice")
        yield from _check_roots(evidence, code, places)
        yield from _check_successors(evidence, code, places)
        for key in evidence.survey(code).sequences.keys() - places.keys():
            yield Text(
                f"{code}：票箱里有名册外的凭据 {key.hex()[:12]}",
                f"{code}: the box has a ballot of a credential outside the roll, {key.hex()[:12]}",
            )


def check_void(evidence: Evidence) -> Iterator[Text]:
    """A place is void exactly where the log tells who voided it."""
    for code, rows in evidence.rolls.items():
        told = {void for _, void, _ in _list_reissues(evidence, code)}
        void = {row.place.credential.hex() for row in rows if row.void}
        for key in sorted(void - told):
            yield Text(
                f"{code}：席位 {key[:12]} 被作废，日志里没有",
                f"{code}: the place {key[:12]} was voided, and the log does not tell",
            )
        for key in sorted(told - void):
            yield Text(
                f"{code}：日志已作废的席位 {key[:12]} 仍然有效",
                f"{code}: the place {key[:12]}, void in the log, is still good",
            )


def check_signatures(evidence: Evidence) -> Iterator[Text]:
    """Every ballot is signed by the key that its place on the roll is."""
    for code in evidence.rounds:
        for line in evidence.survey(code).unsigned:
            yield Text(
                f"box/{code}/ballots.csv 第{line}行：不是持码人签的",
                f"box/{code}/ballots.csv, line {line}: not signed by the code's holder",
            )


def check_revisions(evidence: Evidence) -> Iterator[Text]:
    """The ballots of a place are numbered from 1 without gaps, so that one is the highest."""
    for code in evidence.rounds:
        survey = evidence.survey(code)
        for key, sequence in survey.sequences.items():
            if sorted(sequence) != list(range(1, len(sequence) + 1)):
                yield Text(
                    f"{code}：席位 {key.hex()[:12]} 的票号不连续",
                    f"{code}: the ballots of place {key.hex()[:12]} are not numbered 1, 2, 3…",
                )
        # A submission that was sent again is one ballot; two of one nonce were put there.
        for (key, _), n in survey.nonces.items():
            if n > 1:
                yield Text(
                    f"{code}：席位 {key.hex()[:12]} 的同一次提交出现 {n} 次",
                    f"{code}: one submission of place {key.hex()[:12]} is there {n} times",
                )


def check_box(evidence: Evidence) -> Iterator[Text]:
    """The public list is the box's, and the closing anchor has its root and its number."""
    empty = tree_root([]).hex()
    for code, anchors in evidence.anchors.items():
        leaves = box.read_leaves(evidence.files, code)
        if leaves != sorted(set(leaves)):
            yield Text(f"{code}：清单没有排好或有重复", f"{code}: the list is unsorted or repeats")
        # The public edition has the list and not the ballots.
        if not evidence.is_public and sorted(evidence.survey(code).leaves) != leaves:
            yield Text(
                f"{code}：清单与票箱里的票不一致", f"{code}: the list is not of the box's ballots"
            )
        if not anchors:
            continue
        # From the closing anchor on ballots and root stay, so the last one says the same.
        closing = anchors[-1].anchor
        if closing.ballots != len(leaves) or closing.box_root != box_root(leaves).hex():
            yield Text(
                f"{code}：截止时锚点记 {closing.ballots} 张票，清单有 {len(leaves)} 张，或内容不同",
                f"{code}: at closing the anchor has {closing.ballots} ballots, the list "
                f"{len(leaves)}, or others",
            )
        # A box that was filled before it opened would have its ballots in every anchor.
        if anchors[0].anchor.ballots or anchors[0].anchor.box_root != empty:
            yield Text(f"{code}：开始时票箱不空", f"{code}: the box was not empty at the opening")


def check_receipt(evidence: Evidence, typed: str) -> Iterator[Text]:
    """A receipt belongs to a ballot in one of the boxes."""
    code = clean_token(typed)
    if code is None:
        yield Text("回执编号有输错的地方", "there is a slip in the receipt")
    elif not any(
        receipt_code(leaf) == code
        for round_code in evidence.rounds
        for leaf in box.read_leaves(evidence.files, round_code)
    ):
        yield Text("清单里没有这个回执", "no list has this receipt")


def _check_roots(evidence: Evidence, code: str, places: dict[bytes, RollPlace]) -> Iterator[Text]:
    seal, reissues = evidence.seals[code], _list_reissues(evidence, code)
    # None is the seal: it has the places that no event added (docs/evidence, Roll).
    for signed in (None, *evidence.anchors[code]):
        before = signed.anchor.log_seq if signed else 0
        # A card reissued after an anchor was not on the roll that the anchor signed.
        later = {new for seq, _, new in reissues if seq > before}
        then = [place for key, place in places.items() if key.hex() not in later]
        expected = signed.anchor.roll_root if signed else seal.roll_root
        if roll_root(then).hex() != expected or (not signed and len(then) != seal.places):
            number = signed.anchor.number if signed else 0
            yield Text(
                f"{code}：名册不是{f'第 {number} 个锚点' if number else '开始'}时的名册"
                f"（封存 {seal.places} 个席位，现有 {len(places)} 个）",
                f"{code}: the roll is not that of {f'anchor {number}' if number else 'the opening'}"
                f" ({seal.places} places sealed, {len(places)} now)",
            )


def _check_successors(
    evidence: Evidence, code: str, places: dict[bytes, RollPlace]
) -> Iterator[Text]:
    """A reissued card stands where the voided one stood: same group, stratum and form."""
    known = {key.hex(): place for key, place in places.items()}
    for seq, void, new in _list_reissues(evidence, code):
        # A card that was taken back has no successor.
        if new and (
            new not in known or void not in known or not _is_alike(known[void], known[new])
        ):
            yield Text(
                f"{code}：日志第 {seq} 条补发的席位与作废的不同类",
                f"{code}: the place reissued by event {seq} is not of the voided one's kind",
            )


def _is_alike(one: RollPlace, other: RollPlace) -> bool:
    return (one.group, one.cell, one.form) == (other.group, other.cell, other.form)


def _list_reissues(evidence: Evidence, code: str) -> list[tuple[int, str, str]]:
    """Number of the event, the voided place and the new one."""
    return [
        (event.seq, event.detail.get("void", ""), event.detail.get("credential", ""))
        for event in evidence.list_events(code, *VOIDING)
    ]
