"""result.csv: one row a unit with every component, for programs rather than people."""

import csv
import io
from fractions import Fraction

from evalsvc.reports.documents.cells import neutral_text
from evalsvc.reports.ranking import list_categories, list_columns
from evalsvc.reports.words import heads
from evalsvc.reports.words.outcome_words import say_end, say_end_heading
from evalsvc.results.season import ResultContent
from evalsvc.scheme.wording import node_name, show_short
from evalsvc.text import Text

PLACES = 6
HEADS = (heads.CATEGORY, heads.RANK, heads.UNIT_CODE, heads.UNIT, heads.SCORE)


def render_csv(content: ResultContent, language: str = "zh") -> bytes:
    """UTF-8 with the mark that makes Excel read it as such; texts can't become formulas."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = [column.code for column in list_columns(unit.tree for unit in content.units)]
    ended = (say_end_heading(content.scheme),) if content.ends else ()
    names = [node_name(content.scheme, code) for code in columns]
    named = (*HEADS, *ended, *names)
    writer.writerow(neutral_text(head.in_language(language)) for head in named)
    for category, units in list_categories(content):
        for unit in units:
            values = {node.code: node.value for node in unit.tree.walk()}
            texts = (unit.unit, content.names[unit.unit])
            writer.writerow(
                (
                    neutral_text(category.name.in_language(language)),
                    "" if unit.rank is None else unit.rank,
                    *map(neutral_text, texts),
                    unit.published or "",
                    *(neutral_text(_end(content, unit.unit).in_language(language)) for _ in ended),
                    *(_figure(values.get(code)) for code in columns),
                )
            )
    return out.getvalue().encode("utf-8-sig")


def _end(content: ResultContent, unit: str) -> Text:
    return say_end(content.ends[unit], content.scheme)


def _figure(value: Fraction | None) -> str:
    return "" if value is None else show_short(value, PLACES)
