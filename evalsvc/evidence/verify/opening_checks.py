"""Checks of an opened box: what the log commits to, and every kept ballot opened by its key."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from evalsvc.box.receipts import leaf_hash
from evalsvc.box.sealing import SEALED_FORMAT, CannotOpen, commits_to, open_with_key
from evalsvc.evidence.comments import COMMENTS, read_comments
from evalsvc.evidence.opening import (
    KEYS_FILE,
    name_ballot,
    name_rater,
    opened_sheet,
    rows_of_round,
    sorted_rows,
    sums_of_round,
)
from evalsvc.evidence.verify import files as box
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.files import BallotRow, OpeningRow
from evalsvc.evidence.verify.findings import Malformed
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

_OF_SEASON = ("ballots.csv", "counts.csv", "relations.csv")
_OF_ROUND = ("rejections.csv", "assisted.csv", KEYS_FILE)
UNOPENED = frozenset({"signature", "unreadable", "foreign_content"})

_Given = list[tuple[str, str, str]]
"""Unit, item and value of each answer."""


def check_opening(evidence: Evidence) -> Iterator[Text]:
    """Every row that the opening left is the one that the log committed to then."""
    for code in evidence.rounds:
        # The log of rounds from before says nothing of what an opening left.
        if not evidence.commits(code):
            continue
        opening = box.read_opening(evidence.files, code)
        if evidence.find_detail(code, "open_box").get("opening") != opening.hash.hex():
            yield Text(
                f"{code}：opening.json 不是开箱时记入日志的那份",
                f"{code}: opening.json is not what the log committed to at the opening",
            )
        if opening.round_uid != evidence.seals[code].round_uid:
            yield Text(
                f"{code}：opening.json 属于另一轮次", f"{code}: opening.json is another round's"
            )
        for name in opening.list_changed(_list_files(evidence, code, opening.format)):
            yield Text(
                f"{code}：{name} 不是开箱时的内容", f"{code}: {name} is not what the opening left"
            )


def check_openings(evidence: Evidence) -> Iterator[Text]:
    """Each kept ballot, opened by its own key, says what is listed of it."""
    for code in evidence.rounds:
        if evidence.commits(code):
            yield from Openings(evidence, code).check()


def _list_files(evidence: Evidence, code: str, number: int) -> dict[str, bytes]:
    files = evidence.files
    sums = box.get_content(files, "sums.csv")
    with _as_written("sums.csv"):
        found = sums_of_round(sums, code, number)
    for name in (*_OF_SEASON, *_OF_ROUND):
        file = name if name in _OF_SEASON else f"box/{code}/{name}"
        content = box.get_content(files, file)
        with _as_written(file):
            found[name] = (
                rows_of_round(content, name, code)
                if name in _OF_SEASON
                else sorted_rows(content, name)
            )
    assisted = box.read_assisted(files, code).items()
    # Without zeros, as the opening wrote it.
    found["assisted"] = opened_sheet("assisted", ((g, str(n)) for g, (_, n) in assisted if n))
    # As the cells stand in comments.csv, wordings and decisions aside: those came later.
    found["comments"] = opened_sheet("comments", _list_comments(files, code))
    return found


@contextmanager
def _as_written(file: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise Malformed(file, 0, Text("格式不对", f"not as it is written: {error}")) from error


def _list_comments(files: Mapping[str, bytes], code: str) -> Iterator[tuple[str, ...]]:
    if COMMENTS in files:
        try:
            rows = read_comments(files)
        except ValueError as error:
            raise Malformed(
                COMMENTS, 0, Text("格式不对", "not as the service writes it")
            ) from error
        for row in rows:
            if row["round"] == code:
                yield row["round"], row["group"], row["item"], row["unit"], row["text"]


@dataclass
class Openings:
    """One round's kept ballots: sealed, as their keys open them, and as they are listed."""

    evidence: Evidence
    code: str
    assisted: Counter[str] = field(default_factory=Counter)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.rows = box.read_openings(self.evidence.files, self.code)
        self.seal = self.evidence.seals[self.code]
        self.public = bytes.fromhex(self.seal.public_key)
        self.scheme: Scheme = self.evidence.recomputation.package.scheme
        self.unsigned = set(self.evidence.survey(self.code).unsigned)
        self.listed = {
            one.ballot: one
            for one in self.evidence.recomputation.package.facts.ballots
            if one.round == self.code
        }

    def check(self) -> Iterator[Text]:
        seen: set[bytes] = set()
        names: set[str] = set()
        for group, ballot in self.list_sealed():
            leaf = leaf_hash(ballot.sealed)
            row = self.rows.get(leaf)
            seen.add(leaf)
            if row is None:
                yield self._say(leaf, Text("没有开箱记录", "is not told how it was opened"))
                continue
            names.add(row.ballot)
            wrong = self._check_one(group, ballot, row)
            if wrong:
                yield self._say(leaf, wrong)
        # A row that belongs to no sealed ballot was made up.
        for leaf in self.rows.keys() - seen:
            yield self._say(leaf, Text("不在票箱里", "is not in the box"))
        # An answer in the result that no sealed ballot has: the very thing that this check is for.
        for name in sorted(self.listed.keys() - names):
            yield Text(
                f"{self.code} {name}：票箱里没有这张票",
                f"{self.code} {name}: no sealed ballot is this one",
            )
        # A rater has one place. A ballot told as another's would give that one two votes.
        ballots = Counter((one.group, one.rater) for one in self.listed.values())
        for (group, rater), n in sorted(ballots.items()):
            if n > 1:
                yield Text(
                    f"{self.code} {group}：评价人 {rater} 有 {n} 张票",
                    f"{self.code} {group}: the rater {rater} has {n} ballots",
                )
        yield from self._check_numbers()

    def list_sealed(self) -> Iterator[tuple[str, BallotRow]]:
        """The newest ballot of each place of a group whose ballots are kept."""
        kept = {one.code for one in self.scheme.groups if one.keeps_ballots}
        groups = {
            row.place.credential: row.place.group
            for row in self.evidence.rolls[self.code]
            # A void card's ballot was not opened, and has no row.
            if not row.void and row.place.group in kept
        }
        sequences = self.evidence.survey(self.code).sequences
        for ballot in box.read_ballots(self.evidence.files, self.code):
            group = groups.get(ballot.credential)
            if group is not None and ballot.seq == max(sequences[ballot.credential]):
                yield group, ballot

    def _check_one(self, group: str, ballot: BallotRow, row: OpeningRow) -> Text | None:
        reason, content = self.open(ballot, row)
        if row.reason:
            self.rejected[group, row.reason] += 1
            return self._check_rejected(ballot, row, reason)
        if reason:
            return Text(
                f"打不开（{reason}），却计了票", f"does not open ({reason}), yet is counted"
            )
        given, assisted = content
        self.assisted[group] += assisted
        # The name follows from the key, so that no ballot can be listed in another one's place.
        if row.ballot != name_ballot(row.key):
            return Text("记在另一张票名下", "is listed under another name")
        listed = self.listed.get(row.ballot)
        # The rest of what was answered is a reply, and no package has it.
        scored = self.scheme.get_questionnaire(group).scored_items
        expected = sorted(one for one in given if one[1] in scored)
        found = sorted((a.unit, a.item, a.value) for a in listed.answers) if listed else []
        if found != expected:
            return Text(
                f"与 {row.ballot} 所列的答案不同", f"has other answers than {row.ballot} lists"
            )
        named = self.scheme.get_group(group).identity == "named"
        if listed and (
            # Under a name the rater comes from the roster; without one it follows from the key.
            listed.group != group or (not named and listed.rater != name_rater(group, row.key))
        ):
            return Text("列在别的主体或评价人名下", "is listed under another group or rater")
        return None

    def open(self, ballot: BallotRow, row: OpeningRow) -> tuple[str, tuple[_Given, int]]:
        """Why the ballot can't count, empty where it can; else its answers and its mark."""
        nothing: tuple[_Given, int] = ([], 0)
        if ballot.line in self.unsigned:
            return "signature", nothing
        # What is not signed by the place's code is not looked into, here as at the count.
        try:
            content = open_with_key(self.public, row.key, ballot.sealed, self.seal.ballot_format)
        except CannotOpen:
            return "unreadable", nothing
        match content:
            case {"round": uid, "credential": owner, "answers": list(answers), **marks}:
                given = [tuple(one) for one in answers if isinstance(one, list)]
                texts = all(list(map(type, one)) == [str, str, str] for one in given)
                # Two texts of one ballot can't both commit; but whose it is, only the content says.
                own = uid == self.seal.round_uid and owner == ballot.credential.hex()
                if own and texts and len(given) == len(answers):
                    return "", (given, int(marks.get("assisted") == 1))
        return "foreign_content", nothing

    def _check_rejected(self, ballot: BallotRow, row: OpeningRow, found: str) -> Text | None:
        """A ballot told as no good shows it itself, or only a second opening can tell."""
        if row.ballot:
            return Text("既计票又不计", "is both counted and rejected")
        # Rules of the questionnaire are told by the opening alone: such a ballot opens well here.
        expected = row.reason if row.reason in UNOPENED else ""
        if found != expected:
            return Text(
                f"称为 {row.reason}，打开却不是这样",
                f"is told as {row.reason}, which its key does not show",
            )
        # Proofs that the custodians' key really gives this ballot's key were weighed and left
        # (decision 0011): so a second opening decides.
        if found == "unreadable" and not self._shows_damage(ballot, row):
            return Text(
                "称为无法打开，单凭数据包查不出真假：请保管人再开一次",
                "is told as unreadable, which only a second opening by the custodians can show",
            )
        return None

    def _shows_damage(self, ballot: BallotRow, row: OpeningRow) -> bool:
        """It is of no format that counts, or commits to the very key that does not open it."""
        if self.seal.ballot_format > 1 and ballot.sealed[:1] != bytes([SEALED_FORMAT]):
            return True
        # Then whoever sealed it made it so, and no key opens it.
        return commits_to(self.public, row.key, ballot.sealed)

    def _check_numbers(self) -> Iterator[Text]:
        """Rejections and typed-in ballots of these groups, as the ballots themselves say."""
        kept = {one.code for one in self.scheme.groups if one.keeps_ballots}
        told = box.read_rejections(self.evidence.files, self.code)
        if {key: n for key, n in told.items() if key[0] in kept} != dict(self.rejected):
            yield Text(
                f"{self.code}：无效票的理由与逐张的不同",
                f"{self.code}: reasons of rejection are not those of the ballots",
            )
        said = box.read_assisted(self.evidence.files, self.code)
        for name in sorted(kept & {*said, *self.assisted}):
            _, n = said.get(name, (0, 0))
            if n != self.assisted[name]:
                yield Text(
                    f"{self.code} {name}：代录 {n} 张，票里记有 {self.assisted[name]} 张",
                    f"{self.code} {name}: {n} typed in for somebody, "
                    f"{self.assisted[name]} by the ballots",
                )

    def _say(self, leaf: bytes, text: Text) -> Text:
        told = Text("%(round)s 票 %(leaf)s %(text)s", "%(round)s: the ballot %(leaf)s %(text)s")
        return told.filled(round=self.code, leaf=leaf.hex()[:12], text=text)
