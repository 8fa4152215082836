"""What a holder of the signing key can change between opening and export: all of it is found.

Each change is made on its own and signed again: the published anchors still match, and a check by
name finds it. Then everything is hashed, chained and signed anew as well: now only the anchors that
somebody has fetched from the public page tell, and they do. A second verifier, written from the
documents alone, finds each in the same check: in one file, but for what takes the scheme's rules.
"""

import csv
import io
import json
from collections.abc import Callable
from unittest.mock import patch

import pytest
from nacl.signing import SigningKey

from evalsvc.evidence.editions import ANCHORS
from evalsvc.evidence.verify import verdict
from evalsvc.evidence.verify.computed_checks import check_published
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.verdict import verify
from tests import second_verifier
from tests.evidence.forging import Files, chain_again, sign_again
from tests.evidence.seasons import Played, play_season
from tests.evidence.test_auditor import find as find_alone
from tests.second_verifier import verify as alone

Row = dict[str, str]
Change = Callable[[Files], dict[str, bytes]]
HALF, YEAR = "box/half_year", "box/year_end"
BY_SCHEME = {
    "openings",
    "rules",
    "scores",
    "sums",
}  # what the second verifier's one file leaves to others


def in_rows(file: str, change: Callable[[list[Row]], object]) -> Change:
    """Read a CSV file's rows, change them where they stand, write them sorted."""

    def act(files: Files) -> dict[str, bytes]:
        text = io.StringIO(files[file].decode(), newline="")
        header, *cells = list(csv.reader(text))
        rows = [dict(zip(header, line, strict=True)) for line in cells]
        before = [dict(row) for row in rows]
        change(rows)
        assert rows != before, f"{file} has nothing to change"
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        lines = [list(row.values()) for row in rows]
        writer.writerows(lines if file == "units.csv" else sorted(lines))
        return {**files, file: out.getvalue().encode()}

    return act


def put(file: str, column: str, value: str, **where: str) -> Change:
    """Another value in the first row of which the rest holds."""

    def change(rows: list[Row]) -> None:
        found = next(
            row
            for row in rows
            if all(row[n] == v for n, v in where.items()) and row[column] != value
        )
        found[column] = value

    return in_rows(file, change)


def drop(file: str, **where: str) -> Change:
    def change(rows: list[Row]) -> None:
        rows.remove(next(row for row in rows if all(row[n] == v for n, v in where.items())))

    return in_rows(file, change)


def in_json(file: str, change: Callable[[dict[str, object]], object]) -> Change:
    def act(files: Files) -> dict[str, bytes]:
        record = json.loads(files[file])
        change(record)
        text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        assert text.encode() != files[file]
        return {**files, file: text.encode()}

    return act


def together(*changes: Change) -> Change:
    def act(files: Files) -> dict[str, bytes]:
        made = dict(files)
        for change in changes:
            made = change(made)
        return made

    return act


def turn_over(rows: list[Row]) -> None:
    """Ten pairs of the office's ballot exchanged: a better band for a worse one."""
    office = [row for row in rows if (row["round"], row["group"]) == ("year_end", "office")]
    high, low = ([row for row in office if row["value"] == band] for band in ("A", "C"))
    for one, other in zip(high[:10], low[:10], strict=False):
        one["value"], other["value"] = other["value"], one["value"]


def swap_a_and_c(rows: list[Row]) -> None:
    one = next(row for row in rows if row["group"] == "leader" and row["value"] == "A")
    other = next(row for row in rows if row["ballot"] == one["ballot"] and row["value"] == "C")
    one["value"], other["value"] = "C", "A"


def of_first_town(rows: list[Row]) -> str:
    return next(
        row["ballot"]
        for row in rows
        if row["group"] == "mutual_town" and row["round"] == "year_end"
    )


def reject_a_town(reason: str) -> Change:
    """A town's ballot told as no good, everywhere where it is told."""

    def act(files: Files) -> dict[str, bytes]:
        found: list[str] = []

        def leave_out(rows: list[Row]) -> None:
            found.append(of_first_town(rows))
            rows[:] = [row for row in rows if row["ballot"] != found[0]]

        def tell(rows: list[Row]) -> None:
            row = next(row for row in rows if row["ballot"] == found[0])
            row["ballot"], row["reason"] = "", reason
            if reason == "unreadable":
                row["key"] = "ab" * 32

        def count(rows: list[Row]) -> None:
            rows.append({"group": "mutual_town", "reason": reason, "n": "1"})

        return together(
            in_rows("ballots.csv", leave_out),
            in_rows(f"{YEAR}/openings.csv", tell),
            in_rows(f"{YEAR}/rejections.csv", count),
        )(files)

    return act


