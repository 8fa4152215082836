"""A forced ratio: the units are spread over bands in given proportions."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from analysis.score.quotas import band_quota
from analysis.score.rules import BandQuota, Rated
from evalsvc.questions.question import PLACE, Flaw, Given, Option, Question, Reader, Scoring
from evalsvc.questions.unit import PaperUnit
from evalsvc.questions.values import is_whole, measure
from evalsvc.scheme.file.entries import Entry, write_number, write_text
from evalsvc.scheme.file.limits import MOST_OPTIONS, MOST_UNITS
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import AND, Text

SHARES = Text("各档比例", "shares of the bands")


@dataclass(frozen=True)
class Band:
    """One step of a forced ratio; `share` is its percentage of the units on a ballot."""

    code: str
    name: Text
    points: Decimal
    share: int


@dataclass(frozen=True)
class ForcedRatioQuestion(Question):
    """The rater spreads the units over the bands in the given proportions, inside each category.

    With `ordered`, the rater also puts the units of a band in order.
    """

    kind: ClassVar[str] = "forced_ratio"
    called: ClassVar[Text] = Text("按比例排序", "Forced ratio")
    scoring: ClassVar[Scoring] = "kept"
    weighed: ClassVar[bool] = True
    option_word: ClassVar[Text] = Text("档次", "band")

    bands: tuple[Band, ...]
    enforce_from: int
    exact: bool = True
    ordered: bool = False

    @classmethod
    def list_readers(cls) -> Mapping[str, Reader]:
        return {cls.kind: _read}

    def write(self) -> dict[str, Entry]:
        entry: dict[str, Entry] = {
            "proportions": "exact" if self.exact else "at_most",
            "enforce_from": self.enforce_from,
            "bands": {
                band.code: {
                    "name": write_text(band.name),
                    "points": write_number(band.points),
                    "share": band.share,
                }
                for band in self.bands
            },
        }
        return entry | ({"ordered": True} if self.ordered else {})

    def is_answer(self, value: str, most: int) -> bool:  # noqa: ARG002 (bands are the same for any number)
        return any(band.code == value for band in self.bands)

    def say_choices(self, most: int) -> Text:  # noqa: ARG002 (bands are the same for any number)
        return AND.join(band.name for band in self.bands)

    @property
    def longest_value(self) -> int:
        return max(measure(band.code) for band in self.bands)

    @property
    def posted(self) -> Sequence[str]:
        return ["0" * self.longest_value]

    def list_options(self) -> tuple[Option, ...]:
        return tuple(Option(band.code, band.name) for band in self.bands)

    def _companions(self) -> tuple[str, ...]:
        return (PLACE,) if self.ordered else ()

    def find_quota(self, n: int) -> Mapping[str, int]:
        """The proportions bind once a category has enough units."""
        # With few units whole places would be nobody's opinion: of three units 20% is none.
        if n < self.enforce_from:
            return {}
        # The same function as the score's: what the page asks for is what the count checks.
        quota = band_quota(n, [band.share for band in self.bands])
        return {band.code: due for band, due in zip(self.bands, quota, strict=True)}

    @property
    def bound(self) -> frozenset[str]:
        """Where shares are upper limits, the last band takes whatever is left."""
        return frozenset(band.code for band in (self.bands if self.exact else self.bands[:-1]))

    @property
    def is_exact(self) -> bool:
        return self.exact

    def rate(self, rule: Rated) -> Rated:
        codes = tuple(band.code for band in self.bands)
        shares = tuple(band.share for band in self.bands)
        return replace(
            rule,
            points={band.code: Fraction(band.points) for band in self.bands},
            quota=BandQuota(codes, shares, self.enforce_from, self.exact),
        )

    def invent(self, place: int, of: int, quality: Fraction) -> str:  # noqa: ARG002 (the place says it)
        quota = band_quota(of, [band.share for band in self.bands])
        filled = [band.code for band, n in zip(self.bands, quota, strict=True) for _ in range(n)]
        return filled[place]

    def _weigh(self, values: Sequence[str]) -> Iterator[Text]:
        quota, counts = self.find_quota(len(values)), Counter(values)
        checked = [(band, quota[band.code]) for band in self.bands if quota]
        wrong = [
            (band, counts[band.code], due)
            # With `at_most` the last band takes what the others leave.
            for band, due in (checked if self.exact else checked[:-1])
            if counts[band.code] > due or (self.exact and counts[band.code] != due)
        ]
        if wrong:
            bound = Text("应为", "must be") if self.exact else Text("最多", "at most")
            told = Text(
                "%(band)s%(bound)s%(due)s个，现为%(n)s个", "%(band)s %(bound)s %(due)s, is %(n)s"
            )
            yield AND.join(
                told.filled(band=band.name, bound=bound, due=due, n=n) for band, n, due in wrong
            )

    def _list_order_flaws(self, units: Sequence[PaperUnit], given: Given) -> Iterator[Flaw]:
        """While units are missing, an order can't be whole, but a place is a place."""
        if not self.ordered:
            return
        if all(given.get((self.code, unit.code)) for unit in units):
            for text in self._list_unordered(units, given):
                yield Flaw("proportions", self.code, "", text)
        else:
            yield from self._list_no_places(units, given)

    def _list_no_places(self, units: Sequence[PaperUnit], given: Given) -> Iterator[Flaw]:
        for unit in units:
            item = self.code + PLACE
            # A place that is not given yet is no fault while units are missing.
            if not is_whole(given.get((item, unit.code), "1"), 1, len(units)):
                text = Text(
                    f"“{unit.name}”的先后不是1–{len(units)}的整数",
                    f"the place of “{unit.name}” is no whole number 1–{len(units)}",
                )
                yield Flaw("not_a_choice", item, unit.code, text)

    def _list_unordered(self, units: Sequence[PaperUnit], given: Given) -> Iterator[Text]:
        """Bands whose units are not numbered 1, 2, 3 …"""
        for band in self.bands:
            own = [unit.code for unit in units if given[self.code, unit.code] == band.code]
            places = sorted(given.get((self.code + PLACE, unit), "") for unit in own)
            # Texts on both sides, so that their order is the same one.
            if places != sorted(str(place) for place in range(1, len(own) + 1)):
                yield Text(
                    f"“{band.name.zh}”里的{len(own)}个单位没有排好先后",
                    f"the {len(own)} units in “{band.name.en}” are not all put in order",
                )


def _read(reading: Reading, code: str, field: Field) -> ForcedRatioQuestion:
    parts = reading.record(
        field, ("kind", "title", "bands", "enforce_from"), ("proportions", "ordered")
    )
    bands = tuple(
        _read_band(reading, band, found)
        for band, found in reading.declared(parts["bands"], MOST_OPTIONS).items()
    )
    if len(bands) == 1:
        reading.report(parts["bands"], Text("至少要有两档", "expected at least two bands"))
    reading.sums_to_100(parts["bands"], [Decimal(band.share) for band in bands], SHARES)
    return ForcedRatioQuestion(
        code,
        reading.words(parts["title"]),
        bands,
        reading.integer(parts["enforce_from"], 1, MOST_UNITS),
        exact=reading.choice(parts["proportions"], ("exact", "at_most")) == "exact",
        ordered=reading.truth(parts["ordered"]),
    )


def _read_band(reading: Reading, code: str, field: Field) -> Band:
    parts = reading.record(field, ("name", "points", "share"))
    return Band(
        code,
        reading.words(parts["name"]),
        reading.number(parts["points"]),
        reading.integer(parts["share"], 0, 100),
    )
