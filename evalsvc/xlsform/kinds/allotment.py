"""Points in bands: a range from 1 to 10, with the bands as a list under the question's own name."""

from decimal import Decimal
from fractions import Fraction

from evalsvc.questions.allotment import STEPS, WORTH, AllotmentQuestion, StepBand
from evalsvc.text import Text
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.choices import Choice
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Row, Written, write_choice
from evalsvc.xlsform.rules import Tally

# What tells it from a plain number.
APPEARANCE = "allotment"
PARAMETERS = f"start=1 end={STEPS} step=1"


def _takes(item: Item) -> bool:
    return APPEARANCE in item.row.peek("appearance").split()


def _read(item: Item) -> AllotmentQuestion | None:
    if not item.is_about_units():
        return None
    listed = item.lists.get(item.name)
    if item.type != "range" or listed is None:
        item.row.report(
            "type",
            Text(
                f"分档打分应为 range，并在 choices 表里有同名的列表“{item.name}”写明各档",
                f"points in bands are a range, with the bands as a list “{item.name}” in the sheet "
                "“choices”",
            ),
        )
        return None
    item.take_appearance(APPEARANCE)
    if item.row.take("parameters").split() not in ([], PARAMETERS.split()):
        item.row.report("parameters", Text(f"应为 {PARAMETERS}", f"expected {PARAMETERS}"))
    limits = item.limits
    if (limits.minimum or 0) > 1 or (STEPS if limits.maximum is None else limits.maximum) < STEPS:
        item.refuse("constraint", unsupported.FOREIGN_LIMIT)
    listed.require("points", number=True)
    bands = tuple(_read_band(item, choice) for choice in listed.choices)
    return AllotmentQuestion(item.name, item.title, bands)


def _read_band(item: Item, choice: Choice) -> StepBand:
    """The points in the list are what the band's lowest step is worth."""
    choice.row.use("share")
    worth = Decimal(0 if choice.points in (None, "none") else choice.points or 0)
    if worth % WORTH or not WORTH <= worth <= STEPS * WORTH:
        item.row.report(
            "type",
            Text(
                f"“{choice.code}”的 points 应为 10、20…100：这一档最低一级折合的分",
                f"the points of “{choice.code}” are one of 10, 20 … 100: "
                "what its lowest step is worth",
            ),
            found=f"{worth:f}",
        )
        worth = Decimal(WORTH)
    return StepBand(choice.code, choice.name, int(worth) // WORTH, choice.share)


def _write(question: AllotmentQuestion) -> Written:
    limited = [band for band in question.bands if band.most is not None]
    return Written(
        "range",
        {
            "parameters": PARAMETERS,
            "appearance": APPEARANCE,
            "constraint": f". >= 1 and . <= {STEPS}",
        },
        [_write_band(question, band) for band in question.bands],
        rules=[
            _tally(question, band, said) for band, said in zip(limited, question.rules, strict=True)
        ],
    )


def _tally(question: AllotmentQuestion, band: StepBand, said: Text) -> Tally:
    steps = question.list_steps(band)
    return Tally(
        f". >= {steps[-1]} and . <= {steps[0]}",
        said,
        share=Fraction(band.most or 0, 100),
        overall=True,
    )


def _write_band(question: AllotmentQuestion, band: StepBand) -> Row:
    share = "" if band.most is None else str(band.most)
    points = str(band.lowest * WORTH)
    return write_choice(question, band.code, band.name, points=points, share=share)


ALLOTMENT = Adapter(AllotmentQuestion, _takes, _read, _write, limits=("bounds",))
