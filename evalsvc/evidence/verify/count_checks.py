"""Checks from the box to the result: counters, thresholds, scores, the public edition."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from analysis.score.facts import Count
from evalsvc.evidence.comments import COMMENTS, read_comments
from evalsvc.evidence.editions import (
    AUDIT_HASH,
    SALT,
    build_public_manifest,
    derive_public,
    read_audit_hash,
)
from evalsvc.evidence.manifest import MANIFEST, PUBLIC_SIGNATURE
from evalsvc.evidence.sheets import Sheets
from evalsvc.evidence.verify import files as box
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.findings import Malformed
from evalsvc.text import Text

_Panel = dict[str, dict[str, int]]
"""By (joined) stratum: cards issued, ballots cast, valid and rejected."""
_Answered = defaultdict[tuple[str, str, str, str], Fraction]
"""By round, group, unit and item: how many answered."""


def check_counters(evidence: Evidence) -> Iterator[Text]:
    """Every ballot that counts in the box was counted or rejected, group by group."""
    package = evidence.recomputation.package
    facts = package.facts
    spoken_of = {one.round for one in facts.ballots} | {one.round for one in facts.counts}
    for code in sorted(spoken_of):
        # Answers without a box could be anybody's.
        if code not in evidence.rounds:
            yield Text(f"{code} 有票数据，没有票箱", f"{code} has answers and no box")
    panels = _read_panels(evidence)
    for code in evidence.rounds:
        cast = _count_cast(evidence, code)
        rejected: Counter[str] = Counter()
        for (name, _), n in box.read_rejections(evidence.files, code).items():
            rejected[name] += n
        counted = Counter(b.group for b in facts.ballots if b.round == code)
        for group in package.scheme.groups:
            if group.identity == "counts":
                panel = panels.get((code, group.code), {})
                yield from _check_panel(evidence, code, group.code, panel)
                counted[group.code] = sum(row["valid"] for row in panel.values())
                # By strata in sums.csv, by reasons in rejections.csv: two files of one opening.
                if sum(row["rejected"] for row in panel.values()) != rejected[group.code]:
                    yield Text(
                        f"{code} {group.code}：无效票数前后不一",
                        f"{code} {group.code}: two counts of rejected ballots differ",
                    )
        for name in sorted({*cast, *counted, *rejected}):
            if cast[name] != counted[name] + rejected[name]:
                yield Text(
                    f"{code} {name}：票箱 {cast[name]} 张，"
                    f"计票 {counted[name]} 张加无效 {rejected[name]} 张",
                    f"{code} {name}: {cast[name]} ballots in the box, "
                    f"{counted[name]} counted and {rejected[name]} rejected",
                )
        yield from _check_reported(evidence, code)
        # Places that are not void and have a ballot, as docs/evidence says of `counting_ballots`.
        if box.read_round(evidence.files, code)["counting_ballots"] != cast.total():
            yield Text(f"{code}：round.json 的票数不对", f"{code}: round.json has another number")
        for name, (_, n) in sorted(box.read_assisted(evidence.files, code).items()):
            if n > counted[name]:
                yield Text(
                    f"{code} {name}：代录 {n} 张，比计票的 {counted[name]} 张还多",
                    f"{code} {name}: {n} typed in for somebody, of {counted[name]} counted",
                )
        yield from _check_told(evidence, code, counted.total(), rejected.total())
    yield from _check_cells(facts.counts, panels)


def check_thresholds(evidence: Evidence) -> Iterator[Text]:
    """Nothing is shown of fewer people than the thresholds ask for."""
    # The public edition has no counts, so there it is what is shown that is looked at.
    if evidence.is_public:
        shown = _read_distribution(evidence)
        yield from _check_distribution(evidence, shown)
        yield from _check_comments(evidence, shown)
        return
    for (code, group), panel in _read_panels(evidence).items():
        least = evidence.get_thresholds(code).ballots_per_cell
        for stratum, row in panel.items():
            # A panel that is small as a whole has no neighbour to be joined with.
            if len(panel) > 1 and row["valid"] < least:
                yield Text(
                    f"{code} {group} {stratum}：只有 {row['valid']} 张有效票，应与相邻分层合并",
                    f"{code} {group} {stratum}: only {row['valid']} valid ballots, "
                    "to be counted with the next stratum",
                )
    counts = evidence.recomputation.package.facts.counts
    yield from _check_kept(evidence, counts)
    yield from _check_dealt(evidence)
    # In the audit edition every comment stands with its
    # decision; those marked as shown must have been allowed.
    yield from _check_comments(evidence, _add_up(counts))


def check_scores(evidence: Evidence) -> Iterator[Text]:
    """Every published figure follows from the facts under the scheme."""
    outcome = evidence.recomputation
    # The public edition of a scheme that keeps people out of it states nothing about anybody.
    empty = evidence.is_public and outcome.package.scheme.publication.shows is not None
    if not outcome.package.stated and not empty:
        yield Text("包里没有已公布的结果", "the package states no result")
    for figure in outcome.differences:
        yield Text(
            f"{figure.unit} {figure.node}：公布 {figure.stated}，重算 {figure.computed}",
            f"{figure.unit} {figure.node}: stated {figure.stated}, computed {figure.computed}",
        )


def check_public(evidence: Evidence) -> Iterator[Text]:
    """From the audit package, the public one again, byte for byte, as it was signed."""
    if evidence.is_public:
        _read_commitment(evidence)
        return
    public = derive(evidence)
    manifest = build_public_manifest(evidence.signed.manifest, public)
    signature = evidence.files.get(PUBLIC_SIGNATURE, b"")
    text = signature.decode(errors="replace").removesuffix("\n")
    # Lower-case digits and one line feed: the file's bytes are the signature's and nothing else.
    if f"{text.lower()}\n".encode() != signature or not manifest.is_signed(
        evidence.signed.key, text
    ):
        yield Text(
            "由审计版推出的公开版与签名的不同",
            "the public edition that follows from this package is not the signed one",
        )


def check_against_public(evidence: Evidence, public: Mapping[str, bytes]) -> Iterator[Text]:
    """A public package that was handed out is the one that follows from this audit package."""
    expected = dict(derive(evidence))
    # The manifest has a check of its own and a signature; all other files follow.
    given = {name: content for name, content in public.items() if name != MANIFEST}
    for name in sorted({*expected, *given}):
        if expected.get(name) != given.get(name):
            yield Text(f"公开版的 {name} 不同", f"{name} of the public package differs")


def derive(evidence: Evidence) -> dict[str, bytes]:
    """The public edition's files without their manifest."""
    box.get_content(evidence.files, SALT)  # told by its name, for nothing follows without it
    outcome = evidence.recomputation
    facts, scheme = outcome.package.facts, outcome.package.scheme
    _read_comments(evidence)
    box.read_log(evidence.files)  # which says what is no log, before its lines are taken as acts
    # The same function as the service's: what is compared
    # is the content, and not two ways of deriving it.
    return derive_public(evidence.files, evidence.signed.manifest, facts, scheme, outcome.results)