def satisfy_twenty(rows: list[Row]) -> None:
    """Twenty who were not satisfied said to be."""
    for low in [row for row in rows if row["level"] == "not"]:
        high = next(
            (
                row
                for row in rows
                if row["level"] == "satisfied"
                and all(row[n] == low[n] for n in ("stratum", "unit", "item"))
            ),
            None,
        )
        moved = min(20, int(low["n"]) - 1)
        if high and moved > 0:
            for row, by in ((low, -moved), (high, moved)):
                row["n"] = row["n_unflagged"] = str(int(row["n"]) + by)
            return


def late_event(change: Callable[[list[dict[str, object]]], object]) -> Change:
    def act(files: Files) -> dict[str, bytes]:
        acts = [json.loads(line) for line in files["box/log.jsonl"].splitlines()]
        change(acts)
        lines = (json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in acts)
        return {**files, "box/log.jsonl": "".join(lines).encode()}

    return act


# Of a season of named raters and units, with deductions, relations and two rounds.
OF_UNITS: dict[str, tuple[Change, str]] = {
    "the office's ranks turned over": (in_rows("ballots.csv", turn_over), "openings"),
    "a leader's A and C": (in_rows("ballots.csv", swap_a_and_c), "openings"),
    "a town rejected for xyz": (reject_a_town("xyz"), "counters"),
    "a town rejected by a rule": (reject_a_town("proportions"), "opening"),
    "a good ballot said to break a rule": (reject_a_town("doubled"), "rules"),
    "a town rejected as unreadable": (reject_a_town("unreadable"), "openings"),
    "a town rejected as foreign": (reject_a_town("foreign_content"), "openings"),
    "a town rejected for its signature": (reject_a_town("signature"), "openings"),
    "a ballot left out": (
        in_rows(
            "ballots.csv",
            lambda rows: rows.__setitem__(
                slice(None), [r for r in rows if r["ballot"] != of_first_town(rows)]
            ),
        ),
        "openings",
    ),
    "another leader's ballot": (
        in_rows(
            "ballots.csv",
            lambda rows: [
                r.update(rater="L9") for r in rows if r["group"] == "leader" and r["rater"] == "L2"
            ],
        ),
        "opening",
    ),
    "another pseudonym": (
        in_rows(
            "ballots.csv",
            lambda rows: [
                r.update(rater="town-1") for r in rows if r["ballot"] == of_first_town(rows)
            ],
        ),
        "openings",
    ),
    "an answer added": (
        in_rows("ballots.csv", lambda rows: rows.append({**rows[0], "unit": "t01"})),
        "openings",
    ),
    "a key exchanged": (put(f"{YEAR}/openings.csv", "key", "00" * 32), "openings"),
    "a key's row dropped": (drop(f"{YEAR}/openings.csv"), "openings"),
    "the opening's salt": (
        in_json(f"{YEAR}/opening.json", lambda r: r.update(salt="00" * 32)),
        "opening",
    ),
    "a deduction deleted": (drop("adjustments.csv"), "computed"),
    "a deduction's times": (put("adjustments.csv", "times", "3"), "computed"),
    "a deduction's evidence": (put("adjustments.csv", "evidence", "别的"), "computed"),
    "a deduction's project": (put("adjustments.csv", "project", "p1"), "computed"),
    "a deduction's date": (put("adjustments.csv", "date", "2018-01-01"), "computed"),
    "a unit's name": (put("units.csv", "name", "别的单位"), "computed"),
    "a unit's flags": (put("units.csv", "flags", "no_award"), "computed"),
    "a relation's role": (put("relations.csv", "role", "other", role="in_charge"), "opening"),
    "a relation dropped": (drop("relations.csv"), "opening"),
    "a rater's name": (put("raters.csv", "name", "别人"), "computed"),
    "a rater's unit": (put("raters.csv", "unit", "d01"), "computed"),
    "an indicator": (put("indicators.csv", "value", "79.5"), "computed"),
    "an indicator not carried": (put("indicators.csv", "value", "NA"), "computed"),
    "a published figure": (
        in_json("result.json", lambda r: r["d01"].update(published="99.99")),
        "scores",
    ),  # type: ignore[attr-defined]
    "a place": (in_json("result.json", lambda r: r["d01"].update(rank=1)), "computed"),  # type: ignore[attr-defined]
    "three custodians": (in_json(f"{YEAR}/round.json", lambda r: r.update(custodians=3)), "rounds"),
    "when it opened": (
        in_json(f"{YEAR}/round.json", lambda r: r.update(opened_at="2026-11-01T00:00:00+00:00")),
        "rounds",
    ),
    "when it was counted": (
        in_json(f"{HALF}/round.json", lambda r: r.update(counted_at="2026-11-01T00:00:00+00:00")),
        "rounds",
    ),
    "how many counted": (
        in_json(f"{HALF}/round.json", lambda r: r.update(counting_ballots=7)),
        "counters",
    ),
    "typed in, as reported": (put(f"{YEAR}/assisted.csv", "reported", "3"), "counters"),
    "typed in, as counted": (put(f"{YEAR}/assisted.csv", "counted", "1"), "openings"),
    "a rejection made up": (
        in_rows(
            f"{YEAR}/rejections.csv",
            lambda rows: rows.append({"group": "office", "reason": "missing", "n": "1"}),
        ),
        "counters",
    ),
    "the salt": (lambda files: {**files, "box/salt.txt": b"0" * 64 + b"\n"}, "computed"),
    "a remark in the scheme": (
        lambda files: {**files, "scheme.yaml": files["scheme.yaml"] + b"# \n"},
        "configuration",
    ),
    "a late act of somebody else": (
        late_event(lambda acts: acts[-1].update(actor="nobody")),
        "log",
    ),
    "a late act dropped": (late_event(lambda acts: acts.pop()), "log"),
    "an earlier act dropped": (late_event(lambda acts: acts.pop(5)), "log"),
    "the newest anchor dropped": (in_json(ANCHORS, lambda r: r["year_end"].pop()), "anchors"),  # type: ignore[attr-defined]
    "a year made up": (lambda files: {**files, "season.csv": b"year\n2018\n"}, "computed"),
    "history made up": (
        in_rows(
            "history.csv",
            lambda rows: rows.append(
                {"year": "2017", "unit": "d01", "score": "90", "grade": "", "place": ""}
            ),
        ),
        "computed",
    ),
}

