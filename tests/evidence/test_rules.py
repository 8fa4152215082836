"""Kept ballots are judged again by their questionnaire's rules, counted and rejected ones alike.

A ballot is cast anew in a package, with another key and other answers, as a service could do that
counts what breaks a rule, or leaves out what breaks none.
"""

import base64
import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping

import pytest
from nacl.bindings import crypto_box_beforenm, crypto_box_keypair, crypto_secretbox_easy, sodium_pad
from nacl.signing import SigningKey

from evalsvc.box.receipts import leaf_hash
from evalsvc.box.sealing import ballot_message, canonical_json, open_with_key, sign_ballot
from evalsvc.evidence.opening import name_ballot, name_rater
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.rule_checks import check_rules
from evalsvc.evidence.verify.verdict import verify
from tests.evidence.seasons import Played, play_season
from tests.second_verifier import verify as alone
from tests.second_verifier.forms import Facts
from tests.second_verifier.rules import rules

Files = dict[str, bytes]
Answers = list[list[str]]
Change = Callable[[Answers], object]
Row = dict[str, str]
YEAR = "box/year_end"

pytestmark = pytest.mark.slow


@pytest.fixture
def played() -> Played:
    return play_season("panshan-2018")


@pytest.fixture
def files(played: Played) -> Files:
    return dict(played.audit)


