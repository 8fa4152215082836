"""The sheet of questions, row by row: groups, the repeat over units, and what is asked in them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalsvc.questions.question import About, Question
from evalsvc.questions.questionnaire import Asked
from evalsvc.text import Text, same
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.checks import Check, add_limits, is_kept, is_overall, read_checks
from evalsvc.xlsform.choices import LONGEST_CODE, UNITS, ChoiceLists, name_lists
from evalsvc.xlsform.conditions import (
    CATEGORY,
    FORMS,
    Parts,
    Relevance,
    UnclearConditionError,
    list_choices,
    read_condition,
    rename,
    resolve,
)
from evalsvc.xlsform.expressions import Limits, NoCounterpartError, read_limits
from evalsvc.xlsform.kinds.adapter import Item, take_appearance
from evalsvc.xlsform.kinds.adapters import find_adapter, write_question
from evalsvc.xlsform.layouts import EN, ZH
from evalsvc.xlsform.rows import FormRow, FormSheet
from evalsvc.xlsform.rules import strip_same_unit
from evalsvc.xlsform.types import RowType, read_type
from evalsvc.xlsform.wording import list_references, read_label

INTRODUCTION = "introduction"
# What a repeat over units says where nobody wrote anything else.
EVERY_UNIT = Text("逐个单位回答", "Unit by unit")
UNIT = Text("单位", "Unit")
LONGEST_LABEL = 500
LONGEST_NOTE = 2_000

_LOOKUP = re.compile(
    r"instance\(\s*'units'\s*\)/root/item\[\s*name\s*=\s*\$\{\s*([\w.\-]+)\s*\}\s*\]/category"
)
_SUM = re.compile(r"sum\(\s*\$\{\s*([\w.\-]+)\s*\}\s*\)")
_FILTER = re.compile(r"(?<![\w./$}{])category\b(?=\s*=)")
# The unit's category in a filter of the list of units; no field can have this name.
_OWN_CATEGORY = "@category"
# A unit is chosen in one row only, which other programs have to be told.
_EACH_ONCE = re.compile(
    r"not\(selected\(join\(' ', (?:\.\./)+units(?:_[0-9]+)?"
    r"\[position\(\) != position\(current\(\)/\.\.\)\]/[\w.\-]+\), \.\)\)"
)
# As a message names them.
_TYPES = (
    "note",
    "select_one",
    "select_multiple",
    "rank units",
    "text",
    "integer",
    "decimal",
    "range",
)
_TRUE = frozenset(("yes", "true", "true()", "1"))
_FALSE = frozenset(("", "no", "false", "false()", "0"))


@dataclass
class _Frame:
    """A group or repeat that is open: the row where it began, and when it is shown."""

    kind: str
    row: FormRow
    parts: Parts = ()
    chooser: str = ""


@dataclass(frozen=True)
class _Note:
    """A text that waits for the question below it."""

    text: Text
    row: FormRow
    relevance: Relevance


@dataclass
class Survey:
    """What has been read so far; `rows` says where each question stands, for messages."""

    lists: ChoiceLists
    categories: Sequence[str] = ()
    asked: list[Asked] = field(default_factory=list)
    rows: dict[str, FormRow] = field(default_factory=dict)
    introduction: Text | None = None
    _frames: list[_Frame] = field(default_factory=list)
    _notes: list[_Note] = field(default_factory=list)
    _computed: set[str] = field(default_factory=set)
    _sums: set[str] = field(default_factory=set)
    _new_page: bool = False
    _checks: Mapping[int, Check] = field(default_factory=dict)

    def read(self, sheet: FormSheet) -> None:
        rows = [row for row in sheet.list_rows() if not _is_disabled(row)]
        # First, since they stand behind the questions that they are about.
        self._checks = read_checks(rows)
        for row in rows:
            if row.number in self._checks:
                row.use_all()
            else:
                self._read_row(row)
        self._finish()

    @property
    def _about(self) -> About:
        return "units" if self._repeat else "ballot"

    @property
    def _repeat(self) -> _Frame | None:
        """The repeat over units, while one is open."""
        return next((frame for frame in self._frames if frame.kind == "repeat"), None)

    def _read_row(self, row: FormRow) -> None:
        written = row.take("type")
        found = read_type(written)
        if not written:
            row.report("type", Text("不能空着：这一行是什么", "must not be empty: what the row is"))
        elif found.kind.startswith("begin_"):
            self._begin(row, found.kind.removeprefix("begin_"))
        elif found.kind.startswith("end_"):
            self._end(row, found.kind.removeprefix("end_"))
        elif found.kind == "note":
            self._note(row)
        else:
            self._take(row, found)

    def _begin(self, row: FormRow, kind: str) -> None:
        row.become(kind)
        row.use("name")
        if kind == "repeat" and self._repeat:
            row.report("type", unsupported.NESTED_REPEAT)
        self._frames.append(_Frame(kind, row, _read_parts(row)))
        label = _read_texts(row, needed=False)
        if label is not None and not (kind == "repeat" and label == EVERY_UNIT):
            self._wait(label, row)
        if not row.is_blank("repeat_count"):
            row.remark("repeat_count", unsupported.REPEAT_COUNT)
        if "field-list" in take_appearance(row, ("field-list", "table-list")):
            self._new_page = True

    def _end(self, row: FormRow, kind: str) -> None:
        row.become("end")
        row.use("name")
        if self._frames and self._frames[-1].kind == kind:
            self._frames.pop()
            return
        row.report(
            "type",
            Text(
                f"前面没有与它相配的 begin_{kind}",
                f"there is no begin_{kind} above that it would close",
            ),
        )

    def _finish(self) -> None:
        for frame in self._frames:
            frame.row.report(
                "type",
                Text(f"后面没有与它相配的 end_{frame.kind}", f"no end_{frame.kind} closes it"),
            )
        if not self._frames:
            self._place_last_notes()

        for check in self._checks.values():
            self._judge(check)

    def _place_last_notes(self) -> None:
        """Texts behind the last question; pages have room for them above it."""
        always = next(
            (n for n in reversed(range(len(self.asked))) if self._is_always_asked(n)), None
        )
        for note in self._notes:
            note.row.use("relevant")
            if always is None or note.relevance != Relevance():
                note.row.report("type", unsupported.NO_QUESTION)
            else:
                last = self.asked[always]
                note.row.remark("type", unsupported.LAST_NOTE.filled(name=last.question.code))
                last = replace(last, note=same(" ").join(filter(None, (last.note, note.text))))
                self.asked[always] = last

    def _is_always_asked(self, place: int) -> bool:
        return _get_relevance(self.asked[place]) == Relevance()

    def _judge(self, check: Check) -> None:
        """A note about several units says nothing but what the question itself has become."""
        asked = next((one for one in self.asked if one.question.code == check.question), None)
        rules = write_question(asked.question).rules if asked else ()
        concerned = {each for each in self.categories if asked and asked.concerns(each)}
        if not is_kept(check, rules):
            text = Text(
                f"这条核对说的不是“{check.question}”这道题的要求；请改成一样，或删去这一行",
                f"what this note checks is not what the question “{check.question}” asks for; "
                "please make them the same, or delete the row",
            )
            check.row.report("relevant", text)
        elif check.categories and check.categories != concerned:
            check.row.report("relevant", unsupported.SOME_CATEGORIES)
        elif not check.categories and len(concerned) > 1 and not any(map(is_overall, rules)):
            check.row.report("relevant", unsupported.EACH_CATEGORY, severity="warning")

    def _take(self, row: FormRow, found: RowType) -> None:
        """One row that is neither a text nor the beginning or end of anything."""
        name = row.take_code("name", LONGEST_CODE) if not row.is_blank("name") else None
        if self._is_about_the_unit(row, found, name or ""):
            return
        if found.kind in unsupported.SILENT:
            self._leave_out(row, found.kind, name or "")
        elif found.kind in unsupported.QUESTIONS and not found.list_name:
            row.use_all()
            row.report("type", unsupported.QUESTIONS[found.kind])
        elif row.is_blank("name"):
            row.report(
                "name", Text("不能空着：问题的代码", "must not be empty: the question's name")
            )
        elif name in self.rows:
            self._report_doubled(row, name)
        elif name is not None:
            self._ask(row, found, name)

    def _report_doubled(self, row: FormRow, name: str) -> None:
        before = self.rows[name].number
        row.report(
            "name",
            Text(
                f"第{before}行已经用了这个代码；不同分组里的题也不能同名，请改一个",
                f"row {before} has this name already; questions of different groups need different "
                "names, too",
            ),
        )

    def _is_about_the_unit(self, row: FormRow, found: RowType, name: str) -> bool:
        """Rows by which other programs choose the unit and look up its category."""
        repeat = self._repeat
        if repeat is None:
            return False
        of_units = found.list_name.removesuffix(".csv") == UNITS and UNITS not in self.lists
        if of_units and found.kind != "rank":
            self._choose_unit(repeat, row, found, name)
            return True
        lookup = _LOOKUP.fullmatch(row.peek("calculation"))
        if found.kind == "calculate" and CATEGORY.fullmatch(name) and lookup:
            row.become("lookup")
            row.use("calculation")
            return lookup[1] == repeat.chooser
        return False

    def _choose_unit(self, repeat: _Frame, row: FormRow, found: RowType, name: str) -> None:
        row.become("unit")
        row.use("required")
        if _EACH_ONCE.fullmatch(row.peek("constraint")):
            row.use("constraint")
        if repeat.chooser or found.kind != "select_one" or found.other:
            row.report("type", unsupported.FOREIGN_UNITS)
        repeat.chooser = name
        labels = ("label", f"label::{ZH}", f"label::{EN}")
        if all(row.peek(key) in ("", UNIT.zh, UNIT.en) for key in labels):
            row.use(*labels)
        take_appearance(row, ("minimal", "autocomplete", "quick"))
        if not row.is_blank("choice_filter"):
            repeat.parts += _read_filter(row)

    def _leave_out(self, row: FormRow, kind: str, name: str) -> None:
        """A row that asks nobody anything; one remark speaks for all its cells."""
        self._computed.add(name)
        row.use_all()
        added = _SUM.fullmatch(row.peek("calculation")) if kind == "calculate" else None
        if added and any(
            one.question.code == added[1] and one.question.sum_to for one in self.asked
        ):
            self._sums.add(name)
            row.remark("type", unsupported.SHOWN_SUM)
            return
        is_category = self._about == "units" and kind == "calculate" and CATEGORY.fullmatch(name)
        row.remark("type", unsupported.NOT_THE_UNIT if is_category else unsupported.SILENT[kind])

    def _note(self, row: FormRow) -> None:
        row.become("note")
        row.use("name", "read_only")
        take_appearance(row, ())
        referred = list_references(row, "label")
        if referred and referred <= self._sums:
            row.use_all()
            row.remark("type", unsupported.SHOWN_SUM)
            return
        text = _read_texts(row, needed=True)
        if text is None:
            return
        is_first = not (self.asked or self._repeat or self.introduction)
        if row.peek("name") == INTRODUCTION and is_first:
            self.introduction = text
            if not row.is_blank("relevant") or any(frame.parts for frame in self._frames):
                row.report("relevant", unsupported.INTRODUCTION_CONDITION)
        else:
            self._wait(text, row, _read_parts(row))

    def _wait(self, text: Text, row: FormRow, own: Parts = ()) -> None:
        self._notes.append(_Note(text, row, self._resolve(row, own)))

    def _ask(self, row: FormRow, found: RowType, name: str) -> None:
        row.become("question")
        self.rows[name] = row
        label, hint = _read_title(row)
        limits = _read_limits(row, name, whole=found.kind == "integer")
        noted = [each.rule for each in self._checks.values() if each.question == name]
        if not add_limits(limits, noted):
            row.report("constraint", unsupported.NOTES_DIFFER)
        question = self._question(row, found, name, label or Text(name, name), limits)
        relevance = self._resolve(row, _read_parts(row))
        for around in (row, *(frame.row for frame in self._frames)):
            around.use("relevant")
        texts = [*self._take_notes(relevance, name), *([hint] if hint else [])]
        required = _read_required(row)
        if question is not None:
            if relevance.categories is not None and not question.is_about_units:
                row.report("relevant", FORMS)
            self.asked.append(
                Asked(
                    question,
                    same(" ").join(texts) if texts else None,
                    required,
                    relevance.condition,
                    self._new_page,
                    relevance.categories or frozenset(),
                )
            )
        self._notes, self._new_page = [], False

    def _take_notes(self, relevance: Relevance, name: str) -> Iterator[Text]:
        """The texts above a question, which are shown where it is asked."""
        for note in self._notes:
            note.row.use("relevant")
            if not note.relevance.covers(relevance):
                place = "type" if note.row.is_blank("relevant") else "relevant"
                note.row.report(place, unsupported.NOTE_NARROWER)
            elif not relevance.covers(note.relevance):
                note.row.remark("type", unsupported.NOTE_WIDER.filled(name=name))
            yield note.text

    def _resolve(self, row: FormRow, own: Parts) -> Relevance:
        """When a row counts: its own condition and those of the groups around it."""
        parts = own + tuple(part for frame in self._frames for part in frame.parts)
        named = {each.name for each in list_choices(parts)}
        categories = {name for name in named if CATEGORY.fullmatch(name)} - self._computed
        try:
            return resolve(parts, tuple(self.asked), frozenset((*categories, _OWN_CATEGORY)))
        except UnclearConditionError as unclear:
            around = [row, *(frame.row for frame in reversed(self._frames))]
            place = next((each for each in around if not each.is_blank("relevant")), row)
            place.report("relevant", unclear.text, found=unclear.found)
            return Relevance()

    def _question(
        self, row: FormRow, found: RowType, name: str, title: Text, limits: Limits
    ) -> Question | None:
        item = Item(row, found.kind, name, title, limits, self._about, self.lists, found.list_name)
        if found.list_name and found.kind != "rank":
            chosen = self._select(item, found)
            if chosen is None:
                return None
            item = chosen
        adapter = find_adapter(item)
        if adapter is None:
            known = "、".join(_TYPES)
            row.report(
                "type",
                Text(f"没有这种问题；可用：{known}", f"there is no such type; there are: {known}"),
            )
            return None
        foreign = limits.list_foreign(adapter.limits)
        if foreign:
            row.report("constraint", unsupported.FOREIGN_LIMIT, found=" and ".join(foreign))
        return adapter.read(item)

    def _select(self, item: Item, found: RowType) -> Item | None:
        """What chooses from a list; units are ranked without one."""
        if found.from_file:
            item.refuse("type", unsupported.OUTSIDE_FILE)
            return None
        choices = self.lists.get(found.list_name)
        if choices is None:
            known = name_lists([*self.lists])
            item.refuse(
                "type",
                Text(
                    f"choices 表里没有列表“{found.list_name}”，{known.zh}",
                    f"the sheet “choices” has no list “{found.list_name}”; {known.en}",
                ),
            )
            return None
        return replace(item, choices=choices, other=found.other)


def _get_relevance(asked: Asked) -> Relevance:
    return Relevance(asked.condition, asked.categories or None)


def _is_disabled(row: FormRow) -> bool:
    """Rows that their author has switched off ask nothing in any program."""
    said = row.take("disabled").lower()
    if said in _TRUE:
        row.use_all()
        row.remark("disabled", unsupported.DISABLED)
    elif said not in _FALSE:
        row.report("disabled", Text("应为 yes 或 no", "expected yes or no"))
    return said in _TRUE


def _read_texts(row: FormRow, *, needed: bool) -> Text | None:
    """The label of a row with its hint, for what is shown as one text."""
    title, hint = _read_title(row, LONGEST_NOTE, needed=needed)
    texts = [text for text in (title, hint) if text]
    return same(" ").join(texts) if texts else None


def _read_title(
    row: FormRow, most: int = LONGEST_LABEL, *, needed: bool = True
) -> tuple[Text | None, Text | None]:
    """Label and hint; a row may do with the hint alone."""
    hint = read_label(row, "hint", LONGEST_NOTE, needed=False)
    label = read_label(row, "label", most, needed=needed and hint is None)
    return (hint, None) if label is None else (label, hint)


def _read_parts(row: FormRow) -> Parts:
    """A row's own condition."""
    try:
        return read_condition(strip_same_unit(row.peek("relevant")))
    except UnclearConditionError as unclear:
        row.report("relevant", unclear.text, found=unclear.found)
        return ()


