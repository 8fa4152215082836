"""Sentences and rows below a figure, for every rule, with sums worked by hand."""

from fractions import Fraction

import pytest

from analysis.score.tree import Input, Node, Remark
from evalsvc.reports.words.explain import ExplainedRow, explain
from evalsvc.scheme.wording import show_percent, show_short
from tests.reports.samples import SCHEME, ballot
from tests.saying import spoken

F = Fraction
ONE = F(1)


def leaf(code: str, value: F | None, weight: F, applied: F) -> Node:
    return Node(code, "given", value, weight, applied)


def rated(code: str, group: str, raw: str, trimmed: bool = False) -> Node:
    """Six ballots AAABBB: a mean of 85, whether or not one of each end is dropped."""
    share = F(1, 4) if trimmed else F(1, 6)
    notes = [""] * 6
    if trimmed:
        notes[0], notes[5] = "dropped_high", "dropped_low"
    inputs = tuple(
        ballot(group, f"R{place}", answer, F(0) if note else share, note)
        for place, (answer, note) in enumerate(zip(raw, notes, strict=True))
    )
    remarks = (Remark("raters", ("6",)), *([Remark("trimmed", ("1", "1"))] if trimmed else []))
    return Node(code, "rated", F(85), inputs=inputs, remarks=remarks)


def test_an_entered_figure():
    entered = Input("indicators:year", "87.5", F("87.5"), ONE)
    node = Node("goals", "given", F("87.5"), inputs=(entered,))
    told = spoken(explain(node, SCHEME))
    assert (told.title, told.rule, told.rows) == ("目标", "填报", ())
    assert told.sentence == "年终填报：87.5。"
    assert spoken(explain(node, SCHEME), "en").sentence == "Entered for Year-end: 87.5."


def test_a_figure_that_is_not_carried():
    told = spoken(explain(Node("goals", "given", None, remarks=(Remark("not_carried"),)), SCHEME))
    assert (told.sentence, told.remarks) == ("没有分数。", ("本单位不承担这一项。",))


def test_a_weighted_sum():
    """90 × 60% + 80 × 40% = 86."""
    node = Node(
        "total",
        "weighted",
        F(86),
        parts=(leaf("goals", F(90), F(3, 5), F(3, 5)), leaf("leaders", F(80), F(2, 5), F(2, 5))),
    )
    told = spoken(explain(node, SCHEME))
    assert told.sentence == "90 × 60% + 80 × 40% = 86。"
    assert told.rows == (
        ExplainedRow("目标", "", F(90), F(3, 5), F(3, 5), ""),
        ExplainedRow("领导评价", "", F(80), F(2, 5), F(2, 5), ""),
    )


def test_a_missing_part_shared_by_the_others():
    """Without the 40% of the leaders, goals count whole."""
    node = Node(
        "total",
        "weighted",
        F(90),
        parts=(leaf("goals", F(90), F(3, 5), ONE), leaf("leaders", None, F(2, 5), F(0))),
        remarks=(Remark("missing_part", ("leaders", "0.4", "proportional")),),
    )
    told = spoken(explain(node, SCHEME))
    assert told.sentence == "90 × 100% = 90。"
    assert told.remarks == ("没有“领导评价”，其权重40%由其余部分按权重比例分担。",)
    assert told.rows[1].note == "没有这一部分"


def test_centred_redistribution_shows_the_category_means_and_the_cut():
    """Means 80 and 90: 80 × 60% + 90 × 40% = 84; then (110 − 90) × 100% = 20; 104 is cut."""
    node = Node(
        "total",
        "weighted",
        F(100),
        parts=(leaf("goals", None, F(3, 5), F(0)), leaf("leaders", F(110), F(2, 5), ONE)),
        remarks=(
            Remark("missing_part", ("goals", "0.6", "centred")),
            Remark("centred_means", ("80", "90")),
            Remark("cut", ("104", "100")),
        ),
    )
    told = spoken(explain(node, SCHEME))
    assert told.sentence == (
        "按类别平均数中心化分摊：(80 × 60% + 90 × 40%) + (110 − 90) × 100% = 104。"
    )
    assert told.remarks == (
        "没有“目标”，其权重60%按类别平均数中心化分摊。",
        "分摊后为104，超出范围，按100计。",
    )


def test_a_part_that_no_unit_has_leaves_the_means():
    """Without a mean for the leaders (40%), goals 60% of 60% are everything."""
    node = Node(
        "total",
        "weighted",
        F(70),
        parts=(leaf("goals", F(70), F(3, 5), ONE), leaf("leaders", None, F(2, 5), F(0))),
        remarks=(Remark("centred_means", ("75", "NA")),),
    )
    assert spoken(explain(node, SCHEME)).sentence == (
        "按类别平均数中心化分摊：(75 × 100%) + (70 − 75) × 100% = 70。"
    )


