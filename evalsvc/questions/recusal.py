"""The reason why a rater leaves a unit out; empty where the unit is judged."""

from evalsvc.questions.question import LONGEST_REASON, RECUSAL
from evalsvc.questions.questionnaire import Asked
from evalsvc.questions.text import TextQuestion
from evalsvc.text import Text

RECUSED = Asked(
    # A text question like any other, so that forms, lengths
    # and review of words need no case of their own.
    TextQuestion(RECUSAL, Text("回避的理由", "Reason for leaving out"), LONGEST_REASON, "units"),
    required=False,
)
