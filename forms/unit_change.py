"""What became of a unit, as a page posts it; which fields are needed depends on the kind."""

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

DAY_EXPECTED = "请填写日期，例如 2026-07-01。"
TOO_LONG_NAME = "太长了，最多60个字。"


class DayField(DateField):  # type: ignore[misc]  # WTForms ships no types
    """A day, which says by an example what it expects."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(DAY_EXPECTED) from error


class UnitChangeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The page fills in the choices; what a kind does not ask for stays empty."""

    unit = SelectField("单位", validate_choice=False)
    name = StringField("新名称", [Length(max=60, message=TOO_LONG_NAME)])
    code = StringField("代码", [Length(max=40, message=TOO_LONG_NAME)])
    category = SelectField("类别", validate_choice=False)
    other = SelectField("并入", validate_choice=False)
    since = DayField("从哪天起", [InputRequired(DAY_EXPECTED)])
    reason = TextAreaField("依据（文号）", [Length(max=1000, message="太长了，最多1000个字。")])
