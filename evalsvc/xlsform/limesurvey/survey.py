"""A survey of LimeSurvey as its parts belong together, whichever version wrote it.

Up to version 3 a row stands once for every language and holds its words; from version 4 on the
words stand in tables of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evalsvc.xlsform.limesurvey.document import Document, Row
from evalsvc.xlsform.limesurvey.wording import Words


@dataclass(frozen=True)
class Part:
    """A subquestion or an answer."""

    code: str
    words: Words
    points: str = ""
    scale: str = "0"
    relevance: str = ""


@dataclass(frozen=True)
class Asked:
    """A question."""

    id: str
    group: str
    type: str
    code: str
    words: Words
    help: Words
    other: bool
    mandatory: str
    relevance: str
    parts: Sequence[Part]
    answers: Sequence[Part]
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    name: Words
    description: Words
    relevance: str
    asked: Sequence[Asked]


@dataclass(frozen=True)
class Condition:
    """A line of the table in which versions before 1.92 kept when a question is asked."""

    scenario: str
    field: str
    method: str
    value: str


@dataclass(frozen=True)
class Survey:
    id: str
    paged: bool
    title: Words
    welcome: Words
    end: Words
    groups: Sequence[Group]
    conditions: Mapping[str, Sequence[Condition]]
    # Tables whose rows change what is asked, and which have no counterpart.
    further: Mapping[str, int]


_FURTHER = ("quota", "assessments", "defaultvalues", "survey_url_parameters")


def read_survey(document: Document) -> Survey:
    """The parts of a document, in the order of its pages."""
    about = next(iter(document.list_rows("surveys")), {})
    settings = document.list_rows("surveys_languagesettings")
    return Survey(
        about.get("sid", ""),
        about.get("format", "G").upper() != "A",
        _by_language(settings, "surveyls_title", "surveyls_language"),
        _by_language(settings, "surveyls_welcometext", "surveyls_language"),
        _by_language(settings, "surveyls_endtext", "surveyls_language"),
        [_read_group(document, row) for row in _list_once(document.list_rows("groups"), "gid")],
        _read_conditions(document),
        {name: len(document.list_rows(name)) for name in _FURTHER if document.list_rows(name)},
    )


def _read_group(document: Document, row: Row) -> Group:
    texts = _list_worded(document, "groups", "group_l10ns", "gid", row["gid"])
    asked = _list_once(document.find_rows("questions", "gid", row["gid"]), "qid")
    return Group(
        _by_language(texts, "group_name"),
        _by_language(texts, "description"),
        row.get("grelevance", ""),
        [_read_asked(document, each) for each in asked if each.get("parent_qid", "") in ("", "0")],
    )


def _read_asked(document: Document, row: Row) -> Asked:
    own = row["qid"]
    texts = _list_worded(document, "questions", "question_l10ns", "qid", own)
    attributes = document.find_rows("question_attributes", "qid", own)
    return Asked(
        own,
        row.get("gid", ""),
        row.get("type", ""),
        row.get("title", ""),
        _by_language(texts, "question"),
        _by_language(texts, "help"),
        row.get("other", "") == "Y",
        row.get("mandatory", ""),
        row.get("relevance", ""),
        _read_parts(document, own),
        _read_answers(document, own),
        {each.get("attribute", ""): each.get("value", "") for each in attributes},
    )


def _read_parts(document: Document, question: str) -> list[Part]:
    # Some versions keep what lies below a question in a table of its own, some among the others.
    tables = ("subquestions", "questions")
    return [
        Part(
            row.get("title", ""),
            _by_language(
                _list_worded(document, table, "question_l10ns", "qid", row["qid"]), "question"
            ),
            scale=row.get("scale_id") or "0",
            relevance=row.get("relevance", ""),
        )
        for table in tables
        for row in _list_once(document.find_rows(table, "parent_qid", question), "qid")
    ]


def _read_answers(document: Document, question: str) -> list[Part]:
    rows = document.find_rows("answers", "qid", question)
    by_code: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_code.setdefault((row.get("code", ""), row.get("scale_id") or "0"), []).append(row)
    ordered = sorted(by_code.items(), key=lambda one: _order(one[1][0], "sortorder"))
    return [
        Part(code, _by_language(_list_texts(document, same), "answer"), _points(same), scale)
        for (code, scale), same in ordered
    ]


def _list_texts(document: Document, same: Sequence[Row]) -> Sequence[Row]:
    return document.find_rows("answer_l10ns", "aid", same[0].get("aid", "-")) or same


def _points(same: Sequence[Row]) -> str:
    return same[0].get("assessment_value", "")


def _read_conditions(document: Document) -> dict[str, list[Condition]]:
    found: dict[str, list[Condition]] = {}
    for row in document.list_rows("conditions"):
        condition = Condition(
            row.get("scenario", "1"),
            row.get("cfieldname", ""),
            row.get("method", "=="),
            row.get("value", ""),
        )
        found.setdefault(row.get("qid", ""), []).append(condition)
    return found


def _list_once(found: Sequence[Row], key: str) -> list[Row]:
    """Rows in their order, each once, whatever languages there are."""
    rows: dict[str, Row] = {}
    for row in found:
        rows.setdefault(row.get(key, ""), row)
    return sorted((row for value, row in rows.items() if value), key=_place)


def _list_worded(document: Document, table: str, texts: str, key: str, own: str) -> Sequence[Row]:
    return document.find_rows(texts, key, own) or document.find_rows(table, key, own)


def _place(row: Row) -> int:
    return _order(row, "question_order" if "question_order" in row else "group_order")


def _by_language(rows: Sequence[Row], column: str, language: str = "language") -> dict[str, str]:
    return {row.get(language, ""): row.get(column, "") for row in rows}


def _order(row: Row, column: str) -> int:
    digits = row.get(column, "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
