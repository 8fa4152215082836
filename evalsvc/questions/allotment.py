"""Points in ten fixed steps, grouped in bands of which some take a share of all units at most."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from analysis.score.rules import Rated
from evalsvc.questions.question import Option, Question, Reader, Scoring
from evalsvc.questions.values import is_whole
from evalsvc.scheme.file.entries import Entry, write_text
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import AND, COMMA, Text

STEPS = 10
# What a step is worth in a score out of 100.
WORTH = 10


@dataclass(frozen=True)
class StepBand:
    """The steps from `lowest` up to the band above; `most` is a percentage of all units rated."""

    code: str
    name: Text
    lowest: int
    most: int | None = None


@dataclass(frozen=True)
class AllotmentQuestion(Question):
    """The rater gives every unit 1 to 10 points; a limited band takes so many units at most.

    The limit is of all units that the rater rates, whatever their category, rounded down.
    """

    kind: ClassVar[str] = "allotment"
    called: ClassVar[Text] = Text("分档打分", "Points in bands")
    scoring: ClassVar[Scoring] = "kept"
    weighed: ClassVar[bool] = True
    overall: ClassVar[bool] = True
    ticked: ClassVar[bool] = False
    option_word: ClassVar[Text] = Text("分", "points")

    bands: tuple[StepBand, ...]

    @classmethod
    def list_readers(cls) -> Mapping[str, Reader]:
        return {cls.kind: _read}

    def write(self) -> dict[str, Entry]:
        return {"bands": {band.code: _write_band(band) for band in self.bands}}

    def is_answer(self, value: str, most: int) -> bool:  # noqa: ARG002 (the steps are the same for any number)
        # `05` would be a second spelling of 5, and no key among the points.
        return is_whole(value, 1, STEPS) and value[0] != "0"

    def say_choices(self, most: int) -> Text:  # noqa: ARG002 (the steps are the same for any number)
        return Text(f"1–{STEPS}的整数", f"whole numbers 1–{STEPS}")

    @property
    def longest_value(self) -> int:
        return len(str(STEPS))

    @property
    def posted(self) -> Sequence[str]:
        return ["0" * self.longest_value]

    def list_steps(self, band: StepBand) -> range:
        """A band's steps, the highest first."""
        above = [one.lowest for one in self.bands if one.lowest > band.lowest]
        return range(min(above, default=STEPS + 1) - 1, band.lowest - 1, -1)

    def list_options(self) -> tuple[Option, ...]:
        return tuple(
            Option(str(step), _say_step(band, step))
            for band in self.bands
            for step in self.list_steps(band)
        )

    def find_quota(self, n: int) -> Mapping[str, int]:
        """Units that a limited band takes; a part of one is left off."""
        # Rounded down, as the page and the paper say it; a part of a unit is no unit.
        return {band.code: n * band.most // 100 for band in self.bands if band.most is not None}

    @property
    def rules(self) -> tuple[Text, ...]:
        return tuple(self._say_limit(band) for band in self.bands if band.most is not None)

    def say_bands(self) -> Text:
        """Which points stand for which band."""
        return AND.join(self._say_band(band) for band in self.bands)

    def say_places(self, quota: Mapping[str, int]) -> Text:
        """How many units the limited bands take of those on a ballot."""
        said = COMMA.join(
            Text("“%(band)s”最多%(n)s个单位", "“%(band)s” takes %(n)s at most").filled(
                band=band.name, n=quota[band.code]
            )
            for band in self.bands
            if band.code in quota
        )
        whole = Text("全部单位都评时，%(said)s。", "With every unit rated: %(said)s.")
        return whole.filled(said=said)

    def rate(self, rule: Rated) -> Rated:
        return replace(
            rule, points={str(step): Fraction(step * WORTH) for step in range(1, STEPS + 1)}
        )

    def limit_of(self, value: str) -> str:
        held = (band for band in self.bands if int(value) in self.list_steps(band))
        return next((band.code for band in held if band.most is not None), "")

    def say_value(self, value: str) -> Text:
        names = {option.code: option.name for option in self.list_options()}
        return names.get(value, Text(value, value))

    def invent(self, place: int, of: int, quality: Fraction) -> str:  # noqa: ARG002 (the place says it)
        """Limited bands are filled; the others share the rest evenly."""
        quota = self.find_quota(of)
        steps = [band.lowest for band in self.bands for _ in range(quota.get(band.code, 0))]
        free = [s for band in self.bands if band.most is None for s in self.list_steps(band)]
        rest = of - len(steps)
        steps += [free[n * len(free) // rest] for n in range(rest)]
        return str(sorted(steps, reverse=True)[place])

    def _weigh(self, values: Sequence[str]) -> Iterator[Text]:
        n, given = len(values), Counter(int(value) for value in values)
        quota = self.find_quota(n)
        for band in self.bands:
            found = sum(given[step] for step in self.list_steps(band))
            # A free band takes all of them.
            if found > quota.get(band.code, n):
                name, most = self._say_band(band), quota[band.code]
                yield Text(
                    f"{name.zh}最多{most}个单位（所评{n}个单位的{band.most}%，不足一个的舍去），"
                    f"现为{found}个",
                    f"{name.en}: at most {most} of the {n} units that you rate ({band.most}%, "
                    f"rounded down), is {found}",
                )

    def _say_band(self, band: StepBand) -> Text:
        steps = self.list_steps(band)
        span = f"{steps[-1]}–{steps[0]}" if len(steps) > 1 else str(steps[0])
        return Text(f"{band.name.zh}（{span}分）", f"{band.name.en} ({span} points)")

    def _say_limit(self, band: StepBand) -> Text:
        name = self._say_band(band)
        return Text(
            f"{name.zh}最多占您所评全部单位的{band.most}%，各类单位合在一起算，不足一个的舍去。",
            f"{name.en}: at most {band.most}% of all units that you rate, counted over all "
            "categories together and rounded down.",
        )


def _say_step(band: StepBand, step: int) -> Text:
    return Text(f"{band.name.zh} {step}分", f"{band.name.en} {step}")


def _read(reading: Reading, code: str, field: Field) -> AllotmentQuestion:
    parts = reading.record(field, ("kind", "title", "bands"))
    found = reading.declared(parts["bands"], STEPS)
    bands = tuple(_read_band(reading, band, each) for band, each in found.items())
    if found:
        _check_steps(reading, parts["bands"], bands)
        _check_limits(reading, parts["bands"], bands)
    return AllotmentQuestion(code, reading.words(parts["title"]), bands)


def _read_band(reading: Reading, code: str, field: Field) -> StepBand:
    parts = reading.record(field, ("name", "from"), ("most",))
    share = parts["most"]
    return StepBand(
        code,
        reading.words(parts["name"]),
        reading.integer(parts["from"], 1, STEPS, 1),
        None if share.content is None else _read_share(reading, share),
    )


def _read_share(reading: Reading, field: Field) -> int:
    """A whole percentage, written `20%`."""
    share = reading.percentage(field) * 100
    if share.denominator != 1 or not 0 <= share <= 100:
        # Whole, so that people can work it out on paper.
        reading.report(
            field, Text("应为 0% 到 100% 的整数", "expected a whole percentage up to 100%")
        )
        return 0
    return int(share)


def _check_steps(reading: Reading, field: Field, bands: Sequence[StepBand]) -> None:
    lowest = [band.lowest for band in bands]
    if len(bands) < 2:
        reading.report(field, Text("至少要有两档", "expected at least two bands"))
    if lowest != sorted(set(lowest), reverse=True) or lowest[-1] != 1:
        reading.report(
            field,
            Text(
                "各档由高到低写，from 依次变小，最后一档从 1 起",
                "expected the best band first, each “from” below the one before, the last one 1",
            ),
            found=", ".join(map(str, lowest)),
        )


def _check_limits(reading: Reading, field: Field, bands: Sequence[StepBand]) -> None:
    """Some band is limited, or it would be a plain number; some is free, or nothing would fit."""
    limited = [band for band in bands if band.most is not None]
    # Without a limit a number asks the same with less on the page.
    if not limited:
        reading.report(
            field,
            Text(
                "至少一档要写 most（最多占多少）；都不限时请用 number",
                "expected “most” for a band; without any limit, a number will do",
            ),
        )
    if len(limited) == len(bands):
        reading.report(
            field, Text("至少一档不写 most，其余单位才有去处", "expected a band without “most”")
        )


def _write_band(band: StepBand) -> Entry:
    entry: dict[str, Entry] = {"name": write_text(band.name), "from": band.lowest}
    return entry | ({} if band.most is None else {"most": f"{band.most}%"})
