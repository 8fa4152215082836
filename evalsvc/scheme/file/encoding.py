"""A scheme's file as text: UTF-8, or what to do about another encoding."""

import codecs

from evalsvc.scheme.file.errors import SchemeError, SchemeErrors
from evalsvc.text import Text

LONGEST_SHOWN = 60
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""UTF-16, which Windows' editor once called “Unicode”."""


def decode_scheme(content: bytes) -> str:
    """The text of a scheme's file; raises `SchemeErrors` where it is not UTF-8."""
    # Without its mark UTF-16 is UTF-8 as well: letters with zeros between them.
    if content.startswith(WIDE) or b"\0" in content[:200]:
        raise _refusal(1, _shown(content, "utf-16"), "UTF-16 (Unicode)")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        # As whoever wrote it reads it: of another encoding the bytes say nothing to anybody.
        shown = _shown(content.split(b"\n")[line - 1], "gb18030")
        raise _refusal(line, shown, "GBK (ANSI)") from error


def _shown(content: bytes, encoding: str) -> str:
    text = content[: 4 * LONGEST_SHOWN].decode(encoding, "replace").strip("\ufeff \r\n")
    return (text.splitlines() or [""])[0].replace("\0", "")[:LONGEST_SHOWN]


def _refusal(line: int, found: str, encoding: str) -> SchemeErrors:
    return SchemeErrors(
        (
            SchemeError(
                line,
                1,
                "",
                found,
                Text(
                    f"文件不是 UTF-8 编码（像是 {encoding}）。请在编辑器里“另存为”，编码选 UTF-8",
                    f"the file is not UTF-8 (it looks like {encoding}); in your editor choose "
                    "“Save as” with the encoding UTF-8",
                ),
            ),
        )
    )
