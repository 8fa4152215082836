"""The list of adapters; the first that takes a row reads it."""

from typing import Any

from evalsvc.questions.question import Question
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Written
from evalsvc.xlsform.kinds.allotment import ALLOTMENT
from evalsvc.xlsform.kinds.choice import CHOICE
from evalsvc.xlsform.kinds.forced_ratio import FORCED_RATIO
from evalsvc.xlsform.kinds.levels import LEVELS
from evalsvc.xlsform.kinds.number import NUMBER
from evalsvc.xlsform.kinds.ranking import RANKING
from evalsvc.xlsform.kinds.sum import SUM
from evalsvc.xlsform.kinds.text import TEXT

# What is marked and sums before numbers, rated lists before plain ones: the special first.
ADAPTERS: tuple[Adapter[Any], ...] = (
    RANKING,
    LEVELS,
    FORCED_RATIO,
    CHOICE,
    TEXT,
    ALLOTMENT,
    SUM,
    NUMBER,
)
_BY_KIND = {adapter.kind: adapter for adapter in ADAPTERS}


def find_adapter(item: Item) -> Adapter[Any] | None:
    return next((adapter for adapter in ADAPTERS if adapter.takes(item)), None)


def write_question(question: Question) -> Written:
    return _BY_KIND[type(question)].write(question)
