"""What an office fills in to publish a result, and what a unit's liaison asks about it."""

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

DAY_EXPECTED = "请填写日期，例如 2026-12-15。"
DAYS_EXPECTED = "请填写 1 到 60 的整数。"
REASON = "请写明理由。"
TOO_LONG = "太长了，最多2000个字。"

VERDICTS = (("upheld", "维持原结果"), ("corrected", "更正，见新的版本"))
AUDIENCES = (("public", "向社会公示"), ("units", "只发给各单位，各看各的"))
EXTENTS = (("all", "名次、总分和等次"), ("grades", "只公布等次和表彰"))


class DayField(DateField):  # type: ignore[misc]  # WTForms ships no types
    """A day, which says by an example what it expects."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(DAY_EXPECTED) from error


class DaysField(IntegerField):  # type: ignore[misc]  # WTForms ships no types
    """A number of days, which says what it expects."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(DAYS_EXPECTED) from error


class ProposalForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why a shown version is corrected; else nothing."""

    reason = TextAreaField("更正了什么，为什么", [Length(max=2000, message=TOO_LONG)])


class CorrectionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why a shown result is opened to change."""

    reason = TextAreaField(
        "要更正什么，为什么", [InputRequired(REASON), Length(max=2000, message=TOO_LONG)]
    )


class PeriodForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """When, to whom and how much of a version is shown."""

    first_day = DayField("公示第一天", [InputRequired(DAY_EXPECTED)])
    # Left out, it is counted from the first.
    last_day = DayField("公示最后一天", [Optional()])
    audience = RadioField(
        "公示范围", choices=[SelectChoice(*each) for each in AUDIENCES], default="public"
    )
    extent = RadioField(
        "公布内容", choices=[SelectChoice(*each) for each in EXTENTS], default="all"
    )


class TermsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A season's periods."""

    shown_least = DaysField(
        "公示最短几天", [InputRequired(DAYS_EXPECTED), NumberRange(1, 60, DAYS_EXPECTED)]
    )
    shown_most = DaysField(
        "公示最长几天", [InputRequired(DAYS_EXPECTED), NumberRange(1, 60, DAYS_EXPECTED)]
    )
    review_days = DaysField(
        "几天内可申请复核", [InputRequired(DAYS_EXPECTED), NumberRange(1, 60, DAYS_EXPECTED)]
    )
    answer_days = DaysField(
        "几天内答复", [InputRequired(DAYS_EXPECTED), NumberRange(1, 60, DAYS_EXPECTED)]
    )


class BindingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A colleague and what they are bound to; the page fills in the choices."""

    login = SelectField("账号", [InputRequired("请选一个账号。")], validate_choice=False)
    code = SelectField("绑定到", [InputRequired("请选绑定到哪里。")], validate_choice=False)


class ReviewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A unit's request."""

    text = TextAreaField(
        "申请复核的事项和理由", [InputRequired("请写明对哪一项有疑问、理由是什么。")]
    )


class AnswerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The office's answer to a request."""

    verdict = RadioField(
        "答复",
        [InputRequired("请选一种答复。")],
        choices=[SelectChoice(*each) for each in VERDICTS],
    )
    answer = TextAreaField("理由", [InputRequired(REASON), Length(max=2000, message=TOO_LONG)])
