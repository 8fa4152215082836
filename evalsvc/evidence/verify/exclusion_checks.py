"""The check of ballots that people have excluded: each decision as the log tells it, no other."""

from collections.abc import Iterator

from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.text import Text

_EXCLUDE, _RESTORE = "exclude_ballot", "restore_ballot"


def check_exclusions(evidence: Evidence) -> Iterator[Text]:
    """What the log has excluded and not taken back is what the scores leave out."""
    # A decision about a round that is not in the package has nothing to be compared with.
    subjects = {evidence.find_subject(code): code for code in evidence.rounds}
    told = _read_log(evidence, subjects)
    stated = {
        (one.round, one.group, one.ballot): (one.flag, one.reason)
        for one in evidence.recomputation.package.facts.exclusions
    }
    for key in sorted({*told, *stated}):
        place = " ".join(key)
        if key not in told:
            yield Text(
                f"{place}：被排除，日志里没有决定",
                f"{place}: excluded, and the log has no decision",
            )
        elif key not in stated:
            yield Text(
                f"{place}：日志记为已排除，却计了分", f"{place}: excluded in the log, yet counted"
            )
        elif told[key] != stated[key]:
            yield Text(f"{place}：理由与日志不同", f"{place}: another reason than in the log")


def _read_log(
    evidence: Evidence, subjects: dict[str, str]
) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Decisions that stand at the log's end, with flag and reason."""
    standing: dict[tuple[str, str, str], tuple[str, str]] = {}
    for one in evidence.log:
        event = one.event
        if event.verb not in (_EXCLUDE, _RESTORE) or event.subject not in subjects:
            continue
        detail = event.detail
        key = (subjects[event.subject], detail.get("group", ""), detail.get("ballot", ""))
        if event.verb == _EXCLUDE:
            standing[key] = (detail.get("flag", ""), detail.get("reason", ""))
        else:
            # The last decision about a ballot holds; counted again, it is as if nothing had been.
            standing.pop(key, None)
    return standing
