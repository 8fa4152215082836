"""The file as it lies: tables of rows under an outer element, opened without trusting it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from evalsvc.errors import UPLOAD_REFUSED, Problem
from evalsvc.text import Text

MOST_BYTES = 6 * 1024 * 1024
_KIND = "LimeSurveyDocType"

_TOO_BIG = Text(
    "文件有 %(megabytes)s MB，最多 %(most)s MB；请只导出问卷结构（.lss）",
    "it has %(megabytes)s MB, %(most)s at most; please export the survey's structure only (.lss)",
)
_DAMAGED = Text(
    "这份 LimeSurvey 文件已损坏，或者没有传完；请重新导出问卷结构（.lss）",
    "this LimeSurvey file is damaged or incomplete; please export the survey's structure (.lss) "
    "again",
)
_ENTITIES = Text(
    "文件内部含有实体定义（DTD），LimeSurvey 不会这样导出，不接收",
    "it holds entity definitions (a DTD), which LimeSurvey never exports",
)
_NOT_A_SURVEY = Text(
    "这是 LimeSurvey 的“%(kind)s”，不是整份问卷；请用“导出问卷结构（.lss）”",
    "this is a “%(kind)s” of LimeSurvey, not a whole survey; please use “survey structure (.lss)”",
)

Row = Mapping[str, str]


@dataclass(frozen=True)
class Document:
    """All tables by name; one that is not there is empty."""

    languages: Sequence[str]
    tables: Mapping[str, Sequence[Row]]
    _grouped: dict[tuple[str, str], dict[str, list[Row]]] = field(default_factory=dict)

    def list_rows(self, table: str) -> Sequence[Row]:
        return self.tables.get(table, ())

    def find_rows(self, table: str, key: str, value: str) -> Sequence[Row]:
        """A table's rows with a value under a key, looked up in one pass for all values."""
        if (table, key) not in self._grouped:
            groups: dict[str, list[Row]] = {}
            for row in self.list_rows(table):
                groups.setdefault(row.get(key, ""), []).append(row)
            self._grouped[table, key] = groups
        return self._grouped[table, key].get(value, ())


def is_limesurvey(data: bytes) -> bool:
    """Whether a file is one of LimeSurvey's, by how it begins."""
    return data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and _KIND.encode() in data[:4096]


def open_document(data: bytes) -> Document:
    """The tables; raises Problem(UPLOAD_REFUSED) where the file can't be read as a survey."""
    if len(data) > MOST_BYTES:
        figures = {"megabytes": -(-len(data) >> 20), "most": MOST_BYTES >> 20}
        raise Problem(UPLOAD_REFUSED, reason=_TOO_BIG.filled(**figures))
    root = _parse(data)
    kind = (root.findtext(_KIND) or "").strip()
    if kind != "Survey":
        raise Problem(UPLOAD_REFUSED, reason=_NOT_A_SURVEY.filled(kind=kind[:40]))
    languages = [found.text.strip() for found in root.findall("languages/language") if found.text]
    tables = {part.tag: [_read_row(row) for row in part.findall("rows/row")] for part in root}
    return Document(languages, tables)


def _parse(data: bytes) -> Element:
    # Behind the door: it brings half of the network along, and few files are of this kind.
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Problem(UPLOAD_REFUSED, reason=_ENTITIES) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Problem(UPLOAD_REFUSED, reason=_DAMAGED) from error
    return root


def _read_row(row: Element) -> Row:
    return {cell.tag: (cell.text or "").strip() for cell in row}
