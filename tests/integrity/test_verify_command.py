"""verify as an auditor runs it: elsewhere, with nothing of the service's at hand."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalsvc.__main__ import main
from evalsvc.box.tokens import new_token
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results
from evalsvc.domain.sealing import anchors
from evalsvc.evidence.editions import write_anchors
from evalsvc.evidence.verify.verdict import CHECKS
from evalsvc.models.roster import Unit
from evalsvc.settings import PROJECT
from tests.cast import MANAGER, MORNING
from tests.integrity.counted import SEATS, Counted, build_counted

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return build_counted(tmp_path_factory.mktemp("counted"))


@pytest.fixture(scope="module")
def folder(counted: Counted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both editions as an auditor gets them."""
    folder = tmp_path_factory.mktemp("auditor")
    packages = counted.packages()
    counted.installation.database.close()
    (folder / "audit.zip").write_bytes(packages.audit)
    (folder / "public.zip").write_bytes(packages.public)
    return folder


def run(*arguments: object) -> tuple[int, list[str]]:
    result = CliRunner().invoke(main, ["verify", *map(str, arguments)])
    return result.exit_code, result.output.splitlines()


def test_each_check_is_named_in_both_languages(folder: Path) -> None:
    code, lines = run(folder / "audit.zip")
    assert code == 0
    assert lines[0] == "通过 ok 文件清单和签名 / files and their signature (manifest)"
    assert lines[8] == "通过 ok 选票签名 / signatures of ballots (signatures)"
    assert lines[-1] == "全部通过 / every check passes"
    assert [line[:5] for line in lines].count("通过 ok") == len(CHECKS)


def test_the_public_edition_says_what_it_cannot_tell(folder: Path) -> None:
    code, lines = run(folder / "public.zip")
    assert code == 0
    assert lines[8] == (
        "—       选票签名 / signatures of ballots (signatures)："
        "只有审计版能查 / only the audit edition can tell"
    )


@pytest.mark.parametrize("edition", ["audit.zip", "public.zip"])
def test_every_receipt_is_found_and_no_other(folder: Path, counted: Counted, edition: str) -> None:
    # The last receipt and the first are one citizen's: a replaced ballot stays in the list.
    for receipt in (counted.receipts[0], counted.receipts[-1].lower().replace("-", " ")):
        assert run(folder / edition, "--receipt", receipt)[0] == 0
    code, lines = run(folder / edition, "--receipt", new_token())
    assert code == 1
    assert lines[-1] == "不通过 / FAILED: receipt"


def test_a_handed_out_public_package_is_compared_byte_for_byte(
    folder: Path, tmp_path: Path
) -> None:
    assert run(folder / "audit.zip", "--public", folder / "public.zip")[0] == 0
    shutil.unpack_archive(folder / "public.zip", tmp_path / "public")
    scores = tmp_path / "public" / "scores.csv"
    scores.write_bytes(scores.read_bytes().replace(b"u01", b"u02", 1))
    code, lines = run(folder / "audit.zip", "--public", tmp_path / "public")
    assert (code, lines[-1]) == (1, "不通过 / FAILED: handed_out")
    assert "          scores.csv of the public package differs" in lines


def test_an_older_package_is_contained_in_a_newer_one(
    counted: Counted, folder: Path, tmp_path: Path
) -> None:
    later = counted.copy(tmp_path / "instance")
    place = later.installation
    with place.database.writing() as session:
        unit = session.get(Unit, 1)
        assert unit is not None
        unit.flags = "later"
    version = results.compute_result(
        Act(place.database, MANAGER, MORNING + timedelta(days=1)), place.settings, later.season_id
    ).version
    assert version == 2
    packages = later.packages()
    place.database.close()
    (tmp_path / "audit.zip").write_bytes(packages.audit)
    (tmp_path / "public.zip").write_bytes(packages.public)
    for newer in ("audit.zip", "public.zip"):
        for older in ("audit.zip", "public.zip"):
            code, lines = run(tmp_path / newer, "--previous", folder / older)
            assert (code, lines[-1]) == (0, "全部通过 / every check passes")


