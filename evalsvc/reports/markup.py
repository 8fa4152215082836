"""Renders the templates of documents and charts, with or without a web request around them."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from evalsvc.figures import show_figure
from evalsvc.language import build_saying, show_date, show_day, show_moment
from evalsvc.scheme.wording import show_percent, show_short
from evalsvc.text import say

TEMPLATES = Path(__file__).parents[2] / "templates"


def render_markup(template: str, language: str, **content: object) -> Markup:
    """A template of `templates/` filled in; every text in it is escaped."""
    found = _environment(language).get_template(template)
    return Markup(found.render(language=language, **content))  # noqa: S704  # escaped by the template


# By the type as well: the same language speaks of persons in an environment of its own.
@lru_cache(maxsize=None, typed=True)
def _environment(language: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html", "svg")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: say(value, language),
    )
    made.globals["_"] = build_saying(lambda: language)
    made.filters["figure"] = show_figure
    made.filters["short"] = show_short
    made.filters["percent"] = show_percent
    made.filters["moment"] = lambda moment: show_moment(moment).in_language(language)
    made.filters["day"] = lambda moment: show_day(moment).in_language(language)
    made.filters["date"] = lambda day: show_date(day).in_language(language)
    made.filters["text"] = lambda text: text.in_language(language)
    made.filters["drawn"] = lambda drawing: drawing.draw(language)
    return made
