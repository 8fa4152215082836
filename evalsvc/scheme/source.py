"""A scheme's YAML as fields that know their line and column; anything clever in YAML is refused.

Values stay text until the reader asks for a type, so `on`, `1e3` or `012` never change meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from evalsvc.scheme.errors import SchemeError, SchemeErrors
from evalsvc.scheme.model import Text

MOST_BYTES = 1_000_000
MOST_DEPTH = 40


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
        raise _refusal(1, 1, f"{size} B", f"文件不得超过 {MOST_BYTES} 字节",
                       f"expected at most {MOST_BYTES} bytes")
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _refusal(line, column, error.problem or "", "应为正确的 YAML（检查缩进、冒号和引号）",
                       "expected correct YAML (check indentation, colons and quotes)") from error
    except yaml.YAMLError as error:
        raise _refusal(1, 1, str(error)[:60], "应为 UTF-8 文本，不含控制字符",
                       "expected UTF-8 text without control characters") from error
    return builder.finish()


def _refusal(line: int, column: int, found: str, zh: str, en: str) -> SchemeErrors:
    return SchemeErrors((SchemeError(line, column, "", found, Text(zh, en)),))


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
        own = self.key if self.is_mapping else f"[{len(self.items) + 1}]"
        return f"{self.path}.{own}" if self.path and self.is_mapping else f"{self.path}{own}"


class _Builder:
    """Turns the parser's events into fields without recursion, so that depth is bounded by us."""

    def __init__(self) -> None:
        self.stack: list[_Open] = []
        self.root: Field | None = None
        self.errors: list[SchemeError] = []
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _refusal(line, column, "---", "一个文件只写一个方案",
                               "expected one scheme a file")
        if isinstance(event, yaml.NodeEvent):
            self._refuse_cleverness(event, line, column)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event.value, line, column)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(isinstance(event, yaml.MappingStartEvent), line, column)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()

    def finish(self) -> Field:
        if self.errors:
            raise SchemeErrors(tuple(self.errors))
        return self.root or Field("", 1, 1, {})

    def _refuse_cleverness(self, event: yaml.NodeEvent, line: int, column: int) -> None:
        if event.anchor is not None:
            raise _refusal(line, column, event.anchor, "不支持锚点和引用（& 和 *），请直接写出内容",
                           "anchors and aliases (& and *) are not read; write the content out")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise _refusal(line, column, tag, "不支持标签（!），请直接写出内容",
                           "tags (!) are not read; write the content out")

    def _scalar(self, value: str, line: int, column: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top is None or not top.is_mapping or top.key is not None:
            self._place(Field(top.next_path() if top else "", line, column, value))
            return
        if value in top.entries:
            path = f"{top.path}.{value}" if top.path else value
            expected = Text("同一层里每个名称只能写一次", "expected each name once on its level")
            self.errors.append(SchemeError(line, column, path, value, expected))
        top.key = value

    def _start(self, is_mapping: bool, line: int, column: int) -> None:
        if len(self.stack) >= MOST_DEPTH:
            raise _refusal(line, column, "…", f"嵌套不得超过 {MOST_DEPTH} 层",
                           f"expected at most {MOST_DEPTH} levels of nesting")
        top = self.stack[-1] if self.stack else None
        if top is not None and top.is_mapping and top.key is None:
            raise _refusal(line, column, "{…}", "名称应为文字",
                           "expected a plain name before the colon")
        path = top.next_path() if top else ""
        self.stack.append(_Open(path, line, column, is_mapping))

    def _end(self) -> None:
        done = self.stack.pop()
        content = done.entries if done.is_mapping else tuple(done.items)
        self._place(Field(done.path, done.line, done.column, content))

    def _place(self, found: Field) -> None:
        if not self.stack:
            self.root = found
            return
        top = self.stack[-1]
        if top.is_mapping:
            assert top.key is not None  # noqa: S101  # _scalar and _start see to it
            top.entries.setdefault(top.key, found)
            top.key = None
        else:
            top.items.append(found)
