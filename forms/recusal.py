"""The reason why a rater leaves a unit out; empty where the unit is judged."""

from evalsvc.questions.question import LONGEST_REASON
from forms.text import TextField


class RecusalField(TextField):
    """Folded away below the unit's questions."""

    template = "public/questions/recusal.html"
    longest = LONGEST_REASON
