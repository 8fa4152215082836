"""Gathers what a unit's notice says: its published line, its tree, its events, people's words."""

from datetime import datetime
from fractions import Fraction

from analysis.tree import UnitResult
from evalsvc.db import Database
from evalsvc.domain import figures, publishing, results, seasons, voices
from evalsvc.domain.notices import NoticeUnit
from evalsvc.domain.publishing import PublicationView
from evalsvc.domain.seasons import SeasonView
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.language import show_figure, translate
from evalsvc.reports.content import ReportHead
from evalsvc.reports.unit_notice import RateWords, UnitNotice
from evalsvc.reports.wording import show_short
from evalsvc.scheme.model import LevelsQuestion, Scheme, Text


class NoticeWriter:
    """Writes the notices of one published version, reading what all share only once."""

    def __init__(self, database: Database, season_id: int, version: int, language: str) -> None:
        self.database, self.language = database, language
        self.season: SeasonView = seasons.get_season(database, season_id)
        views = publishing.list_publications(database, season_id)
        found = next((view for view in views if view.version == version), None)
        if found is None:
            raise Problem(NOT_FOUND)
        self.publication: PublicationView = found
        self.before = next((view for view in views if view.version == found.corrects), None)
        self.trees = publishing.list_unit_sheets(database, season_id, version, found.notice)
        self.head = _build_head(self.season, found, _computed_at(database, found))
        self.adjustments = figures.list_adjustments(database, season_id)
        self.rates = _list_rates(database, self.season, language)
        self.terms = publishing.get_terms(database, season_id)

    def write(self, unit: str) -> UnitNotice:
        """One unit's notice."""
        line = self.publication.notice.find_unit(unit)
        if line is None:
            raise Problem(NOT_FOUND)
        result = next(tree for tree in self.trees if tree.unit == unit)
        names = self.season.scheme.outcome_names
        return UnitNotice(
            head=self.head,
            scheme=self.season.scheme,
            name=line.name,
            contact=self.season.contact,
            result=result,
            peers=[tree for tree in self.trees if tree.category == result.category],
            grade=self._say(names.grades.get(line.grade or "")),
            awards=[self._say(names.awards.get(code)) for code in line.awards],
            why=[self._why(self.season.scheme, rule, fact) for rule, fact in line.why],
            adjustments=self._list_adjustments(unit),
            rates=self.rates.get(unit, []),
            comments=voices.list_comments(self.database, self.season.id, unit),
            change=self._change(line),
            first_day=self.publication.first_day,
            last_day=self.publication.last_day,
            review_until=self.publication.review_until,
            review_days=self.terms.answer_days,
        )

    def list_units(self) -> tuple[UnitResult, ...]:
        return self.trees

    def _say(self, text: Text | None) -> str:
        return text.in_language(self.language) if text else ""

    def _why(self, scheme: Scheme, rule: str, fact: str) -> str:
        name = self._say(scheme.outcome_names.bars.get(rule)) or rule
        return f"{name}{translate('：', self.language)}{fact}"

    def _list_adjustments(self, unit: str) -> list[str]:
        kinds = {kind.code: kind for kind in self.season.scheme.adjustments}
        return [
            translate("%(what)s，%(amount)s，%(date)s，依据：%(evidence)s", self.language,
                      what=self._say(kinds[each.rule].name) if each.rule in kinds else each.rule,
                      amount=_amount(each.times, each.amount, self.language), date=each.date,
                      evidence=each.evidence)
            for each in self.adjustments if each.unit == unit
        ]  # fmt: skip

    def _change(self, line: NoticeUnit) -> str:
        if self.before is None:
            return ""
        old = self.before.notice.find_unit(line.unit)
        if old is None or (old.published, old.rank) == (line.published, line.rank):
            return translate("本单位的得分和名次没有变化。更正理由：%(reason)s", self.language,
                             reason=self.publication.reason)  # fmt: skip
        return translate(
            "本单位原为 %(old)s 分、第 %(old_rank)s 名，现为 %(new)s 分、第 %(new_rank)s 名。"
            "更正理由：%(reason)s",
            self.language, old=old.published or "—", old_rank=old.rank or "—",
            new=line.published or "—", new_rank=line.rank or "—", reason=self.publication.reason,
        )  # fmt: skip


def _computed_at(database: Database, found: PublicationView) -> datetime:
    return publishing.get_computed_at(database, found.season_id, found.version)


def _build_head(season: SeasonView, found: PublicationView, computed_at: datetime) -> ReportHead:
    return ReportHead(
        season_title=season.title,
        office=season.office,
        version=found.version,
        computed_at=computed_at,
        rounds=tuple(one.name for one in season.rounds if one.state == "counted"),
        scheme_sha256=season.scheme.sha256,
    )


def _list_rates(
    database: Database, season: SeasonView, language: str
) -> dict[str, list[RateWords]]:
    """By unit: how citizens rated it, where enough of them did."""
    found: dict[str, list[RateWords]] = {}
    scheme = season.scheme
    panels = [
        group for group in scheme.groups
        if group.identity == "counts"
        and isinstance(scheme.get_questionnaire(group.code).questions[0], LevelsQuestion)
    ]  # fmt: skip
    for one in season.rounds:
        for group in panels if one.state == "counted" else ():
            about = f"{one.name.in_language(language)} {group.name.in_language(language)}"
            for row in results.list_satisfaction(database, season.id, one.code, group.code):
                if row.satisfied_rate is not None and row.basically_rate is not None:
                    words = RateWords(about, row.n_valid, _rate(row.satisfied_rate),
                                      _rate(row.basically_rate))  # fmt: skip
                    found.setdefault(row.unit, []).append(words)
    return found


def _rate(share: Fraction) -> str:
    return f"{show_figure(share * 100, 1)}%"


def _amount(times: int, amount: str | None, language: str) -> str:
    if amount is None:
        return translate("%(n)s 次", language, n=times)
    return show_short(Fraction(amount))
