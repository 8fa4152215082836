"""A choice: one option or several of a list, and “other”."""

from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.question import Option
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Written, write_choice


def _takes(item: Item) -> bool:
    return item.choices is not None


def _read(item: Item) -> ChoiceQuestion:
    listed = item.choices.choices if item.choices else ()
    options = tuple(Option(choice.code, choice.name) for choice in listed)
    item.take_appearance()
    everything = len(options) + item.other
    most = item.limits.most_chosen
    if item.type == "select_one":
        if most is not None:
            item.refuse("constraint", unsupported.FOREIGN_LIMIT)
        most = 1
    elif most is None:
        most = everything
    return ChoiceQuestion(item.name, item.title, options, most, item.other, item.about)


def _write(question: ChoiceQuestion) -> Written:
    kind = "select_one" if question.most == 1 else "select_multiple"
    return Written(
        f"{kind} {question.code}" + (" or_other" if question.other else ""),
        {"constraint": f"count-selected(.) <= {question.most}"} if question.most > 1 else {},
        [write_choice(question, option.code, option.name) for option in question.options],
        in_repeat=question.is_about_units,
    )


CHOICE = Adapter(ChoiceQuestion, _takes, _read, _write, limits=("most_chosen",))
