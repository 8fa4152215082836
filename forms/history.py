"""What an office fills in about earlier years: which year this is, and results to take over."""

from contextlib import closing

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

YEAR_EXPECTED = "请填四位年份，例如 2026。"


class YearField(IntegerField):  # type: ignore[misc]  # WTForms ships no types
    """A year, which says by an example what it expects."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(YEAR_EXPECTED) from error


class YearForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Which year something is."""

    year = YearField("年度", [InputRequired(YEAR_EXPECTED), NumberRange(1990, 2100, YEAR_EXPECTED)])


class PackageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """An evidence package of an earlier year; the year where the package does not say it."""

    package = FileField("往年的证据包（zip）", [FileRequired("请选择证据包。")])
    year = YearField("哪一年的结果", [Optional(), NumberRange(1990, 2100, YEAR_EXPECTED)])

    def read_bytes(self) -> bytes:
        """The year in its own line, then the package, so that both are kept together."""
        with closing(self.package.data):
            return f"{self.year.data or ''}\n".encode() + bytes(self.package.data.read())


def split_package(kept: bytes) -> tuple[int | None, bytes]:
    """The year and the package that `read_bytes` put together."""
    year, _, content = kept.partition(b"\n")
    return (int(year) if year else None), content
