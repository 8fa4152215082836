"""The check that citizens' sums follow from their counts, as docs/evidence writes it out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from analysis.score.facts import Count
from evalsvc.evidence.sheets import Sheets
from evalsvc.evidence.verify.evidence import Evidence
from evalsvc.evidence.verify.findings import Malformed
from evalsvc.scheme.model import Group
from evalsvc.text import Text

_SUMS = "sums.csv"
_COLUMNS = ("round", "group", "kind", "subject", "name", "value")
# Name of the sum, the power of the weight, and that of the points.
_UNIT_SUMS = (("w", 1, 0), ("w2", 2, 0), ("wy", 1, 1), ("wy2", 1, 2), ("w2y", 2, 1), ("w2y2", 2, 2))

Sums = dict[tuple[str, str, str], Fraction]
"""By kind, subject and name, of one round and group."""


def check_sums(evidence: Evidence) -> Iterator[Text]:
    """Every sum over a unit's citizens is what the counts give, where one item is asked."""
    package = evidence.recomputation.package
    stated = _read_sums(evidence)
    counts: dict[tuple[str, str], list[Count]] = defaultdict(list)
    for one in package.facts.counts:
        counts[one.round, one.group].append(one)
    for (code, name), found in sorted(stated.items()):
        group = package.scheme.get_group(name)
        questions = package.scheme.get_questionnaire(name).questions
        question = questions[0] if len(questions) == 1 else None
        # With several items y is a citizen's mean over
        # them, which counts don't give (docs/evidence).
        if question is None or not question.scale:
            continue
        points = {
            level.code: Fraction(level.points)
            for level in question.scale
            if level.points is not None
        }
        expected = _unit_sums(counts[code, name], points, ballot_weights(group, found))
        here = {key: value for key, value in found.items() if key[0] == "unit"}
        for key in sorted(here.keys() | expected.keys()):
            # A sum that is missing was not kept, where too few scored the
            # unit; one that is there must be right to the last digit.
            if key not in expected or here.get(key, expected[key]) != expected[key]:
                yield Text(
                    f"{code} {name} {key[1]} {key[2]}：sums.csv 与 counts.csv 不符",
                    f"{code} {name} {key[1]} {key[2]}: sums.csv is not what counts.csv gives",
                )


def ballot_weights(
    group: Group, sums: Mapping[tuple[str, str, str], Fraction]
) -> Mapping[str, Fraction]:
    """ω by stratum: the plan's share over valid ballots, scaled to a mean of 1."""
    valid = {
        subject: n for (kind, subject, name), n in sums.items() if (kind, name) == ("cell", "valid")
    }
    plan = {stratum.code: Fraction(stratum.weight) for stratum in group.strata}
    # Without a plan all strata weigh the same. A joint one has the sum of its parts.
    share = {
        h: sum((plan.get(one, Fraction(1)) for one in h.split("+")), Fraction(0)) for h in valid
    }
    whole = sum((share[h] for h, n in valid.items() if n), Fraction(0))
    scale = sum(valid.values(), Fraction(0)) / whole if whole else Fraction(1)
    # The ballot weight. The social score has the answer weight,
    # which is another one where raters may leave units out.
    return {h: share[h] / n * scale if n else Fraction(0) for h, n in valid.items()}


def _unit_sums(
    counts: list[Count], points: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> Sums:
    found: Sums = defaultdict(Fraction)
    for one in counts:
        if one.level in points:
            for name, weight, power in _UNIT_SUMS:
                worth = weights.get(one.stratum, Fraction(0)) ** weight
                found["unit", one.unit, name] += worth * points[one.level] ** power * one.n
    return found


def _read_sums(evidence: Evidence) -> Mapping[tuple[str, str], Sums]:
    sheets = Sheets(evidence.files)
    found: dict[tuple[str, str], Sums] = defaultdict(dict)
    for row in sheets.rows(_SUMS, _COLUMNS):
        if row["kind"] in ("cell", "unit"):
            key = (row["kind"], row["subject"], row["name"])
            found[row["round"], row["group"]].setdefault(key, sheets.exact(row, "value"))
    for error in sheets.errors:
        raise Malformed(_SUMS, error.row, error.expected)
    return found
