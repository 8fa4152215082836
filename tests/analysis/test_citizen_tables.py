"""How citizens' figures of one panel vary together, and when what a panel keeps is theirs."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from analysis.examining.citizen_tables import (
    CitizenTable,
    PanelCovariance,
    citizen_covariance,
    list_citizen_tables,
)
from analysis.score.facts import Count, Facts, Unit
from analysis.score.rules import Part, Satisfaction, Weighted

F = Fraction


def asked(item: str) -> Satisfaction:
    return Satisfaction(f"s.{item}", "year", "panel", item, {"yes": F(100), "no": F(0)}, {}, 2)


RULE = Weighted("s", (Part(F(1, 2), asked("work")), Part(F(1, 2), asked("style"))), "zero")
# Work: u1 3 of 4, u2 2 of 4. Style: u1 all of 4, u2 1 of 4.
ANSWERS = {("work", "u1"): 3, ("work", "u2"): 2, ("style", "u1"): 4, ("style", "u2"): 1}
FACTS = Facts(
    (Unit("u1", "甲", "a"), Unit("u2", "乙", "a"), Unit("u3", "丙", "b")),
    counts=tuple(
        Count("year", "panel", "", unit, item, level, n, n)
        for (item, unit), yes in ANSWERS.items()
        for level, n in (("yes", yes), ("no", 4 - yes))
    ),
)
PANEL = PanelCovariance(
    "year",
    "panel",
    "",
    tuple(ANSWERS),
    np.array([75.0, 50.0, 100.0, 25.0]),
    np.arange(16.0).reshape(4, 4),
)
UNITS = ("u2", "nobody", "u1")


def tables(*panels: PanelCovariance) -> tuple[CitizenTable, ...]:
    return list_citizen_tables(RULE, FACTS, "year", panels)[:2]


def test_without_what_a_panel_keeps_every_figure_stands_alone():
    work, style = tables()
    assert (work.panel, style.panel) == (None, None)
    # u1: 3·25² + 75² over 3, over 4 answers: 625. u2: 4·50² over 3, over 4: 2500/3.
    assert citizen_covariance(work, work, UNITS) == pytest.approx(np.diag([2500 / 3, 0.0, 625.0]))
    assert not citizen_covariance(work, style, UNITS).any()


def test_answers_that_are_all_the_same_do_not_make_a_figure_certain():
    _, style = tables()
    first, second = style.units
    # All four say yes. Wilson's interval of 4 of 4 begins at 4/(4 + 1.96²), and so does the index,
    # which is the same figure here; it was 100 to 100.
    assert first.low == pytest.approx(100 * 4 / (4 + 1.959964**2), abs=1e-3)
    assert (first.index, first.high, first.error) == (100.0, 100.0, 0.0)
    assert (second.low, second.high) == (0.0, pytest.approx(25 + 1.96 * 625**0.5))
    nobody = replace(
        FACTS,
        counts=tuple(
            replace(c, level="no" if c.item == "style" else c.level) for c in FACTS.counts
        ),
    )
    style = list_citizen_tables(RULE, nobody, "year", ())[1]
    assert (style.units[0].low, style.units[0].high) == (0.0, pytest.approx(48.99, abs=0.01))


def test_figures_of_one_panel_vary_as_it_says():
    work, style = tables(PANEL)
    assert work.panel is style.panel is PANEL
    # Rows and columns of the panel: work u1, work u2, style u1, style u2.
    assert citizen_covariance(work, work, UNITS).tolist() == [[5, 0, 4], [0, 0, 0], [1, 0, 0]]
    assert citizen_covariance(work, style, UNITS).tolist() == [[7, 0, 6], [0, 0, 0], [3, 0, 2]]


@pytest.mark.parametrize(
    "other",
    [
        replace(PANEL, round="half_year"),
        replace(PANEL, group="deputies"),
        replace(PANEL, category="b"),
        replace(PANEL, figures=(("work", "u1"), ("work", "u9"), ("style", "u1"), ("style", "u9"))),
        replace(PANEL, means=PANEL.means + 0.001),
    ],
)
def test_a_panel_of_other_figures_is_passed_over(other: PanelCovariance):
    assert [table.panel for table in tables(other)] == [None, None]
    assert [table.panel for table in tables(other, PANEL)] == [PANEL, PANEL]


def test_a_panel_of_one_category_holds_for_that_category():
    assert tables(replace(PANEL, category="a"))[0].panel is not None
