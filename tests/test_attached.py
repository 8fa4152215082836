"""Covers attached files: real ones are taken under a clean name, hostile ones refused at once."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import pikepdf
import pytest
from PIL import Image

from evalsvc.attached.kinds import MOST_BYTES, CheckedFile, check_file, clean_name
from evalsvc.errors import ATTACHMENT_REFUSED, Problem

pytestmark = pytest.mark.slow


def page(
    add: Callable[[pikepdf.Pdf], object] = lambda _: None,
    streams: pikepdf.ObjectStreamMode = pikepdf.ObjectStreamMode.disable,
) -> bytes:
    """An empty page, with something added to it; with `streams` its objects are compressed."""
    content = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        add(pdf)
        pdf.save(content, object_stream_mode=streams, static_id=True)
    return content.getvalue()


PDF = page()


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


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("台账.pdf", lambda: PDF),
        ("照片.png", lambda: picture("PNG")),
        ("照片.jpg", lambda: picture("JPEG")),
        ("数据.xlsx", workbook),
        ("总结.docx", document),
    ],
)
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
    "a ZIP bomb": (
        "a.xlsx",
        lambda: document(("x", bytes(30 << 20)), main="xl/workbook.xml"),
        "不像正常保存",
    ),
    "a part outside": ("a.docx", lambda: document(("../../etc/passwd", b"x")), "不像正常保存"),
    "too many parts": (
        "a.docx",
        lambda: document(*((f"p{n}", b"") for n in range(2_000))),
        "不像正常保存",
    ),
}


def measure_processor() -> float:
    """Seconds that this process and those it has waited for have spent."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@pytest.mark.parametrize("case", HOSTILE)
def test_anything_else_is_refused_at_the_cost_of_two_seconds(case: str) -> None:
    name, make, said = HOSTILE[case]
    content = make()
    spent = measure_processor()
    with pytest.raises(Problem) as found:
        check_file(name, content)
    # Processor time, since other work on the machine must not fail the test.
    assert measure_processor() - spent < 2
    assert found.value.kind is ATTACHMENT_REFUSED
    assert said in found.value.text.zh


def put(name: str, value: str = "/Nothing") -> Callable[[pikepdf.Pdf], object]:
    """A name that does nothing here, where a reader would look for it."""
    entry = pikepdf.Dictionary({name: pikepdf.Name(value)})
    return lambda pdf: setattr(pdf.Root, "PieceInfo", pikepdf.Dictionary(X=entry))


NAMES = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("streams", [True, False])
def test_a_name_that_acts_is_found_wherever_it_stands(name: str, streams: bool) -> None:
    """In the open, in a compressed object stream, as a key, and as the kind of something."""
    mode = pikepdf.ObjectStreamMode
    for add in (put(name), put("/S", name), put("/Subtype", name)):
        content = page(add, mode.generate if streams else mode.disable)
        assert (name.encode() in content) != streams
        with pytest.raises(Problem) as found:
            check_file("a.pdf", content)
        assert "脚本或夹带的文件" in found.value.text.zh


def test_a_name_is_compared_as_readers_decode_it() -> None:
    """Any letter may be written by its number; a comparison of bytes misses that."""
    for number in (b"#4c", b"#4C"):
        content = page(put("/Launch")).replace(b"/Launch", b"/" + number + b"aunch")
        assert b"/Launch" not in content
        with pytest.raises(Problem) as found:
            check_file("a.pdf", content)
        assert "脚本或夹带的文件" in found.value.text.zh


def test_links_and_a_first_page_are_no_surprise() -> None:
    def add(pdf: pikepdf.Pdf) -> None:
        link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/")
        pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])
        pdf.Root.PieceInfo = pikepdf.Dictionary(A=link)

    content = page(add)
    assert check_file("台账.pdf", content).kind == "pdf"


def relation(kind: str, target: str) -> tuple[str, bytes]:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return "word/_rels/document.xml.rels", (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    ).encode()


