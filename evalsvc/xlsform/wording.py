"""Texts of a form: in both languages, without marks that pages here would show as they stand."""

import re

from evalsvc.text import Text
from evalsvc.workbooks.cells import clean
from evalsvc.xlsform.layouts import EN, ZH
from evalsvc.xlsform.rows import FormRow

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_TAG = re.compile(
    r"</?(?:a|b|i|u|p|br|hr|em|tt|li|ul|ol|sub|sup|div|img|big|span|font|small|strong|center|h[1-6])"
    r"(?:\s+[\w-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']+))*\s*/?>",
    re.IGNORECASE,
)
_MARKS = (
    (_TAG, ""),
    (re.compile(r"(?m)^\s*#{1,6}\s+"), ""),
    (re.compile(r"\[([^\[\]]+)\]\(\s*(https?://[^\s()]+)\s*\)"), r"\1（\2）"),
    (re.compile(r"(?<![\w*])\*\*(?=\S)([^*]+)(?<=\S)\*\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])__(?=\S)([^_]+)(?<=\S)__(?![\w_])"), r"\1"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*]+)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_]+)(?<=\S)_(?![\w_])"), r"\1"),
)
_LONGEST_READ = 4_000

ONE_LANGUAGE = Text(
    "只有一种语言，中英文页面都将显示它", "stands in one language only; both pages will show it"
)
MARKED = Text(
    "页面上的文字没有粗体、标题、链接等格式；去掉了记号，只留文字",
    "pages here have no bold type, headings or links in texts; the marks are left out, the words "
    "stay",
)
REFERS = Text(
    "文字里放不进前面的回答（%(name)s 会原样显示）；请改成不用它也通顺的话",
    "answers can't be put into texts (%(name)s would be shown as it stands); please word it "
    "without",
)


def read_label(row: FormRow, kind: str, most: int, *, needed: bool = True) -> Text | None:
    """A text in both languages; one that stands in a single language is taken for both."""
    plain, zh, en = (row.peek(key) for key in (kind, f"{kind}::{ZH}", f"{kind}::{EN}"))
    if not (zh or en or plain):
        if needed:
            row.report(
                _place(row, kind), Text("不能空着：要有中文的标题", "must not be empty: a label")
            )
        return None
    keys = (f"{kind}::{ZH}" if zh else kind, f"{kind}::{EN}" if en else kind)
    # A label that says what one of the two says needs no second look.
    row.use(*keys, *((kind,) if plain in (zh, en) else ()))
    words = {key: _read_words(row, key, most) for key in dict.fromkeys(keys) if row.peek(key)}
    if None in words.values():
        return None
    first, second = (words.get(key) or "" for key in keys)
    if not (first and second) or (zh == en == "" and needed):
        row.remark(_place(row, kind), ONE_LANGUAGE)
    return Text(first or second, second or first)


def _read_words(row: FormRow, key: str, most: int) -> str | None:
    written = row.get_cell(key).text
    reference = _REFERENCE.search(written)
    if reference:
        row.report(key, REFERS.filled(name=reference[0]))
        return None
    plain = strip_marks(written)
    if plain != clean(written):
        row.remark(key, MARKED)
    if len(plain) > most:
        row.report(
            key,
            Text(
                f"有{len(plain)}个字，最多{most}个", f"has {len(plain)} characters, {most} at most"
            ),
            found=plain,
        )
        return None
    return plain


def list_references(row: FormRow, kind: str) -> frozenset[str]:
    """The fields that a text puts in, in any language."""
    texts = (row.peek(key) for key in (kind, f"{kind}::{ZH}", f"{kind}::{EN}"))
    return frozenset(name[2:-1].strip() for text in texts for name in _REFERENCE.findall(text))


def strip_marks(text: str) -> str:
    """The words as they are read where Markdown and HTML are drawn."""
    if len(text) <= _LONGEST_READ:
        for mark, words in _MARKS:
            text = mark.sub(words, text)
    return clean(text)


def _place(row: FormRow, kind: str) -> str:
    """The column that a message about a text points to."""
    return next(
        (key for key in (f"{kind}::{ZH}", kind, f"{kind}::{EN}") if row.table.has(key)), kind
    )
