"""A constant sum: whole numbers whose constraint says what they add up to."""

from evalsvc.questions.sum import SumQuestion
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Written


def _takes(item: Item) -> bool:
    return item.type == "integer" and item.limits.total is not None


def _read(item: Item) -> SumQuestion | None:
    if not item.is_about_units() or item.limits.total is None:
        return None
    return SumQuestion(item.name, item.title, item.limits.total)


def _write(question: SumQuestion) -> Written:
    return Written("integer", {"constraint": f"sum(${{{question.code}}}) = {question.total}"})


SUM = Adapter(SumQuestion, _takes, _read, _write)
