"""Words: a row of type text."""

from evalsvc.questions.text import TextQuestion
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Written

LONGEST_ANSWER = 500


def _takes(item: Item) -> bool:
    return item.type == "text"


def _read(item: Item) -> TextQuestion:
    item.take_appearance("multiline")
    longest = LONGEST_ANSWER if item.limits.longest is None else item.limits.longest
    return TextQuestion(item.name, item.title, longest, item.about)


def _write(question: TextQuestion) -> Written:
    return Written(
        "text",
        {"constraint": f"string-length(.) <= {question.longest}", "appearance": "multiline"},
        in_repeat=question.is_about_units,
    )


TEXT = Adapter(TextQuestion, _takes, _read, _write, limits=("longest",))
