"""A choice: one option or several, about every unit or once, with room for words of one's own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from evalsvc.questions.question import (
    BETWEEN_CHOICES,
    LONGEST_REASON,
    OTHER,
    OTHER_TEXT,
    About,
    Flaw,
    Option,
    Question,
    Reader,
    Scoring,
)
from evalsvc.questions.values import is_text, measure
from evalsvc.scheme.file.entries import Entry, write_text
from evalsvc.scheme.file.limits import MOST_OPTIONS
from evalsvc.scheme.file.reading import Reading
from evalsvc.scheme.file.source import Field
from evalsvc.text import AND, Text

YES_NO = (Option("yes", Text("是", "Yes")), Option("no", Text("否", "No")))
OTHER_OPTION = Option(OTHER, Text("其他", "other"))


@dataclass(frozen=True)
class ChoiceQuestion(Question):
    """The rater chooses up to `most` options, about every unit or once for the ballot.

    With `other`, one more option asks for words of the rater's own.
    """

    kind: ClassVar[str] = "choice"
    called: ClassVar[Text] = Text("选择", "choice")
    scoring: ClassVar[Scoring] = "never"

    options: tuple[Option, ...]
    most: int = 1
    other: bool = False
    about: About = "ballot"

    @classmethod
    def list_readers(cls) -> Mapping[str, Reader]:
        return {"yes_no": _read_yes_no, cls.kind: _read}

    def write(self) -> dict[str, Entry]:
        if (self.options, self.most, self.other) == (YES_NO, 1, False):
            return {"kind": "yes_no", "about": self.about}
        return {
            "options": {option.code: write_text(option.name) for option in self.options},
            "most": self.most,
            "other": self.other,
            "about": self.about,
        }

    def is_answer(self, value: str, most: int) -> bool:  # noqa: ARG002 (options are the same for any number)
        """Known options, each once, in the declared order, so that a choice has one spelling."""
        chosen = value.split(BETWEEN_CHOICES)
        known = [option.code for option in self.list_options()]
        # In one order only: two spellings of one choice would be counted apart.
        return len(chosen) <= self.most and chosen == [code for code in known if code in chosen]

    def say_choices(self, most: int) -> Text:  # noqa: ARG002 (options are the same for any number)
        listed = AND.join(option.name for option in self.list_options())
        if self.most == 1:
            return listed
        return Text(f"最多{self.most}项：{listed.zh}", f"{self.most} at most: {listed.en}")

    @property
    def longest_value(self) -> int:
        # Of the longest codes, since all ballots of a paper have one length.
        longest = sorted(measure(option.code) for option in self.list_options())[-self.most :]
        return sum(longest) + len(longest) - 1

    @property
    def posted(self) -> Sequence[str]:
        return [option.code for option in self.list_options()]

    @property
    def is_about_units(self) -> bool:
        return self.about == "units"

    def list_options(self) -> tuple[Option, ...]:
        return (*self.options, OTHER_OPTION) if self.other else self.options

    @property
    def most_chosen(self) -> int:
        return self.most

    def _companions(self) -> tuple[str, ...]:
        return (OTHER_TEXT,) if self.other else ()

    @property
    def word_limits(self) -> Mapping[str, int]:
        return {self.code + OTHER_TEXT: LONGEST_REASON} if self.other else {}

    def say_value(self, value: str) -> Text:
        names = {option.code: option.name for option in (*self.options, OTHER_OPTION)}
        return AND.join(names.get(code, Text(code, code)) for code in value.split(BETWEEN_CHOICES))

    def list_flaws_beside(self, unit: str, name: Text, value: str, words: str) -> Iterator[Flaw]:
        """Words of one's own belong to the choice "other", and to no other choice."""
        item = self.code + OTHER_TEXT
        chosen = OTHER in value.split(BETWEEN_CHOICES)
        if chosen and not words:
            text = Text(
                f"“{name.zh}”选了“其他”，请写明", f"“{name.en}”: please say what “other” is"
            )
            yield Flaw("missing", item, unit, text)
        elif words and not chosen:
            text = Text(
                f"“{name.zh}”写了其他内容，但没有选“其他”",
                f"“{name.en}” has words for “other”, which is not chosen",
            )
            yield Flaw("not_asked", item, unit, text)
        elif not is_text(words, LONGEST_REASON):
            text = Text(
                f"“{name.zh}”的其他内容最多{LONGEST_REASON}字",
                f"“{name.en}”: {LONGEST_REASON} characters at most for “other”",
            )
            yield Flaw("not_a_choice", item, unit, text)


def _read_yes_no(reading: Reading, code: str, field: Field) -> ChoiceQuestion:
    parts = reading.record(field, ("kind", "title"), ("about",))
    return ChoiceQuestion(
        code, reading.words(parts["title"]), YES_NO, about=read_about(reading, parts["about"])
    )


def _read(reading: Reading, code: str, field: Field) -> ChoiceQuestion:
    parts = reading.record(field, ("kind", "title", "options"), ("most", "other", "about"))
    options = tuple(
        Option(option, reading.words(found))
        for option, found in reading.declared(parts["options"], MOST_OPTIONS).items()
    )
    other = reading.truth(parts["other"])
    # The code stands in answers, where it could mean either.
    if other and any(option.code == OTHER for option in options):
        reading.report(
            parts["options"],
            Text(f"代码 {OTHER} 已用于“其他”", f"the code {OTHER} is taken by “other”"),
        )
    if len(options) + other < 2 and parts["options"].content is not None:
        reading.report(parts["options"], Text("至少要有两个选项", "expected at least two options"))
    most = reading.integer(parts["most"], 1, MOST_OPTIONS + 1, 1)
    if most > len(options) + other:
        reading.report(
            parts["most"], Text("不应多于选项的个数", "expected no more than there are options")
        )
    about = read_about(reading, parts["about"])
    return ChoiceQuestion(code, reading.words(parts["title"]), options, most, other, about)


def read_about(reading: Reading, field: Field) -> About:
    return cast(About, reading.choice(field, ("ballot", "units")))
