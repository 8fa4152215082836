"""What the readers of a score tree share: what may be referred to, and what was noted so far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from analysis.score.rules import AdjustmentRule, Rule
from evalsvc.questions.questionnaire import Questionnaire
from evalsvc.scheme.file.limits import MOST_NODES
from evalsvc.scheme.file.reading import ROUND_HOLDER, Reading, fill_round
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import AdjustmentKind, Component, Group, Round
from evalsvc.text import Text


@dataclass
class Tree:
    """What the rules of a tree may refer to, and what has been used and named so far.

    `readers` are of all rules, by the word that a scheme's file has after `rule:`.
    `categories` are those whose units the node in hand is for; `round` is the round in hand.
    """

    reading: Reading
    categories: tuple[str, ...]
    rounds: Mapping[str, Round]
    groups: Mapping[str, Group]
    questionnaires: Mapping[str, Questionnaire]
    components: Mapping[str, Component]
    adjustments: Mapping[str, tuple[AdjustmentKind, AdjustmentRule]]
    readers: Mapping[str, "Callable[[Tree, Field, str], Rule]"]
    round: Round | None = None
    node_places: int | None = None
    names: dict[str, Text] = field(default_factory=dict)
    # What a grade of tasks is called, by the component that holds the tasks that have it.
    grade_names: dict[str, Text] = field(default_factory=dict)
    places: dict[str, set[str]] = field(default_factory=dict)
    used_components: set[str] = field(default_factory=set)
    used_questions: set[tuple[str, str]] = field(default_factory=set)
    used_adjustments: set[str] = field(default_factory=set)
    read: list[Field] = field(default_factory=list)

    def count(self, found: Field) -> None:
        """Note that a node is read; rounds inside rounds would read the same one without end."""
        self.read.append(found)
        self.reading.check_count(found, len(self.read), MOST_NODES)

    def for_category(self, category: str) -> "Tree":
        """The same tree for one category only; what is noted is shared."""
        return replace(self, categories=(category,))

    def in_round(self, code: str) -> "Tree":
        """The same tree inside a round; what is noted is shared."""
        return replace(self, round=self.rounds[code])


def node_record(
    tree: Tree, found: Field, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, Field]:
    return tree.reading.record(found, ("rule", "name", *required), ("code", *optional))


def node_code(tree: Tree, parts: Mapping[str, Field], found: Field, inherited: str) -> str:
    """The node's own code, or the one that `by_category` hands down to its branches."""
    given = parts["code"]
    code = in_round_code(tree, tree.reading.text(given)) or inherited
    if given.content is not None:
        tree.reading.check_code(given, code)
    if not code:
        tree.reading.report(found, Text("缺少 code", "expected “code” here"))
    if inherited and given.content is not None and code != inherited:
        tree.reading.report(
            given,
            Text(
                f"各类别的 code 应同为 {inherited}，可省略不写",
                f"all categories share the code {inherited}; leave it out",
            ),
        )
    note_node(tree, found, code, tree.reading.words(parts["name"]))
    return code


def note_node(tree: Tree, found: Field, code: str, name: Text) -> None:
    """Remembers the node's name; one code stands once for every category."""
    known = tree.places.setdefault(code, set())
    if code and known & set(tree.categories):
        tree.reading.report(
            found,
            Text(
                "这个代码已经用过，每个部分的代码只能出现一次",
                "this code is used already; every part has a code of its own",
            ),
            found=code,
        )
    known.update(tree.categories)
    if tree.round:
        name = fill_round(tree.reading, found, name, tree.round.name)
    tree.names.setdefault(code, name)


def in_round_code(tree: Tree, code: str) -> str:
    return code.replace(ROUND_HOLDER, tree.round.code) if tree.round else code


def share_of(percent: Decimal | Fraction) -> Fraction:
    return Fraction(percent) / 100
