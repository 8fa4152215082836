"""Why somebody excludes a ballot, or counts it again."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

_REASON = (InputRequired("请写明理由。"), Length(max=200, message="太长了，最多200个字。"))


class ExclusionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Which flagged ballot is not to count, and why."""

    ballot = HiddenField("票号", [InputRequired("请选择一张票。"), Length(max=20)])
    reason = StringField("理由", [*_REASON])


class RestorationForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why an excluded ballot is to count again."""

    reason = StringField("理由", [*_REASON])
