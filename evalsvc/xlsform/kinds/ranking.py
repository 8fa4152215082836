"""A ranking: the units put in order, outside of what goes through them one by one."""

from evalsvc.questions.ranking import RankingQuestion
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.choices import UNITS
from evalsvc.xlsform.kinds.adapter import Adapter, Item, Written


def _takes(item: Item) -> bool:
    return item.type == "rank"


def _read(item: Item) -> RankingQuestion | None:
    if not item.is_list_of_units:
        item.refuse("type", unsupported.QUESTIONS["rank"])
        return None
    if item.about == "units":
        item.refuse("type", unsupported.RANKING_INSIDE)
        return None
    item.take_appearance()
    return RankingQuestion(item.name, item.title)


def _write(question: RankingQuestion) -> Written:  # noqa: ARG001 (it has no settings)
    return Written(f"rank {UNITS}", in_repeat=False)


RANKING = Adapter(RankingQuestion, _takes, _read, _write)
