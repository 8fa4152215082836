"""The office's later year: published results, liaisons, assessing bodies, tasks."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import select

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing import assessments
from evalsvc.domain.assessing.assessments import Entry
from evalsvc.domain.concluding import publishing, results
from evalsvc.domain.concluding.periods import Period
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import bodies, liaisons
from evalsvc.models.assessment import Task, TaskReport
from evalsvc.models.figures import Indicator
from evalsvc.models.roster import Unit
from evalsvc.models.season import Round
from evalsvc.models.staff import Staff
from evalsvc.scheme.presets import get_preset_text
from tests.cast import MANAGER, MORNING, Installation, add_panshan

SAFETY, SECRETS = "I.common.安全生产工作", "I.common.保密工作"
LATER = MORNING + timedelta(days=30)


def add_staff(installation: Installation, login: str, role: str) -> Actor:
    """A colleague with one role."""
    with installation.database.writing() as session:
        row = session.scalar(select(Staff).where(Staff.login == login))
        if row is None:
            row = Staff(login=login, name=f"{login}同事", roles=role)
            session.add(row)
            session.flush()
        return Actor(row.id, row.login, row.name, frozenset(row.roles.split(",")))


def add_figures(installation: Installation, season_id: int) -> None:
    """Plain figures: u01 has 91 everywhere, u02 92 and so on; 安全生产 is left to its body."""
    season = seasons.get_season(installation.database, season_id)
    with installation.database.writing() as session:
        for number in range(1, 11):
            category = "department" if number <= 6 else "town"
            for component in season.scheme.components:
                if category in component.categories and not component.body:
                    session.add(
                        Indicator(
                            season_id=season_id,
                            round=component.round,
                            unit=f"u{number:02d}",
                            component=component.code,
                            value=str(90 + number),
                        )
                    )


def add_computed(installation: Installation) -> int:
    """A Panshan season without ballots, scored from its figures alone."""
    season_id = add_panshan(installation)
    text = get_preset_text("panshan-2018").replace("value: not_ranked", "value: proportional")
    seasons.change_scheme(Act(installation.database, MANAGER, MORNING), season_id, text)
    add_figures(installation, season_id)
    open_boxes(installation, season_id)
    results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, season_id
    )
    return season_id


def open_boxes(installation: Installation, season_id: int) -> None:
    """As if every box had been opened, and nobody had answered."""
    boxed = seasons.get_season(installation.database, season_id).scheme.boxed
    with installation.database.writing() as session:
        for row in session.scalars(
            select(Round).where(
                Round.season_id == season_id, Round.code.in_(boxed), Round.state != "counted"
            )
        ):
            row.state, row.counted_at = "counted", MORNING


def complete(installation: Installation, season_id: int) -> None:
    """Every box opened, and “not carried” wherever a figure is still due."""
    open_boxes(installation, season_id)
    scheme = seasons.get_season(installation.database, season_id).scheme
    with installation.database.writing() as session:
        rows = session.scalars(select(Indicator).where(Indicator.season_id == season_id))
        there = {(row.round, row.unit, row.component) for row in rows}
        units = session.scalars(select(Unit).where(Unit.season_id == season_id)).all()
        due = [
            (each.round, unit.code, each.code)
            for each in scheme.components
            for unit in units
            if unit.category in each.categories
        ]
        session.add_all(
            Indicator(season_id=season_id, round=key[0], unit=key[1], component=key[2], value=None)
            for key in due
            if key not in there
        )


def shut_boxes(installation: Installation, season_id: int) -> None:
    """The boxes as they are before anybody opens them, and as packages without ballots have it."""
    with installation.database.writing() as session:
        for row in session.scalars(select(Round).where(Round.season_id == season_id)):
            row.state, row.counted_at = "preparing", None


def add_working_season(installation: Installation, periods: str) -> int:
    """A computed season whose scheme says its periods."""
    season_id = add_panshan(installation)
    text = get_preset_text("panshan-2018").replace("value: not_ranked", "value: proportional")
    text = text.replace(
        "publication: {places: 2}", f"publication: {{places: 2, periods: {periods}}}"
    )
    act = Act(installation.database, MANAGER, MORNING)
    seasons.change_scheme(act, season_id, text)
    add_figures(installation, season_id)
    open_boxes(installation, season_id)
    results.compute_result(act, installation.settings, season_id)
    return season_id


def add_published(
    installation: Installation, moment: datetime = MORNING, audience: str = "public"
) -> int:
    """A season whose first version is shown for seven days from today on."""
    season_id = add_computed(installation)
    publishing.propose(Act(installation.database, MANAGER, moment), season_id, "")
    today = office_day(moment)
    period = Period(today, today + timedelta(days=6), audience)  # type: ignore[arg-type]  # as posted
    publishing.begin_publicity(
        Act(installation.database, MANAGER, moment), installation.settings, season_id, 1, period
    )
    return season_id


def add_liaison(installation: Installation, season_id: int, unit: str = "u01") -> Actor:
    actor = add_staff(installation, "liaison", "liaison")
    liaisons.bind_liaison(Act(installation.database, MANAGER, MORNING), season_id, "liaison", unit)
    return actor


def change_figure(installation: Installation, season_id: int, unit: str, value: str) -> None:
    """Another figure in every component of a unit, and a new computation."""
    with installation.database.writing() as session:
        rows = session.scalars(
            select(Indicator).where(Indicator.season_id == season_id, Indicator.unit == unit)
        )
        for row in rows:
            row.value = value
    results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, season_id
    )


def add_bodies_season(installation: Installation) -> int:
    """Panshan with two common items entered by bodies: 应急局 and 保密局."""
    season_id = add_panshan(installation)
    text = get_preset_text("panshan-2018").replace("value: not_ranked", "value: proportional")
    for code, body in ((SAFETY, "emergency"), (SECRETS, "secrets")):
        line = next(each for each in text.splitlines() if each.startswith(f"  {code}: {{name"))
        bounds = "" if ", from: " in line else ", from: 0, to: 100"
        text = text.replace(line, f"{line.removesuffix('}')}{bounds}, body: {body}}}")
    text = text.replace(
        "\ncomponents:\n",
        "\nbodies:\n  emergency: {zh: 应急局, en: Emergency bureau}\n"
        "  secrets: {zh: 保密局, en: Secrecy bureau}\n\ncomponents:\n",
        1,
    )
    seasons.change_scheme(Act(installation.database, MANAGER, MORNING), season_id, text)
    return season_id


def add_assessor(installation: Installation, season_id: int, body: str = "emergency") -> Actor:
    actor = add_staff(installation, "assessor", "assessor")
    bodies.bind_member(Act(installation.database, MANAGER, MORNING), season_id, "assessor", body)
    return actor


def ask(installation: Installation, season_id: int) -> None:
    """Sheets of all bodies, due in ten days."""
    deadline = MORNING + timedelta(days=10)
    assessments.ask_for_sheets(Act(installation.database, MANAGER, MORNING), season_id, deadline)


def fill(value: str = "88.5") -> list[Entry]:
    """The same figure for every unit."""
    return [Entry(f"u{number:02d}", SAFETY, value) for number in range(1, 11)]


def total_of(installation: Installation, season_id: int, unit: str) -> Fraction:
    """A unit's published figure in the newest computation."""
    published = results.get_unit_result(installation.database, season_id, unit).published
    assert published is not None
    return Fraction(published)


