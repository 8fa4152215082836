"""A year's days off and shifted working days, in the two lines of its notice."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired

YEAR_EXPECTED = "请填写四位年份，例如 2027。"


class YearField(IntegerField):  # type: ignore[misc]  # WTForms ships no types
    """A year, which says what it expects."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(YEAR_EXPECTED) from error


class DaysOffForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What the notice says, as it stands there."""

    year = YearField("年份", [InputRequired(YEAR_EXPECTED)])
    source = StringField(
        "通知的文号和日期", [InputRequired("请写明依据，例如“国办发明电〔2025〕7号”。")]
    )
    off = TextAreaField("放假的日子", [InputRequired("请填写放假的日子。")])
    worked = TextAreaField("调休上班的日子")