def _read_filter(row: FormRow) -> Parts:
    """Which units are chosen from: the repeat is about those of some categories."""
    try:
        parts = read_condition(_FILTER.sub("${category}", row.take("choice_filter")))
        if any(each.name != "category" for each in list_choices(parts)):
            raise UnclearConditionError(unsupported.FILTERED, row.peek("choice_filter"))
    except UnclearConditionError as unclear:
        row.report("choice_filter", unsupported.FILTERED, found=unclear.found)
        return ()
    return rename(parts, _OWN_CATEGORY)


def _read_limits(row: FormRow, name: str, *, whole: bool) -> Limits:
    text = row.take("constraint")
    try:
        return read_limits(text, name, whole=whole) if text else Limits()
    except NoCounterpartError as lacking:
        row.report(
            "constraint",
            Text(
                "限制只能是：. >= 0 and . <= 100、string-length(.) <= 200、count-selected(.) <= 3、"
                f"sum(${{{name}}}) = 100、count(${{{name}}}[. >= 90]) <= 3，可用 and 连接",
                "a constraint is one of: . >= 0 and . <= 100, string-length(.) <= 200, "
                f"count-selected(.) <= 3, sum(${{{name}}}) = 100, "
                f"count(${{{name}}}[. >= 90]) <= 3, joined by “and”",
            ),
            found=lacking.part,
        )
        return Limits()


def _read_required(row: FormRow) -> bool:
    text = row.take("required").lower()
    if text not in _TRUE | _FALSE:
        row.report(
            "required",
            Text(
                "应为 yes 或 no；是否必答不能随前面的回答变化",
                "expected yes or no; it can't depend on earlier answers",
            ),
        )
    return text in _TRUE
