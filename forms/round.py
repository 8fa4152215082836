"""What custodians and managers fill in on a round's page."""

from collections.abc import Iterable, Sequence

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateTimeLocalField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import AnyOf, EqualTo, InputRequired, Length, Optional, ValidationError

LEAST_PASSPHRASE = 12
DEADLINE_EXPECTED = "请填写截止时间，例如 2026-12-15 18:00。"


_DIFFERENT = "两次输入的口令不一样。"
_NAME = (InputRequired("请填写姓名。"), Length(max=40, message="太长了，最多40个字。"))
_NEW_PASSPHRASE = (
    InputRequired("请填写口令。"),
    Length(LEAST_PASSPHRASE, 200, "口令至少要12个字。可以用一句自己记得住的话。"),
)
_PASSPHRASE = (InputRequired("请填写口令。"), Length(max=200, message="太长了，最多200个字。"))


# For which rounds keys are made at once.
REACHES = (("season", "本年度还没有密钥的各轮，共用一次口令"), ("round", "只为这一轮"))


def _reach() -> RadioField:
    choices = [SelectChoice(*each) for each in REACHES]
    return RadioField("用于", choices=choices, default="round", validate_choice=True)


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
    reach = _reach()


class PassphraseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The pass-phrase that opens the box."""

    passphrase = PasswordField(
        "口令", [InputRequired("请填写口令。"), Length(max=200, message="太长了，最多200个字。")]
    )


class CustodiansForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Three custodians, each at their turn: a name, and a new pass-phrase twice."""

    name_1 = StringField("第一位保管人", [*_NAME])
    passphrase_1 = PasswordField("第一位的新口令", [*_NEW_PASSPHRASE])
    again_1 = PasswordField("再输一次第一位的口令", [EqualTo("passphrase_1", _DIFFERENT)])
    name_2 = StringField("第二位保管人", [*_NAME])
    passphrase_2 = PasswordField("第二位的新口令", [*_NEW_PASSPHRASE])
    again_2 = PasswordField("再输一次第二位的口令", [EqualTo("passphrase_2", _DIFFERENT)])
    name_3 = StringField("第三位保管人", [*_NAME])
    passphrase_3 = PasswordField("第三位的新口令", [*_NEW_PASSPHRASE])
    again_3 = PasswordField("再输一次第三位的口令", [EqualTo("passphrase_3", _DIFFERENT)])
    reach = _reach()

    def read_passphrases(self) -> dict[str, str]:
        """By name; two people of one name would be one entry, which the verb refuses."""
        return {
            self[f"name_{place}"].data.strip(): self[f"passphrase_{place}"].data
            for place in (1, 2, 3)
        }


class EachPassphraseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The pass-phrases of all three custodians, in the order of their names on the page."""

    passphrase_1 = PasswordField("口令一", [*_PASSPHRASE])
    passphrase_2 = PasswordField("口令二", [*_PASSPHRASE])
    passphrase_3 = PasswordField("口令三", [*_PASSPHRASE])

    def read_passphrases(self, holders: Sequence[str]) -> dict[str, str]:
        return {
            name: self[f"passphrase_{place}"].data for place, name in enumerate(holders, start=1)
        }


class PairForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Two custodians at one machine."""

    first = SelectField("第一位", validate_choice=False)
    first_passphrase = PasswordField("第一位的口令", [*_PASSPHRASE])
    second = SelectField("第二位", validate_choice=False)
    second_passphrase = PasswordField("第二位的口令", [*_PASSPHRASE])

    def offer(self, holders: Sequence[str]) -> None:
        """Let both fields choose among the round's custodians, beginning with different ones."""
        for field in (self.first, self.second):
            field.choices = [SelectChoice(name, name) for name in holders]
        if self.second.data is None and len(holders) > 1:
            self.second.data = holders[1]

    def validate_second(self, field: SelectField) -> None:
        if field.data == self.first.data:
            raise ValidationError("两位要是不同的人，请另选一位。")

    def read_passphrases(self) -> dict[str, str]:
        return {
            self.first.data: self.first_passphrase.data,
            self.second.data: self.second_passphrase.data,
        }


class CustodiansFileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A file that the offline command wrote."""

    file = FileField("离线命令写出的文件", [FileRequired("请选择文件。")])


class WordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The word that the custodians' machine has read out of the test text."""

    word = StringField(
        "读出的验证词",
        [InputRequired("请填写验证词。"), Length(max=40, message="太长了，最多40个字。")],
    )


class DestroyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A typed word, because nobody can open a ballot again afterwards."""

    word = StringField("输入“销毁”两个字确认", [AnyOf(("销毁", "destroy"), "请输入“销毁”两个字。")])


class CardForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Which card is exchanged or taken back, and why."""

    kind = RadioField(
        "办理",
        [InputRequired("请选择换发或作废。")],
        choices=[
            SelectChoice("reissue", "换发：旧码作废，发一个新码"),
            SelectChoice("revoke", "只作废，不发新码"),
        ],
        default="reissue",
    )
    group = SelectField("评价主体", validate_choice=False)
    named = StringField(
        "姓名或代号（记名和单位的信）", [Optional(), Length(max=60, message="太长了，最多60个字。")]
    )
    code = StringField(
        "旧编码（评议卡只能凭旧编码办理）",
        [Optional(), Length(max=60, message="太长了，最多60个字。")],
    )
    reason = StringField(
        "原因", [InputRequired("请填写原因。"), Length(max=200, message="太长了，最多200个字。")]
    )

    def offer_groups(self, groups: Iterable[tuple[str, str]]) -> None:
        """Let the field choose among groups whose raters are known, by code and name."""
        self.group.choices = [SelectChoice(*each) for each in groups]


class DecisionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Whether the second person agrees."""

    decision = StringField("决定", [AnyOf(("agree", "refuse"), "请选择同意或不同意。")])


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
        "截止时间", [InputRequired(DEADLINE_EXPECTED)], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )


class CloseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A typed word, because closing can't be undone."""

    word = StringField("输入“截止”两个字确认", [AnyOf(("截止", "close"), "请输入“截止”两个字。")])
