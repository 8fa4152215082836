"""Small surveys as LimeSurvey saves them, in the layouts of its versions.

Columns and tables are those of surveys in LimeSurvey's public repository and its forks: DBVersion
146 (1.91), 155 (2.0), 630 (6.x), 717 (7.x). Up to 3.x every row stands once a language with its
words; from 4 on words are in `…_l10ns`; from 7 on what a ranking ranks is below it as subquestions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

VERSIONS = (146, 155, 630, 717)
SID = "12345"
# In Chinese and English.
Both = tuple[str, str]


@dataclass(frozen=True)
class Q:
    """A question: its type, code and words, its subquestions and answers by code."""

    type: str
    code: str
    words: Both = ("工作", "Work")
    parts: Mapping[str, Both] = field(default_factory=dict)
    answers: Mapping[str, Both] = field(default_factory=dict)
    points: Mapping[str, int] = field(default_factory=dict)
    mandatory: str = "N"
    other: str = "N"
    help: Both = ("", "")
    relevance: str = "1"
    attributes: Mapping[str, str] = field(default_factory=dict)
    # Question, field and value, as versions before 1.92 kept them.
    # A field with its value, and the scenario where it isn't the first.
    conditions: Sequence[tuple[str, ...]] = ()


@dataclass(frozen=True)
class G:
    """A group of questions."""

    name: Both
    asked: Sequence[Q]
    description: Both = ("", "")
    relevance: str = ""


def save(
    groups: Sequence[G],
    version: int,
    *,
    title: Both = ("新表", "New form"),
    welcome: Both = ("", ""),
    languages: Sequence[str] = ("zh-Hans", "en"),
    form: str = "G",
    further: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
) -> bytes:
    """The whole survey as bytes."""
    file = _File(version, languages)
    for number, group in enumerate(groups):
        file.add_group(group, str(number + 1))
    file.add_settings(title, welcome, form)
    file.tables.update(further or {})
    return file.render()


class _File:
    def __init__(self, version: int, languages: Sequence[str]) -> None:
        self.version, self.languages = version, languages
        self.tables: dict[str, Sequence[Mapping[str, str]]] = {}
        self._last = 100

    @property
    def apart(self) -> bool:
        return self.version >= 400

    def add_group(self, group: G, gid: str) -> None:
        row = {"gid": gid, "sid": SID, "group_order": gid}
        if self.version > 146:
            row["grelevance"] = group.relevance
        texts = {"group_name": group.name, "description": group.description}
        self._put("groups", "group_l10ns", "gid", row, texts)
        for order, asked in enumerate(group.asked):
            self._add_question(asked, gid, str(order))

    def _add_question(self, asked: Q, gid: str, order: str) -> None:
        qid = self._take_id()
        self._put_question("questions", qid, "0", gid, asked, order, asked.code, asked.words)
        below = [(asked.parts, "subquestions")]
        if asked.type == "R" and self.version >= 700:
            below = [(asked.answers, "subquestions")]
        for parts, table in below:
            for n, (code, words) in enumerate(parts.items()):
                part = Q(asked.type, code, words)
                self._put_question(table, self._take_id(), qid, gid, part, str(n), code, words)
        if not (asked.type == "R" and self.version >= 700):
            self._add_answers(asked, qid)
        for name, value in asked.attributes.items():
            self._add("question_attributes", {"qid": qid, "attribute": name, "value": value})
        for place, value, *other in asked.conditions if self.version == 146 else ():
            row = {"cid": "1", "qid": qid, "scenario": other[0] if other else "1", "cqid": "0"}
            self._add("conditions", row | {"cfieldname": place, "method": "==", "value": value})

    def _put_question(
        self,
        table: str,
        qid: str,
        parent: str,
        gid: str,
        asked: Q,
        order: str,
        code: str,
        words: Both,
    ) -> None:
        row = {
            "qid": qid,
            "parent_qid": parent,
            "sid": SID,
            "gid": gid,
            "type": asked.type,
            "title": code,
            "other": asked.other,
            "mandatory": asked.mandatory,
            "question_order": order,
            "scale_id": "0",
        }
        if self.version > 146:
            row["relevance"] = asked.relevance
        texts = {"question": words, "help": asked.help}
        self._put(table, "question_l10ns", "qid", row, texts)

    def _add_answers(self, asked: Q, qid: str) -> None:
        for order, (code, words) in enumerate(asked.answers.items()):
            row = {
                "qid": qid,
                "code": code,
                "sortorder": str(order),
                "scale_id": "0",
                "assessment_value": str(asked.points.get(code, 0)),
            }
            key = {"aid": self._take_id()} if self.apart else {}
            self._put("answers", "answer_l10ns", "aid", key | row, {"answer": words})

    def add_settings(self, title: Both, welcome: Both, form: str) -> None:
        self._add("surveys", {"sid": SID, "format": form, "language": self.languages[0]})
        for place, language in enumerate(self.languages):
            self._add(
                "surveys_languagesettings",
                {
                    "surveyls_survey_id": SID,
                    "surveyls_language": language,
                    "surveyls_title": title[min(place, 1)],
                    "surveyls_welcometext": welcome[min(place, 1)],
                },
            )

    def _put(
        self, table: str, texts: str, key: str, row: Mapping[str, str], words: Mapping[str, Both]
    ) -> None:
        """A row with its words: once a language, or with the words in a table of their own."""
        if self.apart:
            self._add(table, row)
        for place, language in enumerate(self.languages):
            said = {name: both[min(place, 1)] for name, both in words.items()}
            own = {key: row[key]} if self.apart else row
            self._add(texts if self.apart else table, {**own, **said, "language": language})

    def _add(self, table: str, row: Mapping[str, str]) -> None:
        self.tables[table] = [*self.tables.get(table, ()), row]

    def _take_id(self) -> str:
        self._last += 1
        return str(self._last)

    def render(self) -> bytes:
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            "<document>",
            " <LimeSurveyDocType>Survey</LimeSurveyDocType>",
            f" <DBVersion>{self.version}</DBVersion>",
            " <languages>",
        ]
        lines += [f"  <language>{each}</language>" for each in self.languages]
        lines.append(" </languages>")
        for name, rows in self.tables.items():
            fields = dict.fromkeys(key for row in rows for key in row)
            lines += [f" <{name}>", "  <fields>"]
            lines += [f"   <fieldname>{each}</fieldname>" for each in fields]
            lines += ["  </fields>", "  <rows>"]
            for row in rows:
                lines += ["   <row>", *(_cell(key, text) for key, text in row.items()), "   </row>"]
            lines += ["  </rows>", f" </{name}>"]
        return "\n".join([*lines, "</document>", ""]).encode()


def _cell(key: str, text: str) -> str:
    # Markup stands in CDATA, as LimeSurvey writes it; an empty cell is an empty element.
    return f"    <{key}><![CDATA[{text}]]></{key}>" if text else f"    <{escape(key)}/>"
