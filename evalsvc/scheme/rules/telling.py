"""How figures are told in a sentence with their arithmetic, exact or to four places: the terms."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from analysis.score.tree import Node, Remark
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import show_percent, show_short
from evalsvc.text import NOTHING, SEMICOLON, STOP, Text, same

# Of a town's 45 ballots nobody reads 45 terms.
LISTED = 8  # a longer sum is abridged


def show_term(value: Fraction | None) -> str:
    """A figure inside a sentence: a deduction has the sign of the sum around it."""
    # The typographic minus, as the signs between the terms: a hyphen is read as one.
    return show_short(value).replace("-", "−")


def show_setting(value: Fraction) -> str:
    """A number of a scheme's file as it stands there: a third is 1/3, not 0.3333."""
    short = show_short(value)
    return short if Fraction(short) == value else str(value)


def say_answers(
    scheme: Scheme, group: str, item: str, points: Mapping[str, Fraction | None], *, share: bool
) -> tuple[Text, ...]:
    """What each answer of a question counts, or with `share` which ones make the percentage."""
    asked = scheme.get_questionnaire(group).questions
    options = next((each.list_options() for each in asked if each.code == item), ())
    names = {option.code: option.name for option in options}
    if share:
        return tuple(names.get(code, same(code)) for code, n in points.items() if n)
    return tuple(
        names.get(code, same(code))
        + (same(f" {show_setting(n)}") if n is not None else Text("不计入", " not counted"))
        for code, n in points.items()
    )


def in_brackets(said: Iterable[Text]) -> Text:
    """What a rule goes by, behind the words for it."""
    return Text("（%(said)s）", " (%(said)s)").filled(said=SEMICOLON.join(said))


def say_bounds(least: Fraction | None, most: Fraction | None) -> tuple[Text, ...]:
    """How far a figure goes at least and at most, as far as its file says."""
    bounds = (
        (Text("最少 %(n)s 分", "%(n)s at least"), least),
        (Text("最多 %(n)s 分", "%(n)s at most"), most),
    )
    return tuple(words.filled(n=show_setting(n)) for words, n in bounds if n is not None)


def find_remark(node: Node, code: str) -> Remark | None:
    """What a node says of itself under a code."""
    return next((remark for remark in node.remarks if remark.code == code), None)


def choice_name(node: Node, scheme: Scheme) -> Text:
    """What an entered choice is called; empty for a figure that is no choice."""
    return find_choice(scheme, node.code, node.value)


def find_choice(scheme: Scheme, code: str, value: Fraction | None) -> Text:
    """What a choice of a component is called; empty where there is none of that value."""
    return next(
        (
            choice.name
            for component in scheme.components
            if component.code == code
            for choice in component.choices
            if choice.value == value
        ),
        NOTHING,
    )


def tell_worked(node: Node, _scheme: Scheme) -> Text:
    """What an indicator method worked out; where there was nothing to work out, the points."""
    worked = find_remark(node, "arithmetic")
    if worked is not None:
        return same(worked.figures[0].replace("= -", "= −")) + STOP
    return Text("得%(value)s分。", "Points: %(value)s.").filled(value=show_term(node.value))


def weighted_terms(parts: Iterable[Node]) -> str:
    """The parts that are there, each with what it weighs."""
    return " + ".join(
        f"{show_term(part.value)} × {show_percent(part.applied)}"
        for part in parts
        if part.value is not None and part.applied
    )


def added_terms(node: Node) -> str:
    """The parts that are there, with their signs; a mark as it is brought to its full marks."""
    scales = {
        remark.figures[0]: remark.figures[1:] for remark in node.remarks if remark.code == "out_of"
    }
    text = ""
    for part in node.parts:
        if part.value is None:
            continue
        sign = "−" if part.value < 0 else "+"
        text += f" {sign} {show_term(abs(part.value))}"
        share = part.applied
        if part.code in scales:
            full, out_of = scales[part.code]
            text += f" × {full} ÷ {out_of}"
            share = None if share is None else share * Fraction(out_of) / Fraction(full)
        # Said only where it is not 1: a part that stands for a missing one counts for more.
        text += "" if share in (None, 1) else f" × {show_percent(share)}"
    return text.removeprefix(" + ")


def centred_terms(node: Node, means: Sequence[str]) -> str:
    """Σ w·m + Σ (w/W)(s − m): the category's means, then how far this unit lies from them."""
    known = [
        (part, mean)
        for part, mean in zip((p for p in node.parts if p.weight is not None), means, strict=True)
        # What the whole category lacks has no mean and no weight (docs/evidence), so it is no term.
        if mean != "NA"
    ]
    whole = sum((part.weight or Fraction(0) for part, _ in known), Fraction(0))
    base = " + ".join(
        f"{mean} × {show_percent((part.weight or Fraction(0)) / whole)}" for part, mean in known
    )
    own = " + ".join(
        f"({show_term(part.value)} − {mean}) × {show_percent(part.applied)}"
        for part, mean in known
        if part.value is not None
    )
    return f"({base}) + {own}"


def grouped_terms(points: Iterable[Fraction]) -> str:
    """Equal points together, highest first: 100 × 3 + 85 × 2."""
    counted = sorted(Counter(points).items(), reverse=True)
    return abridged(
        [f"{show_term(value)} × {n}" if n > 1 else show_term(value) for value, n in counted]
    )


def abridged(terms: Sequence[str]) -> str:
    """A sum of so many terms as people still read."""
    shown = terms if len(terms) <= LISTED else [*terms[: LISTED - 2], "…", terms[-1]]
    return " + ".join(shown)
