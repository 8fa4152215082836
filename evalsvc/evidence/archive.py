"""A package's files as bytes, from a folder or a ZIP, read without trusting either."""

import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from evalsvc.evidence.model import PackageError, PackageErrors
from evalsvc.text import Text

MOST_FILES = 10_000
MOST_BYTES = 1_000_000_000
"""A million ballots make some hundred megabytes; beyond this nobody meant a package."""
MOST_RATIO = 200
"""CSV of codes deflates to a fiftieth at best; a bomb to a thousandth."""
_LOCAL_HEADER, _CENTRAL_HEADER, _END = 30, 46, 22  # bytes, without names


def open_package(path: Path) -> dict[str, bytes]:
    """Name → content of every file; raises `PackageErrors` for what is no package."""
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        raise _refusal(
            str(path), "", Text("没有这个文件或文件夹", "there is no such file or folder")
        )
    return _read(path, path.name, MOST_BYTES)


def read_zip(content: bytes, most: int) -> dict[str, bytes]:
    """The same from an uploaded ZIP that unpacks to `most` bytes at most."""
    return _read(io.BytesIO(content), "ZIP", most)


def _read(source: Path | io.BytesIO, name: str, most: int) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(source) as archive:
            return _open_zip(archive, most)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise _refusal(
            name,
            str(error)[:60],
            Text(
                "应为文件夹，或完好且未加密的 ZIP 文件",
                "expected a folder or a sound ZIP without a password",
            ),
        ) from error


def _refusal(file: str, found: str, text: Text) -> PackageErrors:
    return PackageErrors((PackageError(file, 0, "", found, text),))


def _open_folder(folder: Path) -> dict[str, bytes]:
    # Links to folders, too: what they lead to is not in the package.
    paths = sorted(path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    for path in paths:
        if path.is_symlink() or not path.is_file():
            raise _refusal(
                path.relative_to(folder).as_posix(),
                "",
                Text("不接受链接和特殊文件", "links and special files are not read"),
            )
    # Before anything is read into memory.
    _check_limits((path.stat().st_size for path in paths), folder.name)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _open_zip(archive: zipfile.ZipFile, most: int) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    for entry in entries:
        _check_entry(entry)
    # By what the ZIP says of itself, before a byte is
    # unpacked; whether it says the truth, reading shows.
    _check_limits((entry.file_size for entry in entries), archive.filename or "ZIP", most)
    names = [entry.filename for entry in entries]
    # Of two files under one name one program reads the first and another the last.
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise _refusal(
            twice, "", Text("ZIP 里同一个文件只能有一个", "expected each file once in the ZIP")
        )
    _check_whole(archive)
    shorten = _shortened(names)
    return {shorten(entry.filename): archive.read(entry) for entry in entries}


def _check_whole(archive: zipfile.ZipFile) -> None:
    """Nothing lies before, between, behind or beside the files: what is not read is not hashed."""
    place, listed = 0, 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        # The name in bytes, as it stands in both headers: without the flag it is not UTF-8.
        name = len(entry.filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437"))
        if entry.header_offset != place or entry.extra or entry.comment:
            raise _beside(entry.filename)
        place += _LOCAL_HEADER + name + entry.compress_size
        listed += _CENTRAL_HEADER + name
    file = archive.fp
    if file is None or archive.comment or archive.start_dir != place:
        raise _beside("")
    if file.seek(0, io.SEEK_END) != place + listed + _END:
        raise _beside("")


def _beside(name: str) -> PackageErrors:
    return _refusal(
        name or "ZIP",
        "",
        Text(
            "ZIP 里另有别的内容；请用导出的原件，或解开成文件夹",
            "the ZIP holds something beside its files; use it as exported, or unpacked",
        ),
    )


def _check_entry(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename)
    strange = not path.parts or "\\" in entry.filename or ":" in path.parts[0]
    if strange or path.is_absolute() or ".." in path.parts:
        raise _refusal(
            entry.filename,
            "",
            Text("文件名不能指向文件夹之外", "a file's name can't lead out of the package"),
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refusal(
            entry.filename, "", Text("不接受链接和特殊文件", "links and special files are not read")
        )
    if entry.file_size > MOST_RATIO * max(entry.compress_size, 1000):
        raise _refusal(
            entry.filename,
            f"{entry.compress_size} → {entry.file_size} B",
            Text("压缩比过大，不予解压", "it inflates too much and is not unpacked"),
        )


def _check_limits(sizes: Iterable[int], name: str, most: int = MOST_BYTES) -> None:
    listed = list(sizes)
    if len(listed) > MOST_FILES:
        raise _refusal(
            name,
            str(len(listed)),
            Text(f"文件数不得超过 {MOST_FILES}", f"expected at most {MOST_FILES} files"),
        )
    if sum(listed) > most:
        raise _refusal(
            name,
            f"{sum(listed)} B",
            Text(f"总大小不得超过 {most} 字节", f"expected at most {most} bytes in all"),
        )


def _shortened(names: Iterable[str]) -> Callable[[str], str]:
    """Drops the one folder that some programs put around everything they pack."""
    # Only where it is around everything; a package that is `box/` alone has no wrapper.
    tops = {name.split("/", 1)[0] for name in names if "/" in name}
    wrapped = len(tops) == 1 and all("/" in name for name in names)
    if not wrapped or tops == {"box"}:
        return str
    return lambda name: name.split("/", 1)[1]
