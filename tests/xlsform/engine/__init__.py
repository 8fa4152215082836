"""Fills in exported forms with JavaRosa, the engine of ODK Collect, out of pyxform's own jar.

A validator says that a form is complete; what its constraints mean only an engine tells.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyxform.validators.odk_validate import ODK_VALIDATE_PATH
from pyxform.xls2xform import convert

DRIVER = Path(__file__).with_name("Fill.java")


class Engine:
    """One engine for many forms: starting it takes seconds, a form takes milliseconds."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process, self._folder = process, folder

    def open(self, workbook: bytes) -> None:
        source, form = self._folder / "form.xlsx", self._folder / "form.xml"
        source.write_bytes(workbook)
        form.write_text(convert(source).xform)
        assert self._ask("form", str(form)) == "open"

    def answer(self, place: str, value: str) -> str:
        """What becomes of an answer: taken, refused, empty, or not asked.

        A row that is not there yet is added before the answer is given.
        """
        return self._ask("answer", f"/data/{place}", value)

    def finish(self) -> str:
        """Whether the whole form is complete, or the first place where it is not."""
        return self._ask("finish").replace("/data/", "")

    def _ask(self, *words: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\t".join(words) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().rstrip("\n")


@contextmanager
def running_engine(folder: Path) -> Iterator[Engine]:
    """Skips where there is no Java: the engine proves something about others, not about us."""
    java = shutil.which("java")
    if java is None or not Path(ODK_VALIDATE_PATH).exists():
        pytest.skip("no Java with pyxform's ODK Validate, which holds the engine of ODK Collect")
    command = [java, "-XX:TieredStopAtLevel=1", "-cp", ODK_VALIDATE_PATH, str(DRIVER)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield Engine(process, folder)
        finally:
            process.kill()
