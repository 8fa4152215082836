"""`service`: which settings a verb gets, and that nothing of root's own environment goes along."""

from pathlib import Path

import pytest

from evalsvc.commands.service import PATH, build_environment
from evalsvc.settings import read_settings_file


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    settings, owner = tmp_path / "evalsvc.env", tmp_path / "owner.env"
    settings.write_text(
        "# ours\nEVALSVC_INSTANCE=/srv/i\nEVALSVC_DATABASE_URL=postgresql://app@h\n\n"
    )
    owner.write_text("EVALSVC_DATABASE_URL=postgresql://owner:a=b&c@h\n")
    monkeypatch.setenv("PYTHONPATH", "/srv/evalsvc/app")
    monkeypatch.setenv("HOME", "/root")
    for name in ("TERM", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
    return settings, owner


@pytest.mark.parametrize(
    ("verb", "url"),
    [
        ("first-staff", "postgresql://app@h"),
        ("anchor", "postgresql://app@h"),
        ("serve", "postgresql://app@h"),
        ("migrate", "postgresql://owner:a=b&c@h"),
        ("backup", "postgresql://owner:a=b&c@h"),
        ("purge", "postgresql://owner:a=b&c@h"),
    ],
)
def test_only_what_the_owner_must_do_gets_the_owners_address(
    files: tuple[Path, Path], verb: str, url: str
) -> None:
    assert build_environment(verb, *files) == {
        "PATH": PATH,
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": "/srv/evalsvc/app",
        "EVALSVC_INSTANCE": "/srv/i",
        "EVALSVC_DATABASE_URL": url,
    }


def test_sqlite_has_no_owners_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    given = build_environment("migrate", files[0], tmp_path / "absent")
    assert given["EVALSVC_DATABASE_URL"] == "postgresql://app@h"


def test_a_settings_file_is_read_as_systemd_reads_it(files: tuple[Path, Path]) -> None:
    assert read_settings_file(files[1]) == {"EVALSVC_DATABASE_URL": "postgresql://owner:a=b&c@h"}
