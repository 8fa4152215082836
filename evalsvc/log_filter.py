"""Takes whatever looks like a rater's code out of every line of every log, tracebacks included."""

import logging
import re
import unicodedata
from collections.abc import Callable

HIDDEN = "[code]"
# Sixteen of the code's symbols, with or without the dashes and spaces of print and of phones.
_SYMBOL = "[A-HJKMNP-Z2-9]"
_DASHES = r"[ ._\-\u2010-\u2015\u2212]{0,2}"
_CODE = re.compile(
    rf"(?<![0-9A-Z])(?:{_SYMBOL}{_DASHES}){{15}}{_SYMBOL}(?![0-9A-Z])", re.IGNORECASE
)


class CodeFilter(logging.Filter):
    """Never refuses a record, but lets none through with a code in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # a wrong call of the logger; its parts are hidden alike
            message = f"{record.msg} {record.args}"
        record.msg, record.args = hide_codes(message), ()
        if record.exc_info:
            # A formatter prints what stands here instead of the traceback itself.
            record.exc_text = hide_codes(logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = hide_codes(record.stack_info)
        return True


def hide_codes(text: str) -> str:
    """A text without anything shaped like a code; full-width letters count as what they mean."""
    plain = unicodedata.normalize("NFKC", text)
    return _CODE.sub(HIDDEN, plain) if _CODE.search(plain) else text


def install() -> None:
    """Put the filter where every logger's records come from; doing it twice is no different.

    A filter of one logger is not asked about its children's records, so it stands in the factory.
    """
    factory = logging.getLogRecordFactory()
    if not hasattr(factory, "hides_codes"):
        logging.setLogRecordFactory(_hiding(factory))


def _hiding(factory: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    codes = CodeFilter()

    def make(*args: object, **kwargs: object) -> logging.LogRecord:
        record = factory(*args, **kwargs)
        codes.filter(record)
        return record

    make.hides_codes = True  # type: ignore[attr-defined]  # a mark on the function
    return make
