"""Chinese first, English complete: catalogues, the reader's language, dates and figures."""

import io
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup

from evalsvc.nouns import call_persons
from evalsvc.text import OfPersons, Text, same

LANGUAGES = ("zh", "en")
CATALOGUES = Path(__file__).parent / "translations"
LOCAL_TIME = ZoneInfo("Asia/Shanghai")


@cache
def load_catalogue(language: str) -> GNUTranslations:
    """All catalogues of a language as one. Texts are written in Chinese; English is beside them."""
    merged = Catalog(locale=language)
    for path in sorted((CATALOGUES / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(text: str, language: str, **figures: object) -> str:
    """A text of ours in the reader's language, with figures put in by name."""
    found = load_catalogue(language).gettext(text) if language == "en" else text
    if language.__class__ is OfPersons:
        found = call_persons(found)
    return found % figures if figures else found


def build_saying(find_language: Callable[[], str]) -> Callable[..., Markup]:
    """What templates call as `_`: a text of theirs said, with figures put in by name, escaped.

    Jinja's own way asks three functions for each text, and looks two of them up anew; a page has a
    hundred texts.
    """

    def say_text(text: str, **figures: object) -> Markup:
        said = Markup(translate(text, find_language()))  # noqa: S704  # a template's own words
        return said % figures if "%" in said else said

    return say_text


def show_moment(moment: datetime | None) -> Text:
    """A moment as a Chinese office writes it: 2026年12月15日 18:00."""
    if moment is None:
        return same("—")
    local = moment.astimezone(LOCAL_TIME)
    return Text(
        f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}",
        f"{local.day} {local:%B %Y, %H:%M}",
    )


def show_date(day: date | None) -> Text:
    """A day as a Chinese office writes it: 2026年12月15日."""
    if day is None:
        return same("—")
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B %Y}")


def show_day(moment: datetime) -> Text:
    """The day of a moment, as it stands below an official paper."""
    return show_date(moment.astimezone(LOCAL_TIME).date())