# Of a season with a citizen panel and earlier years.
OF_CITIZENS: dict[str, tuple[Change, str]] = {
    "twenty satisfied": (in_rows("counts.csv", satisfy_twenty), "sums"),
    "an unflagged number": (put("counts.csv", "n_unflagged", "1"), "opening"),
    "a sum over a unit": (put("sums.csv", "value", "7", kind="unit", name="wy"), "sums"),
    "a sum over the panel": (put("sums.csv", "value", "7", kind="panel", name="t"), "opening"),
    "an estimate of an error": (
        put("sums.csv", "value", "7", kind="index", name="means"),
        "opening",
    ),
    "a turnout": (put("sums.csv", "value", "151", kind="cell", name="valid"), "counters"),
    "an earlier year's score": (put("history.csv", "score", "99"), "computed"),
    "an earlier year's grade": (put("history.csv", "grade", "good"), "computed"),
    "the season's year": (put("season.csv", "year", "2017"), "computed"),
}

# Of the public edition, which has no log: its acts lead to the anchors.
OF_THE_PUBLIC: dict[str, tuple[Change, str]] = {
    "a group's score": (put("scores.csv", "value", "90.0000"), "computed"),
    "a unit's name": (put("units.csv", "name", "别的单位"), "computed"),
    "a deduction deleted": (drop("adjustments.csv"), "computed"),
    "a published figure": (
        in_json("result.json", lambda r: r["d01"].update(published="99.99")),
        "computed",
    ),  # type: ignore[attr-defined]
    "the acts left out": (
        lambda files: {n: c for n, c in files.items() if n != "box/acts.jsonl"},
        "computed",
    ),
    "a leaf exchanged": (
        lambda files: {**files, f"{YEAR}/leaves.txt": b"0" * 64 + files[f"{YEAR}/leaves.txt"][64:]},
        "box",
    ),
}


@pytest.fixture
def units() -> Played:
    return play_season("panshan-2018")


