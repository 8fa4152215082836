"""The list of kinds, in the order in which a message names them."""

from evalsvc.questions.allotment import AllotmentQuestion
from evalsvc.questions.choice import ChoiceQuestion
from evalsvc.questions.forced_ratio import ForcedRatioQuestion
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.questions.number import NumberQuestion
from evalsvc.questions.question import Question, Reader, SeveralReader
from evalsvc.questions.ranking import RankingQuestion
from evalsvc.questions.sum import SumQuestion
from evalsvc.questions.text import TextQuestion

# Read by people and by mypy. With kinds that register themselves
# an import that was forgotten would hide one (decision 0022).
KINDS: tuple[type[Question], ...] = (
    ForcedRatioQuestion,
    NumberQuestion,
    LevelsQuestion,
    RankingQuestion,
    SumQuestion,
    ChoiceQuestion,
    TextQuestion,
    AllotmentQuestion,
)

# By the word that stands under `kind` in a scheme.
READERS: dict[str, Reader] = {
    word: reader for kind in KINDS for word, reader in kind.list_readers().items()
}
SEVERAL: dict[str, SeveralReader] = {
    word: reader for kind in KINDS for word, reader in kind.list_several_readers().items()
}
