"""Reads back the notes behind a repeat that say what must hold over the answers about units."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.score.rules import LevelLimit, NumberLimit
from evalsvc.text import Text
from evalsvc.workbooks.cells import clean
from evalsvc.workbooks.table import TableRow
from evalsvc.xlsform.expressions import (
    Limits,
    NoCounterpartError,
    cut,
    read_counted,
    strip_brackets,
)
from evalsvc.xlsform.rules import ANSWERED, Rule, Tally, Total

# A breach is longer than a constraint: it says the same for every category.
LONGEST = 30_000
_UNSAID = Text("", "")
_ANSWERS = re.compile(r"\$\{\s*([\w.\-]+)\s*\}\s*(?:\[([^\[\]]*)\])?")
_OF_CATEGORY = re.compile(r"(?:\.\./)+category(?:_[0-9]+)? = '([^']*)'")
_SIGN = re.compile(r"\s*(>=|<=|!=|=|<|>)\s*")
_N = r"([0-9]{1,12})"
_FROM = rf"(?:count\(@\)>={_N}and)?"
# With an answer's name and what it is counted by as @, and without spaces.
_FORMS = {
    "total": re.compile(rf"(?:count\(@\)>0and)?sum\(@\)!={_N}"),
    "least": re.compile(rf"count\(@\)<{_N}(?:andcount\(@\)<count\(@\))?"),
    "most": re.compile(rf"count\(@\)>{_N}"),
    "share": re.compile(rf"{_FROM}count\(@\)\*{_N}>count\(@\)\*{_N}"),
    "exact": re.compile(rf"{_FROM}count\(@\)!=int\(count\(@\)\*{_N}div{_N}\)"),
}


@dataclass(frozen=True)
class Check:
    """A note's rule about a question, and the categories that it names; none where it holds for
    all units together."""

    row: TableRow
    question: str
    rule: Rule
    categories: frozenset[str]


@dataclass(frozen=True)
class _Breach:
    """One way to break the rule, in one category."""

    question: str
    category: str
    rule: Rule


def read_checks(rows: Iterable[TableRow]) -> Mapping[int, Check]:
    """The notes that are such checks, by their rows."""
    found = ((row.number, _read_check(row)) for row in rows)
    return {number: check for number, check in found if check is not None}


def add_limits(limits: Limits, rules: Collection[Rule]) -> bool:
    """What notes say of a question, beside its constraint; False where the two contradict."""
    totals = {rule.total for rule in rules if isinstance(rule, Total)}
    agreed = len(totals | ({limits.total} - {None})) <= 1
    limits.total = next(iter(totals), limits.total)
    for rule in reversed([each for each in rules if isinstance(each, Tally) and not each.exact]):
        agreed = _put_first(limits, rule) and agreed
    return agreed


def is_kept(check: Check, written: Sequence[Rule]) -> bool:
    """Whether the question, as it was read, has the rule that a note tells of it."""
    known = [rule for rule in written if not (check.categories and is_overall(rule))]
    return _identify(check.rule) in map(_identify, known)


def is_overall(rule: Rule) -> bool:
    return isinstance(rule, Tally) and rule.overall


def _identify(rule: Rule) -> tuple[Rule, NumberLimit | LevelLimit | None]:
    """A rule without its words, and with one spelling of what it counts."""
    if isinstance(rule, Total):
        return replace(rule, said=_UNSAID), None
    of = ANSWERED if rule.share is None else rule.of
    bare = replace(rule, said=_UNSAID, of=of, overall=False)
    try:
        return replace(bare, among=""), read_counted(bare.among)
    except NoCounterpartError:
        return bare, None


def _put_first(limits: Limits, tally: Tally) -> bool:
    """A limit from a note comes before those of the constraint, which may repeat its bounds."""
    try:
        counted = read_counted(tally.among)
    except NoCounterpartError:
        return True  # it is told of the note itself
    if isinstance(counted, LevelLimit):
        level = replace(counted, least=tally.least, most=tally.most, most_share=tally.share)
        levels = [one for one in limits.level_counts if not _repeats(one, level)]
        limits.level_counts = [level, *levels]
        return all(one.levels != level.levels for one in levels)
    limit = replace(counted, least=tally.least, most=tally.most, most_share=tally.share)
    rest = [one for one in limits.counts if not _repeats(one, limit)]
    limits.counts = [limit, *rest]
    return all((one.lowest, one.below) != (limit.lowest, limit.below) for one in rest)


def _repeats(part: NumberLimit | LevelLimit, whole: NumberLimit | LevelLimit) -> bool:
    """Whether a limit says nothing that the other one doesn't say."""
    said = {
        name: getattr(part, name)
        for name in ("least", "most", "most_share")
        if getattr(part, name) is not None
    }
    return replace(whole, **said) == whole and replace(part, **vars(whole)) == whole


