"""The reason why a rater leaves a unit out; empty where the unit is judged."""

from evalsvc.questions.question import LONGEST_REASON, RECUSAL
from evalsvc.questions.questionnaire import Asked
from evalsvc.questions.text import TextQuestion
from evalsvc.text import Text

RECUSED = Asked(
    TextQuestion(RECUSAL, Text("回避的理由", "Reason for leaving out"), LONGEST_REASON, "units"),
    required=False,
)
