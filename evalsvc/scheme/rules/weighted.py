"""Parts with weights, and rounds with weights."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from analysis.score.rules import Part, Rule, Weighted
from analysis.score.tree import Node
from evalsvc.scheme.file.exact import read_exact_weight
from evalsvc.scheme.file.limits import MOST_ROUNDS
from evalsvc.scheme.file.reading import Reading, say_known
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.kind import Kind, Share, always
from evalsvc.scheme.rules.marks import check_scales
from evalsvc.scheme.rules.node import read_rule
from evalsvc.scheme.rules.parts import read_missing, read_most, read_parts, split_by_weights
from evalsvc.scheme.rules.telling import centred_terms, find_remark, show_term, weighted_terms
from evalsvc.scheme.tree import Tree, node_code, node_record, share_of
from evalsvc.text import STOP, Text, same

WEIGHTS = Text("各部分权重", "weights of the parts")


def _weighted(tree: Tree, found: Field, code: str) -> Rule:
    parts = node_record(tree, found, ("parts", "missing"), ("limits", "missing_most"))
    own = node_code(tree, parts, found, code)
    return read_weighted_of(tree, parts, own, lambda rule: rule)


def read_weighted_of(
    tree: Tree, parts: Mapping[str, Field], code: str, finish: Callable[[Weighted], Rule]
) -> Rule:
    """The weighted node, or one for each category where a weight differs between categories."""
    reading = tree.reading
    children, weights = read_parts(tree, parts["parts"], "weight")
    missing = read_missing(reading, parts["missing"])
    limits, most = _range(reading, parts["limits"]), read_most(reading, parts["missing_most"])
    fields = reading.sequence(parts["parts"])

    def build(own: Sequence[Fraction]) -> Rule:
        # For each category by itself, where weights differ.
        reading.sums_to_100(parts["parts"], own, WEIGHTS)
        weighed = [*zip(own, children, fields, strict=True)]
        check_scales(reading, parts["parts"], tree.categories, weighed)
        both = zip(own, children, strict=True)
        shares = tuple(Part(share_of(weight), node) for weight, node in both)
        return finish(Weighted(code, shares, missing, limits, most))

    return split_by_weights(tree, code, weights, build)


def _rounds(tree: Tree, found: Field, code: str) -> Weighted:
    """Rounds with their weights, or a list of rounds that weigh the same."""
    reading = tree.reading
    parts = node_record(tree, found, ("rounds", "each", "missing"), ("missing_most",))
    listed = _listed_rounds(tree, parts["rounds"])
    children = [read_rule(tree.in_round(name), parts["each"]) for name in listed]
    if isinstance(parts["rounds"].content, Mapping):
        kind = Text("各轮权重", "weights of the rounds")
        weights = [read_exact_weight(reading, field) for field in listed.values()]
        reading.sums_to_100(parts["rounds"], weights, kind)
        shares = [share_of(weight) for weight in weights]
    else:
        # As fractions: three times 33.33 leaves a hundredth to nobody.
        shares = [Fraction(1, len(listed)) for _ in listed]
    return Weighted(
        node_code(tree, parts, found, code),
        tuple(Part(share, node) for share, node in zip(shares, children, strict=True)),
        read_missing(reading, parts["missing"]),
        missing_most=read_most(reading, parts["missing_most"]),
    )


def _listed_rounds(tree: Tree, found: Field) -> dict[str, Field]:
    """The rounds by code with the place where each stands; unknown ones are reported."""
    reading = tree.reading
    if isinstance(found.content, Mapping):
        named = dict(found.content)
    else:
        named = {reading.text(each): each for each in reading.sequence(found, MOST_ROUNDS)}
        # A name twice in a mapping is refused by the reader
        # of the file; in a list it has to be seen here.
        if len(named) < len(reading.sequence(found)):
            reading.report(found, Text("每个轮次只写一次", "expected each round once"))
    for name, field in named.items():
        if name not in tree.rounds:
            known = say_known(tuple(tree.rounds))
            reading.report(
                field,
                Text(f"没有这个轮次，已有：{known}", f"there is no such round; there are: {known}"),
                found=name,
            )
    if found.content is not None and not named:
        reading.report(found, Text("至少要有一个轮次", "expected at least one round"))
    # With those that there are, so that what stands below is read as well.
    return {name: field for name, field in named.items() if name in tree.rounds}


def _range(reading: Reading, found: Field) -> tuple[Fraction, Fraction] | None:
    if found.content is None:
        return None
    parts = reading.record(found, ("from", "to"))
    lowest, highest = reading.number(parts["from"]), reading.number(parts["to"])
    reading.check_rising(found, lowest, highest)
    return Fraction(lowest), Fraction(highest)


def _weigh(rule: Weighted) -> Iterator[Share]:
    return (Share(part.node, part.weight, part.weight) for part in rule.parts)


def _tell(node: Node, _scheme: Scheme) -> Text:
    means = find_remark(node, "centred_means")
    terms = centred_terms(node, means.figures) if means else weighted_terms(node.parts)
    cut = find_remark(node, "cut")
    result = cut.figures[0] if cut else show_term(node.value)
    sum_of = same(f"{terms} = {result}")
    if means:
        sum_of = Text(
            "按类别平均数中心化分摊：%(sum)s",
            "Redistributed, centred on the category means: %(sum)s",
        ).filled(sum=sum_of)
    return sum_of + STOP


WEIGHTED = Kind(
    Weighted,
    name=Text("加权", "weighted"),
    how=always(Text("下列各项加权", "the parts below, weighted")),
    tell=_tell,
    readers={"weighted": _weighted, "rounds": _rounds},
    weigh=_weigh,
)
