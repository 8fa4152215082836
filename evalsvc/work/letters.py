"""Gathers what the letters of a round say."""

from datetime import datetime

from evalsvc.domain.seasons import RoundView, SeasonView
from evalsvc.reports.content import LetterText
from evalsvc.text import speak_of


def build_letter(
    season: SeasonView, found: RoundView, deadline: datetime, public_url: str, language: str
) -> LetterText:
    """What all letters of a round share."""
    return LetterText(
        season_title=season.title,
        office=season.office,
        contact=season.contact,
        round_name=found.name,
        deadline=deadline,
        public_url=public_url,
        groups={group.code: group for group in season.scheme.groups},
        language=speak_of(season.scheme.evaluates, language),
    )
