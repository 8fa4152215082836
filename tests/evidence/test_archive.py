"""Folders and ZIP files that are, or only look like, a package."""

import io
import zipfile
from pathlib import Path

import pytest

from evalsvc.evidence import archive
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.model import PackageErrors
from evalsvc.evidence.write import build_zip
from tests.evidence import panshan

FILES = {"units.csv": b"unit\n", "box/log.json": b"[]"}


def refusal(path: Path) -> tuple[str, str]:
    with pytest.raises(PackageErrors) as caught:
        open_package(path)
    (error,) = caught.value.errors
    return error.file, error.expected.en


def zipped(folder: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "package.zip"
    with zipfile.ZipFile(path, "w", method) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return path


def test_a_folder_and_its_zip_are_the_same_package(tmp_path: Path):
    path = tmp_path / "case.zip"
    path.write_bytes(build_zip(panshan.files()))
    assert open_package(path) == panshan.files()


def test_one_folder_around_everything_is_dropped(tmp_path: Path):
    wrapped = {f"case/{name}": content for name, content in FILES.items()}
    assert open_package(zipped(tmp_path, wrapped)) == FILES


@pytest.mark.parametrize("name", ["../units.csv", "/units.csv", "a/../../b", "C:/x", "a\\b"])
def test_no_file_leads_out_of_the_package(tmp_path: Path, name: str):
    assert refusal(zipped(tmp_path, {name: b""})) == (
        name,
        "a file's name can't lead out of the package",
    )


def test_a_link_in_a_zip(tmp_path: Path):
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as target:
        link = zipfile.ZipInfo("units.csv")
        link.external_attr = 0o120777 << 16
        target.writestr(link, "/etc/passwd")
    assert refusal(path) == ("units.csv", "links and special files are not read")


def test_a_link_in_a_folder(tmp_path: Path):
    (tmp_path / "units.csv").symlink_to("/etc/passwd")
    assert refusal(tmp_path) == ("units.csv", "links and special files are not read")


def test_a_bomb(tmp_path: Path):
    bomb = zipped(tmp_path, {"ballots.csv": bytes(3_000_000)})
    assert refusal(bomb) == ("ballots.csv", "it inflates too much and is not unpacked")


def test_too_many_files_and_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MOST_FILES", 1)
    assert refusal(zipped(tmp_path, FILES))[1] == "expected at most 1 files"
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    monkeypatch.setattr(archive, "MOST_BYTES", 6)
    assert refusal(zipped(tmp_path, FILES))[1] == "expected at most 6 bytes in all"


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")  # made on purpose here
def test_a_file_twice(tmp_path: Path):
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("units.csv", "one")
        target.writestr("units.csv", "two")
    assert refusal(path) == ("units.csv", "expected each file once in the ZIP")


def test_no_zip_at_all(tmp_path: Path):
    path = tmp_path / "package.zip"
    path.write_bytes(b"hello")
    assert refusal(path)[1] == "expected a folder or a sound ZIP without a password"
    assert refusal(tmp_path / "nothing")[1] == "there is no such file or folder"


def test_a_damaged_zip(tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("units.csv", panshan.files()["ballots.csv"])
    content = bytearray(buffer.getvalue())
    content[60:80] = bytes(20)
    path = tmp_path / "package.zip"
    path.write_bytes(content)
    assert refusal(path)[1] == "expected a folder or a sound ZIP without a password"
