"""A file that an entered figure rests on, as it is attached or taken away."""

from contextlib import closing

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

SUBJECTS = ("sheet", "adjustment", "report")


class AttachmentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One file and what it belongs to; what is inside is judged by its reader, not here."""

    subject = SelectField("种类", choices=SUBJECTS)
    round = StringField("轮次", [Length(max=40)])
    body = StringField("考核主体", [Length(max=80)])
    unit = StringField("单位", [Length(max=40)])
    item = StringField("哪一项", [Length(max=80)])
    file = FileField("材料（PDF、JPG、PNG、XLSX、DOCX）", [FileRequired("请选择文件。")])

    def read_file(self) -> tuple[str, bytes]:
        """The file's name as sent and its bytes, whose number the request's size bounds."""
        with closing(self.file.data):
            return str(self.file.data.filename or ""), bytes(self.file.data.read())


class RemovalForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why a file is taken away."""

    reason = StringField(
        "理由", [InputRequired("请写明为什么撤下。"), Length(max=200, message="最多200个字。")]
    )
