"""A rater's whole ballot as a form: posted text in, answers out, every fault beside its field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from analysis.score.facts import Answer
from evalsvc.questions.breach import Breach
from evalsvc.questions.conditions import Joined, When
from evalsvc.questions.question import RECUSAL, Option, Question
from evalsvc.questions.questionnaire import Asked, Questionnaire
from evalsvc.questions.unit import PaperUnit
from evalsvc.scheme.model import Category
from evalsvc.text import NOTHING, Text
from forms.answer import AnswerField, build_name
from forms.fields import list_fields_of
from forms.posted import list_slots, read_slots
from forms.text import TextField

FOREIGN = Text(
    "有%(n)s处内容不属于这张票，没有采用：%(names)s",
    "%(n)s entries do not belong to this ballot and were left out: %(names)s",
)


@dataclass(frozen=True)
class UnitCard:
    """A unit with the fields about it; a card without a unit holds questions on the whole."""

    unit: PaperUnit | None
    fields: tuple[AnswerField, ...]

    def list_fields_of(self, question: Question) -> tuple[AnswerField, ...]:
        return tuple(found for found in self.fields if found.question is question)


@dataclass(frozen=True)
class Section:
    """One category's units under the questions that are answered together, unit by unit."""

    code: str
    page: int
    category: Category | None
    asked: tuple[Asked, ...]
    cards: tuple[UnitCard, ...]
    is_first_of_run: bool
    faults: list[Text] = field(default_factory=list)

    @property
    def is_spread(self) -> bool:
        """Whether a count over all its units stands in view."""
        return self.questions[0].weighed

    @property
    def is_matrix(self) -> bool:
        """Whether several items of a unit are answered on one scale, which reads as a table."""
        scales = {one.scale for one in self.questions}
        several = len(self.questions) > 1 and self.category is not None
        return several and len(scales) == 1 and scales != {()}

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(one.question for one in self.asked)

    def list_piles(self, question: Question) -> tuple[tuple[Option, tuple[str, ...]], ...]:
        """Each option with the names of the units that were given it, in its order, if any."""
        chosen = [
            (card.unit.name, str(main.data).split())
            for card in self.list_ranked(question)
            for main in card.list_fields_of(question)[:1]
            if card.unit
        ]
        options = self.cards[0].list_fields_of(question)[0].options
        return tuple(
            (option, tuple(name for name, codes in chosen if option.code in codes))
            for option in options
        )

    def list_ranked(self, question: Question) -> tuple[UnitCard, ...]:
        """The cards by the place that they were given; without places, as they stand."""
        if not question.is_ordered:
            return self.cards
        return tuple(sorted(self.cards, key=lambda card: _place_of(card, question)))

    def list_left_out(self) -> tuple[UnitCard, ...]:
        """The cards of the units that the rater does not judge."""
        return tuple(
            card
            for card in self.cards
            if any(found.item == RECUSAL and found.data for found in card.fields)
        )


@dataclass(frozen=True)
class Dependence:
    """What a question depends on: as the script reads it, by names of fields, and in words."""

    rule: Mapping[str, object]
    said: Text


@dataclass(frozen=True)
class FormFault:
    """One thing to mend, and the element of the page where it is."""

    place: str
    name: str
    text: Text


