"""A number: a row of type integer, decimal or range, with its bounds."""

import re
from decimal import Decimal

from analysis.score.rules import NumberLimit
from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.question import LONGEST_NUMBER, Option, Question
from evalsvc.questions.text import TextQuestion
from evalsvc.scheme.file.entries import write_fraction
from evalsvc.text import Text, same
from evalsvc.workbooks.written import parse_number
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Row, Written
from evalsvc.xlsform.rules import limit_tally

# More of them are no choice that anybody reads.
MOST_NUMBERS = 20
_EQUALS = re.compile(r"\s*=\s*")
_BETWEEN = re.compile(r"[,;]")
_RANGE = Text(
    "应为 start=0 end=100 step=1（step 可为 1、0.1、0.01、0.001，或正好走到 end 的整数）",
    "expected start=0 end=100 step=1 (step is 1, 0.1, 0.01, 0.001, or a whole number by which "
    "start reaches end)",
)


def _takes(item: Item) -> bool:
    return item.type in ("integer", "decimal", "range")


def _read(item: Item) -> Question:
    item.take_appearance()
    if item.about == "ballot":
        return _read_once(item)
    if item.type == "range":
        return _read_range(item)
    if item.type == "decimal":
        item.row.remark(
            "type",
            Text(
                "小数按两位小数读取；要一位小数，请用 range 和 step=0.1",
                "read with two decimals; for one, please use range with step=0.1",
            ),
        )
    return _read_bounded(item, places=2 if item.type == "decimal" else 0)


def _read_once(item: Item) -> Question:
    """A number about the whole ballot has no counterpart: a choice of few numbers, or words."""
    limits = item.limits
    # The remark says that words aren't checked, which a rule over several answers would need.
    if limits.counts or limits.level_counts:
        item.refuse("constraint", unsupported.FOREIGN_LIMIT)
    numbers: tuple[int, ...] = ()
    if item.type == "range":
        asked = _read_range(item)
        if not asked.places:
            numbers = _list_numbers(asked.minimum, asked.maximum, asked.step or Decimal(1))
    elif item.type == "integer":
        numbers = _list_numbers(limits.minimum, limits.maximum, Decimal(1))
    if numbers:
        item.row.remark("type", unsupported.NUMBER_AS_CHOICE)
        options = tuple(Option(str(each), same(each)) for each in numbers)
        return ChoiceQuestion(item.name, item.title, options)
    item.row.remark("type", unsupported.NUMBER_AS_WORDS.filled(most=LONGEST_NUMBER))
    return TextQuestion(item.name, item.title, LONGEST_NUMBER)


def _list_numbers(
    lowest: Decimal | None, highest: Decimal | None, step: Decimal
) -> tuple[int, ...]:
    """The numbers of a short range of whole ones; none where it is another."""
    if lowest is None or highest is None:
        return ()
    fits = lowest == int(lowest) >= 0 and highest == int(highest) and lowest < highest
    if not fits or (highest - lowest) / step >= MOST_NUMBERS:
        return ()
    return tuple(range(int(lowest), int(highest) + 1, int(step)))


def _read_range(item: Item) -> NumberQuestion:
    said = _read_parameters(item)
    start, end = parse_number(said.get("start", "1")), parse_number(said.get("end", "10"))
    apart = said.get("step", "1")
    places = {"1": 0, "0.1": 1, "0.01": 2, "0.001": 3}.get(apart)
    step = parse_number(apart) if places is None else None
    if step is not None and start is not None and end is not None and step > 0:
        # Steps of another size, which reach the end from the start.
        places = 0 if (end - start) % step == 0 and step == int(step) else None
    if start is None or end is None or places is None:
        item.row.report("parameters", _RANGE)
        return NumberQuestion(item.name, item.title, Decimal(0), Decimal(100), 0)
    lowest, highest = _narrow(item, start, end, step or Decimal(1).scaleb(-places))
    counts = tuple(item.limits.counts)
    return NumberQuestion(item.name, item.title, lowest, highest, places, counts, step)


def _read_parameters(item: Item) -> dict[str, str]:
    """What the parameters say; one without a meaning here is remarked."""
    words = _BETWEEN.sub(" ", _EQUALS.sub("=", item.row.take("parameters"))).split()
    said = dict(word.split("=", 1) for word in words if "=" in word)
    foreign = [word for word in words if word.split("=")[0] not in ("start", "end", "step")]
    if len(words) != len(said):
        item.row.report("parameters", _RANGE)
    elif foreign:
        item.row.report(
            "parameters", unsupported.PARAMETERS, found=" ".join(foreign), severity="warning"
        )
    return said


def _narrow(item: Item, start: Decimal, end: Decimal, step: Decimal) -> tuple[Decimal, Decimal]:
    """The range as the constraint leaves it; its ends have to lie on steps."""
    limits = item.limits
    lowest = start if limits.minimum is None else max(start, limits.minimum)
    highest = end if limits.maximum is None else min(end, limits.maximum)
    if (lowest - start) % step or (highest - start) % step:
        item.row.report(
            "constraint",
            Text(
                "限制要正好落在 range 的一级上；请改限制，或改 start、end、step",
                "the constraint has to meet a step of the range; please change it, or start, end "
                "and step",
            ),
        )
    return lowest, highest


def _read_bounded(item: Item, places: int) -> NumberQuestion:
    limits = item.limits
    if limits.minimum is None or limits.maximum is None:
        item.row.report(
            "constraint",
            Text(
                "没有写明上下限，按 0 到 100 读取；例如 . >= 0 and . <= 100",
                "no bounds are given, 0 to 100 are taken; e.g. . >= 0 and . <= 100",
            ),
            severity="warning",
        )
    lowest = Decimal(0) if limits.minimum is None else limits.minimum
    highest = Decimal(100) if limits.maximum is None else limits.maximum
    counts = tuple(limits.counts)
    return NumberQuestion(item.name, item.title, lowest, highest, places, counts=counts)


def _write(question: NumberQuestion) -> Written:
    in_steps = question.places or question.step is not None
    said = zip(question.counts, question.rules, strict=True)
    return Written(
        "range" if in_steps else "integer",
        _write_particulars(question),
        rules=[limit_tally(limit, _write_edges(limit), text) for limit, text in said],
    )


def _write_particulars(question: NumberQuestion) -> Row:
    bounds = {"constraint": f". >= {question.minimum:f} and . <= {question.maximum:f}"}
    if not question.places and question.step is None:
        return bounds
    step = f"0.{'0' * (question.places - 1)}1" if question.step is None else f"{question.step:f}"
    # The slider keeps its ends, but what is typed or sent otherwise only the constraint.
    return bounds | {
        "parameters": f"start={question.minimum:f} end={question.maximum:f} step={step}"
    }


def _write_edges(limit: NumberLimit) -> str:
    edges = []
    if limit.lowest is not None:
        edges.append(f". >= {write_fraction(limit.lowest)}")
    if limit.below is not None:
        edges.append(f". < {write_fraction(limit.below)}")
    return " and ".join(edges)


NUMBER = Adapter(NumberQuestion, _takes, _read, _write, limits=("bounds", "counts"))
