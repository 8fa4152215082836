"""Points in proportion to a target."""

from fractions import Fraction

from analysis.score.rules import Completion
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.source import Field
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.rules.bounds import read_full
from evalsvc.scheme.rules.given import read_component
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.scheme.rules.telling import in_brackets, tell_worked
from evalsvc.scheme.tree import Tree, node_code, node_record
from evalsvc.scheme.wording import show_percent
from evalsvc.text import NOTHING, Text

ONE = Fraction(1)


def _completion(tree: Tree, found: Field, code: str) -> Completion:
    reading = tree.reading
    parts = node_record(tree, found, ("done",), ("full", "target", "threshold", "most"))
    threshold = reading.number(parts["threshold"])
    most = None
    if reading.text(parts["most"]) != "none":
        # 100% where nothing is said, `none` where more shall count:
        # to leave a bound out must not mean that there is none.
        most = read_exact(reading, parts["most"]) / 100 if parts["most"].content else ONE
        # At the cap or above, nothing but all or none would be left.
        if most <= Fraction(threshold) / 100:
            reading.report(
                parts["threshold"],
                Text("门槛应低于封顶比例", "expected the threshold to be below the cap"),
            )
    return Completion(
        node_code(tree, parts, found, code),
        read_full(reading, parts["full"]),
        read_component(tree, parts["done"]),
        read_component(tree, parts["target"]) if parts["target"].content is not None else None,
        Fraction(threshold) / 100 if parts["threshold"].content is not None else None,
        most,
    )


def _say_settings(rule: Completion, _scheme: Scheme) -> Text:
    bounds = (
        (Text("不到目标的 %(share)s 得 0 分", "below %(share)s of the target 0"), rule.threshold),
        (Text("完成的最多按 %(share)s 计", "%(share)s done at most"), rule.most),
    )
    said = [words.filled(share=show_percent(n)) for words, n in bounds if n is not None]
    return in_brackets(said) if said else NOTHING


COMPLETION = Kind(
    Completion,
    name=Text("按完成比例计分", "completion ratio"),
    how=always(Text("按完成目标的比例得分", "points in proportion to the target")),
    tell=tell_worked,
    readers={"completion": _completion},
    settings=_say_settings,
)
