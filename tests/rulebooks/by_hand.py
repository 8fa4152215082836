"""The arithmetic of each rule book as its document says it, without any of the product's code.

Each takes one unit's facts by name and gives its exact score.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import floor

Facts = Mapping[str, Fraction]
ZERO = Fraction(0)


def tax_grid(facts: Facts, whole: bool = True) -> Fraction:
    """每档扣分，扣完为止；申报率低于 96%、满意度低于 80% 不得分；新增风险每户扣 10 分。"""

    def lost(distance: Fraction, each: int, points: str) -> Fraction:
        steps = max(distance, ZERO) / each
        return (floor(steps) if whole else steps) * Fraction(points)

    marks = (
        ZERO if facts["filing"] < 96 else 20 - lost(100 - facts["filing"], 1, "5"),
        10 - lost(100 - facts["insured"], 1, "2"),
        20 - lost(5 - facts["arrears"], 1, "4"),
        10 - lost(facts["nothing"] - 10, 1, "2"),
        10 - lost(facts["offences"], 1, "2.5"),
        10 - lost(facts["zero12"] - 50, 3, "1"),
        10 - lost(facts["zero6"] - 50, 3, "1"),
        ZERO if facts["satisfied"] < 80 else 10 - lost(100 - facts["satisfied"], 2, "1"),
    )
    return sum((max(mark, ZERO) for mark in marks), ZERO) - 10 * facts.get("risk", ZERO)


def river_chiefs(facts: Facts) -> Fraction:
    """缺项比率计分：实得分 ÷ 涉及的满分 × 100。"""
    full = {"common": 90, "lakes": 10}
    carried = [name for name in full if name in facts]
    return sum(facts[name] for name in carried) / sum(full[name] for name in carried) * 100


def quality_work(facts: Facts) -> Fraction:
    """两部分得分相加。"""
    return facts["aims"] + facts["measures"]


def village_cadres(facts: Facts) -> Fraction:
    """工作实绩 70%、民主测评 30%，再加减分；信访、调解各扣完为止。"""
    petitions = (
        2 * facts["county.single"]
        + 4 * facts["county.group"]
        + 10 * facts["county.mass"]
        + 5 * facts["above.single"]
        + 10 * facts["above.group"]
    )
    work = (
        max(5 - 5 * facts["mass"], ZERO)
        + max(10 - petitions, ZERO)
        + max(5 - facts["handed_over"] * 5 / 2, ZERO)
        + facts["other"]
    )
    appraisal = (facts["first mark"] + facts["second mark"]) / 2
    return work * 7 / 10 + appraisal * 3 / 10 + facts.get("bonus", ZERO)


def school_classes(facts: Facts) -> Fraction:
    """纪律 25 分、三操、仪容仪表逐次扣分；三操先按值日评分扣 0 到 5 分。"""
    discipline = 25 - 2 * facts["noise"] - facts["queue"] - facts["late"]
    bounds = (81, 76, 71, 66, 60)
    by_marks = sum(1 for bound in bounds if facts["marks"] < bound)
    exercises = 20 - by_marks - facts["teacher"] - facts["late_exercises"]
    looks = 15 - facts["hair"] - 2 * facts["dyed"] - 3 * facts["phones"]
    return sum((max(part, ZERO) for part in (discipline, exercises, looks)), ZERO)


def universities(facts: Facts) -> Fraction:
    """三项得分，综合测评折成 20 分，再加减分。"""
    entered = facts["party"] + facts["duties"] + facts["innovation"] + facts["appraisal"] / 5
    return entered + facts.get("plus", ZERO) - facts.get("minus", ZERO)


def hospital_goals(facts: Facts) -> Fraction:
    """床位使用率低于 90% 时超编每 10% 扣 1 分，大型设备每台扣 5 分；医护比每升 2 个点 1 分。"""
    points = {
        "offices": (max(5 - 2 * facts["surplus"], ZERO), 5),
        "ratio": (Fraction(min(max(floor((facts["nurses"] - facts["nurses.last"]) / 2), 0), 5)), 5),
        "chinese": (facts["chinese"], 10),
        "rest": (facts["rest"], 975),
    }
    # 开业未满一年的医院不考核床位。
    if "usage" in facts:
        over = floor(max(facts["over"], ZERO) / 10) if facts["usage"] < 90 else 0
        beds = max(5 - Fraction(over), ZERO) - 5 * facts["equipment"]
        points["beds"] = (max(beds, ZERO), 5)
    full = sum(marks for _, marks in points.values())
    return sum((given for given, _ in points.values()), ZERO) / full * 100
