"""What raters said beside the scores, and how often somebody said that a card had been used."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import render_template

from evalsvc.admin.door.access import allowed, door
from evalsvc.domain import seasons
from evalsvc.domain.preparing import rosters
from evalsvc.domain.voting import card_reports
from evalsvc.domain.words import replies
from evalsvc.domain.words.replies import Replies
from evalsvc.extensions import current_service
from evalsvc.questions.question import OTHER_TEXT, PLACE, RECUSAL, Question
from evalsvc.scheme.model import Group, Scheme
from evalsvc.text import Text, same

_COMPANIONS = {
    OTHER_TEXT: Text("其他，请写明", "other, in words"),
    PLACE: Text("档内位次", "place inside the band"),
}
_RECUSAL = Text("回避的理由", "Reason for leaving out")


@dataclass(frozen=True)
class ReplyLine:
    """The replies about one unit; `said` is None where too few may be told apart."""

    unit: str
    n: int
    said: tuple[Text, ...] | None


@dataclass(frozen=True)
class ReplyTable:
    """The replies of a group to one question."""

    group: Group
    title: Text
    lines: tuple[ReplyLine, ...]


@door.get("/rounds/<int:round_id>/replies")
@allowed("manager", "auditor")
def replies_page(round_id: int) -> str:
    """Both lists of a round: reports while it is open, replies once its box is."""
    database = current_service().database
    found = seasons.get_round(database, round_id)
    season = seasons.get_season(database, found.season_id)
    units = {one.code: one.name for one in rosters.list_units(database, season.id)}
    raters = {(one.group, one.code): one.name for one in rosters.list_raters(database, season.id)}
    told = replies.list_replies(database, round_id) if found.counted_at else ()
    return render_template(
        "admin/replies.html",
        season=season,
        round=found,
        reports=card_reports.list_card_reports(database, round_id),
        tables=build_tables(season.scheme, told, units, raters),
        thresholds=season.scheme.get_round(found.code).thresholds,
    )


def build_tables(
    scheme: Scheme,
    told: Sequence[Replies],
    units: Mapping[str, str],
    raters: Mapping[tuple[str, str], str],
) -> tuple[ReplyTable, ...]:
    """A table for each group and question, a line for each unit in it."""
    tables = []
    for (code, item), found in groupby(told, key=lambda one: (one.group, one.item)):
        group = scheme.get_group(code)
        question = _find_question(scheme, code, item)
        lines = tuple(
            ReplyLine(
                units.get(one.unit, one.unit),
                one.n,
                None if one.told is None else tuple(_say(one, question, raters)),
            )
            for one in found
        )
        tables.append(ReplyTable(group, _name_item(question, item), lines))
    return tuple(tables)


def _find_question(scheme: Scheme, group: str, item: str) -> Question | None:
    asked = (one.question for one in scheme.get_questionnaire(group).asked)
    codes = {item, item.removesuffix(OTHER_TEXT), item.removesuffix(PLACE)}
    return next((question for question in asked if question.code in codes), None)


def _name_item(question: Question | None, item: str) -> Text:
    if question is None:
        return _RECUSAL if item == RECUSAL else same(item)
    beside = next((text for end, text in _COMPANIONS.items() if item.endswith(end)), None)
    return same(" · ").join((question.title, beside)) if beside else question.title


def _say(
    found: Replies, question: Question | None, raters: Mapping[tuple[str, str], str]
) -> Iterator[Text]:
    """Under names one by one; otherwise equal ones together, the commonest first."""
    said = [(one.rater, _say_value(question, one.value, found.item)) for one in found.told or ()]
    if any(rater for rater, _ in said):
        for rater, text in said:
            yield same("：").join((raters.get((found.group, rater), rater), text))
        return
    for text, n in Counter(text for _, text in said).most_common():
        yield text + same(f"（{n}）") if n > 1 else text


def _say_value(question: Question | None, value: str, item: str) -> Text:
    if question is None or item != question.code:
        return same(value)
    return question.say_value(value)
