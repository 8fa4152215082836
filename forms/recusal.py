"""The reason why a rater leaves a unit out; empty where the unit is judged."""

from evalsvc.scheme.asking import LONGEST_REASON, RECUSAL, Asked, TextQuestion
from evalsvc.text import Text
from forms.text import TextField

RECUSED = Asked(
    TextQuestion(RECUSAL, Text("回避的理由", "Reason for leaving out"), LONGEST_REASON, "units"),
    required=False,
)


class RecusalField(TextField):
    """Folded away below the unit's questions."""

    template = "public/questions/recusal.html"
    longest = LONGEST_REASON