def _read_commitment(evidence: Evidence) -> None:
    try:
        read_audit_hash(evidence.files.get(AUDIT_HASH, b""))
    except (RecursionError, ValueError) as error:
        raise Malformed(
            AUDIT_HASH,
            0,
            Text("应为审计版的加盐散列", "expected the salted hash of the audit package"),
        ) from error


def _count_cast(evidence: Evidence, code: str) -> Counter[str]:
    """Places with a ballot that counts, by group."""
    used = evidence.survey(code).sequences
    return Counter(
        row.place.group
        for row in evidence.rolls[code]
        if not row.void and row.place.credential in used
    )


def _read_panels(evidence: Evidence) -> dict[tuple[str, str], _Panel]:
    """The counters of the panel's strata, from sums.csv."""
    box.get_content(evidence.files, "sums.csv")  # a sheet takes a missing file for an empty one
    panels: dict[tuple[str, str], _Panel] = defaultdict(dict)
    sheets = Sheets(evidence.files)
    for row in sheets.rows("sums.csv", ("round", "group", "kind", "subject", "name", "value")):
        if row["kind"] == "cell":
            n = sheets.integer(row, "value")
            cells = panels[row["round"], row["group"]].setdefault(
                row["subject"], dict.fromkeys(("issued", "cast", "valid", "rejected"), 0)
            )
            cells[row["name"]] = n
    for error in sheets.errors:
        raise Malformed("sums.csv", error.row, error.expected)
    return panels


