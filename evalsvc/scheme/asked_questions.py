"""Questions that enter no score, and how any question is put, as a scheme writes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from evalsvc.scheme.asking import (
    OTHER,
    About,
    AnyQuestion,
    Asked,
    ChoiceQuestion,
    Condition,
    Manner,
    Option,
    RankingQuestion,
    SumQuestion,
    TextQuestion,
    is_about_units,
)
from evalsvc.scheme.limits import (
    LONGEST_ANSWER,
    LONGEST_TEXT,
    MOST_OPTIONS,
    MOST_TOTAL,
    MOST_WORDS_TOGETHER,
)
from evalsvc.scheme.model import ForcedRatioQuestion, LevelsQuestion
from evalsvc.scheme.reading import Reading, say_known
from evalsvc.scheme.source import Field
from evalsvc.text import Text

# What any question may say beside its kind's own settings.
SETTINGS = ("note", "required", "show_if", "new_page", "categories")
# What a questionnaire may say about how it is asked as a whole.
MANNER = ("recusal", "order", "dealt_with", "account", "figures", "words_together")
QUESTION = Text("前面的问题", "earlier question")
CATEGORY = Text("类别", "category")
COMPONENT = Text("计分项", "component")
YES_NO = (Option("yes", Text("是", "Yes")), Option("no", Text("否", "No")))


def take_settings(field: Field) -> tuple[Field, Field]:
    """A question's own settings, and those that any question may have."""
    if not isinstance(field.content, Mapping):
        return field, replace(field, content={})
    own = {name: found for name, found in field.content.items() if name not in SETTINGS}
    common = {name: found for name, found in field.content.items() if name in SETTINGS}
    return replace(field, content=own), replace(field, content=common)


def keep_condition(settings: Field) -> Field:
    """The settings of a matrix's later items: its text and its new page stand above the first."""
    kept = ("required", "show_if", "categories")
    content = settings.content if isinstance(settings.content, Mapping) else {}
    return replace(
        settings, content={name: found for name, found in content.items() if name in kept}
    )


def read_asked(
    reading: Reading,
    settings: Field,
    question: AnyQuestion,
    before: Sequence[Asked],
    categories: Sequence[str],
) -> Asked:
    """One question with its text above, whether it must be answered, and when it is asked."""
    parts = reading.record(settings, (), SETTINGS)
    optional = isinstance(question, TextQuestion)
    return Asked(
        question,
        reading.words(parts["note"], LONGEST_TEXT) if parts["note"].content is not None else None,
        reading.truth(parts["required"], otherwise=not optional),
        _condition(reading, parts["show_if"], question, before),
        reading.truth(parts["new_page"]),
        frozenset(
            reading.known(found, categories, CATEGORY)
            for found in reading.sequence(parts["categories"])
        ),
    )


def read_manner(
    reading: Reading, parts: Mapping[str, Field], asked: Sequence[Asked]
) -> Manner | None:
    """What a questionnaire allows around its questions; None where it says nothing."""
    if all(parts[name].content is None for name in MANNER):
        return None
    return Manner(
        reading.truth(parts["recusal"]),
        reading.choice(parts["order"], ("official", "shuffled")) == "shuffled",
        reading.truth(parts["dealt_with"]),
        reading.truth(parts["account"]),
        tuple(reading.text(each) for each in reading.sequence(parts["figures"])),
        _words_together(reading, parts["words_together"], asked),
    )


def _words_together(reading: Reading, field: Field, asked: Sequence[Asked]) -> int:
    """No less than the longest single text, which its own question promises."""
    if field.content is None:
        return 0
    texts = [one.question.longest for one in asked if isinstance(one.question, TextQuestion)]
    return reading.integer(field, max(texts, default=1), MOST_WORDS_TOGETHER)


def check_figures(reading: Reading, field: Field, components: Sequence[str]) -> None:
    """Refuse figures to show beside a unit's name that no component enters."""
    for found in reading.entries(field).values():
        shown = reading.entries(found).get("figures")
        for each in reading.sequence(shown) if shown else ():
            reading.known(each, components, COMPONENT)


