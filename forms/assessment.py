"""What assessing bodies and units fill in: sheets of figures, tasks, reports, grades."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from forms.plain_number import spell_plainly

TIME_EXPECTED = "请填写时间，例如 2026-12-15 18:00。"
TOO_LONG = "太长了，最多2000个字。"
FIGURE, NOTE, EVIDENCE = "v", "n", "e"


def _spell(text: str | None) -> str | None:
    return None if text is None else spell_plainly(text)


class TimeField(DateTimeLocalField):  # type: ignore[misc]  # WTForms ships no types
    """A date and time, which says by an example what it expects."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(TIME_EXPECTED) from error


class DeadlineForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Until when sheets are to be handed in."""

    deadline = TimeField(
        "报送截止时间", [InputRequired(TIME_EXPECTED)], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why something goes back."""

    reason = TextAreaField(
        "退回理由",
        [InputRequired("请写明退回的理由。"), Length(max=1000, message="太长了，最多1000个字。")],
    )


class TaskForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A task as proposed; the page fills in the choices."""

    unit = SelectField("责任单位", [InputRequired("请选责任单位。")], validate_choice=False)
    lead = SelectField("牵头单位", [InputRequired("请选牵头单位。")], validate_choice=False)
    title = StringField(
        "任务",
        [InputRequired("请写明任务名称。"), Length(max=120, message="太长了，最多120个字。")],
    )
    target = TextAreaField(
        "目标", [InputRequired("请写明目标。"), Length(max=500, message="太长了，最多500个字。")]
    )
    figure = StringField("目标数", filters=[_spell])
    last_year = StringField("上年目标数", filters=[_spell])
    lowered = TextAreaField(
        "目标低于上年的理由", [Length(max=1000, message="太长了，最多1000个字。")]
    )
    weight = StringField("权重", [InputRequired("请填写权重。")], default="1", filters=[_spell])
    rounds = SelectMultipleField("在哪几轮报告", validate_choice=False)


class MendForm(TaskForm):
    """A task that stands, in other words, and why."""

    reason = TextAreaField(
        "修改的理由",
        [InputRequired("请写明理由。"), Length(max=1000, message="太长了，最多1000个字。")],
    )


class WhyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why a task is split or withdrawn, a report exempted, or grades opened again."""

    reason = TextAreaField(
        "理由", [InputRequired("请写明理由。"), Length(max=1000, message="太长了，最多1000个字。")]
    )


class DecisionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What a level says to a task."""

    verdict = RadioField(
        "意见",
        [InputRequired("请选一种意见。")],
        choices=[SelectChoice("agree", "同意"), SelectChoice("return", "退回")],
    )
    reason = TextAreaField("理由", [Length(max=2000, message=TOO_LONG)])


class CallForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """By when all standing tasks are reported on, in which round."""

    round = SelectField("轮次", [InputRequired("请选轮次。")], validate_choice=False)
    due = TimeField(
        "报告时间", [InputRequired(TIME_EXPECTED)], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )


class CarryForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """From which season tasks are carried on."""

    earlier = IntegerField("从哪一年接续", [InputRequired("请选从哪一年接续。")])


class CountForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The round whose grades begin to count."""

    round = SelectField("轮次", [InputRequired("请选轮次。")], validate_choice=False)


class MissedForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The round whose overdue reports count the lowest grade, and why."""

    round = SelectField("轮次", [InputRequired("请选轮次。")], validate_choice=False)
    reason = StringField("理由", [Length(max=1000, message="太长了，最多1000个字。")])


class ReportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """How far a task is."""

    text = TextAreaField(
        "进展", [InputRequired("请写明进展。"), Length(max=2000, message=TOO_LONG)]
    )
    actual = StringField("完成数", filters=[_spell])


class GradeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The lead body's grade of a report."""

    grade = SelectField("档次", [InputRequired("请选一个档次。")], validate_choice=False)
    note = StringField("评语", [Length(max=1000, message="太长了，最多1000个字。")])


@dataclass(frozen=True)
class TypedFigure:
    """One cell of a posted sheet, as typed."""

    kind: str
    unit: str
    component: str
    text: str


def read_cells(posted: Mapping[str, str]) -> tuple[TypedFigure, ...]:
    """The cells of a posted sheet: fields named v|unit|component, n|unit, e|unit."""
    found = []
    for name, text in posted.items():
        kind, _, rest = name.partition("|")
        unit, _, component = rest.partition("|")
        if kind in (FIGURE, NOTE, EVIDENCE) and unit:
            typed = spell_plainly(text) if kind == FIGURE else text
            found.append(TypedFigure(kind, unit, component, typed.strip()))
    return tuple(found)


class ManyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Carries the token alone; what a list posts for its rows comes with `read_rows`."""


@dataclass(frozen=True)
class PostedRow:
    """What a list posts for one of its rows, as typed; parts that are not there are empty."""

    number: int
    parts: Mapping[str, str]

    def __getitem__(self, part: str) -> str:
        return self.parts.get(part, "").strip()


def name_row(part: str, number: int) -> str:
    """Under which name a list posts a part of a row."""
    return f"{part}.{number}"


def read_rows(posted: Mapping[str, str]) -> tuple[PostedRow, ...]:
    """The rows of a posted list, in the order of the page."""
    found: dict[int, dict[str, str]] = {}
    for name, text in posted.items():
        part, _, number = name.partition(".")
        if number.isascii() and number.isdigit() and len(number) <= 9:
            found.setdefault(int(number), {})[part] = text
    return tuple(PostedRow(number, parts) for number, parts in found.items())