def test_what_an_older_package_had_must_still_be_there(folder: Path, tmp_path: Path) -> None:
    """Somebody counts the same round anew, in a box of its own, and publishes that."""
    another = build_counted(tmp_path / "instance")
    (tmp_path / "audit.zip").write_bytes(another.packages().audit)
    another.installation.database.close()
    assert run(tmp_path / "audit.zip")[0] == 0
    code, lines = run(tmp_path / "audit.zip", "--previous", folder / "audit.zip")
    assert (code, lines[-1]) == (1, "不通过 / FAILED: previous")
    assert [line for line in lines if "锚点" in line or "anchors" in line][-2:] == [
        "          year_end：以前公布的锚点不在新包里，或被改动",
        "          year_end: anchors published earlier are not in the newer package as they were",
    ]


def test_the_public_edition_commits_to_its_audit_edition(folder: Path, tmp_path: Path) -> None:
    assert run(folder / "public.zip", "--previous", folder / "audit.zip")[0] == 0
    shutil.unpack_archive(folder / "audit.zip", tmp_path / "audit")
    salt = tmp_path / "audit" / "box" / "salt.txt"
    salt.write_bytes(salt.read_bytes()[::-1])
    code, lines = run(folder / "public.zip", "--previous", tmp_path / "audit")
    assert (code, lines[-1]) == (1, "不通过 / FAILED: previous")


def test_anchors_downloaded_while_the_box_filled(
    counted: Counted, folder: Path, tmp_path: Path
) -> None:
    opening = json.loads(_read(folder / "audit.zip", "box/anchors.json"))["year_end"][0]
    first = anchors.SignedAnchor.from_record(opening)
    kept = tmp_path / "anchors.json"
    kept.write_bytes(write_anchors({"year_end": [first, counted.timed]}))
    assert run(folder / "public.zip", "--previous", kept)[0] == 0
    kept.write_bytes(write_anchors({"year_end": [counted.timed]}))
    assert run(folder / "public.zip", "--previous", kept)[0] == 1


def test_the_timed_anchor_held_what_had_been_cast(counted: Counted) -> None:
    # Two leaders and 45 of 48 citizens cast, the anchor came after the 24th of them.
    assert len(counted.receipts) == 2 + 4 * SEATS - 3 + 1
    assert (counted.timed.anchor.number, counted.timed.anchor.ballots) == (2, 24)
    assert counted.timed.anchor.at == (MORNING + timedelta(hours=4)).isoformat()


def test_an_unreadable_package(tmp_path: Path) -> None:
    code, lines = run(tmp_path / "nothing.zip")
    assert code == 2
    assert lines[1].endswith("there is no such file or folder")


def test_it_runs_where_nothing_of_the_service_is(folder: Path, tmp_path: Path) -> None:
    """No environment, another folder, neither server nor database loaded."""
    code = (
        "import sys; from click.testing import CliRunner; from evalsvc.__main__ import main;"
        f"r = CliRunner().invoke(main, ['verify', {str(folder / 'audit.zip')!r}]);"
        "assert r.exit_code == 0, r.output;"
        "print(sorted({'flask', 'sqlalchemy', 'evalsvc.settings'} & sys.modules.keys()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout, ended.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []


def test_an_account_without_access_to_the_services_files_verifies(
    counted: Counted, tmp_path: Path
) -> None:
    """As an account of its own, and with the whole installation gone besides."""
    gone = counted.copy(tmp_path / "instance")
    packages = gone.packages()
    gone.installation.database.close()
    shutil.rmtree(tmp_path / "instance")
    assert is_kept_from_others(counted)
    with tempfile.TemporaryDirectory(prefix="evalsvc-auditor-", dir="/tmp") as auditors:
        folder = Path(auditors)
        folder.chmod(0o755)
        for name, content in (("audit.zip", packages.audit), ("public.zip", packages.public)):
            (folder / name).write_bytes(content)
            ended = subprocess.run(
                [*as_somebody_else(), sys.executable, "-m", "evalsvc", "verify", folder / name],
                cwd=PROJECT,
                env={"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert ended.returncode == 0, ended.stdout + ended.stderr
            assert ended.stdout.splitlines()[-1] == "全部通过 / every check passes"


def is_kept_from_others(counted: Counted) -> bool:
    """The other account can't even list the folder of an installation."""
    seen = subprocess.run(
        [*as_somebody_else(), "ls", counted.installation.settings.instance],
        capture_output=True,
        check=False,
    )
    return seen.returncode != 0 or os.geteuid() != 0


def as_somebody_else() -> list[str]:
    """Nobody's account; where the suite has no right to change accounts, its own."""
    if os.geteuid() != 0:
        return []
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]


def _read(package: Path, name: str) -> bytes:
    with zipfile.ZipFile(package) as archive:
        return archive.read(name)
