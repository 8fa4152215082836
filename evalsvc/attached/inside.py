"""The jailed process that looks inside an attached PDF or Office file: a code if it is refused.

Takes the file on standard input. It runs with little memory and time and without the service's
environment, since a PDF's objects lie in compressed streams and a document's parts unpack.
"""

import io
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 15
CHUNK = 256 * 1024
MOST_LEVELS = 100

# What may stand in a PDF's dictionary neither as a name nor as a kind of action or annotation.
ACTING = frozenset({
    "/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/FileAttachment",
    "/RichMedia", "/XFA", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition",
    "/Movie", "/Sound",
})  # a table, read by rows  # fmt: skip
# Parts of a document that are programs or hold them.
_PROGRAM = re.compile(r"vbaproject|/activex|\.bin$|\.(xls|xlt|doc|dot|ppt|pot)m$")
# A printer's settings, and values that Excel keeps for add-ins.
_HARMLESS = re.compile(r"/(printersettings|customproperty)/?[^/]*\.bin$")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]+:")
_DDE = re.compile(r"\bDDE(AUTO)?\b", re.I)


def main() -> None:
    # Before anything is imported that reads a file.
    _limit()
    kind = sys.argv[1]
    try:
        content = sys.stdin.buffer.read()
        print(_look_into_pdf(content) if kind == "pdf" else _look_into_document(content))
    except MemoryError:
        print("odd")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _look_into_pdf(content: bytes) -> str:
    """Names are compared as the reader decodes them, in object streams as well."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as document:
            if document.is_encrypted:
                return "encrypted"
            found = any(_acts(each, MOST_LEVELS) for each in document.objects)
            return "acts" if found or _acts(document.trailer, MOST_LEVELS) else ""
    except pikepdf.PasswordError:
        return "encrypted"
    except (pikepdf.PdfError, RuntimeError, ValueError):
        return "broken"


def _acts(found: Any, levels: int) -> bool:
    import pikepdf

    if isinstance(found, pikepdf.Name):
        return str(found) in ACTING
    if isinstance(found, pikepdf.Stream):
        found = found.stream_dict
    if isinstance(found, pikepdf.Dictionary):
        if not ACTING.isdisjoint(found.keys()):
            return True
        inner = [value for _, value in found.items()]
    elif isinstance(found, pikepdf.Array):
        inner = list(found)
    else:
        return False
    # What is referred to is looked at by itself.
    own = [each for each in inner if not getattr(each, "is_indirect", False)]
    return levels == 0 or any(_acts(each, levels - 1) for each in own)


def _look_into_document(content: bytes) -> str:
    from defusedxml.common import DefusedXmlException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return next((code for info in archive.infolist() if (code := _look(archive, info))), "")
    except DefusedXmlException:
        return "odd"
    except (zipfile.BadZipFile, SAXParseException, EOFError, OSError, ValueError, RuntimeError):
        return "broken"


def _look(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    name = "/" + info.filename.lower().replace("\\", "/")
    # By name and before anything is read: a program is one whatever its part's content says.
    if _PROGRAM.search(name) and not _HARMLESS.search(name):
        return "macros" if "vba" in name else "programs"
    if not name.endswith((".xml", ".rels")):
        return ""
    handler = _Part()
    for _ in _parse(archive, info, handler):
        if handler.code:
            return handler.code
    return "outside" if _DDE.search("".join(handler.instructions)) else handler.code


def _parse(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, handler: ContentHandler
) -> Iterator[None]:
    from defusedxml.expatreader import DefusedExpatParser

    # No DTD, so that no entity is there to unfold.
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler)
    with archive.open(info) as part:
        while chunk := part.read(CHUNK):
            parser.feed(chunk)
            yield
    parser.close()
    yield


class _Part(ContentHandler):
    """What a part says of programs, and of what is loaded from elsewhere when it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.code = ""
        self.instructions: list[str] = []
        self._in_instruction = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  # xml.sax's own name
        local = name.rpartition(":")[2]
        values = {key.rpartition(":")[2]: value for key, value in attrs.items()}
        if local == "Relationship":
            self._see_relationship(values)
        elif local in ("Override", "Default"):
            self._see_content(values.get("ContentType", "").lower())
        elif local in ("ddeLink", "oleLink"):
            self.code = "outside"
        elif local == "fldSimple":
            self.instructions.append(f" {values.get('instr', '')} ")
        self._in_instruction = local == "instrText"

    def endElement(self, name: str) -> None:  # noqa: N802  # xml.sax's own name
        self._in_instruction = False
        if name.rpartition(":")[2] == "p":
            self.instructions.append(" ")

    def characters(self, content: str) -> None:
        # The words of a field may be spread over several runs; put together they are looked at.
        if self._in_instruction:
            self.instructions.append(content)

    def _see_relationship(self, values: dict[str, str]) -> None:
        """A hyperlink is followed by whoever presses it; anything else is fetched unasked."""
        is_link = values.get("Type", "").rpartition("/")[2].lower() == "hyperlink"
        outside = values.get("TargetMode", "").lower() == "external"
        if outside and not is_link and _is_remote(values.get("Target", "")):
            self.code = "outside"

    def _see_content(self, kind: str) -> None:
        if "macroenabled" in kind or "vbaproject" in kind:
            self.code = "macros"
        elif "activex" in kind:
            self.code = "programs"


def _is_remote(target: str) -> bool:
    """Whether an address leads off the reader's own disk; templates and workbooks there may be."""
    address = target.strip().lower().replace("\\", "/")
    if address.startswith("file:"):
        path = address.removeprefix("file:")
        own = not path.startswith("//") or (path.startswith("///") and not path.startswith("////"))
        return not (own or re.match(r"/*[a-z]:", path))
    return address.startswith("//") or bool(_SCHEME.match(address))


if __name__ == "__main__":
    main()
