"""Reads an uploaded workbook in a process of its own, and says why one is refused."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalsvc.errors import UPLOAD_REFUSED, Problem
from evalsvc.text import Text
from evalsvc.workbooks.cells import Block, Cell, CellKind, Sheet
from evalsvc.workbooks.inspection import MOST_BYTES

ROOT = Path(__file__).parents[2]
SECONDS = 20

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
    "bomb": Text(
        "文件内部有一个部件展开后达 %(megabytes)s MB，远大于文件本身；请把数据复制到新下载的模板中",
        "a part inside unpacks to %(megabytes)s MB, far more than the file itself; "
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
    "cells": Text(
        "内容过多（单元格最多 %(most)s 个）；请删去无关的工作表和格式，"
        "或把数据复制到新下载的模板中",
        "there is too much in it (%(most)s cells at most); please delete sheets and "
        "formats that don't belong, or copy the data into a fresh template",
    ),
    "extent": Text(
        "有工作表用到 %(rows)s 行、%(columns)s 列，最多 %(most_rows)s 行、%(most_columns)s 列；"
        "请删去远处的内容和整表格式，或把数据复制到新下载的模板中",
        "a sheet reaches over %(rows)s rows and %(columns)s columns, at most %(most_rows)s "
        "and %(most_columns)s; please clear far-off cells and whole-sheet formats, "
        "or copy the data into a fresh template",
    ),
    "characters": Text(
        "文字过多（最多 %(most)s 万字）；请删去无关内容",
        "there is too much text in it (%(most)s0,000 characters at most)",
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


def read_sheets(source: bytes | Path) -> tuple[Sheet, ...]:
    """All sheets of an uploaded workbook; raises Problem(UPLOAD_REFUSED) with the reason."""
    data = _load(source)
    _check_beginning(data)
    answer = _ask_child(data)
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


def _ask_child(data: bytes) -> dict[str, Any]:
    try:
        done = subprocess.run(
            # -E and -s: neither the environment nor a user's packages change what is run.
            [sys.executable, "-E", "-s", "-B", "-X", "utf8", "-m", "evalsvc.workbooks.child"],
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
        number: {column: Cell(kind, text) for column, kind, text in cells}
        for number, cells in found["rows"]
    }
    for row, column, text in found["marked"]:
        kind: CellKind = "formula" if text.startswith("=") else "error"
        rows.setdefault(row, {})[column] = Cell(kind, text)
    merged = tuple(Block(*corners) for corners in found["merged"])
    return Sheet(found["name"], dict(sorted(rows.items())), merged)