def edit(files: Files, name: str, change: Callable[[list[Row]], object]) -> None:
    """Read a file's rows, change them where they stand, write them sorted."""
    header, *cells = csv.reader(io.StringIO(files[name].decode(), newline=""))
    rows = [dict(zip(header, line, strict=True)) for line in cells]
    change(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([header, *sorted([row[column] for column in header] for row in rows)])
    files[name] = out.getvalue().encode()


def find(files: Mapping[str, bytes], name: str, **where: str) -> Row:
    rows = csv.DictReader(io.StringIO(files[name].decode(), newline=""))
    return next(row for row in rows if row.items() >= where.items())


def replace(files: Files, name: str, before: Row, after: Row) -> None:
    edit(files, name, lambda rows: rows.__setitem__(rows.index(before), after))


def seal_with_key(public: bytes, content: object) -> tuple[bytes, bytes]:
    """A sealed ballot as docs/evidence describes it, and the key that opens it."""
    one_time, private = crypto_box_keypair()
    key = crypto_box_beforenm(public, private)
    nonce = hashlib.blake2b(one_time + public, digest_size=24).digest()
    box = crypto_secretbox_easy(sodium_pad(canonical_json(content), 1024), nonce, key)
    told = hashlib.sha256(b"evalsvc ballot key 2\0" + key + one_time + public).digest()
    return b"\2" + one_time + box + told, key


def cast_anew(files: Files, group: str, change: Change, reason: str = "") -> str:
    """A group's first ballot with other answers: counted, or rejected for a reason.

    Its place gets another key, for the rater's own is nobody's but the rater's; so other checks
    find something, too.
    """
    seal = json.loads(files[f"{YEAR}/seal.json"])
    public = bytes.fromhex(seal["public_key"])
    place = find(files, f"{YEAR}/roll.csv", group=group)
    cast = find(files, f"{YEAR}/ballots.csv", credential=place["credential"])
    sealed = base64.b64decode(cast["sealed"])
    old = find(files, f"{YEAR}/openings.csv", leaf=leaf_hash(sealed).hex())
    rater = find(files, "ballots.csv", ballot=old["ballot"])["rater"]
    content = open_with_key(public, bytes.fromhex(old["key"]), sealed)
    assert isinstance(content, dict)
    change(content["answers"])
    holder = SigningKey.generate()
    content["credential"] = holder.verify_key.encode().hex()
    sealed, key = seal_with_key(public, content)
    nonce = bytes.fromhex(cast["nonce"])
    message = ballot_message(seal["round_uid"], holder.verify_key.encode(), 1, nonce, sealed)
    name = "" if reason else name_ballot(key)
    told = {"leaf": leaf_hash(sealed).hex(), "key": key.hex(), "ballot": name, "reason": reason}
    ballot = cast | {
        "credential": content["credential"],
        "seq": "1",
        "sealed": base64.b64encode(sealed).decode(),
        "signature": sign_ballot(holder, message).hex(),
    }
    replace(files, f"{YEAR}/roll.csv", place, place | {"credential": content["credential"]})
    replace(files, f"{YEAR}/ballots.csv", cast, ballot)
    replace(files, f"{YEAR}/openings.csv", old, told)
    if group != "leader":  # whose raters have no names
        row = find(files, "raters.csv", rater=rater)
        rater = name_rater(group, key)
        replace(files, "raters.csv", row, row | {"rater": rater})
    about = {"round": "year_end", "group": group, "ballot": name, "rater": rater}
    names = ("unit", "item", "value")
    listed = [about | dict(zip(names, one, strict=True)) for one in content["answers"]]

    def list_answers(rows: list[Row]) -> None:
        rows[:] = [row for row in rows if row["ballot"] != old["ballot"]]
        rows += listed if name else []

    edit(files, "ballots.csv", list_answers)
    return told["leaf"][:12]


def leave(_: Answers) -> None:
    """Nothing is changed."""


def all_in_the_best_band(answers: Answers) -> None:
    for one in answers:
        one[2] = "A"


def of_a_town(answers: Answers) -> None:
    """Towns rate departments, and none of their own kind."""
    answers.append(["t01", "overall", "C"])


def judge(files: Files) -> list[str]:
    """What the check of rules says; a second verifier finds something where it does."""
    said = [text.en for text in check_rules(Evidence(files))]
    facts = Facts(files)
    again = [fault for box in facts.boxes for fault in alone.compare(lambda: rules(facts, box))]  # noqa: B023 (asked at once)
    assert (len(again), all("Error" not in fault for fault in again)) == (len(said), True)
    return said


def test_a_season_is_counted_by_its_rules(files: Files) -> None:
    assert judge(files) == []


@pytest.mark.parametrize("group", ["leader", "mutual_town"])
def test_a_ballot_cast_anew_as_it_was_breaks_no_rule(files: Files, group: str) -> None:
    cast_anew(files, group, leave)
    assert judge(files) == []


@pytest.mark.parametrize("group", ["leader", "mutual_town"])
def test_a_counted_ballot_that_breaks_the_ratio_is_found(files: Files, group: str) -> None:
    leaf = cast_anew(files, group, all_in_the_best_band)
    (said,) = judge(files)
    assert said.startswith(f"year_end: the ballot {leaf} is counted, yet breaks a rule: ")


def test_a_counted_ballot_about_a_unit_of_another_paper_is_found(files: Files) -> None:
    leaf = cast_anew(files, "mutual_town", of_a_town)
    (said,) = judge(files)
    assert leaf in said
    assert "is not on this ballot" in said
    assert "rules" in verify(files).failed


@pytest.mark.parametrize("group", ["leader", "mutual_town"])
@pytest.mark.parametrize("reason", ["proportions", "missing", "not_a_choice"])
def test_a_good_ballot_told_as_rejected_is_found(files: Files, group: str, reason: str) -> None:
    leaf = cast_anew(files, group, leave, reason)
    assert judge(files) == [
        f"year_end: the ballot {leaf} is told as rejected ({reason}), and does not break that rule"
    ]


@pytest.mark.parametrize("group", ["leader", "mutual_town"])
def test_a_rejected_ballot_breaks_the_rule_that_is_told(files: Files, group: str) -> None:
    other = dict(files)
    cast_anew(files, group, all_in_the_best_band, "proportions")
    assert judge(files) == []
    leaf = cast_anew(other, group, all_in_the_best_band, "doubled")
    assert judge(other) == [
        f"year_end: the ballot {leaf} is told as rejected (doubled), and does not break that rule"
    ]


def test_after_another_roster_nothing_is_judged_and_a_note_says_so(files: Files) -> None:
    cast_anew(files, "leader", all_in_the_best_band)
    acts = [json.loads(line) for line in files["box/log.jsonl"].splitlines()]
    detail = {"units": "+1 ~0 -0", "raters": "+0 ~0 -0"}
    acts.append({**acts[-1], "seq": len(acts) + 1, "verb": "import_roster", "detail": detail})
    lines = (json.dumps(act, ensure_ascii=False, sort_keys=True) + "\n" for act in acts)
    files["box/log.jsonl"] = "".join(lines).encode()
    assert judge(files) == []
    notes = [note.en for note in verify(files).notes if "roster" in note.en]
    assert [note.split(":")[0] for note in notes] == ["half_year", "year_end"]


@pytest.fixture
def rated_by_each_other() -> Played:
    return play_season("zaozhuang-staff")


@pytest.fixture
def staff(rated_by_each_other: Played) -> Files:
    return dict(rated_by_each_other.audit)


def the_own_unit_too(answers: Answers) -> None:
    (own,) = {f"u10{n}" for n in range(1, 7)} - {unit for unit, _, _ in answers}
    answers.append([own, "overall", "excellent"])


def one_leader_left_out(answers: Answers) -> None:
    answers.remove(next(one for one in answers if one[0] < "u200"))


def test_whoever_rates_all_of_the_own_kind_has_rated_the_own_unit(staff: Files) -> None:
    other = dict(staff)
    leaf = cast_anew(staff, "by_leaders", the_own_unit_too)
    (said,) = judge(staff)
    assert leaf in said
    assert "is not on this ballot" in said
    cast_anew(other, "by_leaders", the_own_unit_too, "foreign_unit")
    assert judge(other) == []


def test_whoever_leaves_out_two_of_the_own_kind_has_left_out_one(staff: Files) -> None:
    other = dict(staff)
    leaf = cast_anew(staff, "by_leaders", one_leader_left_out)
    (said,) = judge(staff)
    assert leaf in said
    assert "is not rated yet" in said
    cast_anew(other, "by_leaders", one_leader_left_out, "missing")
    assert judge(other) == []


def test_a_ballot_of_too_many_possible_papers_is_not_judged(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a note says so; a ballot whose rater is known has one paper, and is judged."""
    other = dict(files)
    cast_anew(other, "leader", all_in_the_best_band)
    cast_anew(files, "leader", leave, "proportions")
    monkeypatch.setattr("evalsvc.evidence.verify.rule_checks.MOST_JUDGED", 0)
    monkeypatch.setattr("tests.second_verifier.rules.MOST_JUDGED", 0)
    assert judge(files) == []
    notes = [note.en for note in verify(files).notes if "too many papers" in note.en]
    assert [note.split(":")[0] for note in notes] == ["year_end leader"]
    assert len(judge(other)) == 1
