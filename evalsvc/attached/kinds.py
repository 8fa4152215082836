"""Looks at an attached file: its bytes must be what its name says, and it may carry no surprise.

Nothing is unpacked or drawn here, so that a hostile file costs no more than reading its bytes;
what lies inside a PDF or a document is looked at in a jailed process (`inside`).
"""

import hashlib
import io
import re
import struct
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evalsvc.errors import ATTACHMENT_REFUSED, Problem
from evalsvc.text import Text

MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 100
MOST_PIXELS = 100_000_000
MOST_PARTS = 2_000
MOST_DIRECTORY_BYTES = 512 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200
RATIO_FROM_BYTES = 1024 * 1024

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ROOT = Path(__file__).parents[2]
SECONDS = 20
# In whatever revision of the file it stands, and for readers that mend what is broken; only names
# so long that no compressed picture has one by chance.
_PDF_SURPRISES = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)\b")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\x00")
_FORBIDDEN_IN_NAMES = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
# What turns a name round in a list of files, so that exe.fdp reads as pdf.exe.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


@dataclass(frozen=True)
class CheckedFile:
    """A file whose bytes have been found to be what its name says."""

    name: str
    kind: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def check_file(name: str, content: bytes) -> CheckedFile:
    """The file under a clean name, or Problem(ATTACHMENT_REFUSED) with what to do."""
    cleaned = clean_name(name)
    kind = cleaned.rpartition(".")[2]
    if kind not in MEDIA_TYPES:
        raise ATTACHMENT_REFUSED.because(
            Text(
                f"只收 PDF、JPG、PNG、XLSX、DOCX，“{cleaned}”不是其中一种",
                f"only PDF, JPG, PNG, XLSX and DOCX are taken; “{cleaned}” is none",
            )
        )
    if not content:
        raise ATTACHMENT_REFUSED.because(
            Text(
                "文件是空的，可能没有传完，请重新选择",
                "the file is empty; perhaps the upload broke off, choose it again",
            )
        )
    if len(content) > MOST_BYTES:
        raise ATTACHMENT_REFUSED.because(
            Text(
                f"文件有 {len(content) / 2**20:.1f} MB，最多 10 MB；请压缩图片或分成几份",
                f"the file has {len(content) / 2**20:.1f} MB, 10 at most; "
                "please shrink its pictures or part it",
            )
        )
    _CHECKS[kind](content)
    # What lies inside shows only when it is unpacked, so that is
    # done in a process that may die of it (some 0.3 s an upload).
    if kind in _LOOKED_INTO:
        _look_inside(kind, content)
    # A picture with a ZIP behind it is two files, of which one was looked at.
    elif zipfile.is_zipfile(io.BytesIO(content)):
        raise _odd(kind.upper())
    return CheckedFile(cleaned, kind, content)


def miss_file() -> Problem:
    """What is said where a form came without a file."""
    return ATTACHMENT_REFUSED.because(Text("请选择文件", "please choose a file"))


def clean_name(name: str) -> str:
    """A name without path, invisible and forbidden characters; the ending in small letters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    last = _FORBIDDEN_IN_NAMES.sub("_", _UNSEEN.sub("", last))
    # The ending is what programs go by, so it is told by the last dot alone.
    stem, dot, ending = last.rpartition(".")
    if not dot:
        return last.strip(" .")[:LONGEST_NAME] or "file"
    ending = "jpg" if ending.strip().lower() == "jpeg" else ending.strip().lower()
    stem = stem.strip(" .")[: LONGEST_NAME - len(ending) - 1] or "file"
    return f"{stem}.{ending}"


def _check_pdf(content: bytes) -> None:
    if not content.startswith(b"%PDF-"):
        raise _mismatch("PDF")
    # Readers look for the end at the end; a file that broke off has none.
    if b"%%EOF" not in content[-2048:]:
        raise _broken("PDF")
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise _odd("PDF")
    # Any letter of a name may be written by its number.
    content = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)
    if b"/Encrypt" in content:
        raise ATTACHMENT_REFUSED.because(_INSIDE["encrypted"])
    if _PDF_SURPRISES.search(content):
        raise ATTACHMENT_REFUSED.because(_INSIDE["acts"])


def _look_inside(kind: str, content: bytes) -> None:
    """Ask the jailed process; one that ends before it has answered has refused."""
    try:
        done = subprocess.run(  # noqa: S603  # our own program and a kind of ours
            # -E and -s: neither the environment nor a user's packages change what is run.
            [sys.executable, "-E", "-s", "-B", "-m", "evalsvc.attached.inside", kind],
            input=content,
            capture_output=True,
            cwd=ROOT,
            env={},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _odd(kind.upper()) from error
    code = done.stdout.decode().strip()
    if done.returncode or code == "odd":
        raise _odd(kind.upper())
    if code == "broken":
        raise _broken(kind.upper())
    if code:
        raise ATTACHMENT_REFUSED.because(_INSIDE[code])


def _check_jpg(content: bytes) -> None:
    if not content.startswith(b"\xff\xd8\xff"):
        raise _mismatch("JPG")
    size = _find_jpg_size(content)
    # Cameras write after the end of the picture, so it is looked for near the end.
    if size is None or b"\xff\xd9" not in content[-65_536:]:
        raise _broken("JPG")
    _check_pixels(*size)


def _find_jpg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the frame's header, walking from segment to segment."""
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        # All frames but tables of codes, which share the range.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + max(length, 2)
    return None


