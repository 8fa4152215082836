"""The arithmetic of seven more rule books, as their texts say it, without the product's code.

Each takes one unit's facts by name, with the votes it was given, and gives its exact score.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

Facts = Mapping[str, Fraction]
Votes = Mapping[str, Sequence[str]]
ZERO = Fraction(0)
DATES = ("d0423", "d0507", "d0521", "d0611", "d0730", "d0815")


def graduates_jobs(facts: Facts, _votes: Votes) -> Fraction:
    """二、四：初始 20；每个时点争取 9、合格 6、只增加 4 个百分点 4；最终 60；弄虚作假扣分。"""
    reached = facts["rate.d0423"] >= facts["rate.last_year"]
    points = Fraction(20) if reached else facts.get("initial.given", ZERO)
    for before, date in pairwise(DATES):
        rate = facts[f"rate.{date}"]
        if rate >= facts[f"higher.{date}"]:
            points += 9
        elif rate >= facts[f"target.{date}"]:
            points += 6
        elif rate - facts[f"rate.{before}"] >= 4:
            points += 4
    if facts["rate.d0815"] >= 92:
        points += 60
    return points - facts.get("false_figures", ZERO)


def school_teachers(facts: Facts, votes: Votes) -> Fraction:
    """领导小组 30%、教师 30%、成绩 40%：80 分起，高 1 点加 1、低 1 点减 0.5，接班的每 2 点。"""
    marks = {group: mean([Fraction(vote) for vote in given]) for group, given in votes.items()}
    terms = []
    for term in ("first", "second"):
        for kind, step in (("own", 1), ("taken", 2)):
            if f"{kind}.{term}" in facts:
                apart = facts[f"{kind}.{term}"] - facts[f"area.{term}"]
                terms.append(80 + (apart if apart > 0 else apart / 2) / step)
    results = mean(terms) + (facts["workload"] - 12)
    return (marks["board"] * 30 + marks["staff"] * 30 + results * 40) / 100


def enterprise_tiers(facts: Facts, _votes: Votes) -> Fraction:
    """起评分加修正，按目标增减至多 15 分，100 分封顶；分类指标上下 30%，乘 100/130。"""
    tiers = ((30000, 90), (10000, 85), (5000, 80), (1000, 75), (0, 70), (-5000, 60))
    start = next((points for least, points in tiers if facts["profit"] >= least), 50)
    levels = (("best", 5), ("good", 4), ("mean", 3))
    lift = next((points for name, points in levels if facts["roe"] >= facts[f"roe.{name}"]), 0)
    percent = (facts["profit"] / facts["profit.target"] - 1) * 100
    profit = min(start + lift + min(max(percent / 2, Fraction(-15)), Fraction(15)), Fraction(100))

    def special(name: str) -> Fraction:
        ratio = facts[name] / facts[f"{name}.target"]
        return min(max(ratio, Fraction(7, 10)), Fraction(13, 10)) * 100 * Fraction(100, 130)

    scores = profit * 40 + special("first") * 35 + special("second") * 25
    return (
        scores / 100
        + min(facts.get("praise.state", ZERO), 5)
        + min(facts.get("praise.province", ZERO), 3)
    )


def investment_towns(facts: Facts, _votes: Votes) -> Fraction:
    """100、75、50 分都要实际投入满任务的 20%；100 分还要有新项目。扣 5、5，每月 1 分。"""
    done, paid = facts["done"] / facts["task"], facts["paid"] / facts["task"]
    if paid < Fraction(1, 5) or done < Fraction(1, 2):
        points = 0
    elif done < Fraction(4, 5):
        points = 50
    else:
        points = 100 if done >= 1 and facts["project"] else 75
    return points - 5 * facts["no_plan"] - 5 * facts["no_summary"] - facts["months"]


def model_villages(facts: Facts, _votes: Votes) -> Fraction:
    """一（一）1 至 8，加分不封顶。"""
    projects = 20 + 10 * (facts["projects"] - 1) if facts["projects"] else ZERO
    private = 20 + 5 * (facts["enterprises"] - 3) + (facts["traders"] - 30)
    ahead = (facts["income"] - facts["income.county"]) / facts["income.county"] * 100
    return (
        projects
        + (20 + 5 * (facts["tax"] - 20))
        + max(private, ZERO)
        + (15 + 5 * (facts["secretary"] - 2) / 2)
        + (10 + 5 * (facts["speciality"] - 50))
        + (15 if ahead > 0 and facts["place"] <= 5 else 0)
        + 5 * ahead
        + 10 * facts["works"]
        + facts["policies"]
    )


def officials_votes(facts: Facts, votes: Votes) -> Fraction:
    """一至三：各项得票数乘分值 ÷ 有效票数；30、30、40；分管 20、职工 40、考核组 40；附加分。"""
    total = facts.get("extra", ZERO)
    for group, share in (("leader", 20), ("staff", 40), ("team", 40)):
        for item, weight in enumerate((30, 30, 40)):
            column = [vote[item] for vote in votes[group]]
            tallied = sum(
                column.count(letter) * points
                for letter, points in zip("abcd", (100, 80, 60, 40), strict=True)
            )
            total += Fraction(tallied, len(column)) * weight * share / 10000
    return total


def water_years(facts: Facts, _votes: Votes) -> Fraction:
    """年度得分是三项之和加加分；期末是以前各年平均的 50% 加期末年的 50%。"""
    years = [
        sum((facts[f"{part}.y{year}"] for part in ("targets", "rules", "measures", "extra")), ZERO)
        for year in range(2016, 2021)
    ]
    return mean(years[:-1]) / 2 + years[-1] / 2


def mean(figures: Sequence[Fraction]) -> Fraction:
    return sum(figures, ZERO) / len(figures)