@pytest.mark.parametrize(
    ("extra", "shown"), [(F(1, 2), "+ 0.5 = 86.5"), (F(-3, 4), "− 0.75 = 85.25")]
)
def test_a_total_with_adjustments(extra: F, shown: str):
    node = Node("total", "total", 86 + extra, parts=(
        leaf("goals", F(90), F(3, 5), F(3, 5)), leaf("leaders", F(80), F(2, 5), F(2, 5)),
        Node("extra", "adjusted", extra, applied=ONE)))  # a table, read by rows  # fmt: skip
    assert spoken(explain(node, SCHEME)).sentence == f"90 × 60% + 80 × 40% {shown}。"


def test_a_total_whose_parts_were_cut_before_the_adjustments():
    """90 × 60% + 80 × 40% = 86 + (110 − 80) × 100% = 116, cut to 100, then one more."""
    node = Node(
        "total",
        "total",
        F(101),
        parts=(
            leaf("goals", None, F(3, 5), F(0)),
            leaf("leaders", F(110), F(2, 5), ONE),
            Node("extra", "adjusted", ONE, applied=ONE),
        ),
        remarks=(Remark("centred_means", ("90", "80")), Remark("cut", ("116", "100"))),
    )
    assert spoken(explain(node, SCHEME)).sentence == (
        "(90 × 60% + 80 × 40%) + (110 − 80) × 100% = 116；100 + 1 = 101。"
    )


def test_a_total_that_lacks_a_part():
    told = spoken(explain(Node("total", "total", None), SCHEME))
    assert told.sentence == "缺少规定的部分，没有分数。"


def test_a_mean_leaves_out_what_the_scheme_says():
    """(90 + 80) ÷ 2 = 85, the third left out."""
    node = Node(
        "goals",
        "mean",
        F(85),
        parts=(
            Node("a", "given", F(90), applied=F(1, 2)),
            Node("b", "given", F(80), applied=F(1, 2)),
            Node("c", "given", F(10), applied=F(0)),
        ),
        remarks=(Remark("mean_over", ("2", "3")), Remark("left_out", ("c",))),
    )
    told = spoken(explain(node, SCHEME))
    assert told.sentence == "2项平均：(90 + 80) ÷ 2 = 85。"
    assert told.remarks == ("按方案不计入平均：c。",)
    assert [row.note for row in told.rows] == ["", "", "不计入平均"]


def test_a_long_mean_is_abridged():
    parts = tuple(Node(f"n{n}", "given", F(n), applied=F(1, 9)) for n in range(1, 10))
    told = spoken(explain(Node("goals", "mean", F(5), parts=parts), SCHEME))
    assert told.sentence == "9项平均：(1 + 2 + 3 + 4 + 5 + 6 + … + 9) ÷ 9 = 5。"


def test_ballots_without_trimming():
    """(100 × 3 + 70 × 3) ÷ 6 = 85."""
    told = spoken(explain(rated("leaders", "leader", "AAABBB"), SCHEME))
    assert told.sentence == "6票平均：(100 × 3 + 70 × 3) ÷ 6 = 85。"
    assert told.remarks == ()


def test_trimmed_ballots():
    """(100 × 2 + 70 × 2) ÷ 4 = 85."""
    told = spoken(explain(rated("leaders", "leader", "AAABBB", trimmed=True), SCHEME))
    assert told.sentence == "6票，去掉1个最高、1个最低，其余4票平均：(100 × 2 + 70 × 2) ÷ 4 = 85。"
    assert [(row.raw, row.applied, row.note) for row in told.rows] == [
        ("好", 0, "最高，去掉"),
        ("好", F(1, 4), ""),
        ("好", F(1, 4), ""),
        ("一般", F(1, 4), ""),
        ("一般", F(1, 4), ""),
        ("一般", 0, "最低，去掉"),
    ]


def test_one_ballot_is_no_mean():
    node = Node("leaders", "rated", F(100), inputs=(ballot("leader", "R1", "A", ONE),))
    assert spoken(explain(node, SCHEME)).sentence == "1票：100。"


def test_a_void_ballot_is_told_by_its_reason_and_never_by_its_name():
    node = Node(
        "peers",
        "rated",
        F(100),
        inputs=(
            ballot("peer", "R7", "A", ONE),
            ballot("peer", "R8", "B", F(0), "void:proportions"),
        ),
        remarks=(Remark("void_ballots", ("1", "b8:proportions")),),
    )
    told = spoken(explain(node, SCHEME))
    assert told.remarks == ("另有1张废票没有计入：没有按规定比例1票。",)
    assert told.rows[1] == ExplainedRow("一票", "一般", None, None, F(0), "废票：没有按规定比例")
    assert "R8" not in repr(told)
    assert "b8" not in repr(told)


NAMES = {
    (group, f"R{place}"): f"评价人{place}" for group in ("leader", "peer") for place in range(6)
}


