"""A backup holds everything but what must never lie beside it, and comes back as it was."""

import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from evalsvc.backups import making
from evalsvc.backups.contents import count_rows
from evalsvc.backups.copying import copy
from evalsvc.backups.making import BackupMade, make_backup
from evalsvc.backups.record import Backup, list_backups
from evalsvc.backups.restoring import restore
from evalsvc.commands.backup import backup as backup_command
from evalsvc.commands.restore import describe
from evalsvc.commands.restore import restore as restore_command
from evalsvc.db import connect
from evalsvc.domain.sealing.signing import load_signing_key
from evalsvc.errors import Problem
from evalsvc.migrating import migrate
from evalsvc.settings import Settings, load_secret_key
from tests.cast import Installation, add_panshan, build_installation, get_round_id, open_with_cards
from tests.postgres import Cluster

pytestmark = pytest.mark.slow

NIGHT = datetime(2026, 12, 1, 13, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Installation]:
    """An installation with an open round, its keys and its pepper."""
    installation = build_installation(tmp_path / "instance", database_url)
    load_secret_key(installation.settings)
    load_signing_key(installation.settings)
    open_with_cards(installation, get_round_id(installation, add_panshan(installation)))
    yield installation
    installation.database.close()


@pytest.fixture
def new_url(request: pytest.FixtureRequest, database_url: str) -> Iterator[str | None]:
    """An empty PostgreSQL database to restore into; SQLite needs none."""
    if database_url.startswith("sqlite"):
        yield None
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.create_database()
    yield url
    cluster.drop_database(url)


def back_up(
    settings: Settings, folder: Path, moment: datetime = NIGHT, days: int = 30
) -> BackupMade:
    return make_backup(settings, folder / "backups", folder / "backups-keys", days, moment)


def count(url: str) -> dict[str, int]:
    database = connect(url)
    try:
        with database.engine.connect() as connection:
            return count_rows(connection)
    finally:
        database.close()


