"""What is wrong with a whole ballot."""

from dataclasses import dataclass

from evalsvc.questions.question import Fault
from evalsvc.text import Text


@dataclass(frozen=True)
class Breach:
    """One reason why a ballot can't count, and where on the paper it is."""

    kind: Fault
    item: str
    unit: str
    category: str
    text: Text
