"""An older package, or anchors kept from an earlier day, against a newer package."""

from collections.abc import Iterator

from evalsvc.evidence.editions import AUDIT_HASH, LOG, read_audit_hash, salted_hash
from evalsvc.evidence.verify import files as box
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.text import Text


def check_previous(newer: Evidence, older: Evidence) -> Iterator[Text]:
    """What was published earlier is contained in what is published now, unchanged."""
    # By the round's own number: its code may come again in another season.
    anchors = {
        signed[0].anchor.round_uid: (code, signed)
        for code, signed in newer.anchors.items()
        if signed
    }
    for code, signed in older.anchors.items():
        if not signed:
            continue
        uid = signed[0].anchor.round_uid
        here, now = anchors.get(uid, (code, ()))
        # From the first on and in the same places; what came later may only stand behind.
        if now[: len(signed)] != signed:
            yield Text(
                f"{code}：以前公布的锚点不在新包里，或被改动",
                f"{code}: anchors published earlier are not in the newer package as they were",
            )
        elif _has_leaves(older, code) and _has_leaves(newer, here):
            yield from _check_leaves(newer, older, here, code)
    if LOG in older.files and LOG in newer.files and not _is_start(newer, older):
        yield Text(
            "以前的日志不是新日志的开头", "the older log is not the beginning of the newer one"
        )
    yield from _check_edition(newer, older)


def _check_leaves(newer: Evidence, older: Evidence, here: str, there: str) -> Iterator[Text]:
    now = set(box.read_leaves(newer.files, here))
    # A list that was published before closing is none;
    # what an older list has, the newer one must have.
    gone = [leaf for leaf in box.read_leaves(older.files, there) if leaf not in now]
    if gone:
        yield Text(
            f"{there}：以前清单里的 {len(gone)} 张票不在了",
            f"{there}: {len(gone)} ballots of the older list are gone",
        )


def _check_edition(newer: Evidence, older: Evidence) -> Iterator[Text]:
    """The public edition of the same result commits to exactly this audit edition."""
    if newer.is_public == older.is_public or "box/manifest.json" not in older.files:
        return
    public, audit = (newer, older) if newer.is_public else (older, newer)
    # Only two editions of one result commit to each other.
    if public.signed.manifest.version != audit.signed.manifest.version:
        return
    if public.signed.manifest.season != audit.signed.manifest.season:
        return
    salt = audit.files.get("box/salt.txt", b"")
    stated = read_audit_hash(public.files.get(AUDIT_HASH, b""))
    if stated != salted_hash(salt, audit.signed.manifest):
        yield Text(
            "公开版的加盐散列不属于这个审计版",
            "the salted hash in the public package is not of this audit package",
        )


def _has_leaves(evidence: Evidence, code: str) -> bool:
    return f"box/{code}/leaves.txt" in evidence.files


def _is_start(newer: Evidence, older: Evidence) -> bool:
    shorter, longer = sorted((newer.log, older.log), key=len)
    return longer[: len(shorter)] == shorter
