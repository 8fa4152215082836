"""What a manager fills in to create a season: its names, and a preset or a scheme file."""

from contextlib import closing

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from evalsvc.scheme.file.encoding import decode_scheme

LARGEST_SCHEME = 256 * 1024
TOO_LONG = "太长了，最多120个字。"
SAME = "same"


class NamesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A season's names, put right."""

    title = StringField("名称", [InputRequired("请填写名称。"), Length(max=120, message=TOO_LONG)])
    office = StringField(
        "主办单位", [InputRequired("请填写主办单位。"), Length(max=120, message=TOO_LONG)]
    )
    contact = StringField(
        "联系电话",
        [InputRequired("请填写评价人可以拨打的电话。"), Length(max=120, message=TOO_LONG)],
    )


class SchemeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A scheme's file in the place of another."""

    file = FileField("方案文件（YAML）", [FileRequired("请选择方案文件。")])


class SchemeCheckForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A scheme to be looked at alone: its file, or its text."""

    file = FileField("方案文件（YAML）")
    text = TextAreaField("或者粘贴方案")

    def validate_text(self, field: TextAreaField) -> None:
        if not self.file.data and not (field.data or "").strip():
            raise ValidationError("请选择方案文件，或者粘贴方案。")

    def read_text(self) -> str:
        """What was handed in, as `read_scheme_text` reads a file."""
        if self.file.data:
            return read_scheme_text(self.file)
        # Browsers post line ends of their own; the hash should be that of the file.
        return str(self.text.data).replace("\r\n", "\n")


class SeasonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A season's names; `scheme` is a preset's code, `file` for the uploaded one, or `same`.

    `earlier` is the season whose roster, bodies and liaisons come along, or empty.
    """

    earlier = SelectField("沿用哪一年度", [Optional()], default="")
    title = StringField("名称", [InputRequired("请填写名称。"), Length(max=120, message=TOO_LONG)])
    office = StringField(
        "主办单位", [InputRequired("请填写主办单位。"), Length(max=120, message=TOO_LONG)]
    )
    contact = StringField(
        "联系电话",
        [InputRequired("请填写评价人可以拨打的电话。"), Length(max=120, message=TOO_LONG)],
    )
    scheme = RadioField("考评方案", [InputRequired("请选一个考评方案。")])
    file = FileField("方案文件（YAML）")

    def validate_scheme(self, field: RadioField) -> None:
        if field.data == SAME and not self.earlier.data:
            raise ValidationError("请选沿用哪一年度，或者另选方案。")

    def validate_file(self, field: FileField) -> None:
        if self.scheme.data == "file" and not field.data:
            raise ValidationError("请选择方案文件。")


def read_scheme_text(field: FileField) -> str:
    """An uploaded scheme's text; ValueError, to be shown, where it is too large.

    Raises `SchemeErrors` where it is not UTF-8.
    """
    with closing(field.data):
        content = field.data.read(LARGEST_SCHEME + 1)
    if len(content) > LARGEST_SCHEME:
        raise ValueError("方案文件太大，最多256千字节。")
    return decode_scheme(content)
