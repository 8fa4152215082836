"""The section `publication`: decimals of the published figure, and the periods of publicity."""

from evalsvc.scheme.file.limits import LONGEST_PERIOD, MOST_PLACES
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Periods, Publication
from evalsvc.text import Text, same

COUNTS = ("calendar_days", "working_days")
PERIODS = ("shown_least", "shown_most", "review", "answer")


def read_publication(reading: Reading, field: Field) -> Publication:
    """What the section says, with the usual periods where it names none."""
    parts = reading.record(field, ("places",), ("node_places", "shows", "periods"))
    node_places = parts["node_places"]
    return Publication(
        reading.integer(parts["places"], 0, MOST_PLACES),
        reading.integer(node_places, 0, MOST_PLACES) if node_places.content is not None else None,
        periods=_read_periods(reading, parts["periods"]),
    )


def _read_periods(reading: Reading, field: Field) -> Periods:
    usual = Periods()
    if field.content is None:
        return usual
    parts = reading.record(field, ("count",), PERIODS)

    def days(name: str, otherwise: int) -> int:
        return reading.integer(parts[name], 1, LONGEST_PERIOD, otherwise)

    least, most = days("shown_least", usual.shown_least), days("shown_most", usual.shown_most)
    if least > most:
        told = Text(
            f"公示最短 {least} 天，最长 {most} 天：最长不能短于最短",
            f"shown for {least} days at least and {most} at most: the most is less than the least",
        )
        reading.report(field, told)
    return Periods(
        working=reading.choice(parts["count"], COUNTS) == "working_days",
        shown_least=least,
        shown_most=most,
        review=days("review", usual.review),
        answer=days("answer", usual.answer),
    )


def say_span(least: object, most: object) -> Text:
    """One number or day where both are the same."""
    return same(least) if least == most else Text(f"{least} 到 {most}", f"{least} to {most}")


def say_periods(periods: Periods) -> Text:
    """How long a result is shown, asked about and answered for."""
    days = Text("个工作日", "working days") if periods.working else Text("天", "days")
    return Text(
        "公示 %(shown)s %(days)s，%(review)s %(days)s内可以申请复核，%(answer)s %(days)s内答复",
        "shown for %(shown)s %(days)s; a review may be asked for within %(review)s "
        "%(days)s and is answered within %(answer)s %(days)s",
    ).filled(
        shown=say_span(periods.shown_least, periods.shown_most),
        review=periods.review,
        answer=periods.answer,
        days=days,
    )
