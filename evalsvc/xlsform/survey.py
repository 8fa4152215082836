"""The sheet of questions, row by row: groups, the repeat over units, and what is asked in them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalsvc.questions.question import About, Question
from evalsvc.questions.questionnaire import Asked, Condition
from evalsvc.text import Text, same
from evalsvc.workbooks.cells import clean
from evalsvc.workbooks.table import Table, TableRow
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.checks import Check, add_limits, is_kept, is_overall, read_checks
from evalsvc.xlsform.choices import UNITS, ChoiceList, name_lists, read_label
from evalsvc.xlsform.expressions import (
    CATEGORY,
    Limits,
    NoCounterpartError,
    Relevance,
    read_limits,
    read_relevance,
)
from evalsvc.xlsform.kinds.adapter import Item
from evalsvc.xlsform.kinds.adapters import find_adapter, write_question
from evalsvc.xlsform.rules import strip_same_unit

INTRODUCTION = "introduction"
# What a repeat over units says where nobody wrote anything else.
EVERY_UNIT = Text("逐个单位回答", "Unit by unit")
LONGEST_LABEL = 500
LONGEST_NOTE = 2_000

_SELECT = re.compile(
    r"(?P<kind>select[ _]one|select[ _]multiple|rank)(?P<file>[ _]from[ _]file)?\s+(?P<list>\S+)"
    r"(?P<other>\s+or[ _](specify[ _])?other)?"
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
_BEGIN = re.compile(r"begin[ _](group|repeat)")
_END = re.compile(r"end[ _](group|repeat)")
_TRUE = frozenset(("yes", "true", "true()", "1"))
_FALSE = frozenset(("", "no", "false", "false()", "0"))
_IGNORED: Mapping[str, Text] = {
    "default": unsupported.PRESELECTED,
    "read_only": unsupported.READ_ONLY,
    "constraint_message": unsupported.MESSAGE,
}


@dataclass
class _Frame:
    """A group or repeat that is open, and the row where it began."""

    kind: str
    row: TableRow
    relevant: str


@dataclass
class Survey:
    """What has been read so far; `rows` says where each question stands, for messages."""

    lists: Mapping[str, ChoiceList]
    categories: Sequence[str] = ()
    asked: list[Asked] = field(default_factory=list)
    rows: dict[str, TableRow] = field(default_factory=dict)
    introduction: Text | None = None
    _frames: list[_Frame] = field(default_factory=list)
    _notes: list[tuple[Text, TableRow]] = field(default_factory=list)
    _new_page: bool = False
    _checks: Mapping[int, Check] = field(default_factory=dict)

    def read(self, table: Table) -> None:
        # First, since they stand behind the questions that they are about.
        self._checks = read_checks(table)
        for row in table.list_rows():
            kind = clean(row.get_cell("type").text)
            if not kind:
                row.report(
                    "type", Text("不能空着：这一行是什么", "must not be empty: what the row is")
                )
            elif _BEGIN.fullmatch(kind.lower()):
                self._begin(row, _BEGIN.fullmatch(kind.lower())[1])  # type: ignore[index]  # matched in the line above
            elif _END.fullmatch(kind.lower()):
                self._end(row, _END.fullmatch(kind.lower())[1])  # type: ignore[index]  # matched in the line above
            else:
                self._take(row, kind)
        self._finish()

    @property
    def _about(self) -> About:
        return "units" if any(frame.kind == "repeat" for frame in self._frames) else "ballot"

    def _begin(self, row: TableRow, kind: str) -> None:
        if kind == "repeat" and self._about == "units":
            _report(row, "type", unsupported.NESTED_REPEAT)
        self._frames.append(_Frame(kind, row, clean(row.get_cell("relevant").text)))
        label = read_label(row, "label", LONGEST_NOTE, needed=False)
        if label is not None and label != EVERY_UNIT:
            self._notes.append((label, row))
        if not row.is_blank("repeat_count"):
            _remark(row, "repeat_count", unsupported.REPEAT_COUNT)
        if "field-list" in clean(row.get_cell("appearance").text).split():
            self._new_page = True

    def _end(self, row: TableRow, kind: str) -> None:
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
        for _, row in () if self._frames else self._notes:
            row.report(
                "type",
                Text(
                    "说明后面没有问题，无处可放；请移到一个问题的上面",
                    "no question follows this text; please move it above one",
                ),
            )
        for check in self._checks.values():
            self._judge(check)

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
            _remark(check.row, "relevant", unsupported.EACH_CATEGORY)

    def _take(self, row: TableRow, kind: str) -> None:
        """One row that is neither the beginning nor the end of anything."""
        if row.number in self._checks:
            return
        if kind.lower() == "note":
            self._note(row)
            return
        name = row.code("name", 80) if not row.is_blank("name") else None
        if self._is_about_the_unit(kind, name or ""):
            return
        if kind.lower() in unsupported.SILENT:
            _remark(row, "type", unsupported.SILENT[kind.lower()])
        elif kind.lower() in unsupported.QUESTIONS:
            _report(row, "type", unsupported.QUESTIONS[kind.lower()])
        elif row.is_blank("name"):
            row.report(
                "name", Text("不能空着：问题的代码", "must not be empty: the question's name")
            )
        elif name in self.rows:
            row.report(
                "name",
                Text(
                    f"第{self.rows[name].number}行已经用了这个代码",
                    f"row {self.rows[name].number} has this name already",
                ),
            )
        elif name is not None:
            self._ask(row, kind, name)

    def _is_about_the_unit(self, kind: str, name: str) -> bool:
        """Rows by which other programs choose the unit and look up its category."""
        found = _SELECT.fullmatch(kind)
        chooses = found is not None and found["list"].removesuffix(".csv") == UNITS
        looks_up = kind.lower() == "calculate" and bool(CATEGORY.fullmatch(name))
        ranks = chooses and found is not None and found["kind"] == "rank"
        return self._about == "units" and ((chooses and not ranks) or looks_up)

    def _note(self, row: TableRow) -> None:
        label = read_label(row, "label", LONGEST_NOTE)
        if label is None:
            return
        if clean(row.get_cell("name").text) == INTRODUCTION:
            self.introduction = label
        else:
            self._notes.append((label, row))

    def _ask(self, row: TableRow, kind: str, name: str) -> None:
        self.rows[name] = row
        label = read_label(row, "label", LONGEST_LABEL)
        limits = self._limits(row, name)
        question = self._question(row, kind, name, label or Text(name, name), limits)
        relevance = self._relevance(row)
        hint = read_label(row, "hint", LONGEST_NOTE, needed=False)
        texts = [note for note, _ in self._notes] + ([hint] if hint else [])
        if not row.is_blank("choice_filter"):
            _report(row, "choice_filter", unsupported.FILTERED)
        for key, remark in _IGNORED.items():
            if not row.is_blank(key):
                _remark(row, key, remark)
        if question is not None:
            self.asked.append(
                Asked(
                    question,
                    _join(texts),
                    _read_required(row),
                    Condition(relevance.question, relevance.values) if relevance.question else None,
                    self._new_page,
                    relevance.categories,
                )
            )
        self._notes, self._new_page = [], False

    def _relevance(self, row: TableRow) -> Relevance:
        """When the question is asked: its own condition and those of the groups around it."""
        own = [clean(row.get_cell("relevant").text), *(frame.relevant for frame in self._frames)]
        try:
            conditions = [f"({strip_same_unit(text)})" for text in own if text]
            return read_relevance(" and ".join(conditions)) if conditions else Relevance()
        except NoCounterpartError as lacking:
            row.report(
                "relevant",
                Text(
                    "条件只能是前面一个问题选了某些选项，如 ${q} = 'a' or ${q} = 'b'"
                    "（可以再用 and 加上单位类别 ${category} = 'x'）",
                    "a condition is that one earlier question has certain choices, such as "
                    "${q} = 'a' or ${q} = 'b' (and, with “and”, the unit's ${category} = 'x')",
                ),
                found=lacking.part,
            )
            return Relevance()

    def _limits(self, row: TableRow, name: str) -> Limits:
        text = clean(row.get_cell("constraint").text)
        noted = [each.rule for each in self._checks.values() if each.question == name]
        try:
            limits = read_limits(text, name) if text else Limits()
        except NoCounterpartError as lacking:
            row.report(
                "constraint",
                Text(
                    "限制只能是：. >= 0 and . <= 100、string-length(.) <= 200、count-selected(.) "
                    "<= 3、"
                    f"sum(${{{name}}}) = 100、count(${{{name}}}[. >= 90]) <= 3，可用 and 连接",
                    "a constraint is one of: . >= 0 and . <= 100, string-length(.) <= 200, "
                    f"count-selected(.) <= 3, sum(${{{name}}}) = 100, "
                    f"count(${{{name}}}[. >= 90]) <= 3, joined by “and”",
                ),
                found=lacking.part,
            )
            limits = Limits()
        if not add_limits(limits, noted):
            row.report(
                "constraint",
                Text(
                    "和后面核对合计、个数的说明（note）不一致，请改成一样",
                    "this and the notes further down, which check sums and counts, say different "
                    "things; please make them the same",
                ),
            )
        return limits

    def _question(
        self, row: TableRow, kind: str, name: str, title: Text, limits: Limits
    ) -> Question | None:
        selected = _SELECT.fullmatch(kind)
        if selected is not None:
            item = self._select(row, selected, name, title, limits)
        else:
            item = Item(row, kind.lower(), name, title, limits, self._about, self.lists)
        if item is None:
            return None
        adapter = find_adapter(item)
        if adapter is None:
            known = "、".join(_TYPES)
            row.report(
                "type",
                Text(f"没有这种问题；可用：{known}", f"there is no such type; there are: {known}"),
            )
            return None
        return adapter.read(item)

    def _select(
        self, row: TableRow, found: re.Match[str], name: str, title: Text, limits: Limits
    ) -> Item | None:
        """What chooses from a list; units are ranked without one."""
        kind = found["kind"].replace(" ", "_")
        item = Item(row, kind, name, title, limits, self._about, self.lists, found["list"])
        if kind == "rank":
            return item
        if found["file"]:
            _report(row, "type", unsupported.OUTSIDE_FILE)
            return None
        choices = self.lists.get(found["list"])
        if choices is None:
            known = name_lists([*self.lists])
            row.report(
                "type",
                Text(
                    f"choices 表里没有列表“{found['list']}”，已有：{known}",
                    f"the sheet “choices” has no list “{found['list']}”; there are: {known}",
                ),
            )
            return None
        return replace(item, choices=choices, other=bool(found["other"]))


def _read_required(row: TableRow) -> bool:
    text = clean(row.get_cell("required").text).lower()
    if text not in _TRUE | _FALSE:
        row.report(
            "required",
            Text(
                "应为 yes 或 no；是否必答不能随前面的回答变化",
                "expected yes or no; it can't depend on earlier answers",
            ),
        )
    return text in _TRUE


def _join(texts: list[Text]) -> Text | None:
    """Several texts above one question as one."""
    if not texts:
        return None
    return same(" ").join(texts)


def _report(row: TableRow, key: str, text: Text) -> None:
    row.report(key, text)


def _remark(row: TableRow, key: str, text: Text) -> None:
    row.report(key, text, severity="warning")
