"""A workbook that the office uploads."""

from contextlib import closing

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class WorkbookForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One workbook; what is inside is judged by its reader, not here."""

    workbook = FileField("填好的工作簿（xlsx）", [FileRequired("请选择填好的工作簿。")])

    def read_bytes(self) -> bytes:
        """The workbook's bytes; their number is bounded by the request's size."""
        with closing(self.workbook.data):
            content: bytes = self.workbook.data.read()
        return content


class QuestionnaireForm(WorkbookForm):
    """A questionnaire, as a workbook or as LimeSurvey saves it."""

    workbook = FileField(
        "问卷文件（xlsx，或 LimeSurvey 的 lss）", [FileRequired("请选择问卷文件。")]
    )
