"""What an answer counts for where each stratum's mean has the stratum's weight.

From docs/evidence and docs/schemes alone.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction

from tests.second_verifier.figures import Spec, planned
from tests.second_verifier.verify import Row


def weigh_strata(
    spec: Spec, group: Spec, levels: Spec, counts: list[Row], category: str, least: int
) -> Mapping[str, Mapping[str, Fraction]]:
    """By unit and stratum what a valid answer counts for where means of strata are weighed."""
    few = spec.get("few", {"below": least, "then": "joined"})
    least = max(least, int(few["below"]))
    valid: dict[str, Counter[str]] = defaultdict(Counter)
    for row in counts:
        known = levels[row["level"]]["points"] != "none"
        valid[row["unit"]][row["stratum"]] += int(row["n"]) * known
    order = [*group.get("strata", {})]
    names = {name for of in valid.values() for name in of}
    # What was counted together stands where the first of its parts did.
    joint = {part: name for name in names if "+" in name for part in name.split("+")}
    plan = [*dict.fromkeys(joint.get(h, h) for h in order)]
    found: dict[str, dict[str, Fraction]] = {}
    for unit, answers in valid.items():
        found[unit] = defaultdict(Fraction)
        for cell in join_few(plan, answers, least, few["then"], group, category):
            whole = sum(answers[h] for h in cell)
            weight = sum(planned(group, h, category) for h in cell)
            found[unit] |= {h: weight / whole for h in cell if whole}
    return found


def join_few(
    plan: list[str], answers: Counter[str], least: int, then: str, group: Spec, category: str
) -> list[list[str]]:
    """Strata that stand alone or together, each with enough valid answers."""
    counted = [h for h in plan if planned(group, h, category)]
    if then == "handed_on":
        return [[h] for h in counted if answers[h] >= least]
    cells: list[list[str]] = [[]]
    for h in counted:
        if sum(answers[x] for x in cells[-1]) >= least:
            cells.append([])
        cells[-1].append(h)
    if len(cells) > 1 and sum(answers[x] for x in cells[-1]) < least:
        last = cells.pop()
        cells[-1] += last
    return cells
