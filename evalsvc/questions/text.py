"""Words of the rater's own, about every unit or once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from evalsvc.questions.choice import read_about
from evalsvc.questions.question import About, Question, Reader, Scoring
from evalsvc.questions.values import is_text
from evalsvc.scheme.file.entries import Entry
from evalsvc.scheme.file.limits import LONGEST_ANSWER
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text


@dataclass(frozen=True)
class TextQuestion(Question):
    """The rater writes, `longest` characters at most, about every unit or once."""

    kind: ClassVar[str] = "text"
    called: ClassVar[Text] = Text("文字", "text")
    scoring: ClassVar[Scoring] = "never"
    required_by_itself: ClassVar[bool] = False

    longest: int
    about: About = "ballot"

    @classmethod
    def list_readers(cls) -> Mapping[str, Reader]:
        return {cls.kind: _read}

    def write(self) -> dict[str, Entry]:
        return {"longest": self.longest, "about": self.about}

    def is_answer(self, value: str, most: int) -> bool:  # noqa: ARG002 (a text is as long for any number)
        return is_text(value, self.longest)

    def say_choices(self, most: int) -> Text:  # noqa: ARG002 (a text is as long for any number)
        return Text(
            f"最多{self.longest}字，不含控制符",
            f"at most {self.longest} characters, no control characters",
        )

    @property
    def longest_value(self) -> int:
        # Words are reckoned for the whole paper together, or a form
        # with much text would be too long to fill up (decision 0012).
        return 0

    @property
    def is_about_units(self) -> bool:
        return self.about == "units"

    @property
    def word_limits(self) -> Mapping[str, int]:
        return {self.code: self.longest}


def _read(reading: Reading, code: str, field: Field) -> TextQuestion:
    parts = reading.record(field, ("kind", "title"), ("longest", "about"))
    longest = reading.integer(parts["longest"], 1, LONGEST_ANSWER, 500)
    return TextQuestion(
        code, reading.words(parts["title"]), longest, read_about(reading, parts["about"])
    )
