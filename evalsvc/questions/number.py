"""A number about every unit, with limits on how many numbers may lie where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import ClassVar

from analysis.score.contradictions import contradicting_limit
from analysis.score.rules import NumberLimit, Rated
from analysis.score.validity import limit_count, limit_places
from evalsvc.questions.count_limits import say_bounds
from evalsvc.questions.question import LONGEST_NUMBER, Question, Reader, Scoring
from evalsvc.scheme.file.entries import Entry, write_fraction, write_number
from evalsvc.scheme.file.limits import MOST_OPTIONS, MOST_PLACES, MOST_TOTAL, MOST_UNITS
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text

DEFAULT_RANGE = (Decimal(0), Decimal(100), 0)


@dataclass(frozen=True)
class NumberQuestion(Question):
    """The rater gives every unit a number from `minimum` to `maximum`, with so many decimals.

    With `step` only the steps from `minimum` on. `counts` says how many units of a category may
    have a number in some range.
    """

    kind: ClassVar[str] = "number"
    called: ClassVar[Text] = Text("打分", "Number")
    scoring: ClassVar[Scoring] = "kept"

    minimum: Decimal
    maximum: Decimal
    places: int
    counts: tuple[NumberLimit, ...] = ()
    step: Decimal | None = None

    @classmethod
    def list_readers(cls) -> Mapping[str, Reader]:
        return {cls.kind: _read}

    def write(self) -> dict[str, Entry]:
        entry: dict[str, Entry] = {
            "from": write_number(self.minimum),
            "to": write_number(self.maximum),
            "places": self.places,
        }
        counts: list[Entry] = [_write_count(limit) for limit in self.counts]
        if self.step is not None:
            entry["step"] = write_number(self.step)
        return entry | ({"counts": counts} if counts else {})

    def is_answer(self, value: str, most: int) -> bool:  # noqa: ARG002 (the range is the same for any number)
        # Plain ASCII decimals only, so that a number has one spelling when it is counted.
        if not value.isascii() or len(value) > LONGEST_NUMBER or set(value) - set("0123456789.-"):
            return False
        try:
            number = Decimal(value)
        except InvalidOperation:
            return False
        exponent = number.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) else self.places + 1
        fits = self.minimum <= number <= self.maximum and decimals <= self.places
        return fits and (self.step is None or (number - self.minimum) % self.step == 0)

    def say_choices(self, most: int) -> Text:  # noqa: ARG002 (the range is the same for any number)
        span = f"{self.minimum}–{self.maximum}"
        if self.step is not None:
            return Text(f"{span}，每{self.step}一级", f"{span} in steps of {self.step}")
        if self.places == 0:
            return Text(f"{span}的整数", f"whole numbers {span}")
        return Text(f"{span}，最多{self.places}位小数", f"{span}, at most {self.places} decimals")

    @property
    def longest_value(self) -> int:
        return LONGEST_NUMBER

    @property
    def decimals(self) -> int:
        return self.places

    @property
    def rules(self) -> tuple[Text, ...]:
        return tuple(map(_say_limit, self.counts))

    @property
    def ends(self) -> tuple[Decimal, Decimal]:
        return self.minimum, self.maximum

    def rate(self, rule: Rated) -> Rated:
        limits = Fraction(self.minimum), Fraction(self.maximum)
        step = None if self.step is None else Fraction(self.step)
        return replace(rule, limits=limits, number_limits=self.counts, step=step)

    def invent(self, place: int, of: int, quality: Fraction) -> str:
        """Spread by place, so that "at most three of 90 and more", "one below 70" are kept."""
        low, high = Fraction(self.minimum), Fraction(self.maximum)
        # A trial's marks have to reach below 70 as well, or a scheme
        # that asks for one such mark has all its trial ballots void.
        spread = Fraction(95 - 35 * place // max(of - 1, 1), 100)
        share = spread if self.counts else (7 + 3 * quality) / 10
        found = int(low + (high - low) * share)
        if self.step is None:
            return str(found)
        # Down to a step, so that no limit of a range above is broken.
        return f"{self.minimum + (found - self.minimum) // self.step * self.step:f}"

    def _weigh(self, values: Sequence[str]) -> Iterator[Text]:
        numbers = [Fraction(value) for value in values]
        for limit in self.counts:
            # The arithmetic of the score itself, so that no ballot is taken here and void there.
            least, most = limit_places(limit, len(numbers))
            n = limit_count(limit, numbers)
            if not least <= n <= most:
                due = _say_due(least, most, len(numbers))
                range_ = _say_range(limit)
                yield Text(
                    f"{range_.zh}的单位{due.zh}，现为{n}个", f"{due.en} with {range_.en}, is {n}"
                )


def _say_range(limit: NumberLimit) -> Text:
    """The range of a number band: 90 and more, below 60, 60 to below 90."""
    if limit.below is None:
        return Text(f"{limit.lowest}分及以上", f"{limit.lowest} and more")
    if limit.lowest is None:
        return Text(f"低于{limit.below}分", f"below {limit.below}")
    return Text(f"{limit.lowest}分到不满{limit.below}分", f"{limit.lowest} to below {limit.below}")


def _say_limit(limit: NumberLimit) -> Text:
    """The whole rule, before anybody has broken it."""
    range_ = _say_range(limit)
    return Text(
        "每类单位里，%(range)s的%(bounds)s。", "In each category, %(bounds)s with %(range)s."
    ).filled(range=range_, bounds=say_bounds(limit))


def _say_due(least: int, most: int, units: int) -> Text:
    if least and most < units:
        return Text(f"应为{least}到{most}个", f"{least} to {most} units must be")
    if least:
        return Text(f"至少{least}个", f"at least {least} units must be")
    return Text(f"最多{most}个", f"at most {most} units may be")


def _read(reading: Reading, code: str, field: Field) -> NumberQuestion:
    parts = reading.record(field, ("kind", "title"), ("from", "to", "places", "step", "counts"))
    lowest, highest, places = DEFAULT_RANGE
    lowest, highest = (_mark(reading, parts["from"], lowest), _mark(reading, parts["to"], highest))
    reading.check_rising(field, lowest, highest)
    return NumberQuestion(
        code,
        reading.words(parts["title"]),
        lowest,
        highest,
        reading.integer(parts["places"], 0, MOST_PLACES, places),
        counts=_read_counts(reading, parts["counts"], lowest, highest),
        step=_read_step(reading, parts, lowest, highest),
    )


def _read_step(
    reading: Reading, parts: Mapping[str, Field], lowest: Decimal, highest: Decimal
) -> Decimal | None:
    """How far numbers lie apart; the highest is one of them, or nobody could get full marks."""
    field = parts["step"]
    if field.content is None:
        return None
    step, places = reading.number(field), reading.number(parts["places"])
    # A step finer than what raters may write is none.
    fits = step > 0 and step * 10 ** int(places) % 1 == 0
    if not fits or (highest - lowest) % step:
        reading.report(
            field,
            Text(
                "step 应大于 0，从 from 一步一步正好到 to，小数位不超过 places",
                "expected a step above 0 by which “from” reaches “to”, with no more decimals than "
                "“places”",
            ),
        )
        return None
    return step


def _read_counts(
    reading: Reading, field: Field, lowest: Decimal, highest: Decimal
) -> tuple[NumberLimit, ...]:
    told = len(reading.errors)
    listed = reading.sequence(field, MOST_OPTIONS)
    limits = tuple(_read_count(reading, each, lowest, highest) for each in listed)
    # What could not be read contradicts nothing, and a file that was taken earlier is read on.
    if len(reading.errors) > told or not reading.complains:
        return limits
    broken = contradicting_limit(limits, Fraction(lowest), Fraction(highest))
    if broken is not None:
        reading.report(
            listed[broken],
            Text(
                "和前面的 counts 不能同时做到，没有一张票会有效",
                "nobody can keep this together with the counts before it: no ballot would be valid",
            ),
        )
    return limits


def _mark(reading: Reading, field: Field, otherwise: Decimal) -> Decimal:
    """A bound of what raters write, who have six digits for it."""
    number = reading.number(field, otherwise)
    if abs(number) > MOST_TOTAL:
        reading.report(
            field,
            Text(
                f"应在 -{MOST_TOTAL} 到 {MOST_TOTAL} 之间",
                f"expected from -{MOST_TOTAL} to {MOST_TOTAL}",
            ),
        )
        return otherwise
    return number


def _read_count(reading: Reading, field: Field, lowest: Decimal, highest: Decimal) -> NumberLimit:
    """How many numbers of a range: `most: 3` units, or `most: 30%` of the category's."""
    parts = reading.record(field, (), ("from", "below", "least", "most"))
    share = reading.text(parts["most"]).endswith("%")
    limit = NumberLimit(
        _edge(reading, parts["from"], lowest, highest),
        _edge(reading, parts["below"], lowest, highest),
        _whole(reading, parts["least"]),
        None if share else _whole(reading, parts["most"]),
        reading.percentage(parts["most"]) if share else None,
    )
    # Where it is no mapping at all, that has been told, and one mistake is enough.
    if isinstance(field.content, Mapping):
        if limit.lowest is None and limit.below is None:
            reading.report(
                field,
                Text(
                    "要写 from（不低于）或 below（低于）", "expected “from” (at least) or “below”"
                ),
            )
        if parts["least"].content is None and parts["most"].content is None:
            reading.report(
                field, Text("要写 most（最多）或 least（至少）", "expected “most” or “least”")
            )
    if limit.lowest is not None and limit.below is not None and limit.lowest >= limit.below:
        reading.report(field, Text("from 应小于 below", "expected from to be below “below”"))
    if limit.least is not None and limit.most is not None and limit.least > limit.most:
        reading.report(field, Text("least 不应大于 most", "expected least not to exceed most"))
    return limit


def _edge(reading: Reading, field: Field, lowest: Decimal, highest: Decimal) -> Fraction | None:
    if field.content is None:
        return None
    number = reading.number(field)
    if not lowest <= number <= highest:
        reading.report(
            field, Text(f"应在 {lowest} 到 {highest} 之间", f"expected from {lowest} to {highest}")
        )
    return Fraction(number)


def _whole(reading: Reading, field: Field) -> int | None:
    return None if field.content is None else reading.integer(field, 0, MOST_UNITS)


def _write_count(limit: NumberLimit) -> Entry:
    share = limit.most_share
    said: dict[str, str | int | None] = {
        "from": None if limit.lowest is None else write_fraction(limit.lowest),
        "below": None if limit.below is None else write_fraction(limit.below),
        "least": limit.least,
        "most": limit.most if share is None else f"{write_fraction(share * 100)}%",
    }
    entry: dict[str, Entry] = {}
    entry.update((name, value) for name, value in said.items() if value is not None)
    return entry