def add_golmud(installation: Installation, departments: int = 3, towns: int = 1) -> int:
    """A season of the Golmud scheme with so many departments and towns, and nothing else."""
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "测试年度",
        "考评办公室",
        "0979-0000000",
        get_preset_text("golmud"),
    )
    with installation.database.writing() as session:
        for number in range(1, departments + towns + 1):
            category = "department" if number <= departments else "town"
            name = f"{'部门' if category == 'department' else '镇'}{number:02d}"
            session.add(
                Unit(
                    season_id=season_id,
                    position=number,
                    code=f"u{number:02d}",
                    name=name,
                    category=category,
                )
            )
    return season_id


def add_months(
    installation: Installation, units: int, tasks: int, leads: int, rounds: tuple[str, ...]
) -> int:
    """Months of Golmud: so many tasks of each unit, all reported on, led by the first units.

    Each lead has a colleague called lead1 and so on; no unit leads its own task.
    """
    season_id = add_golmud(installation, units)
    act = Act(installation.database, MANAGER, MORNING)
    for number in range(1, leads + 1):
        add_staff(installation, f"lead{number}", "assessor")
        bodies.bind_member(act, season_id, f"lead{number}", f"u{number:02d}")
    with installation.database.writing() as session:
        rows = [
            _build_standing(season_id, unit, number, leads)
            for unit in range(1, units + 1)
            for number in range(tasks)
        ]
        session.add_all(rows)
        session.flush()
        session.add_all(_build_reports(rows, rounds))
    return season_id


def _build_reports(tasks: Sequence[Task], rounds: tuple[str, ...]) -> Iterator[TaskReport]:
    text = "本月完成既定进度，存在的问题已经整改，下月继续推进。" * 3
    for task in tasks:
        for code in rounds:
            yield TaskReport(
                task_id=task.id,
                round=code,
                due=MORNING + timedelta(days=1),
                text=text,
                reported_by="联络员",
                reported_at=MORNING,
            )


def _build_standing(season_id: int, unit: int, number: int, leads: int) -> Task:
    # In turns, and evenly; a unit that leads itself is left out of its own.
    others = [lead for lead in range(1, leads + 1) if lead != unit]
    lead = others[(unit * 5 + number) % len(others)]
    return Task(
        season_id=season_id,
        unit=f"u{unit:02d}",
        lead=f"u{lead:02d}",
        title=f"重点任务 {unit:02d}-{number + 1}",
        target="按季度推进，年底完成",
        weight="1",
        state="standing",
        level="",
        proposed_by="manager",
        proposed_at=MORNING,
    )
