"""A forced ratio: one choice a unit from a list whose rows have points and shares."""

from decimal import Decimal
from fractions import Fraction

from evalsvc.questions.forced_ratio import Band, ForcedRatioQuestion
from evalsvc.text import Text
from evalsvc.workbooks.written import parse_number
from evalsvc.xlsform.choices import Choice
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Written, write_choice
from evalsvc.xlsform.rules import Tally


def _takes(item: Item) -> bool:
    return item.rates_by_list and item.choices is not None and item.choices.is_ratio


def _read(item: Item) -> ForcedRatioQuestion:
    row = item.row
    proportions = row.take("proportions") or "exact"
    if proportions not in ("exact", "at_most"):
        row.report(
            "proportions",
            Text("应为 exact（正好）或 at_most（不超过）", "expected exact or at_most"),
        )
    enforce_from = parse_number(row.take("enforce_from") or "1")
    if enforce_from is None or enforce_from != int(enforce_from) or enforce_from < 1:
        row.report("enforce_from", Text("应为不小于 1 的整数", "expected a whole number from 1 on"))
        enforce_from = Decimal(1)
    return ForcedRatioQuestion(
        item.name,
        item.title,
        _list_bands(item),
        int(enforce_from),
        exact=proportions == "exact",
        ordered="ordered" in item.take_appearance("ordered"),
    )


def _list_bands(item: Item) -> tuple[Band, ...]:
    if item.choices is None:
        return ()
    item.choices.require("share", number=True)
    item.choices.require("points", number=True)
    # What is refused there needs some value here.
    return tuple(
        Band(choice.code, choice.name, _read_points(choice), choice.share or 0)
        for choice in item.choices.choices
    )


def _read_points(choice: Choice) -> Decimal:
    return Decimal(0 if choice.points in (None, "none") else choice.points)


def _write(question: ForcedRatioQuestion) -> Written:
    return Written(
        f"select_one {question.code}",
        {
            "enforce_from": str(question.enforce_from),
            "proportions": "exact" if question.exact else "at_most",
            "appearance": "ordered" if question.ordered else "",
        },
        [
            write_choice(
                question, band.code, band.name, points=f"{band.points:f}", share=str(band.share)
            )
            for band in question.bands
        ],
        # What the last band holds follows from the others.
        rules=[_tally(question, band) for band in question.bands[:-1]],
    )


def _tally(question: ForcedRatioQuestion, band: Band) -> Tally:
    bound = Text("应占", "must hold") if question.exact else Text("最多占", "holds at most")
    return Tally(
        f". = '{band.code}'",
        Text(
            "每类单位里，“%(band)s”%(bound)s%(share)s%%，不足一个的舍去。",
            "In each category, “%(band)s” %(bound)s %(share)s%%, rounded down.",
        ).filled(band=band.name, bound=bound, share=band.share),
        share=Fraction(band.share, 100),
        binds_from=question.enforce_from,
        exact=question.exact,
    )


FORCED_RATIO = Adapter(ForcedRatioQuestion, _takes, _read, _write)
