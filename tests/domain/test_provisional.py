"""Nothing follows from half a result: it is provisional, without grades, and never published."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import delete

from analysis.outcome.rules import ConsequenceRule, Marks, OutcomeRules
from analysis.outcome.season_outcome import season_outcome
from analysis.score.facts import Facts, Past, Unit
from analysis.score.tree import Node, UnitResult
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import contents, history, outcomes, publishing, results
from evalsvc.domain.facts_mark import of_season
from evalsvc.errors import ACT_REFUSED, Problem
from evalsvc.models.figures import Indicator
from evalsvc.reports.documents.notes import PROVISIONAL
from evalsvc.reports.documents.report import build_report
from evalsvc.scheme.presets import get_preset_text
from tests.cast import MANAGER, MORNING, Installation, build_installation
from tests.office_cast import add_computed, add_golmud, shut_boxes

BOXES = "“半年、年终”的票箱还没有打开"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


def test_without_a_box_or_a_figure_it_is_provisional(place: Installation) -> None:
    season_id = add_computed(place)
    assert not results.get_result(place.database, season_id).provisional
    shut_boxes(place, season_id)
    assert results.get_result(place.database, season_id).provisional.zh == BOXES
    with place.database.writing() as session:
        session.execute(
            delete(Indicator).where(Indicator.component == "I.common.信息工作"),
            execution_options=of_season(season_id),
        )
    # Ten units, of which each lacks one figure.
    told = results.get_result(place.database, season_id).provisional
    assert told.zh == f"{BOXES}，“年终”还有10个数没有录入"
    content = contents.get_content(place.database, season_id)
    assert content.head.provisional == told
    assert build_report(content).summary[0] == PROVISIONAL.filled(missing=told)


def test_a_provisional_result_is_proposed_by_nobody(place: Installation) -> None:
    season_id = add_computed(place)
    shut_boxes(place, season_id)
    act = Act(place.database, MANAGER, MORNING)
    results.compute_result(act, place.settings, season_id)
    with pytest.raises(Problem) as found:
        publishing.propose(act, season_id, "")
    assert (found.value.kind, BOXES in found.value.text.zh) == (ACT_REFUSED, True)


def test_no_grade_follows_from_one_indicator(place: Installation) -> None:
    season_id = add_golmud(place)
    months = {f"m{n:02d}" for n in range(1, 13)}
    scheme = seasons.get_season(place.database, season_id).scheme
    with place.database.writing() as session:
        for unit in ("u01", "u02", "u03", "u04"):
            for each in scheme.components:
                if each.round in months:
                    value = "1" if each.code == f"tasks.{each.round}.a" else "0"
                    session.add(
                        Indicator(
                            season_id=season_id,
                            round=each.round,
                            unit=unit,
                            component=each.code,
                            value=value,
                        )
                    )
    act = Act(place.database, MANAGER, MORNING)
    results.compute_result(act, place.settings, season_id)
    units = results.get_result(place.database, season_id).units
    following = outcomes.get_following(place.database, season_id, units).season
    assert {unit.grade for unit in following.units} == {None}
    assert {unit.consequences for unit in following.units} == {()}
    assert following.quotas == ()


def unit(total: str) -> UnitResult:
    return UnitResult("u", "all", Node("total", "total", Fraction(total)), total, 1)


RULES = OutcomeRules(
    consequences=(
        ConsequenceRule("twice", (Marks(years=2, below=Fraction(60)),)),
        ConsequenceRule("once", (Marks(below=Fraction(60)),)),
    )
)


def test_years_are_counted_from_a_year_that_somebody_has_said() -> None:
    facts = Facts((Unit("u", "甲", "all"),))
    (found,) = season_outcome(RULES, facts, [unit("50.00")], 2).units
    # It said “0、1年”, with the year 0 to be found out.
    assert [(each.rule, each.years, each.unknown) for each in found.consequences] == [
        ("once", (), ())
    ]
    known = replace(facts, history=(Past(2017, "u", Fraction(55), ""),), year=2018)
    (found,) = season_outcome(RULES, known, [unit("50.00")], 2).units
    assert [(each.rule, each.years) for each in found.consequences] == [
        ("twice", (2017, 2018)),
        ("once", (2018,)),
    ]


def test_the_page_can_say_which_years_are_there(place: Installation) -> None:
    season_id = seasons.create_season(
        Act(place.database, MANAGER, MORNING), "年度", "办", "1", get_preset_text("golmud")
    )
    assert history.get_known_years(place.database, season_id) == (None, ())
    history.set_year(Act(place.database, MANAGER, MORNING), season_id, 2018)
    assert history.get_known_years(place.database, season_id) == (2018, ())