@pytest.fixture
def citizens() -> Played:
    return play_season("three-in-one")


@pytest.fixture
def key(request: pytest.FixtureRequest) -> SigningKey:
    return SigningKey(request.getfixturevalue("units").key)


pytestmark = pytest.mark.slow


def test_untouched_nothing_is_found(units: Played, citizens: Played) -> None:
    for played in (units, citizens):
        for files in (played.audit, played.public):
            assert verify(files, published=[played.published]).failed == ()
            assert second_verifier.check(files, played.anchors_files) == set()


def test_the_anchors_of_each_round_are_fetched_from_its_own_page(units: Played) -> None:
    """A season of two rounds has two boxes, each with a page and a file of its own."""
    half, year = units.fetched
    assert verify(units.audit, published=[half, year]).failed == ()
    assert verify(units.audit, published=[year, half, year]).failed == ()
    assert verify(units.audit, published=[half]).failed == ("published",)
    for given, found in (((half, year), set()), ((half,), {"published"})):
        fetched = [one[ANCHORS] for one in given]
        assert second_verifier.check(units.audit, fetched) == found


def test_fetched_files_that_tell_different_anchors_are_named(units: Played) -> None:
    change, _ = OF_UNITS["a unit's name"]
    made_up = chain_again(change(units.audit), SigningKey(units.key))
    fetched = [*units.fetched, {ANCHORS: made_up[ANCHORS]}]
    assert verify(units.audit, published=fetched).failed == ("published",)


def test_all_of_it_made_anew_passes_but_for_the_published_anchors(units: Played) -> None:
    """The forger forgets nothing: without the fetched anchors not a single check complains."""
    change, _ = OF_UNITS["a unit's name"]
    forged = chain_again(change(units.audit), SigningKey(units.key))
    assert verify(forged).failed == ()
    assert verify(forged, published=[units.published]).failed == ("published",)
    assert second_verifier.check(forged) == set()
    assert second_verifier.check(forged, units.anchors_files) == {"published"}


@pytest.mark.parametrize("name", OF_UNITS)
def test_a_change_of_ballots_figures_or_lists_is_found(name: str, units: Played) -> None:
    is_found(units, *OF_UNITS[name])


@pytest.mark.parametrize("name", OF_CITIZENS)
def test_a_change_of_counts_or_years_is_found(name: str, citizens: Played) -> None:
    is_found(citizens, *OF_CITIZENS[name])


def is_found(played: Played, change: Change, check: str) -> None:
    signing = SigningKey(played.key)
    changed = change(played.audit)
    signed = sign_again(changed, signing)
    assert fails(signed, check)
    is_found_again(signed, played, check)
    try:
        forged = chain_again(changed, signing)
    except Exception:  # no forger can chain what is malformed
        return
    # What is compared with the log, and not hashed in it, is found without the fetched anchors.
    assert list(check_published(Evidence(forged), [played.published])) or verify(forged).failed


def fails(files: Files, check: str) -> bool:
    """Whether this check finds something; the others, which take their time, are left out."""
    with patch.object(verdict, "CHECKS", {check: verdict.CHECKS[check]}):
        return verify(files).failed == (check,)


def is_found_again(signed: Files, played: Played, check: str) -> None:
    """By the second verifier, in its one file or in what builds on it, and by a stranger's."""
    assert find_alone(signed, played.anchors_files)
    if check in BY_SCHEME:
        assert check in second_verifier.check(signed, played.anchors_files)
    else:
        found = alone.verify(signed, played.anchors_files)
        assert check in {name for name, wrong in found.items() if wrong}


@pytest.mark.parametrize("name", OF_THE_PUBLIC)
def test_a_change_of_the_public_edition_is_found(name: str, units: Played) -> None:
    change, check = OF_THE_PUBLIC[name]
    signed = sign_again(change(units.public), SigningKey(units.key))
    assert fails(signed, check)
    is_found_again(signed, units, check)


def test_another_key_is_told(units: Played) -> None:
    shown = SigningKey(units.key).verify_key.encode().hex()
    assert verify(units.public, key=shown.upper()).failed == ()
    assert verify(units.public, key=shown[:60] + "0000").failed == ("key",)
    assert second_verifier.check(units.public, key=shown) == set()
    assert second_verifier.check(units.public, key=shown[:60] + "0000") == {"key"}
