"""Which values answer a question, and how the choice is put in words when one does not."""

from decimal import Decimal, InvalidOperation

from evalsvc.scheme.asking import (
    BETWEEN_CHOICES,
    OTHER,
    AnyQuestion,
    ChoiceQuestion,
    RankingQuestion,
    SumQuestion,
    TextQuestion,
    count_as_decimal,
)
from evalsvc.scheme.model import ForcedRatioQuestion, LevelsQuestion, NumberQuestion
from evalsvc.text import Text


def is_answer(question: AnyQuestion, value: str, most: int) -> bool:
    """Whether a value answers the question; `most` is the number of units in the category."""
    match question:
        case ForcedRatioQuestion():
            return any(band.code == value for band in question.bands)
        case LevelsQuestion():
            return any(level.code == value for level in question.levels)
        case NumberQuestion():
            return _is_number(question, value)
        case RankingQuestion():
            return is_whole(value, 1, most)
        case SumQuestion():
            return is_whole(value, 0, question.total)
        case ChoiceQuestion():
            return _is_choice(question, value)
        case TextQuestion():
            return is_text(value, question.longest)


def is_whole(value: str, lowest: int, highest: int) -> bool:
    number = count_as_decimal(value)
    return number is not None and lowest <= number <= highest


def is_text(value: str, longest: int) -> bool:
    """Whether a text is no longer than allowed and holds nothing that no page could show."""
    return len(value) <= longest and not any(
        (sign < " " and sign not in "\n\t") or "\ud800" <= sign <= "\udfff" for sign in value
    )


def list_chosen(value: str) -> list[str]:
    """The options of a multiple choice."""
    return value.split(BETWEEN_CHOICES)


def say_choices(question: AnyQuestion, most: int) -> Text:
    """What may be answered, for the message that refuses something else."""
    match question:
        case ForcedRatioQuestion():
            return _join([band.name for band in question.bands])
        case LevelsQuestion():
            return _join([level.name for level in question.levels])
        case NumberQuestion():
            return _say_range(question)
        case RankingQuestion():
            return Text(f"1–{most}的整数", f"whole numbers 1–{most}")
        case SumQuestion():
            return Text(f"0–{question.total}的整数", f"whole numbers 0–{question.total}")
        case ChoiceQuestion():
            return _say_options(question)
        case TextQuestion():
            return Text(
                f"最多{question.longest}字，不含控制符",
                f"at most {question.longest} characters, no control characters",
            )


def _is_number(question: NumberQuestion, value: str) -> bool:
    # Plain ASCII decimals only, so that a number has one spelling when it is counted.
    if not value.isascii() or len(value) > 12 or set(value) - set("0123456789.-"):
        return False
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    exponent = number.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else question.places + 1
    return question.minimum <= number <= question.maximum and decimals <= question.places


def _is_choice(question: ChoiceQuestion, value: str) -> bool:
    """Known options, each once, in the declared order, so that a choice has one spelling."""
    known = [option.code for option in question.options] + [OTHER] * question.other
    chosen = list_chosen(value)
    return len(chosen) <= question.most and chosen == [code for code in known if code in chosen]


def _say_range(question: NumberQuestion) -> Text:
    span = f"{question.minimum}–{question.maximum}"
    if question.places == 0:
        return Text(f"{span}的整数", f"whole numbers {span}")
    return Text(
        f"{span}，最多{question.places}位小数", f"{span}, at most {question.places} decimals"
    )


def _say_options(question: ChoiceQuestion) -> Text:
    names = [option.name for option in question.options]
    names += [Text("其他", "other")] * question.other
    listed = _join(names)
    if question.most == 1:
        return listed
    return Text(f"最多{question.most}项：{listed.zh}", f"{question.most} at most: {listed.en}")


def _join(names: list[Text]) -> Text:
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
