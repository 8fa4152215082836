"""A scheme's YAML as fields that know their line and column; anything clever in YAML is refused.

Values stay text until the reader asks for a type, so `on`, `1e3` or `012` never change meaning.
What is too large is refused where it becomes too large, before it has cost anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from evalsvc.scheme.file.errors import SchemeError, SchemeErrors
from evalsvc.scheme.file.limits import (
    LONGEST_KEY,
    LONGEST_TEXT,
    MOST_BYTES,
    MOST_DEPTH,
    MOST_ENTRIES,
    MOST_FIELDS,
    MOST_MISTAKES,
)
from evalsvc.scheme.file.slips import advise, find_wide_sign, list_wide_signs
from evalsvc.text import Text

# libyaml's parser gives the same events and is twenty times as fast; PyYAML's wheels have it, a
# build of one's own may not.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Characters that no page, workbook or database takes: controls, halves of pairs, non-characters.
UNUSABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Field:
    """A place in the file with its content; `None` is a field that should be here but isn't."""

    path: str
    line: int
    column: int
    content: "str | tuple[Field, ...] | Mapping[str, Field] | None"

    def shown(self) -> str:
        """The content as an error message quotes it."""
        if self.content is None:
            return ""
        if isinstance(self.content, str):
            return self.content[:60]
        if isinstance(self.content, tuple):
            return f"[… × {len(self.content)}]"
        return "{" + ", ".join(list(self.content)[:4]) + "}"


def read_source(text: str) -> Field:
    """The whole file as one field; raises `SchemeErrors` where it is not plain YAML."""
    size = len(text.encode())
    if size > MOST_BYTES:
        raise _refusal(
            1,
            1,
            "",
            f"{size} B",
            Text(f"文件不得超过 {MOST_BYTES} 字节", f"expected at most {MOST_BYTES} bytes"),
        )
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _explain(text, error, builder.path()) from error
    except yaml.YAMLError as error:
        raise _refusal(
            1,
            1,
            builder.path(),
            str(error)[:60],
            Text("应为 UTF-8 文本，不含控制字符", "expected UTF-8 text without control characters"),
        ) from error
    root = builder.finish()
    # With full-width colons alone the whole file is one text.
    wide = list_wide_signs(text) if isinstance(root.content, str) else ()
    if wide:
        raise SchemeErrors(wide, more=True)
    return root


