"""A scheme's file as text: UTF-8, or what to do about another encoding."""

import codecs

from evalsvc.scheme.file.errors import SchemeError, SchemeErrors
from evalsvc.text import Text

LONGEST_SHOWN = 60
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""UTF-16, which Windows' editor once called “Unicode”."""
WRITTEN = frozenset("\t\r\n\f")
"""The control characters that an editor writes into a text."""
NO_TEXT = Text(
    "这不是文本文件。方案是用文本编辑器写的 YAML 文件；"
    "内容在 Word、Excel、PDF 文件里的，请先另存为纯文本",
    "this is not a text file; a scheme is a YAML file written in a text editor; of a Word, Excel "
    "or PDF file please save the content as plain text first",
)


def decode_scheme(content: bytes) -> str:
    """The text of a scheme's file; raises `SchemeErrors` where it is not UTF-8."""
    # Without its mark UTF-16 is UTF-8 as well: letters with zeros between them.
    if content.startswith(WIDE) or b"\0" in content[:200]:
        if not any(_is_text(content, each) for each in ("utf-16", "utf-16-be")):
            raise _refusal(1, _begin(content), NO_TEXT)
        raise _refusal(1, _shown(content, "utf-16"), _other("UTF-16 (Unicode)"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not _is_text(content, "gb18030"):
            raise _refusal(1, _begin(content), NO_TEXT) from error
        line = content.count(b"\n", 0, error.start) + 1
        # As whoever wrote it reads it: of another encoding the bytes say nothing to anybody.
        shown = _shown(content.split(b"\n")[line - 1], "gb18030")
        raise _refusal(line, shown, _other("GBK (ANSI)")) from error


def _shown(content: bytes, encoding: str) -> str:
    text = content[: 4 * LONGEST_SHOWN].decode(encoding, "replace").strip("\ufeff \r\n")
    return (text.splitlines() or [""])[0].replace("\0", "")[:LONGEST_SHOWN]


def _begin(content: bytes) -> str:
    """What can be read of its first signs, by which programs know their files: PK, %PDF."""
    return "".join(chr(byte) for byte in content[:8] if 0x20 < byte < 0x7F) + "…"


def _is_text(content: bytes, encoding: str) -> bool:
    """Whether it has no sign that no editor writes; a workbook's or a picture's bytes have some."""
    text = content.decode(encoding, "replace")
    return all(letter >= " " or letter in WRITTEN for letter in set(text))


def _other(encoding: str) -> Text:
    return Text(
        f"文件不是 UTF-8 编码（像是 {encoding}）。请在编辑器里“另存为”，编码选 UTF-8",
        f"the file is not UTF-8 (it looks like {encoding}); in your editor choose "
        "“Save as” with the encoding UTF-8",
    )


def _refusal(line: int, found: str, expected: Text) -> SchemeErrors:
    return SchemeErrors((SchemeError(line, 1, "", found, expected),))
