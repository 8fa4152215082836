"""What the office notes of supervision, what units answer, and their weekly checks."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from forms.plain_number import spell_plainly
from forms.publication import DAY_EXPECTED, DayField

TOO_LONG = "太长了，最多1000个字。"
KINDS = (("supervision", "督查"), ("e_monitoring", "电子监察"))


def _spell(text: str | None) -> str | None:
    return None if text is None else spell_plainly(text)


class FindingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A finding, as it is noticed to the unit."""

    unit = SelectField("被查单位", [InputRequired("请选单位。")], validate_choice=False)
    kind = RadioField(
        "来源",
        [InputRequired("请选督查还是电子监察。")],
        choices=[SelectChoice(code, name) for code, name in KINDS],
        default="supervision",
    )
    day = DayField("发现的日期", [InputRequired(DAY_EXPECTED)])
    found = TextAreaField(
        "发现的问题", [InputRequired("请写明发现的问题。"), Length(max=1000, message=TOO_LONG)]
    )
    notice = StringField(
        "通知的文号", [InputRequired("请写明通知的文号。"), Length(max=120, message=TOO_LONG)]
    )
    due = DayField("整改期限", [InputRequired(DAY_EXPECTED)])


class SaidForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What a unit has done about a finding, or writes of its week."""

    text = TextAreaField(
        "内容", [InputRequired("请写明内容。"), Length(max=1000, message=TOO_LONG)]
    )
    unit = StringField("单位")


class SettlingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Whether a finding is cleared or costs points, and why."""

    verdict = RadioField(
        "处理",
        [InputRequired("请选怎样处理。")],
        choices=[SelectChoice("clear", "整改到位，不扣分"), SelectChoice("deduct", "扣分")],
    )
    rule = SelectField("扣分项目", validate_choice=False)
    round = SelectField("计入哪一轮", validate_choice=False)
    amount = StringField("扣多少", filters=[_spell])
    reason = TextAreaField(
        "理由", [InputRequired("请写明理由。"), Length(max=1000, message=TOO_LONG)]
    )
