"""Files that nobody fills in: bombs, disguises and damage, each made small and by hand."""

import io
import struct
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MEGABYTE = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504

LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)

PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="单位" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>"
    ),
    "xl/worksheets/sheet1.xml": "",
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"/>',
}


def build_sheet_xml(rows: str, *, dimension: str = "A1", head: str = "") -> str:
    return (
        f'{head}<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


GOOD_SHEET = build_sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')


def build_book(changed: Mapping[str, str | bytes | None] | None = None) -> bytes:
    """A tiny good workbook, with some parts changed, added or (None) left out."""
    parts: dict[str, str | bytes | None] = {**PARTS, "xl/worksheets/sheet1.xml": GOOD_SHEET}
    return zip_up({**parts, **(changed or {})})


def zip_up(parts: Mapping[str, str | bytes | None]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if content is not None:
                archive.writestr(name, content)
    return file.getvalue()


def build_bomb(name: str, megabytes: int, unit: bytes = b" ") -> bytes:
    """A workbook with a part that unpacks to so much, written piece by piece."""
    return _build_streamed({name: megabytes}, unit)


def build_cluster_bomb(names: Mapping[str, int]) -> bytes:
    """Parts of so many megabytes, each of them harmless by itself: noise packs badly."""
    noise = bytes(33 + (n * n * 7 + n // 3) % 90 for n in range(4096))
    return _build_streamed(names, noise.replace(b"<", b"x"))


def _build_streamed(names: Mapping[str, int], unit: bytes) -> bytes:
    piece = unit * (MEGABYTE // len(unit))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, content in {**PARTS, "xl/worksheets/sheet1.xml": GOOD_SHEET}.items():
            if part not in names:
                archive.writestr(part, content)
        for part, megabytes in names.items():
            with archive.open(part, "w") as target:
                for _ in range(megabytes):
                    target.write(piece)
    return file.getvalue()


def claim_less(data: bytes, name: str, size: int) -> bytes:
    """The same file, saying that a part unpacks to `size` bytes only."""
    changed = bytearray(data)
    encoded = name.encode()
    for magic, field, names in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        place = -1
        while (place := data.find(magic, place + 1)) >= 0:
            if data[place + names : place + names + len(encoded)] == encoded:
                struct.pack_into("<I", changed, place + field, size)
    return bytes(changed)


def mark_encrypted(data: bytes) -> bytes:
    """The same file with the flag of an encrypted part on its first entry."""
    changed = bytearray(data)
    changed[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def claim_entries(data: bytes, number: int) -> bytes:
    """The same file, saying that it has so many parts."""
    changed = bytearray(data)
    struct.pack_into("<HH", changed, data.rfind(b"PK\x05\x06") + 8, number, number)
    return bytes(changed)


def build_many_entries(number: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for n in range(number):
            archive.writestr(f"xl/media/{n}", b"")
    return file.getvalue()


def build_long_shared_string(cells: int) -> bytes:
    """One long string in very many cells: small on disk, gigabytes to a reader of values."""
    return build_book(
        {
            "xl/sharedStrings.xml": (
                f'<sst xmlns="{MAIN}"><si><t>{_build_noise(32_000)}</t></si></sst>'
            ),
            "xl/worksheets/sheet1.xml": build_sheet_xml(
                "".join(
                    f'<row r="{row}">'
                    + "".join(f'<c r="{letter}{row}" t="s"><v>0</v></c>' for letter in "ABCDEFGH")
                    + "</row>"
                    for row in range(1, cells // 8 + 1)
                )
            ),
        }
    )


def _build_noise(length: int) -> str:
    return "".join(chr(0x4E00 + (n * n * 31 + n * 7) % 20_000) for n in range(length))
