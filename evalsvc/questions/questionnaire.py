"""What a rater group answers: one list of questions with how each is asked, and one manner."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from evalsvc.questions.conditions import When, say_condition
from evalsvc.questions.question import Given, Question
from evalsvc.text import Text


@dataclass(frozen=True)
class Asked:
    """A question as the page puts it; `note` is the text above it, `new_page` begins a page.

    A question about units may be asked of some `categories` only; none named means all.
    """

    question: Question
    note: Text | None = None
    required: bool = True
    condition: When | None = None
    new_page: bool = False
    categories: frozenset[str] = frozenset()

    def concerns(self, category: str) -> bool:
        return not self.categories or category in self.categories

    def is_asked(self, unit: str, given: Given) -> bool:
        """Whether its condition holds; `given` has the values so far.

        A unit's question may depend on the same unit's answer or on one about the whole ballot.
        """
        if self.condition is None:
            return True
        # The unit's own answer first: the same item can't be about
        # both, so the other is there only where this is not.
        return self.condition.holds(
            lambda code: given.get((code, unit)) or given.get((code, "")) or ""
        )


@dataclass(frozen=True)
class Manner:
    """What a questionnaire allows around its questions.

    `recusal`: a rater may leave a unit out and say why; it then leaves the base of proportions.
    `shuffled`: units stand in an order of each rater's own; otherwise in the official one.
    `dealt_with`: raters may first say which units they had to do with, and answer for those only.
    `account`: a unit's own account of its year stands below its name; so do its `figures`, the
    components that these codes name, as they are when the round opens.
    `words_together`: how many characters may be written on the whole paper; 0 where nothing is
    said. Every ballot is filled up to the length of the longest one.
    """

    recusal: bool = False
    shuffled: bool = False
    dealt_with: bool = False
    account: bool = False
    figures: tuple[str, ...] = ()
    words_together: int = 0

    @property
    def may_leave_out(self) -> bool:
        """Whether raters may leave units out, so that proportions have another base."""
        return self.recusal or self.dealt_with


PLAIN = Manner()


@dataclass(frozen=True)
class Questionnaire:
    """What a rater group answers: all its questions, in the order of the page.

    `further` are the items that the score reads beside the questions that are always kept for it:
    rankings, sums, and the order inside bands. Whatever else is answered is a reply and leaves
    its ballot.
    """

    code: str
    title: Text
    introduction: Text
    asked: tuple[Asked, ...]
    manner: Manner = PLAIN
    further: tuple[str, ...] = ()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Those about every unit on the ballot whose answers are kept for scores."""
        asked = (one.question for one in self.asked)
        # Kept whether or not the score reads them: rules of a ballot hold for all it asks.
        return tuple(question for question in asked if question.scoring == "kept")

    @cached_property
    def scored_items(self) -> frozenset[str]:
        """The items whose answers stay together on a ballot, since scores may read them."""
        return frozenset((*(question.code for question in self.questions), *self.further))

    @property
    def is_plain(self) -> bool:
        """Whether it asks of every unit all that it asks, and nothing but what may be scored."""
        # For the count's short way. One condition or text more, and every rule is asked.
        plain = all(one == Asked(one.question) for one in self.asked)
        return plain and len(self.questions) == len(self.asked)

    def say_condition(self, asked: Asked) -> Text | None:
        """With which answers to earlier questions one is asked, to go into a sentence."""
        if asked.condition is None:
            return None
        return say_condition(
            asked.condition, {one.question.code: one.question for one in self.asked}
        )

    @cached_property
    def about(self) -> Mapping[str, bool]:
        """The items that it asks, and whether each is about units."""
        return {
            part: one.question.is_about_units for one in self.asked for part in one.question.parts
        }


def ask(*questions: Question) -> tuple[Asked, ...]:
    """Questions that are put without more ado."""
    return tuple(Asked(question) for question in questions)