def _check_png(content: bytes) -> None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        raise _mismatch("PNG")
    if content[12:16] != b"IHDR" or len(content) < 33 or b"IEND" not in content[-64:]:
        raise _broken("PNG")
    _check_pixels(*struct.unpack(">II", content[16:24]))


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise ATTACHMENT_REFUSED.because(
            Text(
                f"图片有 {width}×{height} 点，最多一亿点；请缩小后再上传",
                f"the picture has {width}×{height} dots, a hundred million at most",
            )
        )


def _check_office(kind: str, part: str) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        if content.startswith(_OLE):
            raise ATTACHMENT_REFUSED.because(
                Text(
                    "文件设有密码，或者是旧格式（.doc、.xls）；请另存为没有密码的新格式",
                    "the file has a password or is of the old kind (.doc, .xls)",
                )
            )
        if not content.startswith(b"PK\x03\x04"):
            raise _mismatch(kind)
        _check_parts(kind, part, _list_parts(kind, content))

    return check


def _list_parts(kind: str, content: bytes) -> list[zipfile.ZipInfo]:
    """The parts of a document, whose number is bounded before an object is made of each."""
    place = content.rfind(b"PK\x05\x06", -65_557 - 22)
    if place < 0 or len(content) < place + 22:
        raise _broken(kind)
    # From the directory's own end, before a program makes an object of each part.
    entries, size = struct.unpack("<HI", content[place + 10 : place + 16])
    if entries > MOST_PARTS or size > MOST_DIRECTORY_BYTES:
        raise _odd(kind)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _broken(kind) from error


def _check_parts(kind: str, part: str, parts: list[zipfile.ZipInfo]) -> None:
    names = {info.filename.lower() for info in parts}
    if part not in names or "[content_types].xml" not in names:
        raise _mismatch(kind)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise ATTACHMENT_REFUSED.because(_INSIDE["macros"])
    unpacked = sum(info.file_size for info in parts)
    if (
        len(names) < len(parts)
        or unpacked > MOST_UNPACKED
        or any(_OUTSIDE.search(info.filename) or info.flag_bits & 1 for info in parts)
        or any(map(_is_bomb, parts))
    ):
        raise _odd(kind)


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > RATIO_FROM_BYTES and info.file_size > MOST_RATIO * max(
        info.compress_size, 1
    )


def _mismatch(kind: str) -> Problem:
    return ATTACHMENT_REFUSED.because(
        Text(
            f"文件的内容不是 {kind}，与扩展名不符；请用原来的程序另存为 {kind} 再上传",
            f"the content is no {kind}, whatever the name says; please save it as {kind}",
        )
    )


def _broken(kind: str) -> Problem:
    return ATTACHMENT_REFUSED.because(
        Text(
            f"这份 {kind} 已损坏或没有传完；请打开并重新保存后再上传",
            f"this {kind} is damaged or incomplete; please open it and save it again",
        )
    )


def _odd(kind: str) -> Problem:
    return ATTACHMENT_REFUSED.because(
        Text(
            f"这份 {kind} 的内部不像正常保存的文件，不接收；请把内容复制到新文件里",
            f"this {kind} is unlike what programs save; please copy it into a new file",
        )
    )


_INSIDE: Mapping[str, Text] = {
    "encrypted": Text(
        "PDF 设有密码或限制，请取消后再上传",
        "the PDF has a password or restrictions; please remove them first",
    ),
    "acts": Text(
        "PDF 里有脚本或夹带的文件，请用“打印到 PDF”另存一份再上传",
        "the PDF holds scripts or other files; please print it to PDF anew",
    ),
    "macros": Text(
        "文件带有宏，请另存为没有宏的格式", "the file has macros; please save it without"
    ),
    "programs": Text(
        "文件里夹带了控件或别的程序的对象，请删去或换成图片再上传",
        "the file holds controls or objects of other programs; please take them out or put "
        "pictures in their place",
    ),
    "outside": Text(
        "文件打开时会从网上或别的程序取内容，请断开链接、换成固定的内容再上传",
        "the file fetches content from the net or other programs when it is opened; please break "
        "the links and upload it with fixed content",
    ),
}
_LOOKED_INTO = ("pdf", "xlsx", "docx")

_CHECKS: Mapping[str, Callable[[bytes], None]] = {
    "pdf": _check_pdf,
    "jpg": _check_jpg,
    "png": _check_png,
    "xlsx": _check_office("XLSX", "xl/workbook.xml"),
    "docx": _check_office("DOCX", "word/document.xml"),
}