def _read_check(row: TableRow) -> Check | None:
    text = clean(row.get_cell("relevant").text)
    is_note = clean(row.get_cell("type").text).lower() == "note"
    if not is_note or row.is_blank("required") or len(text) > LONGEST:
        return None
    breaches = [_read_breach(part) for part in cut(text, "or")]
    found = [each for each in breaches if each is not None]
    return _join(row, found) if found and len(found) == len(breaches) else None


def _join(row: TableRow, breaches: Sequence[_Breach]) -> Check | None:
    """The one rule that several ways to break it are about, the same in every category."""
    by_category: dict[str, list[Rule]] = {}
    for breach in breaches:
        by_category.setdefault(breach.category, []).append(breach.rule)
    rules = [_unite(rules) for rules in by_category.values()]
    question = breaches[0].question
    alike = all(rule == rules[0] for rule in rules)
    if rules[0] is None or not alike or any(each.question != question for each in breaches):
        return None
    return Check(row, question, rules[0], frozenset(by_category) - {""})


def _unite(rules: Sequence[Rule]) -> Rule | None:
    """The bounds of one tally as one; None where they are of several."""
    whole, *further = rules
    for rule in further:
        if isinstance(rule, Total) or isinstance(whole, Total) or rule.among != whole.among:
            return None
        whole = replace(
            whole,
            of=rule.of if whole.share is None else whole.of,
            least=rule.least if whole.least is None else whole.least,
            most=rule.most if whole.most is None else whole.most,
            share=rule.share if whole.share is None else whole.share,
        )
    return whole


def _read_breach(text: str) -> _Breach | None:
    text = strip_brackets(text)
    answers = [(found[1], *_read_which(found[2] or "")) for found in _ANSWERS.finditer(text)]
    skeleton = "".join(_ANSWERS.sub("@", text).split())
    rule = _read_rule(skeleton, [which for *_, which in answers])
    names, categories = ({each[place] for each in answers} for place in (0, 1))
    if rule is None or len(names) != 1 or len(categories) != 1:
        return None
    return _Breach(names.pop(), categories.pop(), rule)


def _read_which(text: str) -> tuple[str, str]:
    """The category, and which of its answers are meant."""
    parts = [" ".join(_SIGN.sub(r" \1 ", part).split()) for part in cut(text, "and")]
    parts = [part.replace('"', "'") for part in parts if part]
    named = [_OF_CATEGORY.fullmatch(part) for part in parts]
    category = "".join(found[1] for found in named if found)
    rest = [part for part, found in zip(parts, named, strict=True) if not found]
    return category, " and ".join(rest) or ANSWERED


def _read_rule(skeleton: str, which: Sequence[str]) -> Rule | None:
    found = {name: form.fullmatch(skeleton) for name, form in _FORMS.items()}
    if (total := found["total"]) and set(which) == {ANSWERED}:
        return Total(int(total[1]), _UNSAID)
    if least := found["least"]:
        return Tally(which[0], _UNSAID, which[-1] if len(which) > 1 else ANSWERED, int(least[1]))
    if most := found["most"]:
        return Tally(which[0], _UNSAID, most=int(most[1]))
    share = found["share"] or found["exact"]
    if share is None or not int(share[3] if found["exact"] else share[2]):
        return None
    few, many = (share[2], share[3]) if found["exact"] else (share[3], share[2])
    return Tally(
        which[1] if share[1] else which[0],
        _UNSAID,
        which[-1],
        share=Fraction(int(few), int(many)),
        binds_from=int(share[1] or 1),
        exact=bool(found["exact"]),
    )
