"""What makes a ballot valid; checked before sealing and again when the box is opened."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from analysis.score.facts import Answer
from evalsvc.ballots.paper import Paper
from evalsvc.questions.breach import Breach
from evalsvc.questions.question import LONGEST_REASON, OTHER_TEXT, RECUSAL, Flaw, Given, Question
from evalsvc.questions.questionnaire import Asked, Questionnaire
from evalsvc.questions.unit import PaperUnit
from evalsvc.questions.values import is_text
from evalsvc.scheme.model import Category
from evalsvc.text import Text


def list_paper_breaches(paper: Paper, answers: Sequence[Answer]) -> tuple[Breach, ...]:
    """Everything for which a ballot is not taken into the box.

    Beside the rules that hold whenever it is counted, its words must fit the length that all
    ballots of the paper have.
    """
    found = list_breaches(paper.questionnaire, paper.categories, paper.units, answers)
    return (*found, *_too_many_words(paper, answers))


def list_breaches(
    questionnaire: Questionnaire,
    categories: Sequence[Category],
    units: Sequence[PaperUnit],
    answers: Sequence[Answer],
) -> tuple[Breach, ...]:
    """Everything wrong with a ballot, in the order of the paper; empty for a valid one."""
    return (
        *_foreign(questionnaire, units, answers),
        *_doubled(answers),
        *_empty(answers),
        *_by_question(questionnaire, categories, units, answers),
    )


def is_left_out(questionnaire: Questionnaire, unit: str, given: Given) -> bool:
    """Whether the rater does not judge this unit, which then is in no proportion's base.

    Either the rater says why, or the scheme lets raters answer for units that they know.
    """
    manner = questionnaire.manner
    if manner.recusal and given.get((RECUSAL, unit)):
        return True
    return manner.dealt_with and not any(of == unit for _, of in given)


def _foreign(
    questionnaire: Questionnaire, units: Sequence[PaperUnit], answers: Sequence[Answer]
) -> Iterator[Breach]:
    """Answers about units or items that are not on this paper, the own unit among them."""
    known = {unit.code for unit in units}
    about = dict(questionnaire.about)
    if questionnaire.manner.recusal:
        about[RECUSAL] = True
    for answer in answers:
        if answer.item not in about:
            text = Text(f"没有“{answer.item}”这个项目", f"there is no item “{answer.item}”")
            yield Breach("unknown_item", answer.item, answer.unit, "", text)
        # The own unit and units outside the relation stand on no list that
        # a paper is made from, so here they are unknown like any other.
        elif answer.unit not in (known if about[answer.item] else {""}):
            text = Text(
                f"“{answer.unit}”不在这张票上（本单位和评价关系以外的单位不能评）",
                f"“{answer.unit}” is not on this ballot (one's own unit and units outside the "
                "relation can't be rated)",
            )
            yield Breach("foreign_unit", answer.item, answer.unit, "", text)


def _doubled(answers: Sequence[Answer]) -> Iterator[Breach]:
    counts = Counter((answer.item, answer.unit) for answer in answers)
    for (item, unit), n in counts.items():
        if n > 1:
            text = Text(f"“{unit}”评了{n}次", f"“{unit}” is rated {n} times")
            yield Breach("doubled", item, unit, "", text)


def _empty(answers: Sequence[Answer]) -> Iterator[Breach]:
    """What says nothing is no answer: it would only make the ballot longer."""
    for answer in answers:
        if not answer.value:
            text = Text(f"“{answer.item}”的答案是空的", f"the answer to “{answer.item}” is empty")
            yield Breach("missing", answer.item, answer.unit, "", text)


def _too_many_words(paper: Paper, answers: Sequence[Answer]) -> Iterator[Breach]:
    """More is written on the whole paper than fits, said where most of it stands."""
    most = paper.lengths.words
    if most is None:
        return
    asked = paper.questionnaire.asked
    items = {RECUSAL}.union(*(one.question.word_limits for one in asked))
    written = [answer for answer in answers if answer.item in items]
    # Characters, as the page counts them; the length that is sealed reckons four bytes for each.
    n = sum(len(answer.value) for answer in written)
    if n > most:
        longest = max(written, key=lambda answer: len(answer.value))
        text = Text(
            f"整张问卷的文字一共最多{most}字，现为{n}字，请缩短{n - most}字",
            f"the words on the whole form have {most} characters at most, now {n}; "
            f"please shorten them by {n - most}",
        )
        yield Breach("too_long", longest.item, longest.unit, "", text)


def _by_question(
    questionnaire: Questionnaire,
    categories: Sequence[Category],
    units: Sequence[PaperUnit],
    answers: Sequence[Answer],
) -> Iterator[Breach]:
    given = {(answer.item, answer.unit): answer.value for answer in answers}
    # Who is left out is no base of a proportion: 30% of those that the rater judges.
    manner, judged = questionnaire.manner, units
    if manner.may_leave_out:
        judged = [unit for unit in units if not is_left_out(questionnaire, unit.code, given)]
    for unit in units if manner.recusal else ():
        if (RECUSAL, unit.code) in given and unit not in judged:
            yield from _recusal(questionnaire, unit, given)
    sizes = Counter(unit.category for unit in judged)
    for asked in questionnaire.asked:
        if not asked.question.is_about_units:
            yield from _one_answer(asked, None, 0, given)
            continue
        for unit in _list_doubtful(asked, judged, sizes, given):
            yield from _one_answer(asked, unit, sizes[unit.category], given)
        yield from _together(asked, categories, judged, given)


def _list_doubtful(
    asked: Asked, units: Sequence[PaperUnit], sizes: Mapping[str, int], given: Given
) -> Sequence[PaperUnit]:
    """The units of which there may be something to say; of nearly every ballot, none."""
    question, simple = asked.question, len(asked.question.parts) == 1
    if asked.condition is not None or question.has_other:
        return units
    values = [(unit, given.get((question.code, unit.code))) for unit in units]
    concerned = {category for category in sizes if asked.concerns(category)}
    # Each value is looked at once and not once for each unit that
    # has it: sixty units in three bands are three questions.
    sound = {
        (value, size)
        for value, size in {(value, sizes[unit.category]) for unit, value in values}
        if value is not None and question.is_answer(value, size)
    }
    return [
        unit
        for unit, value in values
        if not (
            (value, sizes[unit.category]) in sound
            if unit.category in concerned
            else simple and value is None
        )
    ]


def _recusal(questionnaire: Questionnaire, unit: PaperUnit, given: Given) -> Iterator[Breach]:
    """A unit left out needs a reason of some length, and has no answers beside it."""
    if not is_text(given[RECUSAL, unit.code], LONGEST_REASON):
        text = Text(
            f"“{unit.name}”的回避理由最多{LONGEST_REASON}字",
            f"the reason for leaving out “{unit.name}” has {LONGEST_REASON} characters at most",
        )
        yield Breach("not_a_choice", RECUSAL, unit.code, unit.category, text)
    for asked in questionnaire.asked:
        for item in asked.question.parts:
            if (item, unit.code) in given:
                text = Text(
                    f"“{unit.name}”已经回避，不能同时评价",
                    f"“{unit.name}” is left out, so it can't be rated as well",
                )
                yield Breach("not_asked", item, unit.code, unit.category, text)


def _one_answer(asked: Asked, unit: PaperUnit | None, most: int, given: Given) -> Iterator[Breach]:
    question = asked.question
    code, category = (unit.code, unit.category) if unit else ("", "")
    name = Text(unit.name, unit.name) if unit else question.title
    value = given.get((question.code, code), "")
    if not (asked.is_asked(code, given) and asked.concerns(category)):
        if any((item, code) in given for item in question.parts):
            text = Text(f"“{name.zh}”这里不需要回答", f"“{name.en}” is not asked here")
            yield Breach("not_asked", question.code, code, category, text)
    elif not value:
        if asked.required:
            yield Breach("missing", question.code, code, category, _say_missing(unit, name))
        yield from _beside_nothing(question, code, category, name, given)
    elif not question.is_answer(value, most):
        choices = question.say_choices(most)
        text = Text(
            # Posted by anybody and of any length, so a sentence quotes no more than its beginning.
            f"“{name.zh}”的答案“{value[:20]}”不在可选范围内（{choices.zh}）",
            f"the answer “{value[:20]}” for “{name.en}” is not one of the choices ({choices.en})",
        )
        yield Breach("not_a_choice", question.code, code, category, text)
    elif question.has_other:
        words = given.get((question.code + OTHER_TEXT, code), "")
        for flaw in question.list_flaws_beside(code, name, value, words):
            yield Breach(flaw.kind, flaw.item, code, category, flaw.text)


def _beside_nothing(
    question: Question, unit: str, category: str, name: Text, given: Given
) -> Iterator[Breach]:
    """A place in a band or words for "other", where the question itself has no answer."""
    # Anything of any length could stand here, and the ballot's length
    # told it: found by drawing ballots at random (decision 0012).
    for item in question.parts[1:]:
        if (item, unit) in given:
            text = Text(
                f"“{name.zh}”还没有选，不能只填旁边的内容",
                f"“{name.en}” is not answered, so nothing can stand beside it",
            )
            yield Breach("not_asked", item, unit, category, text)


def _say_missing(unit: PaperUnit | None, name: Text) -> Text:
    if unit is None:
        return Text(f"“{name.zh}”还没有回答", f"“{name.en}” is not answered yet")
    return Text(f"“{name.zh}”还没有评", f"“{name.en}” is not rated yet")


def _together(
    asked: Asked, categories: Sequence[Category], judged: Sequence[PaperUnit], given: Given
) -> Iterator[Breach]:
    """What holds over the units of a category, or over all on the ballot."""
    concerned = [category for category in categories if asked.concerns(category.code)]
    codes = {category.code for category in concerned}
    # Counted over all categories at once. Inside each of them the
    # fault would fall between two sections and be found in none.
    if asked.question.overall:
        units = [unit for unit in judged if unit.category in codes]
        yield from (_breach(flaw, None) for flaw in asked.question.list_flaws(units, given))
        return
    for category in concerned:
        units = [unit for unit in judged if unit.category == category.code]
        yield from (_breach(flaw, category) for flaw in asked.question.list_flaws(units, given))


def _breach(flaw: Flaw, category: Category | None) -> Breach:
    """What is wrong with a category's answers together is said under its name."""
    if category is None:
        return Breach(flaw.kind, flaw.item, flaw.unit, "", flaw.text)
    if flaw.unit:
        return Breach(flaw.kind, flaw.item, flaw.unit, category.code, flaw.text)
    text = Text(f"{category.name.zh}：{flaw.text.zh}", f"{category.name.en}: {flaw.text.en}")
    return Breach(flaw.kind, flaw.item, "", category.code, text)
