"""What custodians and managers fill in on a round's page."""

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, PasswordField, StringField
from wtforms.validators import AnyOf, EqualTo, InputRequired, Length

LEAST_PASSPHRASE = 12
DEADLINE_EXPECTED = "请填写截止时间，例如 2026-12-15 18:00。"


class KeysForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The custodian's new pass-phrase, twice."""

    passphrase = PasswordField(
        "新口令",
        [
            InputRequired("请填写口令。"),
            Length(LEAST_PASSPHRASE, 200, "口令至少要12个字。可以用一句自己记得住的话。"),
        ],
    )
    again = PasswordField("再输一次口令", [EqualTo("passphrase", "两次输入的口令不一样。")])


class PassphraseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The pass-phrase that opens the box."""

    passphrase = PasswordField(
        "口令", [InputRequired("请填写口令。"), Length(max=200, message="太长了，最多200个字。")]
    )


class DeadlineField(DateTimeLocalField):  # type: ignore[misc]  # WTForms ships no types
    """A date and time, which says by an example what it expects."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(DEADLINE_EXPECTED) from error


class IssueForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Until when answers are taken, in the office's local time."""

    deadline = DeadlineField(
        "截止时间",
        [InputRequired(DEADLINE_EXPECTED)],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )


class CloseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A typed word, because closing can't be undone."""

    word = StringField("输入“截止”两个字确认", [AnyOf(("截止", "close"), "请输入“截止”两个字。")])
