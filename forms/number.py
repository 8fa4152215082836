"""The answer to a question for a number, read the way Chinese keyboards write numbers."""

import re
import unicodedata
from decimal import Decimal

from evalsvc.invisible import strip_invisible
from evalsvc.questions.question import PLACE
from forms.answer import AnswerField

_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{0,6})?")
# Normalising is quadratic on crafted runs of combining marks, so it never sees a longer text.
_LONGEST = 40


class NumberField(AnswerField):
    """A field for digits; what is no number stays as it was typed and is refused by name."""

    @classmethod
    def clean(cls, text: str) -> str:
        """One spelling for a number: ８７．５０ and 87。50 are 87.5."""
        if len(text) > _LONGEST:
            return text
        plain = unicodedata.normalize("NFKC", strip_invisible(text)).replace("。", ".").strip()
        return _one_spelling(Decimal(plain)) if _NUMBER.fullmatch(plain) else plain


class PlaceField(NumberField):
    """The place inside the band, 1 for the first; the script moves rows up and down instead."""

    template = "public/questions/place.html"
    companion = PLACE
    options = ()
    is_place = True


def _one_spelling(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"
