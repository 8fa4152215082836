"""A survey of LimeSurvey as the sheets of a form, with what is lost or changed on the way.

Its reader is that of every form, so that the same has a counterpart or none, and says so alike.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell, Sheet, build_key
from evalsvc.workbooks.problems import Severity
from evalsvc.xlsform.layouts import CHOICES, SETTINGS, SURVEY, TITLE_EN
from evalsvc.xlsform.limesurvey import unsupported
from evalsvc.xlsform.limesurvey.conditions import Answer, translate, write_table
from evalsvc.xlsform.limesurvey.document import open_document
from evalsvc.xlsform.limesurvey.survey import Asked, Group, Part, Survey, read_survey
from evalsvc.xlsform.limesurvey.wording import Languages, Words, loses_something

Row = dict[str, str]

_YES_NO = (("yes", "是", "Yes"), ("no", "否", "No"))
_FIVE = tuple((str(n), str(n), str(n)) for n in range(1, 6))
_TEN = tuple((str(n), str(n), str(n)) for n in range(1, 11))
# Scales that LimeSurvey knows without listing them.
_SCALES: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "5": _FIVE,
    "A": _FIVE,
    "B": _TEN,
    "Y": _YES_NO,
    "C": (*_YES_NO, ("uncertain", "不确定", "Uncertain")),
    "E": (("I", "上升", "Increase"), ("S", "不变", "Same"), ("D", "下降", "Decrease")),
    "G": (("F", "女", "Female"), ("M", "男", "Male")),
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "Y": {"Y": "yes", "N": "no"},
    "C": {"Y": "yes", "N": "no", "U": "uncertain"},
}
_ARRAYS = frozenset("ABCEFH")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True)
class Remark:
    """What is to be said at a cell of a sheet; without a column, of the sheet."""

    sheet: str
    row: int
    key: str
    text: Text
    found: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Converted:
    """The sheets of a form, and what is to be said of them before they are read."""

    sheets: Sequence[Sheet]
    remarks: Sequence[Remark]


def convert(data: bytes, codes: Mapping[str, str], units: Collection[str]) -> Converted:
    """Raises Problem(UPLOAD_REFUSED) where the file is no survey.

    `codes` tells the questionnaires' codes by their titles. An array that goes through the
    `units`, by name or code, is a question about every unit.
    """
    document = open_document(data)
    form = _Form(Languages(document.languages), frozenset(map(build_key, units)))
    form.write(read_survey(document), {build_key(title): code for title, code in codes.items()})
    return Converted(form.build_sheets(), form.remarks)


@dataclass
class _Form:
    languages: Languages
    units: frozenset[str]
    survey: list[Row] = field(default_factory=list)
    choices: list[Row] = field(default_factory=list)
    settings: list[Row] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    _names: dict[str, Answer] = field(default_factory=dict)

    def write(self, survey: Survey, codes: Mapping[str, str]) -> None:
        self._name_answers(survey)
        self._write_settings(survey, codes)
        if any(survey.welcome.values()):
            self._add({"type": "note", "name": "introduction"}, survey.welcome)
        for number, group in enumerate(survey.groups):
            self._write_group(group, survey, number)
        self._remark_rest(survey)

    def build_sheets(self) -> list[Sheet]:
        listed = ((SURVEY, self.survey), (CHOICES, self.choices), (SETTINGS, self.settings))
        return [_build_sheet(layout.key, rows) for layout, rows in listed if rows]

    def _remark(self, key: str, text: Text, found: str = "", severity: Severity = "error") -> None:
        """Said of the row that was written last."""
        self.remarks.append(Remark(SURVEY.key, len(self.survey) + 1, key, text, found, severity))

    # The survey as a whole

    def _name_answers(self, survey: Survey) -> None:
        """Under which names expressions know the answers, in every version's spelling."""
        for asked in (each for group in survey.groups for each in group.asked):
            field_ = f"{survey.id}X{asked.group}X{asked.id}"
            values = _VALUES.get(asked.type, {})
            for name in (asked.code, field_):
                self._names[name] = Answer(asked.code, values=values)
            for part in asked.parts:
                several = asked.type in "MP"
                question = asked.code if several else f"{asked.code}.{part.code}"
                answer = Answer(question, part.code if several else "", values)
                for name in (f"{asked.code}_{part.code}", f"{field_}{part.code}"):
                    self._names[name] = answer

    def _write_settings(self, survey: Survey, codes: Mapping[str, str]) -> None:
        titles = self.languages.pick(survey.title)
        zh = next(iter(titles.values()), "")
        en = list(titles.values())[-1] if titles else ""
        code = next((codes[build_key(each)] for each in (zh, en) if build_key(each) in codes), "")
        self.settings.append({"form_title": zh, TITLE_EN: en, "form_id": code})

    def _remark_rest(self, survey: Survey) -> None:
        if self.languages.unread:
            unread = " ".join(self.languages.unread)
            self._remark_sheet(unsupported.LANGUAGES, unread)
        for table, rows in survey.further.items():
            self._remark_sheet(unsupported.TABLES[table], str(rows))
        if any(survey.end.values()):
            self._remark_sheet(unsupported.END, "")

    def _remark_sheet(self, text: Text, found: str) -> None:
        self.remarks.append(Remark(SURVEY.key, 0, "", text, found, "warning"))

    # Groups

    def _write_group(self, group: Group, survey: Survey, number: int) -> None:
        if not group.asked:
            return
        relevant = translate(group.relevance, self._names)
        # Where all questions stand on one page, groups are headings.
        paged = {"appearance": "field-list"} if survey.paged and number else {}
        begin = {"type": "begin_group", "name": f"group{number + 1}", "relevant": relevant}
        self._add(begin | paged, group.name)
        if any(group.description.values()):
            self._add({"type": "note", "name": f"group{number + 1}.note"}, group.description)
        for asked in group.asked:
            self._write_asked(asked, survey)
        self.survey.append({"type": "end_group"})

    def _write_asked(self, asked: Asked, survey: Survey) -> None:
        if asked.attributes.get("hidden") == "1":
            self._add({"type": "hidden", "name": asked.code}, asked.words)
            return
        expression = asked.relevance
        if expression.strip() in ("", "1") and asked.id in survey.conditions:
            expression = write_table(survey.conditions[asked.id])
        common = {"relevant": translate(expression, self._names)}
        if asked.mandatory in ("Y", "S"):
            common["required"] = "yes" if asked.mandatory == "Y" else ""
        for row, words in _WRITERS.get(asked.type, _write_foreign)(self, asked):
            # What begins or ends a repeat has no words, and is asked of nobody.
            own = {} if words is None else common
            self._add(row | own, words, None if words is None else asked.help)
        if asked.mandatory == "S":
            self._remark("required", unsupported.SOFT, severity="warning")
        self._remark_settings(asked)

    def _remark_settings(self, asked: Asked) -> None:
        """The settings of a question that change it, and those that only change its looks."""
        said = {name: value for name, value in asked.attributes.items() if _is_said(value)}
        for name in sorted(said.keys() & unsupported.CHANGES.keys()):
            self._remark("type", unsupported.CHANGES[name], f"{name}={said[name]}")
        loose = sorted(said.keys() & unsupported.LOOSE)
        if loose:
            found = " ".join(f"{name}={said[name]}" for name in loose)
            self._remark("type", unsupported.SETTINGS, found, "warning")
        if any(not _is_always(part.relevance) for part in asked.parts):
            self._remark("relevant", unsupported.PART_RELEVANCE)
        if any(part.points not in ("", "0") for part in asked.answers) and not self._is_units(
            asked
        ):
            self._remark("type", unsupported.POINTS, severity="warning")

    # Rows

    def _add(self, row: Row, words: Words | None, hint: Words | None = None) -> None:
        labels = self.languages.pick(words) if words is not None else {}
        hints = self.languages.pick(hint, "hint") if hint else {}
        written = row | labels | {key: text for key, text in hints.items() if text}
        self.survey.append({key: value for key, value in written.items() if value})
        for key in (*labels, *hints):
            if _PLACEHOLDER.search(written.get(key, "")):
                self._remark(key, unsupported.PLACEHOLDER, written[key][:80])
        if any(loses_something(text) for text in [*(words or {}).values(), *(hint or {}).values()]):
            self._remark(next(iter(labels), "type"), unsupported.HTML, severity="warning")

    def list_answers(self, name: str, asked: Asked, *, points: bool = False) -> str:
        """The list of a question's answers under a name, unless it is there."""
        if any(row["list_name"] == name for row in self.choices):
            return name
        if asked.type in _SCALES:
            self.choices.extend(self._scale(name, asked.type))
            return name
        for part in asked.parts if asked.type in "MP" else asked.answers:
            row = {"list_name": name, "name": part.code} | self.languages.pick(part.words)
            self.choices.append(row | ({"points": part.points} if points else {}))
        return name

    def _scale(self, name: str, kind: str) -> Iterator[Row]:
        for code, zh, en in _SCALES[kind]:
            both = {self.languages.zh: zh, self.languages.en: en}
            row = {"list_name": name, "name": code}
            worded = self.languages.pick(both)
            yield row | {key: text or zh for key, text in worded.items()}

    def _is_units(self, asked: Asked) -> bool:
        """Whether what lies below a question, or what it ranks, are the units themselves."""
        parts = asked.parts if asked.parts else asked.answers
        if not self.units or len(parts) < 2 or asked.type not in _ARRAYS | {"K", "R"}:
            return False
        return all(
            any(build_key(word) in self.units for word in (part.code, *part.words.values()))
            for part in parts
        )

    # Kinds of questions

    def write_single(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        other = " or_other" if asked.other else ""
        name = self.list_answers(asked.code, asked)
        yield {"type": f"select_one {name}{other}", "name": asked.code}, asked.words

    def write_commented(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        yield from self.write_single(asked)
        said = {key: f"{text} {_comment(key)}" for key, text in asked.words.items()}
        yield {"type": "text", "name": f"{asked.code}.comment"}, said

    def write_several(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        other = " or_other" if asked.other else ""
        name = self.list_answers(asked.code, asked)
        most = asked.attributes.get("max_answers", "")
        row = {"type": f"select_multiple {name}{other}", "name": asked.code}
        if _is_said(most):
            row["constraint"] = f"count-selected(.) <= {most}"
        yield row, asked.words
        if asked.type == "P":
            self._remark("type", unsupported.COMMENTS)

    def write_text(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        row = {"type": "text", "name": asked.code} | _length(asked)
        yield row, asked.words

    def write_texts(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        for part in asked.parts:
            row = {"type": "text", "name": f"{asked.code}.{part.code}"} | _length(asked)
            yield row, _below(asked, part)

    def write_number(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        yield {"name": asked.code} | _bounds(asked, "_n"), asked.words

    def write_numbers(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        if self._is_units(asked):
            total = asked.attributes.get("equals_num_value", "")
            whole = {"type": "integer", "constraint": f"sum(${{{asked.code}}}) = {total}"}
            row = whole if _is_said(total) else _bounds(asked, "")
            yield from self._repeat({"name": asked.code} | row, asked)
            return
        for part in asked.parts:
            row = {"name": f"{asked.code}.{part.code}"} | _bounds(asked, "")
            yield row, _below(asked, part)
        if _is_said(asked.attributes.get("equals_num_value", "")):
            self._remark("type", unsupported.SUM, asked.attributes["equals_num_value"])

    def write_array(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        weighed = any(part.points not in ("", "0") for part in asked.answers)
        if self._is_units(asked):
            name = self.list_answers(asked.code, asked, points=weighed)
            yield from self._repeat({"type": f"select_one {name}", "name": asked.code}, asked)
            return
        name = self.list_answers(asked.code, asked)
        for part in asked.parts:
            row = {"type": f"select_one {name}", "name": f"{asked.code}.{part.code}"}
            yield row, _below(asked, part)

    def _repeat(self, row: Row, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        """A question about every unit, in a repeat of its own."""
        yield {"type": "begin_repeat", "name": f"{asked.code}.units"}, None
        yield row, asked.words
        self._remark("type", unsupported.UNITS, severity="warning")
        yield {"type": "end_repeat"}, None

    def write_ranking(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        chosen = "units" if self._is_units(asked) else asked.code
        yield {"type": f"rank {chosen}", "name": asked.code}, asked.words

    def write_note(self, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
        yield {"type": "note", "name": asked.code}, asked.words


def _write_foreign(_: _Form, asked: Asked) -> Iterator[tuple[Row, Words | None]]:
    """What has no counterpart, under the name by which a form's reader refuses it."""
    names = {"D": "date", "|": "file", "*": "calculate"}
    name = names.get(asked.type, f"{unsupported.PREFIX}{asked.type.lower()}")
    yield {"type": name, "name": asked.code}, asked.words


_WRITERS = {
    **dict.fromkeys(("L", "!", "5", "Y", "G"), _Form.write_single),
    **dict.fromkeys(("S", "T", "U"), _Form.write_text),
    **dict.fromkeys(("M", "P"), _Form.write_several),
    **dict.fromkeys(_ARRAYS, _Form.write_array),
    "O": _Form.write_commented,
    "Q": _Form.write_texts,
    "N": _Form.write_number,
    "K": _Form.write_numbers,
    "R": _Form.write_ranking,
    "X": _Form.write_note,
}


def _below(asked: Asked, part: Part) -> Words:
    """A subquestion says only with its question what is asked."""
    both = {key: (text, part.words.get(key, "")) for key, text in asked.words.items()}
    return {key: f"{above} {own}".strip() for key, (above, own) in both.items()}


def _comment(language: str) -> str:
    return "（说明）" if language.lower().startswith("zh") else "(comment)"


def _length(asked: Asked) -> Row:
    most = asked.attributes.get("maximum_chars", "")
    return {"constraint": f"string-length(.) <= {most}"} if _is_said(most) else {}


def _bounds(asked: Asked, ending: str) -> Row:
    whole = asked.attributes.get("num_value_int_only") == "1"
    least, most = (asked.attributes.get(f"{end}_num_value{ending}", "") for end in ("min", "max"))
    parts = [
        f". {sign} {value}"
        for sign, value in ((">=", least), ("<=", most))
        if _NUMBER.fullmatch(value)
    ]
    return {"type": "integer" if whole else "decimal", "constraint": " and ".join(parts)}


def _is_said(value: str) -> bool:
    return value not in ("", "0", "N", "normal")


def _is_always(relevance: str) -> bool:
    return relevance.strip() in ("", "1")


def _build_sheet(name: str, rows: Sequence[Row]) -> Sheet:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    lines = [{key: key for key in keys}, *rows]
    return Sheet(
        name,
        {
            number: {
                column: Cell("text", line[key])
                for column, key in enumerate(keys, start=1)
                if line.get(key)
            }
            for number, line in enumerate(lines, start=1)
        },
    )