def field(*words: str) -> tuple[str, bytes]:
    """A field whose instruction is parted over several runs."""
    runs = "".join(f"<w:r><w:instrText>{word}</w:instrText></w:r>" for word in words)
    return "word/header1.xml", f'<w:hdr xmlns:w="urn:w"><w:p>{runs}</w:p></w:hdr>'.encode()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("[Content_Types].xml ", b""), ""),
        (relation("hyperlink", "https://example.org/"), ""),
        (relation("attachedTemplate", "file:///C:\\Users\\w\\Normal.dotm"), ""),
        (relation("externalLinkPath", "上年.xlsx"), ""),
        (relation("attachedTemplate", "https://example.org/a.dotx"), "断开链接"),
        (relation("image", "http://example.org/a.png"), "断开链接"),
        (relation("image", "\\\\server\\a.png"), "断开链接"),
        (relation("image", "file://server/a.png"), "断开链接"),
        (relation("image", "file:////server/a.png"), "断开链接"),
        (field(" PAGE "), ""),
        (field(" D", "DE x"), "断开链接"),
        (field(" &#68;DEAUTO x"), "断开链接"),
        (("xl/externalLinks/externalLink1.xml", b'<e xmlns="urn:x"><ddeLink/></e>'), "断开链接"),
        (("word/activeX/activeX1.xml", b"<ocx/>"), "控件"),
        (("word/embeddings/oleObject1.bin", b"x"), "控件"),
        (("word/embeddings/table.xlsm", b"x"), "控件"),
        (("word/embeddings/table.xlsx", b"x"), ""),
        (("xl/printerSettings/printerSettings1.bin", b"x"), ""),
        (("customXml/item1.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "不像正常保存"),
        (("word/other.xml", b"<x><y></x>"), "已损坏"),
    ],
)
def test_what_a_document_holds_beside_its_text(more: tuple[str, bytes], said: str) -> None:
    content = document(more)
    if not said:
        assert check_file("a.docx", content).kind == "docx"
        return
    with pytest.raises(Problem) as found:
        check_file("a.docx", content)
    assert said in found.value.text.zh


def test_macros_under_another_name_are_told_by_their_kind() -> None:
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    kinds = f'<Types xmlns="urn:t"><Override PartName="/x" ContentType="{kind}"/></Types>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in (("[Content_Types].xml", kinds), ("word/document.xml", b"<w/>")):
            archive.writestr(name, text)
    with pytest.raises(Problem) as found:
        check_file("a.docx", content.getvalue())
    assert "带有宏" in found.value.text.zh


@pytest.mark.parametrize(
    ("name", "make"),
    [("a.pdf", lambda: PDF), ("a.png", lambda: picture("PNG")), ("a.jpg", lambda: picture("JPEG"))],
)
def test_a_file_that_is_a_zip_as_well_is_refused(name: str, make: Callable[[], bytes]) -> None:
    """Comments of an empty ZIP hold the end that the kind wants to see."""
    empty = b"PK\x05\x06" + bytes(16)
    ends = {"a.pdf": b"%%EOF", "a.png": b"IEND", "a.jpg": b"\xff\xd9"}[name]
    content = make() + empty + len(ends).to_bytes(2, "little") + ends
    with pytest.raises(Problem) as found:
        check_file(name, content)
    assert "不像正常保存" in found.value.text.zh


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("安全台账.PDF", "安全台账.pdf"),
        ("照片.JPEG", "照片.jpg"),
        ("C:\\用户\\桌面\\台账.pdf", "台账.pdf"),
        ("../../etc/台账.pdf", "台账.pdf"),
        ("账\u202efdp.exe.pdf", "账fdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a__Set-Cookie_ x.pdf"),
        ("...pdf", "file.pdf"),
        ("  .pdf", "file.pdf"),
        ("长" * 300 + ".pdf", "长" * 96 + ".pdf"),
        ("", "file"),
    ],
)
def test_names_are_cleaned(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned
