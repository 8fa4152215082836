"""Preview: the paper of every place that a roll has or will have, and a desk that keeps nothing.

Before a season has a roster, units and raters are samples, so that a questionnaire can be tried
out as soon as its scheme stands.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.panel.dealing import deal_forms
from analysis.score.facts import Answer
from evalsvc.ballots.breaches import list_paper_breaches
from evalsvc.ballots.lengths import measure_paper
from evalsvc.ballots.paper import Paper
from evalsvc.ballots.rated import pick_rated_units
from evalsvc.db import Database
from evalsvc.domain.seasons import get_round_row, read_scheme
from evalsvc.domain.voting.beside import list_current
from evalsvc.domain.voting.casting import Receipt, say_breaches
from evalsvc.domain.voting.desks import KeepingNothing, Kind
from evalsvc.domain.voting.papers import list_public_from, put_beside, shuffle_units
from evalsvc.domain.voting.visit import Visit
from evalsvc.errors import BALLOT_REFUSED, NOT_FOUND, Problem
from evalsvc.models.box import DealtForm
from evalsvc.models.roster import Rater, Relation, Unit
from evalsvc.models.season import Round
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.model import Group, Scheme
from evalsvc.settings import Settings

SAMPLE_UNITS = 6
# Real lists are dealt when codes are issued; some of a fixed deal show what they will be like.
SAMPLE_FORMS, SAMPLE_DEAL = 3, 1
MOCK_RECEIPT = Receipt("TEST-TEST-TEST-TEST", 1)


@dataclass(frozen=True)
class PreviewSheet:
    """The paper of one rater, or of everybody who gets one dealt list; the name may be empty.

    `is_sample`: the roster has no such rater yet, or the list has not been dealt yet. `left_out`
    names the rater's own unit where it would stand on the list if it were somebody else's.
    """

    number: int
    name: str
    is_sample: bool
    left_out: str
    units: tuple[PaperUnit, ...]


@dataclass(frozen=True)
class GroupSheets:
    """Every paper of a rater group in a round; `units` are all that the group rates, in order."""

    group: Group
    sheets: tuple[PreviewSheet, ...]
    units: tuple[PaperUnit, ...]
    has_sample_units: bool

    def get_sheet(self, number: int) -> PreviewSheet:
        if not 0 <= number < len(self.sheets):
            raise Problem(NOT_FOUND)
        return self.sheets[number]


@dataclass(frozen=True)
class PreviewDesk(KeepingNothing):
    """A desk where everything is checked and nothing is kept; nobody needs a code."""

    kind: Kind = "preview"
    receipt: Receipt | None = MOCK_RECEIPT
    round_id: int = 0
    group: str = ""
    number: int = 0

    def admit(self, database: Database, settings: Settings, token: str, moment: datetime) -> Visit:  # noqa: ARG002 (no code is asked for)
        if self.visit is None:
            raise Problem(NOT_FOUND)
        return self.visit

    def get_paper(self, database: Database, visit: Visit, moment: datetime) -> Paper:  # noqa: ARG002 (a preview has no deadline)
        return get_preview_paper(database, self.round_id, self.group, self.number, visit.root)

    def cast(
        self,
        database: Database,  # noqa: ARG002 (nothing is cast)
        visit: Visit,  # noqa: ARG002
        answers: Sequence[Answer],
        nonce: bytes,  # noqa: ARG002
        moment: datetime,  # noqa: ARG002
        paper: Paper,
    ) -> Receipt:
        """Refuse what a real box would refuse, and give a receipt that says what it is."""
        breaches = list_paper_breaches(paper, answers)
        if breaches:
            raise Problem(BALLOT_REFUSED, reason=say_breaches(breaches))
        return MOCK_RECEIPT


def list_asked_groups(database: Database, round_id: int) -> tuple[Group, ...]:
    """The groups that answer a questionnaire in this round, in the scheme's order."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        return _list_asked_groups(read_scheme(row.season), row)


def list_sheets(database: Database, round_id: int, group: str) -> GroupSheets:
    """Every paper that a group has, or will have, in a round."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        return _list_sheets(session, row, read_scheme(row.season), group)


def get_preview_paper(
    database: Database, round_id: int, group: str, number: int, root: bytes
) -> Paper:
    """One of those papers as its rater will see it; `root` stands for the rater's own."""
    with database.reading() as session:
        row = get_round_row(session, round_id)
        scheme = read_scheme(row.season)
        found = _list_sheets(session, row, scheme, group)
        return _build_paper(row, scheme, found.group, found.get_sheet(number), root)


def _build_paper(
    row: Round, scheme: Scheme, group: Group, sheet: PreviewSheet, root: bytes
) -> Paper:
    questionnaire = scheme.get_questionnaire(group.code)
    shown = {unit.category for unit in sheet.units}
    paper = Paper(
        season_title=row.season.title,
        office=row.season.office,
        contact=row.season.contact,
        round_name=scheme.get_round(row.code).name,
        deadline=row.deadline,
        group=group,
        questionnaire=questionnaire,
        categories=tuple(one for one in scheme.categories if one.code in shown),
        units=sheet.units,
        lengths=measure_paper(questionnaire, [(one.code, one.category) for one in sheet.units]),
        # A panel's cards are nobody's by name, so its paper greets nobody.
        addressee=sheet.name if group.identity != "counts" else "",
        times_cast=0,
        # With the scheme's hash: markup is kept by sort,
        # and before the opening a scheme still changes.
        sort=f"preview {row.uid} {group.code} {scheme.sha256}",
        public_from=list_public_from(scheme, group, row.code, sorted(shown)),
        evaluates=scheme.evaluates,
    )
    if not questionnaire.manner.shuffled:
        return paper
    return replace(paper, units=shuffle_units(paper.units, root))