class BallotForm(BaseForm):  # type: ignore[misc]  # WTForms ships no types
    """The questionnaire of one visit; that it is this visit's is for `forms.posted` to say."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        categories: Sequence[Category],
        units: Sequence[PaperUnit],
        posted: MultiDict[str, str] | None = None,
    ) -> None:
        slots = tuple(list_slots(questionnaire, units))
        super().__init__(
            {
                slot.name: slot.kind(slot.asked, slot.unit, id=f"u{n}")
                for n, slot in enumerate(slots, 1)
            }
        )
        self.process(posted)
        self.manner = questionnaire.manner
        self._paper = (questionnaire, categories, units)
        self._placed: set[str] = set()
        self._read = read_slots(slots, posted or MultiDict())

    def check(self, breaches: Iterable[Breach]) -> bool:
        """Whether the ballot may be cast; if not, every reason stands beside its field."""
        self.validate()
        self._note(breaches)
        return not self.list_faults()

    def list_fields(self) -> tuple[AnswerField, ...]:
        return tuple(found for found in self if isinstance(found, AnswerField))

    def list_answers(self) -> tuple[Answer, ...]:
        """What was answered, in the order of the paper, right or wrong."""
        return self._read.answers

    def find_condition(self, found: AnswerField) -> Dependence | None:
        """What decides whether this field is asked, with its words for the page."""
        condition = found.asked.condition
        if condition is None:
            return None
        return Dependence(
            self._write_rule(condition, found.unit_code), self._said[found.question.code]
        )

    @cached_property
    def _said(self) -> Mapping[str, Text]:
        """Conditions in words, which are the same of all units."""
        questionnaire = self._paper[0]
        return {
            one.question.code: questionnaire.say_condition(one) or NOTHING
            for one in questionnaire.asked
        }

    def _write_rule(self, condition: When, unit: str) -> Mapping[str, object]:
        if isinstance(condition, Joined):
            return {condition.word: [self._write_rule(part, unit) for part in condition.parts]}
        names = (build_name(condition.question, code) for code in (unit, ""))
        # Of a question that isn't asked about this unit there is no field, and no answer.
        name = next((name for name in names if name in self), "")
        return {"field": name, "is": sorted(condition.values)}

    def find_main_name(self, found: AnswerField) -> str:
        """The name of the field that a companion stands beside."""
        return build_name(found.question.code, found.unit_code)

    @property
    def has_words(self) -> bool:
        """Whether there is anything to write, of which the script says how much room is left."""
        return any(isinstance(found, TextField) for found in self.list_fields())

    @property
    def pages(self) -> int:
        return max((section.page for section in self.sections), default=1)

    def list_faults(self) -> tuple[FormFault, ...]:
        """Everything to mend, in the order of the page."""
        return tuple(self._faults())

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return tuple(self._build_sections(*self._paper))

    def _build_sections(
        self,
        questionnaire: Questionnaire,
        categories: Sequence[Category],
        units: Sequence[PaperUnit],
    ) -> Iterator[Section]:
        numbers = count(1)
        page = 1
        for place, run in enumerate(_together(questionnaire.asked)):
            page += bool(place and run[0].new_page)
            first = True
            for category in categories if run[0].question.is_about_units else (None,):
                cards = tuple(self._build_cards(run, category, units))
                if cards:
                    yield Section(f"s{next(numbers)}", page, category, run, cards, first)
                    first = False

    def _build_cards(
        self, run: Sequence[Asked], category: Category | None, units: Sequence[PaperUnit]
    ) -> Iterator[UnitCard]:
        if category is None:
            yield UnitCard(None, tuple(self._list_fields_of(run, None)))
            return
        asked = [one for one in run if one.concerns(category.code)]
        for unit in units if asked else ():
            if unit.category == category.code:
                yield UnitCard(unit, (*self._list_fields_of(asked, unit), *self._recusals(unit)))

    def _list_fields_of(
        self, asked: Sequence[Asked], unit: PaperUnit | None
    ) -> Iterator[AnswerField]:
        for one in asked:
            for kind in list_fields_of(one.question):
                name = build_name(one.question.code + kind.companion, unit.code if unit else "")
                if name in self:
                    yield self[name]

    def _recusals(self, unit: PaperUnit) -> Iterator[AnswerField]:
        """A unit is left out once, on its first card."""
        name = build_name(RECUSAL, unit.code)
        if name in self and name not in self._placed:
            self._placed.add(name)
            yield self[name]

    def _note(self, breaches: Iterable[Breach]) -> None:
        """Put each breach beside its field or section; a field says one thing at a time."""
        for breach in breaches:
            found = build_name(breach.item, breach.unit)
            if not breach.unit and found not in self:
                self._note_together(breach)
            elif found in self and not self[found].errors:
                self[found].errors = [breach.text]

    def _note_together(self, breach: Breach) -> None:
        """What is wrong with several answers stands at their section; over all, at the first."""
        for section in self.sections:
            category = section.category.code if section.category else ""
            asks = breach.item in {question.code for question in section.questions}
            if asks and breach.category in ("", category):
                section.faults.append(breach.text)
                return

    def _faults(self) -> Iterator[FormFault]:
        foreign = self._read.foreign
        if foreign:
            names = "、".join(name[:40] for name in foreign[:3])
            yield FormFault("questions", "", FOREIGN.filled(n=len(foreign), names=names))
        for section in self.sections:
            for text in section.faults:
                yield FormFault(section.code, "", text)
            for card in section.cards:
                for found in card.fields:
                    for text in found.errors:
                        unit = card.unit.name if card.unit else ""
                        yield FormFault(found.id, unit, text if unit else _name(found, text))


def _name(found: AnswerField, text: Text) -> Text:
    """In a list of faults, what concerns no unit names its question."""
    title = found.question.title
    if title.zh in text.zh:
        return text
    return Text(f"“{title.zh}”：{text.zh}", f"“{title.en}”: {text.en}")


def _place_of(card: UnitCard, question: Question) -> int:
    places = (found.data for found in card.list_fields_of(question) if found.is_place)
    return int(next((place for place in places if str(place).isdecimal()), 0))


def _together(asked: Sequence[Asked]) -> Iterator[tuple[Asked, ...]]:
    """What fills a page's section: a spread over units alone, other questions unit by unit."""
    run: list[Asked] = []
    for one in asked:
        if run and not _joins(run[-1], one):
            yield tuple(run)
            run = []
        run.append(one)
    if run:
        yield tuple(run)


def _joins(before: Asked, one: Asked) -> bool:
    return not (
        one.new_page
        or one.note
        or one.question.weighed
        or before.question.weighed
        or one.question.is_about_units != before.question.is_about_units
        or one.categories != before.categories
    )
