"""All checks of a package in their order, each with its name in Chinese and English."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from evalsvc.box.statements import show_key
from evalsvc.evidence.model import PackageErrors
from evalsvc.evidence.verify.box_checks import (
    check_box,
    check_receipt,
    check_revisions,
    check_roll,
    check_signatures,
    check_void,
)
from evalsvc.evidence.verify.computed_checks import check_computed, check_key, check_published
from evalsvc.evidence.verify.count_checks import (
    check_against_public,
    check_counters,
    check_public,
    check_scores,
    check_thresholds,
)
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.exclusion_checks import check_exclusions
from evalsvc.evidence.verify.findings import Finding, Malformed, Verdict, shorten
from evalsvc.evidence.verify.log_checks import (
    check_anchors,
    check_configuration,
    check_log,
    check_manifest,
    check_rounds,
    check_steps,
    list_threshold_notes,
)
from evalsvc.evidence.verify.opening_checks import check_opening, check_openings
from evalsvc.evidence.verify.previous import check_previous
from evalsvc.evidence.verify.rule_checks import check_rules, list_unjudged
from evalsvc.evidence.verify.sums_checks import check_sums
from evalsvc.text import Text

Check = Callable[[Evidence], Iterator[Text]]

CHECKS: Mapping[str, tuple[Text, Check]] = {
    "manifest": (Text("文件清单和签名", "files and their signature"), check_manifest),
    "log": (Text("日志链", "log chain"), check_log),
    "steps": (Text("日志记全各步", "log complete to the result"), check_steps),
    "anchors": (Text("锚点", "anchors"), check_anchors),
    "configuration": (Text("封存的方案和门槛", "sealed configuration"), check_configuration),
    "rounds": (Text("轮次的记载", "what is said of each round"), check_rounds),
    "roll": (Text("名册", "roll"), check_roll),
    "void": (Text("作废的席位", "voided places"), check_void),
    "signatures": (Text("选票签名", "signatures of ballots"), check_signatures),
    "revisions": (Text("一席一票", "one counted ballot per credential"), check_revisions),
    "box": (Text("票箱根和清单", "box root and list"), check_box),
    "counters": (Text("票数相符", "counters"), check_counters),
    "exclusions": (Text("人为排除的票", "ballots excluded by decision"), check_exclusions),
    "opening": (Text("开箱时的承诺", "what the opening left"), check_opening),
    "openings": (Text("逐张打开的票", "ballots opened by their keys"), check_openings),
    "rules": (Text("按问卷规则计与不计", "counted and rejected by the rules"), check_rules),
    "computed": (Text("结果所系的文件", "files bound by the log"), check_computed),
    "sums": (Text("汇总数与计数相符", "sums follow from counts"), check_sums),
    "thresholds": (Text("小样本门槛", "small-cell thresholds"), check_thresholds),
    "scores": (Text("重算得分", "scores recomputed"), check_scores),
    "public": (Text("公开版", "public edition"), check_public),
}
AUDIT_ONLY = frozenset(
    {"log", "steps", "roll", "void", "signatures", "revisions", "counters", "exclusions"}
    | {"rounds", "opening", "openings", "rules", "sums"}
)
_NOT_PUBLIC = Text("只有审计版能查", "only the audit edition can tell")


def verify(
    files: Mapping[str, bytes],
    *,
    previous: Mapping[str, bytes] | None = None,
    receipt: str | None = None,
    public: Mapping[str, bytes] | None = None,
    published: Sequence[Mapping[str, bytes]] = (),
    key: str | None = None,
) -> Verdict:
    """Every check of a package; whatever can't be read is a failure of the check that needs it.

    `published` are files of anchors as they were fetched, one for each round's box or more.
    """
    evidence = Evidence(files)
    # Told as not made, and neither as passed nor as
    # failed: the public edition lacks what they need.
    findings = [
        Finding(code, name, skipped=_NOT_PUBLIC)
        if evidence.is_public and code in AUDIT_ONLY
        else _find(code, name, check, evidence)
        for code, (name, check) in CHECKS.items()
    ]
    asked: list[tuple[str, Text, Check]] = []
    if receipt is not None:
        asked.append(("receipt", Text("回执", "receipt"), partial(check_receipt, typed=receipt)))
    if key is not None:
        asked.append(("key", Text("签名公钥", "signing key"), partial(check_key, expected=key)))
    if published:
        name = Text("公布的锚点", "published anchors")
        asked.append(("published", name, partial(check_published, published=published)))
    if previous is not None:
        older = Evidence(previous)
        name = Text("以前的包", "previous package")
        asked.append(("previous", name, partial(check_previous, older=older)))
    if public is not None:
        name = Text("发出的公开版", "public package handed out")
        asked.append(("handed_out", name, partial(check_against_public, public=public)))
    findings += [_find(code, name, check, evidence) for code, name, check in asked]
    return Verdict(tuple(findings), _show_key(evidence), _list_notes(evidence))


def _find(code: str, name: Text, check: Check, evidence: Evidence) -> Finding:
    try:
        # Each check by itself: what one of them can't read must not hide what the others find.
        return Finding(code, name, shorten(check(evidence)))
    except Malformed as found:
        return Finding(code, name, (found.text,))
    except PackageErrors as found:
        said = (one.message for one in found.errors)
        return Finding(code, name, shorten(said))
    except (ArithmeticError, KeyError, RecursionError, TypeError, ValueError) as error:
        # Nesting or numbers without end in a file that a check reads in passing: it has failed.
        kind = type(error).__name__
        said_so = Text(f"有的内容读不出来（{kind}）", f"some of the content can't be read ({kind})")
        return Finding(code, name, (said_so,))


def _list_notes(evidence: Evidence) -> tuple[Text, ...]:
    """What is no fault, but to be known; of what can't be read, the checks have told."""
    try:
        return (*list_threshold_notes(evidence), *list_unjudged(evidence))
    except (KeyError, PackageErrors, RecursionError, TypeError, ValueError):
        return ()


def _show_key(evidence: Evidence) -> str:
    """The whole signing key as notices print it, to be compared by eye."""
    try:
        return show_key(bytes.fromhex(evidence.signed.key))
    except (Malformed, ValueError):
        return ""
