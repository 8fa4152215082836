"""A panel's plan in words, every sentence in its case."""

from analysis.panel.panel_plan import panel_plan
from evalsvc.reports.documents.panel_plan_exhibits import build_plan_exhibits, list_plan_sentences
from evalsvc.text import Text
from tests.saying import spoken


def said(cards: list[int], weights: list[float], units: int = 60, per_form: int = 8) -> str:
    plan = panel_plan(cards, weights, units=units, per_form=per_form)
    return "".join(spoken(list_plan_sentences(plan)))


def test_what_a_thousand_cards_say():
    """1,000 cards, 8 of 60 units: 80 answers at 60%; 1.96·25/√80 = 5.5, and 11.1 apart."""
    words = said([1000], [100])
    assert "每个单位大约有80份答卷" in words
    assert "误差约为上下5.5分；两个单位相差不到11.1分" in words
    assert "白发了" not in words
    assert "一张卡也没有" not in words


def test_strata_out_of_proportion_and_heavy_answers_are_told():
    # 900 and 100 for halves: deff = 1000(.25/900 + .25/100) = 2.78, and an answer weighs 5.
    words = said([900, 100], [50, 50])
    assert "等于白发了64%的卡" in words
    assert "一个人说的抵得上好几个人" in words
    assert "它的权重会落到其他层次上" in said([900, 0], [50, 50])


def test_too_few_cards_for_any_answer():
    assert "有的单位一份答卷也没有" in said([5], [100])


def test_the_tables_say_what_it_takes():
    plan = panel_plan([600, 400], [50, 50], units=60, per_form=8)
    strata = [(Text("镇", "Town"), 600), (Text("村", "Village"), 400)]
    expected, needed, weights = spoken(build_plan_exhibits(plan, strata))
    assert [row[0] for row in expected.rows] == ["100%", "80%", "60%", "40%"]
    assert needed.rows[0][:2] == ("误差不超过5分", "101")
    assert weights.rows == (("镇", "600", "500", "0.8"), ("村", "400", "500", "1.3"))
    assert len(build_plan_exhibits(panel_plan([5], [1], units=5, per_form=5), strata[:1])) == 2


def test_the_chart_is_of_the_margins_and_there_is_none_without_answers() -> None:
    plan = panel_plan([1000], [100], units=60, per_form=8)
    (expected, _) = build_plan_exhibits(plan, [(Text("人", "People"), 1000)])
    assert expected.chart is not None
    # 1.96·25/√80 = 5.5 and 1.96·25/√133 = 4.2.
    assert expected.chart.finding.zh == "收回60%时，满意度上下差5.5分以内；全部收回也有4.2分"
    wide, narrow = (
        one.draw("en") for one in (expected.chart.drawing, expected.chart.narrow) if one
    )
    for drawn in (wide, narrow):
        assert [f"±{each}" in drawn for each in ("4.2", "4.8", "5.5", "6.7")] == [True] * 4
    assert 'viewBox="0 12 350 ' in narrow
    few, _ = build_plan_exhibits(panel_plan([5], [100], units=60, per_form=8), [])
    assert few.chart is None
    # Some come back with all cards and none with fewer: there is no usual margin to tell.
    one, _ = build_plan_exhibits(panel_plan([1], [100], units=1, per_form=1), [])
    assert (one.chart, one.rows[0][1]) == (None, "1")