def _list_asked_groups(scheme: Scheme, row: Round) -> tuple[Group, ...]:
    return tuple(one for one in scheme.list_groups(row.code) if one.identity != "entries")


def _list_sheets(session: Session, row: Round, scheme: Scheme, code: str) -> GroupSheets:
    group = next((one for one in _list_asked_groups(scheme, row) if one.code == code), None)
    if group is None:
        raise Problem(NOT_FOUND)
    units = _list_units(session, row.season_id, scheme)
    is_sample = not units
    units = units or _build_sample_units(scheme)
    shown = list_current(session, row.season_id, scheme)
    units = put_beside(units, shown, scheme.get_questionnaire(code), scheme)
    if group.identity == "counts":
        sheets = _list_dealt(session, row, group, units)
    else:
        sheets = _list_held(session, row, group, units)
    seen = {sight.category for sight in group.sights}
    rated = tuple(unit for unit in units if unit.category in seen)
    return GroupSheets(group, sheets, rated, is_sample)


def _list_units(session: Session, season_id: int, scheme: Scheme) -> tuple[PaperUnit, ...]:
    order = [category.code for category in scheme.categories]
    rows = session.scalars(select(Unit).where(Unit.season_id == season_id)).all()
    rows = sorted(rows, key=lambda unit: (order.index(unit.category), unit.position))
    return tuple(PaperUnit(row.code, row.name, row.category, row.work) for row in rows)


def _build_sample_units(scheme: Scheme) -> tuple[PaperUnit, ...]:
    return tuple(
        PaperUnit(
            f"sample-{category.code}-{number}", f"示例{category.name.zh}{number}", category.code, ""
        )
        for category in scheme.categories
        for number in range(1, SAMPLE_UNITS + 1)
    )


def _list_dealt(
    session: Session, row: Round, group: Group, units: Sequence[PaperUnit]
) -> tuple[PreviewSheet, ...]:
    """The lists dealt with the roll; before that, some of a sample deal."""
    forms = session.scalars(
        select(DealtForm)
        .where(DealtForm.round_id == row.id, DealtForm.group == group.code)
        .order_by(DealtForm.form)
    ).all()
    dealt = [set(form.units.split()) for form in forms]
    seen = [unit for unit in units if unit.category in {one.category for one in group.sights}]
    if not dealt:
        dealt = [
            {seen[place].code for place in places} for places in _deal_sample(group, len(seen))
        ]
    return tuple(
        PreviewSheet(number, "", not forms, "", tuple(unit for unit in seen if unit.code in codes))
        for number, codes in enumerate(dealt)
    )


def _deal_sample(group: Group, n: int) -> Sequence[Sequence[int]]:
    size = group.form_size or n
    return [range(n)] if size >= n else deal_forms(n, size, SAMPLE_FORMS, SAMPLE_DEAL)


def _list_held(
    session: Session, row: Round, group: Group, units: Sequence[PaperUnit]
) -> tuple[PreviewSheet, ...]:
    """The papers of raters who have somebody to rate; without any, a sample rater's."""
    raters = session.scalars(
        select(Rater)
        .where(Rater.season_id == row.season_id, Rater.group == group.code)
        .order_by(Rater.id)
    ).all()
    listed: dict[str, set[str]] = {}
    for one in session.scalars(
        select(Relation).where(Relation.season_id == row.season_id, Relation.group == group.code)
    ):
        listed.setdefault(one.rater, set()).add(one.unit)
    places = [(unit.code, unit.category) for unit in units]
    sheets: list[PreviewSheet] = []
    for rater in raters:
        own = rater.unit or ""
        codes = set(pick_rated_units(group, places, own, listed.get(rater.code, set())))
        if codes:
            rated = tuple(unit for unit in units if unit.code in codes)
            left_out = _find_left_out(group, units, own, codes)
            sheets.append(PreviewSheet(len(sheets), rater.name, False, left_out, rated))
    return tuple(sheets) or (_build_sample_sheet(group, units),)


def _build_sample_sheet(group: Group, units: Sequence[PaperUnit]) -> PreviewSheet:
    """A rater who has the first unit as their own, and the first few of what relations name."""
    categories = {one.category for one in group.sights}
    member = next((unit for unit in units if unit.category in (group.members or categories)), None)
    own = member.code if member and group.members else ""
    named = {
        unit.code
        for category in categories
        for unit in [one for one in units if one.category == category][:SAMPLE_UNITS]
    }
    codes = set(pick_rated_units(group, [(unit.code, unit.category) for unit in units], own, named))
    name, left_out = f"示例{group.name.zh}", _find_left_out(group, units, own, codes)
    return PreviewSheet(
        0, name, True, left_out, tuple(unit for unit in units if unit.code in codes)
    )


def _find_left_out(
    group: Group, units: Sequence[PaperUnit], own: str, codes: Collection[str]
) -> str:
    seen = {one.category for one in group.sights if one.relation == "all_but_own"}
    return next(
        (one.name for one in units if one.code == own not in codes and one.category in seen), ""
    )
