"""Names and figures as documents and pages word them."""

from collections.abc import Iterable
from fractions import Fraction

from analysis.score.rules import ByCategory
from analysis.score.span import span_of
from evalsvc.figures import show_figure
from evalsvc.scheme.model import AdjustmentKind, Group, Round, Scheme, Stratum
from evalsvc.text import AND, NOTHING, Text, same

USUAL_FULL = 100

_Named = Round | Group | AdjustmentKind | Stratum


def show_short(value: Fraction | None, places: int = 4) -> str:
    """A figure without needless zeros: exact where it is a short decimal."""
    text = show_figure(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_float(value: float | None, places: int = 2) -> str:
    """A reference figure to some places; a missing one is a dash, a rounded 0 has no sign."""
    if value is None:
        return "—"
    text = show_figure(Fraction(value), places)
    return text.removeprefix("-") if not text.strip("-0.") else text.replace("-", "−")


def show_percent(share: Fraction | None) -> str:
    """A share as a percentage without needless zeros."""
    return "—" if share is None else f"{show_short(share * 100, 2)}%"


def node_name(scheme: Scheme, code: str) -> Text:
    """What people call a figure; its code where the scheme gives no name."""
    return scheme.node_names.get(code, same(code))


def node_names(scheme: Scheme, codes: Iterable[str]) -> Text:
    """Several figures, one after another."""
    return AND.join(node_name(scheme, code) for code in codes)


def say_shown(scheme: Scheme) -> Text:
    """Whose names a scheme makes public: everybody's, nobody's, or the holders of some grades."""
    shows = scheme.publication.shows
    if shows is None:
        return Text("全部", "all")
    named = (name for code, name in scheme.outcome_names.grades.items() if code in shows)
    return AND.join(named) or Text("都不公示", "none")


def say_full_marks(scheme: Scheme, category: str) -> Text:
    """What a total is out of, where that is not the usual 100: 400 marks and what may be added."""
    root = scheme.score
    while isinstance(root, ByCategory):
        root = root.rules[category]
    span = span_of(root)
    if span.full is None or span.full == USUAL_FULL:
        return NOTHING
    told = Text("满分%(full)s分", "full marks %(full)s").filled(full=show_short(span.full))
    beyond = span.most is None or span.most > span.full
    return told + Text("，另有加分", ", and extras beyond them") if beyond else told


def round_name(scheme: Scheme, code: str) -> Text:
    """What people call a round; its code where the scheme does not know it."""
    return _named(scheme.rounds, code)


def group_name(scheme: Scheme, code: str) -> Text:
    """What people call a rater group; its code where the scheme does not know it."""
    return _named(scheme.groups, code)


def category_name(scheme: Scheme, code: str) -> Text:
    """What people call a category of units."""
    return next(each.name for each in scheme.categories if each.code == code)


def adjustment_name(scheme: Scheme, code: str) -> Text:
    """What people call a bonus or a deduction; its code where the scheme does not know it."""
    return _named(scheme.adjustments, code)


def stratum_name(scheme: Scheme, code: str) -> Text:
    """A stratum's name; strata that were counted together are written `one+another`."""
    strata = [each for group in scheme.groups for each in group.strata]
    return AND.join(_named(strata, part) for part in code.split("+"))


def _named(among: Iterable[_Named], code: str) -> Text:
    return {each.code: each.name for each in among}.get(code, same(code))
