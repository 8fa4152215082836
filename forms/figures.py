"""Figures typed into a table or on their own page: what was typed, and what was seen there."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from forms.plain_number import spell_plainly

# A cell's figure, the one that it was shown with, and an unusual one that was looked at again.
VALUE, SEEN, SURE = "v", "w", "s"
NOT_CARRIED = "NA"
# What may be typed for "does not carry it".
_TYPED_NOT_CARRIED = frozenset({"不承担", "not carried", "na", "n/a"})
# More than the longest figure.
MOST_LETTERS = 120


class CellsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Carries the token alone; the cells come with `read_cells`."""


class FigureForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One figure on its own page; whether a reason is needed, the verb says."""

    value = StringField("改为", [Length(max=MOST_LETTERS)])
    seen = StringField("", [Length(max=MOST_LETTERS)])
    sure = StringField("", [Length(max=MOST_LETTERS)])
    reason = TextAreaField("理由", [Length(max=1000, message="太长了，最多1000个字。")])


@dataclass(frozen=True)
class TypedCell:
    """One cell: empty for no figure, `NA` for not carried."""

    unit: str
    component: str
    text: str
    seen: str
    sure: str

    @property
    def is_changed(self) -> bool:
        return not _is_same(self.text, self.seen)

    @property
    def is_sure(self) -> bool:
        return self.text == self.sure


def read_cells(posted: Mapping[str, str]) -> tuple[TypedCell, ...]:
    """The cells of a posted table: fields named v|unit|component, w|…, s|…."""
    found = []
    for name, text in posted.items():
        kind, _, place = name.partition("|")
        unit, _, component = place.partition("|")
        if kind == VALUE and unit and component:
            seen, sure = (posted.get(f"{each}|{place}", "") for each in (SEEN, SURE))
            found.append(TypedCell(unit, component, spell(text), seen, sure))
    return tuple(found)


def spell(text: str) -> str:
    """A typed figure as it is compared and checked."""
    plain = spell_plainly(text[:MOST_LETTERS]).strip()
    return NOT_CARRIED if plain.casefold() in _TYPED_NOT_CARRIED else plain


def _is_same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
