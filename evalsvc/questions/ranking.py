"""A full ranking: all units of a category in order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from evalsvc.questions.question import LONGEST_WHOLE, Question, Reader, Scoring
from evalsvc.questions.values import is_whole
from evalsvc.scheme.file.entries import Entry
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text


@dataclass(frozen=True)
class RankingQuestion(Question):
    """The rater puts all units of each category in order, 1 for the first."""

    kind: ClassVar[str] = "ranking"
    called: ClassVar[Text] = Text("排出名次", "order")
    scoring: ClassVar[Scoring] = "where_read"
    weighed: ClassVar[bool] = True
    order: ClassVar[bool] = True

    @classmethod
    def list_readers(cls) -> Mapping[str, Reader]:
        return {cls.kind: _read}

    def write(self) -> dict[str, Entry]:
        return {}

    def is_answer(self, value: str, most: int) -> bool:
        return is_whole(value, 1, most)

    def say_choices(self, most: int) -> Text:
        return Text(f"1–{most}的整数", f"whole numbers 1–{most}")

    @property
    def longest_value(self) -> int:
        return LONGEST_WHOLE

    def invent(self, place: int, of: int, quality: Fraction) -> str:  # noqa: ARG002 (the place says it)
        return str(place + 1)

    def _weigh(self, values: Sequence[str]) -> Iterator[Text]:
        # n sound places of which none comes twice are all of 1 to n.
        doubled = sorted({int(value) for value in values if values.count(value) > 1})
        if doubled:
            places = "、".join(str(place) for place in doubled)
            yield Text(
                f"名次{places}用了不止一次",
                f"place {places.replace('、', ', ')} is given more than once",
            )


def _read(reading: Reading, code: str, field: Field) -> RankingQuestion:
    parts = reading.record(field, ("kind", "title"))
    return RankingQuestion(code, reading.words(parts["title"]))