def _condition(
    reading: Reading, field: Field, question: AnyQuestion, before: Sequence[Asked]
) -> Condition | None:
    if field.content is None:
        return None
    parts = reading.record(field, ("question", "is"))
    earlier = {asked.question.code: asked.question for asked in before}
    code = reading.known(parts["question"], tuple(earlier), QUESTION)
    values = tuple(reading.text(value) for value in reading.sequence(parts["is"]))
    if code not in earlier:
        return None
    if is_about_units(earlier[code]) and not is_about_units(question):
        reading.report(
            parts["question"],
            "问整张票的问题不能取决于对某个单位的回答",
            "a question about the whole ballot can't depend on an answer about a unit",
        )
    options = _list_options(earlier[code])
    for found, value in zip(reading.sequence(parts["is"]), values, strict=True):
        if value not in options:
            known = say_known(options)
            reading.report(
                found,
                f"那个问题没有这个选项，已有：{known}",
                f"that question has no such option; there are: {known}",
                found=value,
            )
    return Condition(code, frozenset(values))


def _list_options(question: AnyQuestion) -> tuple[str, ...]:
    if isinstance(question, ChoiceQuestion):
        codes = tuple(option.code for option in question.options)
        return (*codes, OTHER) if question.other else codes
    if isinstance(question, ForcedRatioQuestion):
        return tuple(band.code for band in question.bands)
    if isinstance(question, LevelsQuestion):
        return tuple(level.code for level in question.levels)
    return ()


def _ranking(reading: Reading, code: str, field: Field) -> RankingQuestion:
    parts = reading.record(field, ("kind", "title"))
    return RankingQuestion(code, reading.words(parts["title"]))


def _sum(reading: Reading, code: str, field: Field) -> SumQuestion:
    parts = reading.record(field, ("kind", "title", "total"))
    return SumQuestion(
        code, reading.words(parts["title"]), reading.integer(parts["total"], 1, MOST_TOTAL, 100)
    )


def _yes_no(reading: Reading, code: str, field: Field) -> ChoiceQuestion:
    parts = reading.record(field, ("kind", "title"), ("about",))
    return ChoiceQuestion(
        code, reading.words(parts["title"]), YES_NO, about=_about(reading, parts["about"])
    )


def _choice(reading: Reading, code: str, field: Field) -> ChoiceQuestion:
    parts = reading.record(field, ("kind", "title", "options"), ("most", "other", "about"))
    options = tuple(
        Option(option, reading.words(found))
        for option, found in reading.declared(parts["options"], MOST_OPTIONS).items()
    )
    other = reading.truth(parts["other"])
    if other and any(option.code == OTHER for option in options):
        reading.report(
            parts["options"], f"代码 {OTHER} 已用于“其他”", f"the code {OTHER} is taken by “other”"
        )
    if len(options) + other < 2 and parts["options"].content is not None:
        reading.report(parts["options"], "至少要有两个选项", "expected at least two options")
    most = reading.integer(parts["most"], 1, MOST_OPTIONS + 1, 1)
    if most > len(options) + other:
        reading.report(
            parts["most"], "不应多于选项的个数", "expected no more than there are options"
        )
    about = _about(reading, parts["about"])
    return ChoiceQuestion(code, reading.words(parts["title"]), options, most, other, about)


def _text(reading: Reading, code: str, field: Field) -> TextQuestion:
    parts = reading.record(field, ("kind", "title"), ("longest", "about"))
    longest = reading.integer(parts["longest"], 1, LONGEST_ANSWER, 500)
    return TextQuestion(
        code, reading.words(parts["title"]), longest, _about(reading, parts["about"])
    )


def _about(reading: Reading, field: Field) -> About:
    return cast(About, reading.choice(field, ("ballot", "units")))


FURTHER: Mapping[str, Callable[[Reading, str, Field], AnyQuestion]] = {
    "ranking": _ranking,
    "sum": _sum,
    "yes_no": _yes_no,
    "choice": _choice,
    "text": _text,
}
