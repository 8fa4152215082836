"""A constant sum: whole numbers whose constraint says what they add up to."""

from evalsvc.questions.sum import SumQuestion
from evalsvc.text import Text
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Written
from evalsvc.xlsform.rules import Total


def _takes(item: Item) -> bool:
    return item.type == "integer" and item.limits.total is not None


def _read(item: Item) -> SumQuestion | None:
    if not item.is_about_units() or item.limits.total is None:
        return None
    item.take_appearance()
    limits, total = item.limits, item.limits.total
    # Nobody can give less than nothing or more than there is, so only other bounds say something.
    within = (0 if limits.minimum is None else limits.minimum) <= 0
    if not within or (limits.maximum is not None and limits.maximum < total):
        item.refuse("constraint", unsupported.BOUNDS_BESIDE_SUM)
    return SumQuestion(item.name, item.title, total)


def _write(question: SumQuestion) -> Written:
    said = Text(f"每类单位合计{question.total}。", f"In each category: {question.total} together.")
    return Written(
        "integer",
        {"constraint": f". >= 0 and . <= {question.total}"},
        rules=[Total(question.total, said)],
    )


SUM = Adapter(SumQuestion, _takes, _read, _write, limits=("total", "bounds"))
