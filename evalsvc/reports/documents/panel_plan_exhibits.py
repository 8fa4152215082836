"""What a planned panel will be able to say, in sentences and tables for who decides its size."""

from collections.abc import Sequence

from analysis.panel.panel_plan import SPREAD, USUAL_TURNOUT, PanelPlan
from evalsvc.reports.charts.margin_chart import Margin, build_margin_chart
from evalsvc.reports.documents.exhibits import Exhibit
from evalsvc.scheme.wording import show_float
from evalsvc.text import Text, same

# From here on weighting costs enough to be worth a sentence.
COSTLY = 1.1
# An answer that weighs so much more than the mean one is worth a look.
HEAVY = 3.0

TURNOUT = Text("收回", "Back")
ANSWERS = Text("答卷", "Answers")
MARGIN = Text("误差（分）", "Margin")
DIFFERENCE = Text("差几分分得出", "Told apart")
AIM = Text("想要", "Aim")
CARDS = Text("要几张卡", "Cards")
STRATUM = Text("层次", "Stratum")
SEATS = Text("评议卡", "Cards")
BY_WEIGHT = Text("按权重应有", "By weight")
ANSWER_WEIGHT = Text("一份的分量", "Weighs")


def list_plan_sentences(plan: PanelPlan) -> tuple[Text, ...]:
    """What matters first: how sure the index of a unit will be, and what would make it surer."""
    usual = next(each for each in plan.expected if each.turnout == USUAL_TURNOUT)
    said = [
        Text(
            "%(cards)s张评议卡，每张评%(per_form)s个单位，共%(units)s个单位。"
            "收回六成时，每个单位大约有%(answers)s份答卷。",
            "%(cards)s cards with %(per_form)s units each, of %(units)s units. If 60%% come back, "
            "each unit has about %(answers)s answers.",
        ).filled(cards=plan.cards, per_form=plan.per_form, units=plan.units, answers=usual.answers)
    ]
    if usual.margin is None:
        said.append(
            Text(
                "这样有的单位一份答卷也没有，请增加评议卡，或者让每张卡多评几个单位。",
                "Some units would then have no answer at all: add cards, or let each card hold "
                "more units.",
            )
        )
    else:
        said.append(
            Text(
                "满意度的误差约为上下%(margin)s分；两个单位相差不到%(difference)s分，"
                "多半说不出谁高谁低。",
                "An index is then uncertain by about %(margin)s points either way; of two units "
                "less than %(difference)s points apart one mostly can't say which is the better.",
            ).filled(margin=show_float(usual.margin, 1), difference=show_float(usual.difference, 1))
        )
    if plan.design_effect >= COSTLY:
        said.append(
            Text(
                "各层次的卡数与权重不成比例，等于白发了%(lost)s%%的卡：按权重分配卡数最划算。",
                "Cards are not shared out like the weights of the strata, which wastes %(lost)s%% "
                "of them: as many as the weights say is best.",
            ).filled(lost=show_float(100 * (1 - 1 / plan.design_effect), 0))
        )
    if any((weight or 0.0) >= HEAVY for weight in plan.answer_weights):
        said.append(
            Text(
                "有的层次人少而权重大，一个人说的抵得上好几个人，见下表。",
                "Some strata weigh much and have few people: one person there counts for several; "
                "see the table below.",
            )
        )
    if any(weight is None for weight in plan.answer_weights):
        said.append(
            Text(
                "有的层次一张卡也没有，它的权重会落到其他层次上。",
                "A stratum has no card at all; its weight will fall to the others.",
            )
        )
    said.append(
        Text(
            "按答卷的标准差%(spread)s分（百分制，偏稳妥）、95%%的把握计；“不了解”的还要另外扣除。",
            "Reckoned with a standard deviation of %(spread)s points of 100, which is cautious, "
            'and with 95%%; "don\'t know" takes away more.',
        ).filled(spread=show_float(SPREAD, 0))
    )
    return tuple(said)


def build_plan_exhibits(plan: PanelPlan, strata: Sequence[tuple[Text, int]]) -> tuple[Exhibit, ...]:
    """What to expect, what it would take, and what one answer weighs, as tables."""
    return (
        Exhibit(
            Text("照现在的名册", "With the roster as it is"),
            build_margin_chart(
                [Margin(e.turnout, e.margin, e.turnout == USUAL_TURNOUT) for e in plan.expected]
            ),
            (TURNOUT, ANSWERS, MARGIN, DIFFERENCE),
            tuple(
                (
                    f"{each.turnout:.0%}",
                    str(each.answers),
                    show_float(each.margin, 1),
                    show_float(each.difference, 1),
                )
                for each in plan.expected
            ),
        ),
        Exhibit(
            Text(
                "想更准，要多少张卡（收回六成时）",
                "How many cards it takes to be surer (if 60% come back)",
            ),
            None,
            (AIM, ANSWERS, CARDS),
            (
                *(
                    (
                        Text("误差不超过%(points)s分", "A margin of %(points)s points").filled(
                            points=show_float(need.points, 0)
                        ),
                        str(need.answers),
                        str(need.cards),
                    )
                    for need in plan.margins
                ),
                *(
                    (
                        Text(
                            "分得出相差%(points)s分的两个单位",
                            "Two units %(points)s points apart told from each other",
                        ).filled(points=show_float(need.points, 0)),
                        str(need.answers),
                        str(need.cards),
                    )
                    for need in plan.differences
                ),
            ),
        ),
        *_weights(plan, strata),
    )


def _weights(plan: PanelPlan, strata: Sequence[tuple[Text, int]]) -> tuple[Exhibit, ...]:
    if len(strata) < 2:
        return ()
    return (
        Exhibit(
            Text(
                "各层次的一份答卷有多重（平均为1）",
                "What an answer of each stratum weighs (1 is the mean)",
            ),
            None,
            (STRATUM, SEATS, BY_WEIGHT, ANSWER_WEIGHT),
            tuple(
                (name, str(n), str(due), same("—") if weight is None else show_float(weight, 1))
                for (name, n), due, weight in zip(
                    strata, plan.in_proportion, plan.answer_weights, strict=True
                )
            ),
        ),
    )