def _explain(text: str, error: yaml.MarkedYAMLError, path: str) -> SchemeErrors:
    """What is wrong in words of ours, with the line that the parser stopped at."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    # The parser stops behind the sign that it could not take for a colon, often a line below.
    wide = list_wide_signs(text)
    if any(each.line <= line for each in wide):
        return SchemeErrors(wide, more=True)
    lines = text.splitlines()
    shown = UNUSABLE.sub("\ufffd", lines[min(line, len(lines)) - 1].strip()) if lines else ""
    return _refusal(line, column, path, shown, advise(error.problem or ""))


def _refusal(line: int, column: int, path: str, found: str, text: Text) -> SchemeErrors:
    return SchemeErrors((SchemeError(line, column, path, found[:60], text),))


@dataclass
class _Open:
    """A list or mapping whose end has not been reached."""

    path: str
    line: int
    column: int
    is_mapping: bool
    items: list[Field] = field(default_factory=list)
    entries: dict[str, Field] = field(default_factory=dict)
    key: str | None = None

    def next_path(self) -> str:
        """Where the next content stands."""
        if self.is_mapping and self.key is None:
            return self.path
        own = self.key if self.is_mapping else f"[{len(self.items) + 1}]"
        return f"{self.path}.{own}" if self.path and self.is_mapping else f"{self.path}{own}"


class _Builder:
    """Turns the parser's events into fields without recursion, so that depth is bounded by us."""

    def __init__(self) -> None:
        self.stack: list[_Open] = []
        self.root: Field | None = None
        self.errors: list[SchemeError] = []
        self.documents = 0
        self.fields = 0
        self.line, self.column = 1, 1

    def path(self) -> str:
        """Where the parser is."""
        return self.stack[-1].next_path() if self.stack else ""

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        if mark:
            self.line, self.column = mark.line + 1, mark.column + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self._build_error(
                    "---", Text("一个文件只写一个方案", "expected one scheme a file")
                )
        if isinstance(event, yaml.NodeEvent):
            self._refuse_cleverness(event)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event.value)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()

    def finish(self) -> Field:
        if self.errors:
            raise SchemeErrors(tuple(self.errors))
        return self.root or Field("", 1, 1, {})

    def _build_error(self, found: str, text: Text) -> SchemeErrors:
        return _refusal(self.line, self.column, self.path(), found, text)

    def _refuse_cleverness(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            raise self._build_error(
                event.anchor,
                Text(
                    "不支持锚点和引用（& 和 *），请直接写出内容",
                    "anchors and aliases (& and *) are not read; write the content out",
                ),
            )
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise self._build_error(
                tag,
                Text(
                    "不支持标签（!），请直接写出内容",
                    "tags (!) are not read; write the content out",
                ),
            )

    def _scalar(self, value: str) -> None:
        top = self.stack[-1] if self.stack else None
        if top is None or not top.is_mapping or top.key is not None:
            self._check_text(value, LONGEST_TEXT)
            self._place(Field(self.path(), self.line, self.column, value))
            return
        self._check_text(value, LONGEST_KEY)
        wide = find_wide_sign(value)
        if wide:
            place, advice = wide
            self._note(top.path, value[:place], advice, place, value[place])
        elif value in top.entries:
            expected = Text("同一层里每个名称只能写一次", "expected each name once on its level")
            self._note(top.path, value, expected)
        top.key = value

    def _note(self, above: str, name: str, expected: Text, place: int = 0, found: str = "") -> None:
        """A mistake in a name, after which the file can be read on."""
        path = f"{above}.{name}" if above else name
        column = self.column + place
        self.errors.append(SchemeError(self.line, column, path, found or name[:60], expected))
        if len(self.errors) == MOST_MISTAKES:
            raise SchemeErrors(tuple(self.errors), more=True)

    def _check_text(self, value: str, longest: int) -> None:
        if len(value) > longest:
            raise self._build_error(
                f"{value[:40]}… × {len(value)}",
                Text(f"最多 {longest} 字", f"expected {longest} characters at most"),
            )
        if UNUSABLE.search(value):
            raise self._build_error(
                UNUSABLE.sub("\ufffd", value),
                Text("文字里不能有控制字符", "expected text without control characters"),
            )

    def _start(self, is_mapping: bool) -> None:
        if len(self.stack) >= MOST_DEPTH:
            raise self._build_error(
                "…",
                Text(
                    f"嵌套不得超过 {MOST_DEPTH} 层",
                    f"expected at most {MOST_DEPTH} levels of nesting",
                ),
            )
        top = self.stack[-1] if self.stack else None
        if top is not None and top.is_mapping and top.key is None:
            raise self._build_error(
                "{…}", Text("名称应为文字", "expected a plain name before the colon")
            )
        self.stack.append(_Open(self.path(), self.line, self.column, is_mapping))

    def _end(self) -> None:
        done = self.stack.pop()
        content = done.entries if done.is_mapping else tuple(done.items)
        self._place(Field(done.path, done.line, done.column, content))

    def _place(self, found: Field) -> None:
        if not self.stack:
            self.root = found
            return
        self._count(self.stack[-1])
        top = self.stack[-1]
        if top.is_mapping:
            assert top.key is not None  # noqa: S101  # _scalar and _start see to it
            top.entries.setdefault(top.key, found)
            top.key = None
        else:
            top.items.append(found)

    def _count(self, top: _Open) -> None:
        self.fields += 1
        if len(top.entries) + len(top.items) >= MOST_ENTRIES:
            raise _refusal(
                self.line,
                self.column,
                top.path,
                f"> {MOST_ENTRIES}",
                Text(
                    f"一个列表或一节最多 {MOST_ENTRIES} 条",
                    f"expected {MOST_ENTRIES} entries of a list or section at most",
                ),
            )
        if self.fields > MOST_FIELDS:
            raise self._build_error(
                f"> {MOST_FIELDS}",
                Text(
                    f"一个方案最多 {MOST_FIELDS} 条",
                    f"expected {MOST_FIELDS} entries of a scheme at most",
                ),
            )
