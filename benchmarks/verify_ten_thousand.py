"""verify 一万张票：用时、内存，与裸签名循环之比 / verify on 10,000 ballots: time, memory, ratio."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from nacl.signing import VerifyKey

from evalsvc.box.sealing import ballot_message
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, results
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.opening import open_box
from evalsvc.domain.voting import casting
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.verify.files import read_ballots, read_seal
from tests.cast import (
    CUSTODIAN,
    MANAGER,
    MORNING,
    PASSPHRASE,
    add_panel_city,
    build_installation,
    get_round_id,
    ignore_progress,
    open_with_cards,
)
from tests.domain.test_casting import fill

BALLOTS = 10_000
STRATA = 4
MOST_SECONDS = 10
MOST_MEGABYTES = 300

# The kernel's mark for this program alone; what getrusage says of a child begins with its parent's.
VERIFY = """
import sys
from pathlib import Path
from evalsvc.__main__ import main
try:
    main(["verify", sys.argv[1]])
finally:
    status = Path("/proc/self/status").read_text()
    print(status.split("VmHWM:")[1].split()[0], file=sys.stderr)
"""


def main() -> None:
    ballots = int(sys.argv[1]) if len(sys.argv) > 1 else BALLOTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = perf_counter()
        package = build_package(folder, ballots)
        size = package.stat().st_size / 1e6
        print(f"{ballots} ballots cast, counted and packed: {perf_counter() - start:.0f} s")
        print(f"package: {size:.1f} MB")
        bare = time_bare_loop(package)
        print(f"bare loop over the signatures: {bare:.2f} s")
        seconds, megabytes = time_verify(package)
    print(f"verify: {seconds:.2f} s, {megabytes:.0f} MB at most, {seconds / bare:.1f} × the loop")
    sys.exit(seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES)


def build_package(folder: Path, ballots: int) -> Path:
    """A panel city of so many citizens, by the same verbs that the pages use."""
    place = build_installation(folder / "instance")
    season_id = add_panel_city(place, seats=ballots // STRATA)
    round_id = get_round_id(place, season_id)
    for card in open_with_cards(place, round_id):
        visit = casting.admit(place.database, place.settings, card.token, MORNING)
        answers = fill(casting.get_paper(place.database, visit, MORNING))
        casting.cast(place.database, visit, answers, casting.new_nonce(), MORNING)
    rounds.close_round(Act(place.database, MANAGER, MORNING), place.settings, round_id)
    open_box(
        Act(place.database, CUSTODIAN, MORNING),
        place.settings,
        round_id,
        PASSPHRASE,
        ignore_progress,
    )
    results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, season_id)
    package = folder / "audit.zip"
    package.write_bytes(archive.build_audit_package(place.database, place.settings, season_id))
    place.database.close()
    return package


def time_bare_loop(package: Path) -> float:
    """What the library alone takes for the same signatures, everything else made ready."""
    prepared = list(list_signed(package))
    start = perf_counter()
    for key, message, signature in prepared:
        VerifyKey(key).verify(message, signature)
    return perf_counter() - start


def list_signed(package: Path) -> Iterator[tuple[bytes, bytes, bytes]]:
    files = open_package(package)
    uid = read_seal(files, "year_end").round_uid
    for one in read_ballots(files, "year_end"):
        key = one.credential
        yield key, ballot_message(uid, key, one.seq, one.nonce, one.sealed), one.signature


def time_verify(package: Path) -> tuple[float, float]:
    """Seconds from the start of the command to its end, and its peak memory in MB."""
    start = perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", VERIFY, package], check=True, capture_output=True, text=True
    )
    return perf_counter() - start, int(ended.stderr) / 1024


if __name__ == "__main__":
    main()
