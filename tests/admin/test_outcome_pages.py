"""Grades with their reasons, and what people have to decide on, in the office's pages."""

import pytest

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import publishing, results
from evalsvc.scheme.presets import get_preset_text, load_preset
from tests.admin.conftest import Clerk
from tests.cast import MANAGER, MORNING, Installation
from tests.worked.cases import read_worked
from tests.worked.seeded import seed_season

pytestmark = pytest.mark.slow


def add_worked(installation: Installation, preset: str) -> int:
    """A preset's worked case, computed."""
    package = read_worked(preset).package
    season_id = seed_season(
        installation, get_preset_text(preset), load_preset(preset), package.facts, package.raters
    )
    results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, season_id
    )
    return season_id


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_worked(installation, "luoyang-2018")


def test_the_result_has_grades_and_lists_what_does_not_agree(
    season_id: int, manager: Clerk
) -> None:
    page = manager.get(f"/seasons/{season_id}/results")
    assert page.has(
        "等次",
        "94.48 优秀",
        "82.60 良好",
        "需要研究的事项",
        "“指标考核与评价双印证”不一致：按指标考核（73.00分）列第4名",
    )


def test_a_units_page_says_why_it_has_its_grade(season_id: int, manager: Clerk) -> None:
    page = manager.get(f"/seasons/{season_id}/results/e2")
    assert page.has(
        "等次和后续 等次：优秀。按名次和名额评定，本单位列第1名。",
        "本类名额：优秀1个（评出1个）、良好2个（评出2个）。",
    )
    assert "不一致" not in page.text


def test_a_scheme_without_grades_has_no_such_words(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_worked(installation, "panshan-2018")
    page = manager.get(f"/seasons/{season_id}/results")
    assert "等次" not in page.text.split("各项得分")[-1]
    assert "需要研究的事项" not in page.text
    assert "等次和后续" not in manager.get(f"/seasons/{season_id}/results/u01").text


def test_a_round_of_figures_alone_is_not_waited_for(
    installation: Installation, manager: Clerk
) -> None:
    """Golmud's months have no questionnaire: no box of theirs will ever be opened."""
    season_id = add_worked(installation, "golmud")
    assert "还没有开箱的轮次" not in manager.get(f"/seasons/{season_id}/results").text


def test_places_are_told_before_and_when_proposing(
    installation: Installation, manager: Clerk
) -> None:
    """Seven others: 15% is 1.05, one place; 8‰ is none. Four leaders: 0.6 and 0.2, none."""
    package = read_worked("zaozhuang-staff").package
    text, scheme = get_preset_text("zaozhuang-staff"), load_preset("zaozhuang-staff")
    season_id = seed_season(installation, text, scheme, package.facts, package.raters)
    before = "其他人员7人：优秀1个（15%）、表彰0个（8‰）。"
    assert manager.get(f"/seasons/{season_id}/results").has(
        "名额", "领导干部4人：优秀0个（15%）、表彰0个（5%）。", before
    )
    act = Act(installation.database, MANAGER, MORNING)
    results.compute_result(act, installation.settings, season_id)
    assert manager.get(f"/seasons/{season_id}/publication").has("名额", before)
    publishing.propose(act, season_id, "")
    assert manager.get(f"/seasons/{season_id}/publication").has(
        "本类名额：优秀1个（评出1个）、表彰0个（评出0个）。", "违纪违法：2018-10-01 处分决定"
    )


def test_a_bar_stands_in_the_cell_with_its_reason(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_worked(installation, "zaozhuang-staff")
    assert manager.get(f"/seasons/{season_id}/results").has(
        "基本称职 “违纪违法”（2018-10-01 处分决定）：不能得优秀、称职、表彰。",
        "本类名额：优秀1个（评出1个）、表彰0个（评出0个）。",
    )