def _check_panel(evidence: Evidence, code: str, group: str, panel: _Panel) -> Iterator[Text]:
    """Cards and ballots of each stratum as the roll and the box have them."""
    used = evidence.survey(code).sequences
    rows = [row for row in evidence.rolls[code] if row.place.group == group and not row.void]
    for stratum, counted in panel.items():
        # A cell of the roll may have been joined with its neighbour at the count (decision 0008).
        members = set(stratum.split("+"))
        here = [row for row in rows if set(row.place.cell.split("+")) <= members]
        cast = sum(1 for row in here if row.place.credential in used)
        if (counted["issued"], counted["cast"]) != (len(here), cast):
            yield Text(
                f"{code} {group} {stratum}：名册 {len(here)} 张卡、票箱 {cast} 张票，"
                f"计数为 {counted['issued']}、{counted['cast']}",
                f"{code} {group} {stratum}: {len(here)} cards on the roll and {cast} ballots in "
                f"the box, counted {counted['issued']} and {counted['cast']}",
            )
        if counted["valid"] + counted["rejected"] != counted["cast"]:
            yield Text(
                f"{code} {group} {stratum}：有效加无效不等于收到",
                f"{code} {group} {stratum}: valid and rejected do not add up to cast",
            )


def _check_reported(evidence: Evidence, code: str) -> Iterator[Text]:
    """The counter's sittings add up to what is stated as reported."""
    told: Counter[str] = Counter()
    for act in evidence.list_events(code, "assist"):
        # In the detail of a sitting every name is a group and every text a number; anything
        # else counts for nothing and shows as a difference.
        told.update({group: int(n) for group, n in act.detail.items() if n.isdecimal()})
    said = box.read_assisted(evidence.files, code)
    # A group that is not listed is said to have none.
    for name in sorted({*said, *told}):
        reported, _ = said.get(name, (0, 0))
        if reported != told[name]:
            yield Text(
                f"{code} {name}：日志报告代录 {told[name]} 张，assisted.csv 为 {reported} 张",
                f"{code} {name}: the log reports {told[name]} typed in for somebody, "
                f"assisted.csv {reported}",
            )


def _check_told(evidence: Evidence, code: str, counted: int, rejected: int) -> Iterator[Text]:
    """The log said at the opening how many ballots counted."""
    for act in evidence.list_events(code, "open_box"):
        told = (act.detail.get("counted"), act.detail.get("rejected"))
        if told != (str(counted), str(rejected)):
            yield Text(
                f"{code}：开箱记录为计票 {told[0]}、无效 {told[1]}，现为 {counted}、{rejected}",
                f"{code}: the log told of {told[0]} counted and {told[1]} rejected, "
                f"now {counted} and {rejected}",
            )


def _check_cells(
    counts: tuple[Count, ...], panels: Mapping[tuple[str, str], _Panel]
) -> Iterator[Text]:
    """No unit was answered on by more citizens than there were."""
    answered: Counter[tuple[str, str, str, str, str]] = Counter()
    for one in counts:
        answered[one.round, one.group, one.stratum, one.unit, one.item] += one.n
    for (code, group, stratum, unit, item), n in answered.items():
        valid = panels.get((code, group), {}).get(stratum, {}).get("valid", 0)
        if n > valid:
            yield Text(
                f"{code} {group} {stratum} {unit} {item}：{n} 个回答，只有 {valid} 张有效票",
                f"{code} {group} {stratum} {unit} {item}: {n} answers of {valid} valid ballots",
            )


