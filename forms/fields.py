"""The field of each kind of question, and of what may stand beside it."""

from evalsvc.questions.allotment import AllotmentQuestion
from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.forced_ratio import ForcedRatioQuestion
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.question import Question
from evalsvc.questions.ranking import RankingQuestion
from evalsvc.questions.sum import SumQuestion
from evalsvc.questions.text import TextQuestion
from forms.answer import AnswerField
from forms.choice import ChoiceField, OtherField
from forms.number import NumberField, PlaceField
from forms.text import TextField

FIELDS: dict[type[Question], type[AnswerField]] = {
    ForcedRatioQuestion: AnswerField,
    LevelsQuestion: AnswerField,
    NumberQuestion: NumberField,
    RankingQuestion: NumberField,
    SumQuestion: NumberField,
    ChoiceQuestion: ChoiceField,
    TextQuestion: TextField,
    AllotmentQuestion: AnswerField,
}
BESIDE: dict[str, type[AnswerField]] = {
    field.companion: field for field in (PlaceField, OtherField)
}


def list_fields_of(question: Question) -> tuple[type[AnswerField], ...]:
    """The field of a question, and those beside it."""
    beside = (part.removeprefix(question.code) for part in question.parts[1:])
    return (FIELDS[type(question)], *(BESIDE[companion] for companion in beside))
