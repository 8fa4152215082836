"""Days off and shifted working days: what is known of each year, and a year's notice entered."""

from flask import render_template, url_for

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.domain.preparing import arrangements
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.workdays.arrangement import show_short
from evalsvc.workdays.words import list_breaks, say_days, say_holiday
from forms.days_off import DaysOffForm


@door.get("/days-off")
@allowed("manager", "auditor")
def days_off_page() -> str:
    return _render(DaysOffForm(formdata=None))


@door.post("/days-off")
@allowed("manager", fresh=True)
def enter_days_off() -> Answer:
    form = DaysOffForm()
    return do_or_show(
        form,
        lambda: arrangements.enter_arrangement(
            current_act(),
            form.year.data,
            form.source.data or "",
            form.off.data or "",
            form.worked.data or "",
        ),
        lambda problem: _render(form, problem),
        url_for("admin.days_off_page"),
    )


def _render(form: DaysOffForm, problem: Problem | None = None) -> str:
    years = arrangements.list_arrangements(current_service().database)
    return render_template(
        "admin/days_off.html",
        form=form,
        problem=problem,
        years=[
            (
                each,
                [(say_holiday(run.name), say_days(run)) for run in list_breaks(each.arrangement)],
                [show_short(day) for day in sorted(each.arrangement.worked)],
            )
            for each in years
        ],
    )
