"""Whose an entered figure is: an assessing body's, the lead units' or the office's own.

A body owns its components of a round from the moment its sheet is asked for, the lead units those
that count grades of tasks from the moment reports are; everything else is the office's.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.score.rules import Given, TaskGrades
from evalsvc.domain.people.bodies import read_bodies
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.models.assessment import BodySheet, Task, TaskReport
from evalsvc.scheme.model import Scheme, list_rules
from evalsvc.text import Text

Owners = Mapping[tuple[str, str], Text]
"""The owner's name by round and component; what is not in it is the office's."""

LEADS = Text("各任务的牵头单位", "the tasks' lead units")
OFFICE = Text("考评办", "the office")


def read_owners(session: Session, season_id: int) -> Owners:
    """All owners but the office."""
    scheme = read_scheme(get_season_row(session, season_id))
    asked = session.execute(
        select(BodySheet.round, BodySheet.body).where(BodySheet.season_id == season_id)
    )
    sheets = {(round_code, body) for round_code, body in asked}
    # Names cost a question of their own, and most seasons have nobody to name.
    names = read_bodies(session, season_id) if sheets else {}
    owned = {
        (each.round, each.code): names.get(each.body, Text(each.body, each.body))
        for each in scheme.components
        if (each.round, each.body) in sheets
    }
    reported = _list_reported(session, season_id)
    graded = (key for key in list_graded(scheme) if key[0] in reported)
    return owned | dict.fromkeys(graded, LEADS)


def list_graded(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Round and component of every figure that grades of tasks make."""
    for rule in list_rules(scheme.score):
        if isinstance(rule, TaskGrades):
            for part in rule.grades:
                if isinstance(part.node, Given):
                    yield part.node.round, part.node.code


def _list_reported(session: Session, season_id: int) -> frozenset[str]:
    """The rounds in which reports on tasks have been asked for."""
    found = select(TaskReport.round).join(Task, Task.id == TaskReport.task_id)
    return frozenset(session.scalars(found.where(Task.season_id == season_id).distinct()))