def test_nobody_is_named_unless_names_are_handed_over():
    told = spoken(explain(rated("leaders", "leader", "BABABA"), SCHEME))
    rows = [(row.label, row.raw) for row in told.rows]
    assert rows == [("一票", "好")] * 3 + [("一票", "一般")] * 3


def test_names_are_shown_for_groups_that_keep_names():
    told = spoken(explain(rated("leaders", "leader", "BABABA"), SCHEME, raters=NAMES))
    assert [row.label for row in told.rows] == [
        "评价人1",
        "评价人3",
        "评价人5",
        "评价人0",
        "评价人2",
        "评价人4",
    ]


def test_names_are_never_shown_for_units_that_rate():
    told = spoken(explain(rated("peers", "peer", "BABABA"), SCHEME, raters=NAMES))
    assert {row.label for row in told.rows} == {"一票"}
    assert "R0" not in repr(told)


def answers(town: tuple[int, int, int], country: tuple[int, int, int]) -> Node:
    """Levels yes 100, fair 80, no 0 in two strata of 60% and 40%, and three don't-knows."""
    inputs = []
    for stratum, share, numbers in (("town", F(3, 5), town), ("country", F(2, 5), country)):
        for level, points, n in zip(("yes", "fair", "no"), (100, 80, 0), numbers, strict=True):
            weight = share * n / sum(numbers)
            inputs.append(Input(f"count:{stratum}:{level}", str(n), F(points), weight))
    inputs.append(Input("count:town:unknown", "3", None, F(0), "not_counted"))
    value = sum(((each.points or F(0)) * each.weight for each in inputs), F(0))
    valid = str(sum(town) + sum(country))
    return Node(
        "panel",
        "satisfaction",
        value,
        inputs=tuple(inputs),
        remarks=(Remark("valid_answers", (valid, "3")),),
    )


def test_satisfaction_by_strata():
    """Town (10 × 100 + 5 × 80 + 5 × 0) ÷ 20 = 70, country (5 × 100 + 5 × 80) ÷ 10 = 90."""
    told = spoken(explain(answers((10, 5, 5), (5, 5, 0)), SCHEME))
    assert told.sentence == (
        "有效答卷30份（不了解3份，不计入），各层平均分按权重合计："
        "城镇 70 × 60% + 农村 90 × 40% = 78。"
    )
    assert [(row.label, row.raw, row.applied) for row in told.rows] == [
        ("满意", "15份", F(1, 2)),
        ("基本满意", "10份", F(7, 20)),
        ("不满意", "5份", F(3, 20)),
        ("不了解", "3份", F(0)),
    ]


def test_a_small_stratum_is_not_told_apart():
    """Nine answers from the country: only the whole is told. 70 × 60% + 100 × 40% = 82."""
    told = spoken(explain(answers((10, 5, 5), (9, 0, 0)), SCHEME))
    assert told.sentence == "有效答卷29份（不了解3份，不计入），平均82分。"


def test_levels_are_told_from_ten_valid_answers_on():
    """Three don't-knows beside nine answers don't make them ten."""
    assert spoken(explain(answers((4, 1, 0), (4, 0, 0)), SCHEME)).rows == ()
    assert len(spoken(explain(answers((4, 1, 0), (5, 0, 0)), SCHEME)).rows) == 4


def test_adjustments_under_a_cap():
    """Two prizes 2 × ½ = 1 and one fault: 1 − 2 = −1."""
    node = Node("extra", "adjusted", F(-1), inputs=(
        Input("adjustment:prize", "2", F(2), F(1, 2), "over_cap"),
        Input("adjustment:fault", "1", F(-2), ONE)),
        remarks=(Remark("cap", ("2", "1", "prize")),))  # a table, read by rows  # fmt: skip
    told = spoken(explain(node, SCHEME))
    assert told.sentence == "加分1 − 扣分2 = −1。"
    assert told.remarks == ("表彰合计2，超过上限1，按上限计。",)
    assert told.rows == (
        ExplainedRow("表彰", "2次", F(2), None, F(1, 2), "超过上限，按50%计"),
        ExplainedRow("通报批评", "1次", F(-2), None, ONE, ""),
    )


def test_no_adjustments():
    assert spoken(explain(Node("extra", "adjusted", F(0)), SCHEME)).sentence == "没有加减分。"


def test_a_figure_taken_from_an_archive():
    node = Node("peers", "known", F(85), inputs=(Input("known", "85", F(85), ONE),))
    assert spoken(explain(node, SCHEME)).sentence == "由档案直接给出：85。"


def test_figures_without_needless_zeros():
    assert [show_short(F(1, 3)), show_short(F(90)), show_short(F("0.25")), show_short(None)] == [
        "0.3333",
        "90",
        "0.25",
        "—",
    ]
    assert [show_percent(F(1, 3)), show_percent(F(3, 5)), show_percent(None)] == [
        "33.33%",
        "60%",
        "—",
    ]
