"""Covers attached files: real ones are taken under a clean name, hostile ones refused at once."""

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import pytest
from PIL import Image

from evalsvc.domain.preparing.file_kinds import MOST_BYTES, CheckedFile, check_file, clean_name
from evalsvc.errors import ATTACHMENT_REFUSED, Problem

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 6), "white").save(content, kind)
    return content.getvalue()


def workbook() -> bytes:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


def document(*more: tuple[str, bytes], main: str = "word/document.xml") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("[Content_Types].xml", b"<Types/>"), (main, b"<w/>"), *more):
            archive.writestr(name, text)
    return content.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A picture that claims a size, with next to nothing in it."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("name", "make"), [
    ("台账.pdf", lambda: PDF), ("照片.png", lambda: picture("PNG")),
    ("照片.jpg", lambda: picture("JPEG")), ("数据.xlsx", workbook), ("总结.docx", document),
])  # fmt: skip
def test_what_programs_save_is_taken(name: str, make: Callable[[], bytes]) -> None:
    content = make()
    assert check_file(name, content) == CheckedFile(name, name[-4:].lstrip("."), content)


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a program": ("通知.exe", lambda: b"MZ\x90", "只收 PDF"),
    "a page": ("通知.html", lambda: b"<script>", "只收 PDF"),
    "no ending": ("通知", lambda: PDF, "只收 PDF"),
    "an ending behind the ending": ("通知.pdf.exe", lambda: PDF, "只收 PDF"),
    "empty": ("a.pdf", lambda: b"", "文件是空的"),
    "too big": ("a.pdf", lambda: PDF + b" " * MOST_BYTES, "最多 10 MB"),
    "a page called PDF": ("a.pdf", lambda: b"<html>" + PDF, "内容不是 PDF"),
    "a ZIP called PDF": ("a.pdf", document, "内容不是 PDF"),
    "a PDF broken off": ("a.pdf", lambda: PDF[:-8], "已损坏"),
    "a PDF with a script": ("a.pdf", lambda: b"%PDF-1.7 /JavaScript (x)\n%%EOF", "脚本"),
    "a PDF that starts programs": ("a.pdf", lambda: b"%PDF-1.7 /Launch\n%%EOF", "脚本"),
    "a PDF with a file inside": ("a.pdf", lambda: b"%PDF-1.7 /EmbeddedFile\n%%EOF", "夹带"),
    "a PDF with a password": ("a.pdf", lambda: b"%PDF-1.7 /Encrypt 1 0 R\n%%EOF", "密码"),
    "a PNG called JPG": ("a.jpg", lambda: picture("PNG"), "内容不是 JPG"),
    "a JPG broken off": ("a.jpg", lambda: picture("JPEG")[:-40], "已损坏"),
    "a JPG of nothing": ("a.jpeg", lambda: b"\xff\xd8\xff\xd9", "已损坏"),
    "a PNG broken off": ("a.png", lambda: picture("PNG")[:40], "已损坏"),
    "a picture bomb": ("a.png", lambda: png_of(60_000, 60_000), "最多一亿点"),
    "a DOCX called XLSX": ("a.xlsx", document, "内容不是 XLSX"),
    "a bare ZIP": ("a.docx", lambda: document(main="x.xml"), "内容不是 DOCX"),
    "macros": ("a.docx", lambda: document(("word/vbaProject.bin", b"x")), "带有宏"),
    "an old document": ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧格式"),
    "a ZIP broken off": ("a.docx", lambda: document()[:-30], "已损坏"),
    "a ZIP bomb": ("a.xlsx", lambda: document(("x", bytes(30 << 20)), main="xl/workbook.xml"),
                   "不像正常保存"),
    "a part outside": ("a.docx", lambda: document(("../../etc/passwd", b"x")), "不像正常保存"),
    "too many parts": ("a.docx", lambda: document(*((f"p{n}", b"") for n in range(2_000))),
                       "不像正常保存"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_anything_else_is_refused_within_two_seconds(case: str) -> None:
    name, make, said = HOSTILE[case]
    content = make()
    began = time.perf_counter()
    with pytest.raises(Problem) as found:
        check_file(name, content)
    assert time.perf_counter() - began < 2
    assert found.value.kind is ATTACHMENT_REFUSED
    assert said in found.value.text("zh")


@pytest.mark.parametrize(("name", "cleaned"), [
    ("安全台账.PDF", "安全台账.pdf"), ("照片.JPEG", "照片.jpg"),
    ("C:\\用户\\桌面\\台账.pdf", "台账.pdf"), ("../../etc/台账.pdf", "台账.pdf"),
    ("账\u202efdp.exe.pdf", "账fdp.exe.pdf"), ("a\r\nSet-Cookie: x.pdf", "a__Set-Cookie_ x.pdf"),
    ("...pdf", "file.pdf"), ("  .pdf", "file.pdf"), ("长" * 300 + ".pdf", "长" * 96 + ".pdf"),
    ("", "file"),
])  # fmt: skip
def test_names_are_cleaned(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned
