"""Several questions on one ballot; a scheme writes it as `rated` with `questions`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from analysis.score.rules import ItemShare, RatedItems, Rule
from analysis.score.tree import Node
from evalsvc.questions.question import Question
from evalsvc.scheme.file.exact import read_exact_weight
from evalsvc.scheme.file.reading import NO_TEXT, absent
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Group, Scheme
from evalsvc.scheme.rules.asked import list_scored, read_groups, read_least_raters, read_trim
from evalsvc.scheme.rules.kind import Kind, Share, always
from evalsvc.scheme.rules.marks import check_scales
from evalsvc.scheme.rules.rated import RATED, read_one, say_kept, tell_rated
from evalsvc.scheme.rules.telling import in_brackets
from evalsvc.scheme.tree import Tree, node_code, node_record, note_node, share_of
from evalsvc.scheme.wording import node_name, show_percent
from evalsvc.text import NOTHING, Text, same


def read_rated(tree: Tree, found: Field, code: str) -> Rule:
    """One question of a group's ballots, or several `questions` with their weights."""
    reading = tree.reading
    several = "questions" in reading.entries(found)
    parts = node_record(
        tree,
        found,
        ("group", "questions" if several else "question"),
        ("round", "trim", "role", "void_uniform", "least_raters", "by_place", "share_of"),
    )
    # Of a panel no ballots are kept, so its questions are `satisfaction`.
    groups = read_groups(tree, parts["group"], ("named", "unit", "entries"))
    own = node_code(tree, parts, found, code)
    if several:
        return _several(tree, parts, groups, own)
    return read_one(tree, parts, groups, own, parts["question"])


def _several(
    tree: Tree, parts: Mapping[str, Field], groups: Mapping[str, Group], code: str
) -> RatedItems:
    """Each question's own mean stands below as `code.question`; trimming is of whole ballots."""
    reading = tree.reading
    # Trimmed question by question, parts of different ballots would be dropped.
    untrimmed = {**parts, "trim": absent(parts["group"], "trim")}
    items, weights = [], []
    for item, found in reading.entries(parts["questions"]).items():
        rated = read_one(tree, untrimmed, groups, f"{code}.{item}", replace(found, content=item))
        title = next((q.title for q in _list_questions(tree, groups) if q.code == item), NO_TEXT)
        note_node(tree, found, rated.code, title)
        weights.append(read_exact_weight(reading, found))
        items.append(rated)
    reading.sums_to_100(parts["questions"], weights, Text("各题权重", "weights of the questions"))
    if parts["questions"].content is not None and not items:
        reading.report(
            parts["questions"], Text("至少要有一个问题", "expected at least one question")
        )
    fields = reading.entries(parts["questions"]).values()
    weighed = [*zip(weights, items, fields, strict=True)]
    check_scales(reading, parts["questions"], tree.categories, weighed)
    return RatedItems(
        code,
        tuple(ItemShare(share_of(w), each) for w, each in zip(weights, items, strict=True)),
        read_trim(reading, parts["trim"]),
        # All questions stand on one ballot, so one round and one least number hold for all.
        read_least_raters(tree, parts, items[0].round if items else "", groups),
    )


def _list_questions(tree: Tree, groups: Mapping[str, Group]) -> list[Question]:
    sheets = [tree.questionnaires.get(group.questionnaire) for group in groups.values()]
    return [question for sheet in sheets if sheet for question in list_scored(sheet)]


def _weigh(rule: RatedItems) -> Iterator[Share]:
    return (Share(item.rated, item.weight, item.weight) for item in rule.items)


def _say_settings(rule: RatedItems, _scheme: Scheme) -> Text:
    said = [*say_kept(rule.trim, rule.least_raters)]
    return in_brackets(said) if said else NOTHING


def _list_groups(rule: RatedItems, category: str | None) -> tuple[str, ...]:
    groups = (group for item in rule.items for group in RATED.groups(item.rated, category))
    return tuple(dict.fromkeys(groups))


def _tell(node: Node, scheme: Scheme) -> Text:
    """How each ballot's questions make its points, then as for one question."""
    terms = same(" + ").join(
        node_name(scheme, part.code) + same(f" × {show_percent(part.weight)}")
        for part in node.parts
    )
    return Text("每票按%(terms)s合成。", "On each ballot: %(terms)s. ").filled(
        terms=terms
    ) + tell_rated(node, scheme)


RATED_ITEMS = Kind(
    RatedItems,
    name=Text("多题评价", "rated on several items"),
    how=always(Text("每票几个问题加权，再取平均", "questions of a ballot weighted, then the mean")),
    tell=_tell,
    readers={"rated": read_rated},
    weigh=_weigh,
    groups=_list_groups,
    settings=_say_settings,
)