def list_files(folder: Path) -> list[tuple[str, int]]:
    return [
        (path.name, path.stat().st_mode & 0o777)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def test_a_backup_comes_back_whole_and_says_what_it_lacks(
    place: Installation, tmp_path: Path, new_url: str | None
) -> None:
    made = back_up(place.settings, tmp_path)
    file = Path(made.backup.path)
    ending = "sqlite" if new_url is None else "dump"
    assert list_files(tmp_path / "backups") == [
        (f"evalsvc-20261201-132000.{ending}", 0o600),
        (f"evalsvc-20261201-132000.{ending}.json", 0o600),
    ]
    assert list_files(tmp_path / "backups-keys") == [("evalsvc-keys-20261201-132000.tar", 0o600)]
    assert (tmp_path / "backups").stat().st_mode & 0o777 == 0o700
    assert made.rows == count(place.settings.database_url)
    assert made.rows["credential"] > 10

    there = tmp_path / "new/instance"
    restored = restore(file, there, made.keys, new_url)
    assert restored.was_noted
    assert count(new_url or f"sqlite:///{there / 'evalsvc.sqlite'}") == made.rows
    for name in ("secret.key", "signing.key"):
        assert (there / name).read_bytes() == (place.settings.instance / name).read_bytes()
    assert {mode for _, mode in list_files(there)} == {0o600}
    (one,) = restored.without_pepper
    said = "\n".join(describe(restored, there))
    assert f"没有胡椒值，{one.cards} 张卡都不能再用" in said
    assert "signing.key" not in said


def test_neither_pepper_nor_tray_key_lies_in_a_backup(place: Installation, tmp_path: Path) -> None:
    kept_out = [path.read_bytes() for path in place.settings.peppers.iterdir()]
    assert len(kept_out) == 2  # the round's pepper, and the key of what waits on its tray
    naive = tmp_path / "naive.tar"
    with tarfile.open(naive, "w") as archive:
        archive.add(place.settings.instance, "instance")
    back_up(place.settings, tmp_path)
    folders = (tmp_path / "backups", tmp_path / "backups-keys")
    contents = [path.read_bytes() for folder in folders for path in folder.iterdir()]
    assert all(secret in naive.read_bytes() for secret in kept_out)
    assert [secret for secret in kept_out for content in contents if secret in content] == []
    keys = [content for content in contents if load_secret_key(place.settings) in content]
    assert len(keys) == 1  # apart from the database


def test_backups_are_on_the_list_that_the_office_is_shown(
    place: Installation, tmp_path: Path
) -> None:
    made = back_up(place.settings, tmp_path)
    assert list_backups(place.settings) == (made.backup,)
    assert json.loads((place.settings.instance / "backups.json").read_text()) == [
        {
            "path": made.backup.path,
            "made_at": "2026-12-01T13:20:00+00:00",
            "sha256": making.hash_file(Path(made.backup.path)),
            "bytes": Path(made.backup.path).stat().st_size,
            "database": made.backup.database,
        }
    ]


def test_old_ones_go_and_the_newest_stays(place: Installation, tmp_path: Path) -> None:
    first = back_up(place.settings, tmp_path)
    second = back_up(place.settings, tmp_path, NIGHT + timedelta(days=20))
    third = back_up(place.settings, tmp_path, NIGHT + timedelta(days=31))
    assert [made.removed for made in (first, second, third)] == [(), (), (Path(first.backup.path),)]
    assert list_backups(place.settings) == (second.backup, third.backup)
    assert not Path(first.backup.path).exists()
    assert not Path(f"{first.backup.path}.json").exists()
    assert third.keys == first.keys  # unchanged keys are not copied again
    later = back_up(place.settings, tmp_path, NIGHT + timedelta(days=900), days=0)
    assert list_backups(place.settings) == (later.backup,)


def test_a_folder_with_the_peppers_is_refused(place: Installation, tmp_path: Path) -> None:
    settings = place.settings
    elsewhere = tmp_path / "carried away"
    shutil.copytree(settings.peppers, elsewhere / "peppers")
    for folder in (settings.instance, settings.instance / "backups", elsewhere):
        with pytest.raises(Problem) as found:
            make_backup(settings, folder, tmp_path / "k", 30, NIGHT)
        assert found.value.kind.code == "backup_beside_peppers"
    assert list_backups(settings) == ()


def test_too_small_a_disk_is_said_before_anything_is_written(
    place: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=50 * 1024 * 1024))
    with pytest.raises(Problem) as found:
        back_up(place.settings, tmp_path)
    assert "50 MB" in found.value.text.zh
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_damaged_copy_is_no_backup(
    place: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_badly(url: str, target: Path) -> None:
        copy(url, target)
        with target.open("r+b") as file:
            file.truncate(target.stat().st_size * 2 // 3)

    monkeypatch.setattr(making, "copy", copy_badly)
    with pytest.raises(Problem) as found:
        back_up(place.settings, tmp_path)
    assert found.value.kind.code == "backup_unsound"
    assert list((tmp_path / "backups").glob("*.sqlite")) == []
    assert list((tmp_path / "backups").glob("*.dump")) == []
    assert list_backups(place.settings) == ()


def test_a_copy_that_was_changed_since_is_not_restored(
    place: Installation, tmp_path: Path, new_url: str | None
) -> None:
    file = Path(back_up(place.settings, tmp_path).backup.path)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(Problem) as found:
        restore(file, tmp_path / "new", None, new_url)
    assert found.value.kind.code == "backup_changed"
    assert not (tmp_path / "new").exists()


def test_nothing_that_somebody_entered_is_overwritten(
    place: Installation, tmp_path: Path, new_url: str | None
) -> None:
    made = back_up(place.settings, tmp_path)
    there = tmp_path / "new"
    restore(Path(made.backup.path), there, made.keys, new_url)
    with pytest.raises(Problem) as found:
        restore(Path(made.backup.path), there, made.keys, new_url)
    assert found.value.kind.code == "place_in_use"
    assert count(new_url or f"sqlite:///{there / 'evalsvc.sqlite'}") == made.rows


def test_what_an_upgrade_has_kept_is_on_the_list_too(place: Installation, tmp_path: Path) -> None:
    made = back_up(place.settings, tmp_path)
    kept = place.settings.instance / "backups/evalsvc-before-upgrade-of-0001.sqlite"
    kept.parent.mkdir()
    kept.write_bytes(b"1234")
    os.utime(kept, (1_700_000_000, 1_700_000_000))
    assert list_backups(place.settings) == (
        Backup(str(kept), "2023-11-14T22:13:20+00:00", "", 4, "sqlite"),
        made.backup,
    )


def test_an_installation_that_nobody_has_used_yet_takes_it(
    place: Installation, tmp_path: Path, new_url: str | None
) -> None:
    made = back_up(place.settings, tmp_path)
    fresh = Path(tmp_path / "fresh")
    fresh.mkdir()
    url = new_url or f"sqlite:///{fresh / 'evalsvc.sqlite'}"
    migrate(url)
    restore(Path(made.backup.path), fresh, made.keys, new_url)
    assert count(url) == made.rows
    migrate(url)


def test_a_newer_programs_backup_is_named_as_such(
    place: Installation, tmp_path: Path, new_url: str | None
) -> None:
    with place.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made = back_up(place.settings, tmp_path)
    with pytest.raises(Problem) as found:
        restore(Path(made.backup.path), tmp_path / "new", None, new_url)
    assert found.value.kind.code == "database_newer"


def test_what_is_no_backup_is_not_taken_for_one(tmp_path: Path) -> None:
    file = tmp_path / "letter.sqlite"
    file.write_text("四季平安")
    with pytest.raises(Problem) as found:
        restore(file, tmp_path / "new", None, None)
    assert found.value.kind.code == "backup_unknown"


def test_the_commands_say_it_in_both_languages(
    place: Installation, tmp_path: Path, new_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALSVC_INSTANCE", str(place.settings.instance))
    monkeypatch.setenv("EVALSVC_DATABASE_URL", place.settings.database_url)
    monkeypatch.setenv("EVALSVC_BACKUPS", str(tmp_path / "backups"))
    said = CliRunner().invoke(backup_command, [])
    assert said.exit_code == 0, said.output
    for sentence in ("已通读 read through", "胡椒值不在备份里", "their pepper is in no backup"):
        assert sentence in said.output
    (file,) = (path for path in (tmp_path / "backups").iterdir() if path.suffix != ".json")
    more = ["--database", new_url] if new_url else []
    said = CliRunner().invoke(restore_command, [str(file), "--into", str(tmp_path / "n"), *more])
    assert said.exit_code == 0, said.output
    for sentence in (
        "as when it was made",
        "No secret.key",
        "卡都不能再用",
        "as this program needs",
    ):
        assert sentence in said.output


def test_an_empty_list_is_no_fault(tmp_path: Path) -> None:
    settings = replace(build_installation(tmp_path).settings)
    assert list_backups(settings) == ()
    assert Backup("a", "2026-12-01T13:20:00+00:00", "", 0, "sqlite").moment == NIGHT
