"""Gathers what a unit's notice says: its published line, its tree, its events, people's words."""

from fractions import Fraction

from analysis.score.facts import Adjustment
from evalsvc.db import Database
from evalsvc.domain import seasons
from evalsvc.domain.concluding import periods, publications, satisfaction
from evalsvc.domain.concluding.disclosure import get_folded, get_hidden
from evalsvc.domain.concluding.notices import NoticeUnit, list_differences
from evalsvc.domain.concluding.publications import PublicationView
from evalsvc.domain.sealing import public_box
from evalsvc.domain.seasons import SeasonView
from evalsvc.domain.words import voices
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.reports.documents.notice_words import (
    Standing,
    say_adjustment,
    say_bar,
    say_change,
    say_rate,
)
from evalsvc.reports.documents.unit_notice import RateWords, UnitNotice
from evalsvc.reports.words.outcome_words import list_outcome_sentences
from evalsvc.results.season import ReportHead
from evalsvc.scheme.model import OutcomeNames
from evalsvc.text import AND, NOTHING, Text, same
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
            why=self._say_why(line),
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

    def _say_why(self, line: NoticeUnit) -> list[Text]:
        """Why it has its grade and what follows, as it stood when the version was proposed."""
        outcome, scheme = line.find_outcome(), self.season.scheme
        if outcome is None:
            return [say_bar(scheme, rule, fact) for rule, fact in line.why]
        quotas = self.publication.notice.quotas
        return [*list_outcome_sentences(outcome, quotas, scheme, takes_awards=line.takes_awards)]

    def _is_public(self) -> bool:
        """Whether everybody reads of every unit how it stands."""
        shown = self.publication
        whole = shown.audience == "public" and shown.extent == "all"
        return whole and self.season.scheme.publication.shows is None

    def _change(self, line: NoticeUnit) -> Text:
        """What a correction changed for this unit, and whose figure it was that changed."""
        if self.before is None:
            return NOTHING
        old = self.before.notice.find_unit(line.unit)
        if old is None:
            return NOTHING
        grades = self.season.scheme.outcome_names
        changed = [
            each.after.name if each.after else each.before.name if each.before else ""
            for each in list_differences(self.before.notice, self.publication.notice)
            if _figure(each.before) != _figure(each.after)
        ]
        return say_change(
            Standing(old.published, old.rank, _name_end(old, grades)),
            Standing(line.published, line.rank, _name_end(line, grades)),
            self.publication.reason,
            changed=changed,
            own=line.name,
            named=self._is_public(),
        )


def _figure(line: NoticeUnit | None) -> str | None:
    return line.published if line else None


def _name_end(line: NoticeUnit, names: OutcomeNames) -> Text:
    """Grade and awards in words."""
    codes = [*([line.grade] if line.grade else []), *line.awards]
    return AND.join({**names.grades, **names.awards}.get(code, same(code)) for code in codes)


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