def _check_kept(evidence: Evidence, counts: tuple[Count, ...]) -> Iterator[Text]:
    """In no cell a unit was answered on by a few citizens only."""
    answered: Counter[tuple[str, ...]] = Counter()
    for one in counts:
        answered[one.round, one.group, one.stratum, one.unit, one.item] += one.n
    for key, n in answered.items():
        # What one to four people said of a unit is not kept (decision 0008).
        if not evidence.get_thresholds(key[0]).may_keep(n):
            place = " ".join(key)
            yield Text(
                f"{place}：只有 {n} 人作答，不应单独保存",
                f"{place}: answered by {n} only, not to be kept apart",
            )


def _check_dealt(evidence: Evidence) -> Iterator[Text]:
    """Nobody is nearly alone with a form in a cell."""
    panels = {
        group.code
        for group in evidence.recomputation.package.scheme.groups
        if group.identity == "counts"
    }
    for code, roll in evidence.rolls.items():
        least = evidence.get_thresholds(code).people_per_form
        # Void cards too: the form was dealt to so many. What exchanges leave, the count joins.
        dealt = Counter((one.place.group, one.place.cell, one.place.form) for one in roll)
        for (group, cell, form), n in dealt.items():
            if group in panels and n < least:
                yield Text(
                    f"{code} {group} {cell}：第 {form} 套问卷只发给 {n} 人",
                    f"{code} {group} {cell}: form {form} was dealt to {n} only",
                )


def _read_distribution(evidence: Evidence) -> _Answered:
    text = box.get_content(evidence.files, "distribution.csv").decode(errors="replace")
    shown: _Answered = defaultdict(Fraction)
    try:
        for row in csv.DictReader(io.StringIO(text, newline=""), strict=True):
            shown[row["round"], row["group"], row["unit"], row["item"]] += _read_number(row["n"])
    except (csv.Error, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise Malformed(
            "distribution.csv", 0, Text("格式不对", "not as the service writes it")
        ) from error
    return shown


def _read_number(text: str | None) -> Fraction:
    """A number of people; an exponent would ask for as many digits as it says."""
    if text is None:
        raise ValueError("a row ends early")
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ValueError(text[:40])
    return Fraction(text)


def _check_distribution(evidence: Evidence, shown: _Answered) -> Iterator[Text]:
    for key, n in shown.items():
        if not evidence.get_thresholds(key[0]).may_show_distribution(int(n)):
            place = " ".join(key)
            yield Text(f"{place}：只有 {n} 人作答", f"{place}: answered by {n} only")


def _add_up(counts: tuple[Count, ...]) -> _Answered:
    answered: _Answered = defaultdict(Fraction)
    for one in counts:
        answered[one.round, one.group, one.unit, one.item] += one.n
    return answered


def _check_comments(evidence: Evidence, answered: _Answered) -> Iterator[Text]:
    """Only reviewed comments are shown, and only on units that enough citizens answered about."""
    enough = {
        key[:3]
        for key, n in answered.items()
        if evidence.get_thresholds(key[0]).may_show_distribution(int(n))
    }
    for row in _read_comments(evidence):
        place = (row["round"], row["group"], row["unit"])
        told = " ".join(place)
        # `shown` is the audit edition's word; in the public one a text that stands there is shown.
        if not row.get("shown", row["text"]):
            continue
        if row.get("state", "public") != "public":
            yield Text(f"{told}：放出了一条不公开的留言", f"{told}: an unreleased comment is shown")
        # A comment about no unit tells of none who answered about it.
        if row["unit"] and place not in enough:
            yield Text(
                f"{told}：作答的人太少，不应放出留言",
                f"{told}: comments are shown of too few who answered",
            )


def _read_comments(evidence: Evidence) -> list[dict[str, str]]:
    if COMMENTS not in evidence.files:
        return []
    try:
        return read_comments(evidence.files)
    except ValueError as error:
        raise Malformed(COMMENTS, 0, Text("格式不对", "not as the service writes it")) from error
