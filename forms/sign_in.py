"""What somebody types to sign in, or to begin an account by a one-time link."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

LEAST_PASSWORD = 10


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """User name and password, and the page that was asked for."""

    login = StringField(
        "用户名", [InputRequired("请填写用户名。"), Length(max=60, message="太长了，最多60个字。")]
    )
    password = PasswordField(
        "密码", [InputRequired("请填写密码。"), Length(max=200, message="太长了，最多200个字。")]
    )
    # Given at once it saves the second page; left out, that page asks for it.
    number = StringField("动态码", [Length(max=40, message="太长了，最多40个字。")])
    back = HiddenField()


class LinkForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A one-time link, or only its secret, and the password chosen twice."""

    link = StringField(
        "一次性链接",
        [
            InputRequired("请粘贴收到的一次性链接。"),
            Length(max=300, message="太长了，最多300个字。"),
        ],
    )
    password = PasswordField(
        "新密码",
        [
            InputRequired("请填写新密码。"),
            Length(LEAST_PASSWORD, 200, "密码至少要10个字符。可以用一句自己记得住的话。"),
        ],
    )
    again = PasswordField("再输一次新密码", [EqualTo("password", "两次输入的密码不一样。")])

    def secret(self) -> str:
        """The part after #, where a whole link was pasted."""
        text: str = self.link.data
        return text.rpartition("#")[2].strip()


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The password of now, and another one chosen twice."""

    current = PasswordField(
        "现在的密码",
        [InputRequired("请填写现在的密码。"), Length(max=200, message="太长了，最多200个字。")],
    )
    password = PasswordField(
        "新密码",
        [
            InputRequired("请填写新密码。"),
            Length(LEAST_PASSWORD, 200, "密码至少要10个字符。可以用一句自己记得住的话。"),
        ],
    )
    again = PasswordField("再输一次新密码", [EqualTo("password", "两次输入的密码不一样。")])


class NumberForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The number on the telephone, or a recovery code."""

    number = StringField(
        "动态码", [InputRequired("请填写动态码。"), Length(max=40, message="太长了，最多40个字。")]
    )
    back = HiddenField()


class ProofForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Password and number once more before an act of weight."""

    password = PasswordField(
        "密码", [InputRequired("请填写密码。"), Length(max=200, message="太长了，最多200个字。")]
    )
    number = StringField("动态码", [Length(max=40, message="太长了，最多40个字。")])
    back = HiddenField()
