"""Reads an uploaded workbook in a process of its own, and says why one is refused."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evalsvc.errors import UPLOAD_REFUSED, Problem
from evalsvc.text import Text
from evalsvc.workbooks.cells import Block, Cell, Sheet, build_key
from evalsvc.workbooks.child import EVERY
from evalsvc.workbooks.inspection import MOST_BYTES

ROOT = Path(__file__).parents[2]
SECONDS = 20

# -E and -s: neither the environment nor a user's packages change what is run.
_FLAGS = ("-E", "-s", "-B", "-X", "utf8")
_LOG = logging.getLogger(__name__)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = Text(
    "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”后再上传",
    "please open it in Excel or WPS, save it as “Excel workbook (*.xlsx)” and upload that",
)

REASONS: Mapping[str, Text] = {
    "empty": Text(
        "文件是空的，可能没有传完，请重新选择文件",
        "it is empty; perhaps the upload broke off, please choose the file again",
    ),
    "too_big": Text(
        "文件有 %(megabytes)s MB，最多 %(most)s MB；请删去图片等无关内容",
        "it has %(megabytes)s MB, %(most)s at most; please take out pictures and the like",
    ),
    "old_format": Text(
        "这是旧格式（.xls、.et 等）的工作簿；", "it is a workbook of the old kind (.xls, .et); "
    )
    + _SAVE_AS,
    "encrypted": Text(
        "工作簿设有打开密码；请取消密码后再上传",
        "the workbook has a password; please remove it and upload again",
    ),
    "csv": Text(
        "这是文本（CSV 或网页），不是工作簿；", "it is text (CSV or a web page), not a workbook; "
    )
    + _SAVE_AS,
    "unknown": Text("这不是工作簿；", "it is not a workbook; ") + _SAVE_AS,
    "other_document": Text(
        "这是别的文档（如 .docx、.ods、.zip），不是 .xlsx 工作簿；",
        "it is another document (.docx, .ods, .zip), not .xlsx; ",
    )
    + _SAVE_AS,
    "binary": Text("这是二进制工作簿（.xlsb）；", "it is a binary workbook (.xlsb); ") + _SAVE_AS,
    "macros": Text(
        "工作簿带有宏（.xlsm），本系统不接收宏；",
        "the workbook has macros (.xlsm), which are not taken; ",
    )
    + _SAVE_AS,
    "damaged": Text(
        "文件已损坏，或者没有传完；请在 Excel 或 WPS 中打开并重新保存",
        "it is damaged or incomplete; please open it in Excel or WPS and save it",
    ),
    "entries": Text(
        "文件内部的部件过多或重名（最多 %(most)s 个），不像 Excel 或 WPS 保存的工作簿；"
        "请把数据复制到新下载的模板中",
        "it has too many parts (%(most)s at most) or parts of one name, unlike what "
        "Excel or WPS saves; please copy the data into a fresh template",
    ),
    "names": Text(
        "文件内部的部件名“%(name)s”指向文件以外，不接收",
        "a part inside is named “%(name)s”, which points outside the file",
    ),
    "damaged_sheet": Text(
        "工作表“%(sheet)s”从单元格 %(cell)s 起已损坏；请在 Excel 或 WPS 中打开并重新保存，"
        "或把数据复制到新下载的模板中",
        "the sheet “%(sheet)s” is damaged from cell %(cell)s on; please open and save it again in "
        "Excel or WPS, or copy the data into a fresh template",
    ),
    "damaged_part": Text(
        "文件内部的部件 %(part)s 缺失或已损坏；请在 Excel 或 WPS 中打开并重新保存",
        "the part %(part)s inside is missing or damaged; please open and save it again in Excel "
        "or WPS",
    ),
    "bomb": Text(
        "文件内部的部件 %(part)s 展开后达 %(megabytes)s MB，远大于文件本身；"
        "请把数据复制到新下载的模板中",
        "the part %(part)s inside unpacks to %(megabytes)s MB, far more than the file itself; "
        "please copy the data into a fresh template",
    ),
    "unpacked": Text(
        "文件展开后有 %(megabytes)s MB，最多 %(most)s MB；请把数据复制到新下载的模板中",
        "it unpacks to %(megabytes)s MB, %(most)s at most; please copy the data into a fresh "
        "template",
    ),
    "entities": Text(
        "文件内部含有实体定义（DTD），Excel 和 WPS 不会这样保存，不接收；"
        "请把数据复制到新下载的模板中",
        "it holds entity definitions (a DTD), which Excel and WPS never save; "
        "please copy the data into a fresh template",
    ),
    "elements": Text(
        "文件内部的部件 %(part)s 内容过多（最多 %(most)s 项）；请删去多余的样式和格式，"
        "或把数据复制到新下载的模板中",
        "there is too much in the part %(part)s inside (%(most)s elements at most); please take "
        "out styles and formats that don't belong, or copy the data into a fresh template",
    ),
    "cells": Text(
        "单元格过多：到工作表“%(sheet)s”的 %(cell)s，已超过最多 %(most)s 个；"
        "请删去无关的内容和格式，或把数据复制到新下载的模板中",
        "there are too many cells: with %(cell)s of the sheet “%(sheet)s” more than %(most)s; "
        "please delete what doesn't belong, or copy the data into a fresh template",
    ),
    "rows": Text(
        "工作表“%(sheet)s”的 %(cell)s 有内容，超出了最多 %(most)s 行；"
        "请删去远处的内容，或把数据复制到新下载的模板中",
        "cell %(cell)s of the sheet “%(sheet)s” is filled, beyond row %(most)s, the last that is "
        "read; please clear far-off cells, or copy the data into a fresh template",
    ),
    "columns": Text(
        "工作表“%(sheet)s”的 %(cell)s 有内容，超出了最多 %(most)s 列；"
        "请删去远处的内容，或把数据复制到新下载的模板中",
        "cell %(cell)s of the sheet “%(sheet)s” is filled, beyond %(most)s columns, the most that "
        "are read; please clear far-off cells, or copy the data into a fresh template",
    ),
    "characters": Text(
        "文字过多：到工作表“%(sheet)s”的 %(cell)s，已超过最多 %(millions)s00 万字；请删去无关内容",
        "there is too much text: with %(cell)s of the sheet “%(sheet)s” more than %(millions)s "
        "million characters; please delete what doesn't belong",
    ),
    "memory": Text(
        "读取时需要的内存过多；请把数据复制到新下载的模板中",
        "reading it takes too much memory; please copy the data into a fresh template",
    ),
    "slow": Text(
        "读取时间过长；请把数据复制到新下载的模板中，或稍后再试",
        "reading it takes too long; please copy the data into a fresh template, or try again later",
    ),
}


def read_sheets(source: bytes | Path, wanted: Iterable[str] = (EVERY,)) -> tuple[Sheet, ...]:
    """The sheets of an uploaded workbook; raises Problem(UPLOAD_REFUSED) with the reason.

    Only those with a wanted title are read; the others are there with their names alone.
    """
    data = _load(source)
    _check_beginning(data)
    answer = _ask_child(data, sorted({build_key(title) for title in wanted}))
    if "refused" in answer:
        raise _build_refusal(answer["refused"], **answer["figures"])
    return tuple(_build_sheet(found) for found in answer["sheets"])


def _load(source: bytes | Path) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    # Looked at before it is read into memory.
    if size > MOST_BYTES:
        raise _build_refusal("too_big", megabytes=-(-size >> 20), most=MOST_BYTES >> 20)
    return source if isinstance(source, bytes) else source.read_bytes()


def _check_beginning(data: bytes) -> None:
    if not data.strip(b"\x00 \r\n\t"):
        raise _build_refusal("empty")
    if data.startswith(_OLE):
        # Excel puts a workbook with a password into the old format's container.
        hidden = "EncryptedPackage".encode("utf-16-le") in data
        raise _build_refusal("encrypted" if hidden else "old_format")
    if not data.startswith(b"PK\x03\x04"):
        raise _build_refusal("csv" if _is_text(data) else "unknown")


def _is_text(data: bytes) -> bool:
    start = data[:4096]
    if start.startswith(b"%PDF"):
        return False
    return start.startswith((b"\xff\xfe", b"\xfe\xff")) or not any(
        byte < 9 or 13 < byte < 32 for byte in start
    )


def _ask_child(data: bytes, wanted: Sequence[str]) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 (a module of ours; titles of sheets as arguments)
            [sys.executable, *_FLAGS, "-m", "evalsvc.workbooks.child", *wanted],
            input=data,
            capture_output=True,
            cwd=ROOT,
            env={},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _build_refusal("slow") from error
    if done.returncode:
        # For the operator: a broken installation looks like a broken file to the office.
        _LOG.warning("reader ended with %d: %s", done.returncode, _end(done.stderr))
        raise _build_refusal(_name_end(done.returncode))
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _end(output: bytes) -> str:
    return output[-500:].decode("utf-8", "replace").strip()


def _name_end(code: int) -> str:
    """Why the child ended: the reader aborts when memory runs out, and is killed for time."""
    # Killed for its time, by us or by its own limit.
    if code in (-9, -24):
        return "slow"
    return "memory" if code < 0 else "damaged"


def _build_refusal(code: str, **figures: object) -> Problem:
    return Problem(UPLOAD_REFUSED, reason=REASONS[code].filled(**figures))


def _build_sheet(found: dict[str, Any]) -> Sheet:
    rows = {
        number: {column: Cell(kind, text, shown) for column, kind, text, shown in cells}
        for number, cells in found["rows"]
    }
    return Sheet(
        found["name"],
        dict(sorted(rows.items())),
        tuple(Block(*corners) for corners in found["merged"]),
        found["hidden"],
        frozenset(found["hidden_rows"]),
        tuple((first, last) for first, last in found["hidden_columns"]),
    )
