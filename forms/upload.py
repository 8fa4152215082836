"""A workbook that the office uploads."""

from contextlib import closing

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import TextAreaField, ValidationError
from wtforms.validators import Length

# Some thousand raters; more come in a file.
MOST_PASTED = 200_000


class WorkbookForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One workbook; what is inside is judged by its reader, not here."""

    workbook = FileField("填好的工作簿（xlsx）", [FileRequired("请选择填好的工作簿。")])

    def read_bytes(self) -> bytes:
        """The workbook's bytes; their number is bounded by the request's size."""
        with closing(self.workbook.data):
            content: bytes = self.workbook.data.read()
        return content


class RosterForm(WorkbookForm):
    """A roster's workbook, or a list of raters: as a CSV file, or pasted from a spreadsheet."""

    workbook = FileField("填好的工作簿（xlsx），或评价人名单（csv）")
    pasted = TextAreaField(
        "或者粘贴评价人名单", [Length(max=MOST_PASTED, message="粘贴的内容太长，请存为文件上传。")]
    )

    def validate_workbook(self, field: FileField) -> None:
        """Either of the two, and not both: which one counts nobody could tell."""
        if bool(field.data) == bool((self.pasted.data or "").strip()):
            raise ValidationError("请选择文件，或者粘贴名单，只用一种。")

    def read_bytes(self) -> bytes:
        """The file's bytes, or what was pasted, in UTF-8."""
        if self.workbook.data:
            return super().read_bytes()
        pasted: str = self.pasted.data or ""
        return pasted.encode()


class QuestionnaireForm(WorkbookForm):
    """A questionnaire, as a workbook or as LimeSurvey saves it."""

    workbook = FileField(
        "问卷文件（xlsx，或 LimeSurvey 的 lss）", [FileRequired("请选择问卷文件。")]
    )
