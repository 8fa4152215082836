"""Gathers what a unit's notice says: its published line, its tree, its events, people's words."""

from fractions import Fraction

from analysis.score.facts import Adjustment
from evalsvc.db import Database
from evalsvc.domain import seasons
from evalsvc.domain.concluding import periods, publications, satisfaction
from evalsvc.domain.concluding.disclosure import get_folded, get_hidden
from evalsvc.domain.concluding.notices import NoticeUnit
from evalsvc.domain.concluding.publications import PublicationView
from evalsvc.domain.sealing import public_box
from evalsvc.domain.seasons import SeasonView
from evalsvc.domain.words import voices
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.reports.documents.notice_words import say_adjustment, say_bar, say_change, say_rate
from evalsvc.reports.documents.unit_notice import RateWords, UnitNotice
from evalsvc.results.season import ReportHead
from evalsvc.text import NOTHING, Text, same
from evalsvc.workdays.words import say_counted


class NoticeWriter:
    """Writes the notices of one published version, reading what all share only once."""

    def __init__(self, database: Database, season_id: int, version: int) -> None:
        self.database = database
        self.season: SeasonView = seasons.get_season(database, season_id)
        views = publications.list_publications(database, season_id)
        found = next((view for view in views if view.version == version), None)
        if found is None:
            raise Problem(NOT_FOUND)
        self.publication: PublicationView = found
        self.before = next((view for view in views if view.version == found.corrects), None)
        self.trees = publications.list_unit_sheets(database, season_id, version, found.notice)
        self.head = _build_head(database, self.season, found)
        self.rates = _list_rates(database, self.season)
        self.key = public_box.find_signing_key(database, season_id) or ""
        self.terms = periods.get_terms(database, season_id)

    @property
    def units(self) -> tuple[str, ...]:
        """The units that the version has a tree of."""
        return tuple(tree.unit for tree in self.trees)

    def write(self, unit: str) -> UnitNotice:
        """One unit's notice."""
        line = self.publication.notice.find_unit(unit)
        if line is None:
            raise Problem(NOT_FOUND)
        result = next(tree for tree in self.trees if tree.unit == unit)
        scheme = self.season.scheme
        names = scheme.outcome_names
        return UnitNotice(
            head=self.head,
            scheme=scheme,
            name=line.name,
            contact=self.season.contact,
            result=result,
            peers=[tree for tree in self.trees if tree.category == result.category],
            grade=names.grades.get(line.grade or "", NOTHING),
            awards=[names.awards.get(code, NOTHING) for code in line.awards],
            why=[say_bar(scheme, rule, fact) for rule, fact in line.why],
            adjustments=[say_adjustment(scheme, entry) for entry in _list_events(line)],
            rates=self.rates.get(unit, []),
            comments=voices.list_comments(
                self.database, self.season.id, self.publication.version, unit
            ),
            change=self._change(line),
            first_day=self.publication.first_day,
            last_day=self.publication.last_day,
            review_until=self.publication.review_until,
            review_days=self.terms.answer_days,
            working=self.terms.working,
            counted=_say_counted(self.publication),
            folded=get_folded(
                self.database, self.season.id, self.publication.version, result.category
            ),
            hidden=get_hidden(
                self.database, self.season.id, self.publication.version, result.category
            ),
            key=self.key,
        )

    def _change(self, line: NoticeUnit) -> Text:
        old = self.before.notice.find_unit(line.unit) if self.before else None
        if old is None:
            return NOTHING
        before, after = (old.published, old.rank), (line.published, line.rank)
        return say_change(before, after, self.publication.reason)


def _say_counted(publication: PublicationView) -> Text:
    counted = publication.counted.get("shown")
    return say_counted(counted) if counted else NOTHING


def _list_events(line: NoticeUnit) -> list[Adjustment]:
    """As they stood when the version was proposed, whatever has been entered since."""
    return [
        Adjustment(
            "",
            line.unit,
            each.rule,
            each.times,
            None if each.amount is None else Fraction(each.amount),
            each.date,
            each.evidence,
        )
        for each in line.events
    ]


def _build_head(database: Database, season: SeasonView, found: PublicationView) -> ReportHead:
    return ReportHead(
        season_title=season.title,
        office=season.office,
        version=found.version,
        computed_at=publications.get_computed_at(database, found.season_id, found.version),
        rounds=tuple(one.name for one in season.rounds if one.state == "counted"),
        scheme_sha256=season.scheme.sha256,
    )


def _list_rates(database: Database, season: SeasonView) -> dict[str, list[RateWords]]:
    """By unit: how citizens rated it, where enough of them did."""
    found: dict[str, list[RateWords]] = {}
    scheme = season.scheme
    for table in satisfaction.list_satisfaction(database, season.id):
        about = same(" ").join(
            (scheme.get_round(table.round).name, scheme.get_group(table.group).name)
        )
        for row in table.rows:
            if row.satisfied_rate is not None and row.basically_rate is not None:
                rates = say_rate(row.satisfied_rate), say_rate(row.basically_rate)
                found.setdefault(row.unit, []).append(RateWords(about, row.n_valid, *rates))
    return found
