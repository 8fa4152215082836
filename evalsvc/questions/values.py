"""What the values of several kinds have in common: whole numbers, texts, lengths."""

from decimal import Decimal

from evalsvc.questions.question import LONGEST_WHOLE


def count_as_decimal(value: str) -> Decimal | None:
    """The number that a counted answer is, if it is a plain whole one."""
    # `²` is a digit to `isdigit`. A longer one would not fit the length of a ballot.
    plain = value.isascii() and value.isdigit() and len(value) <= LONGEST_WHOLE
    return Decimal(value) if plain else None


def is_whole(value: str, lowest: int, highest: int) -> bool:
    number = count_as_decimal(value)
    return number is not None and lowest <= number <= highest


def is_text(value: str, longest: int) -> bool:
    """Whether a text is no longer than allowed and holds nothing that no page could show."""
    # Halves of a pair can't be written as UTF-8, so a ballot with one could not be sealed.
    return len(value) <= longest and not any(
        (sign < " " and sign not in "\n\t") or "\ud800" <= sign <= "\udfff" for sign in value
    )


def measure(code: str) -> int:
    """The bytes that a code takes in a sealed ballot."""
    # Bytes and not characters: what is measured is the length of what is sealed.
    return len(code.encode())
