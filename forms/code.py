"""The code from a rater's card, as it is typed, pasted with its link, or filled in by the scan."""

from flask_wtf import FlaskForm
from wtforms import StringField

from evalsvc.box.tokens import first_token, format_token, read_token


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One large field. Starting writes nothing, so it needs no token against forged requests."""

    class Meta:
        csrf = False

    code = StringField("编码")

    def token(self) -> str:
        """The code itself where a whole link was pasted, otherwise the text as it is."""
        return find_token(self.code.data or "")

    def shown(self) -> str:
        """What the field shows after a refusal: the code in groups of four, or what was typed."""
        token = read_token(self.token()).token
        return format_token(token) if token else self.code.data or ""


def find_token(typed: str) -> str:
    """The code in what was typed or pasted; the text as it is where there is none."""
    return first_token(typed) or typed
