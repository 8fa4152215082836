"""The scheme's pages: its tree, a trial, differences, and values changed in the page."""

from collections.abc import Callable

import pytest

from evalsvc.admin.preparing.effects import list_effects
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results
from evalsvc.figures import show_figure
from evalsvc.scheme.presets import get_preset_text, list_presets, load_preset
from tests.admin.conftest import Clerk
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    add_panshan,
    get_round_id,
    issue_cards,
)
from tests.scheme.test_documents import ENGLISH, blocks
from tests.worked.cases import read_worked
from tests.worked.seeded import seed_season

pytestmark = pytest.mark.slow

WEIGHTS = {
    "value|parameters.weight_indicators.value": "60",
    "value|parameters.weight_comprehensive.value": "40",
}


@pytest.fixture
def season_id(installation: Installation) -> int:
    return add_panshan(installation)


def sha(installation: Installation, season_id: int) -> dict[str, str]:
    return {"sha256": seasons.get_season(installation.database, season_id).scheme.sha256}


def test_the_tree_shows_weights_and_shares(season_id: int, manager: Clerk) -> None:
    page = manager.get(f"/seasons/{season_id}/scheme/tree")
    # 70% × 80% × 20% × 60% = 6.72%.
    assert page.has("部门", "过程考核·省考任务 填报 60.0% 6.7%", "县领导")


@pytest.mark.parametrize("preset", list_presets())
def test_every_preset_has_its_pages(
    installation: Installation, season_id: int, manager: Clerk, preset: str
) -> None:
    text = get_preset_text(preset)
    seasons.change_scheme(Act(installation.database, MANAGER, MORNING), season_id, text)
    for page in ("tree", "trial", "comparison?other=preset:panshan-2018", "edition"):
        assert manager.get(f"/seasons/{season_id}/scheme/{page}").status == 200


def test_a_trial_says_that_it_is_one_and_keeps_nothing(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    page = manager.get(f"/seasons/{season_id}/scheme/trial?sample=3")
    assert page.has("试算 单位、答卷和指标都是编出来的", "第 3 组样本", "部门甲")
    assert manager.get(f"/seasons/{season_id}/scheme/trial?sample=x").has("第 1 组样本")
    assert manager.get(f"/seasons/{season_id}/scheme/trial?sample=-5").has("第 1 组样本")
    assert seasons.get_season(installation.database, season_id).newest_result is None


def test_differences_are_told_in_words(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    add_panel_city(installation)
    path = f"/seasons/{season_id}/scheme/comparison"
    assert manager.get(path).has("比较的方案")
    assert manager.get(f"{path}?other=preset:panshan-2018").has("两个方案一样。")
    assert manager.get(f"{path}?other=season:2").has("处不同", "评价主体")
    for other in ("preset:moon", f"season:{season_id}", "x"):
        assert manager.get(f"{path}?other={other}").status == 404


def test_values_are_changed_and_nothing_else(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    path = f"/seasons/{season_id}/scheme/edition"
    before = seasons.get_season(installation.database, season_id).scheme_text
    assert manager.get(path).has("指标考核", "盘县政办发〔2018〕144号")
    posted = {**WEIGHTS, **sha(installation, season_id)}
    assert manager.post(path, posted).location == f"/office{path}"
    after = seasons.get_season(installation.database, season_id).scheme_text
    differing = [
        (old.strip(), new.strip())
        for old, new in zip(before.splitlines(), after.splitlines(), strict=True)
        if old != new
    ]
    assert differing == [("value: 70", "value: 60"), ("value: 30", "value: 40")]
    assert manager.get("/log").has("更换考评方案")
    # The page that was open meanwhile shows another scheme than the season's.
    assert manager.post(path, posted).has("方案在您修改的时候已经换过")


def test_wrong_values_are_refused_beside_their_field(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    path, known = f"/seasons/{season_id}/scheme/edition", sha(installation, season_id)
    page = manager.post(path, {**known, "value|parameters.weight_indicators.value": "很多"})
    assert page.status == 422
    assert page.has("改后的方案有", "没有保存")
    assert 'value="很多"' in page.html
    for place in ("score.code", "moon"):
        assert manager.post(path, {**known, f"value|{place}": "x"}).has("请下载方案文件修改")
    long = {**known, "value|title.zh": "长" * 501}
    assert manager.post(path, long).status == 422
    assert sha(installation, season_id) == known


def test_a_scheme_is_not_changed_once_codes_are_out(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    known = sha(installation, season_id)
    issue_cards(installation, get_round_id(installation, season_id))
    path = f"/seasons/{season_id}/scheme/edition"
    assert manager.get(path).has("已发码，不能再改", "方案锁定")
    assert manager.post(path, {**WEIGHTS, **known}).status == 409
    assert sha(installation, season_id) == known


def test_others_look_and_do_not_touch(
    season_id: int, seat: Callable[[str], Clerk], stranger: Clerk
) -> None:
    path = f"/seasons/{season_id}/scheme"
    assert seat("liaison").get(f"{path}/tree").status == 200
    assert seat("auditor").get(f"{path}/edition").status == 403
    assert stranger.get(f"{path}/tree").location.startswith("/office/sign-in")


def test_the_tree_shows_what_really_decided_beside_the_weights(
    installation: Installation, manager: Clerk
) -> None:
    code = "zaozhuang-departments"
    case = read_worked(code)
    season_id = seed_season(
        installation, get_preset_text(code), load_preset(code), case.package.facts, ()
    )
    assert "“实际”按最近" not in manager.get(f"/seasons/{season_id}/scheme/tree").text
    results.compute_result(
        Act(installation.database, MANAGER, MORNING), installation.settings, season_id
    )
    page = manager.get(f"/seasons/{season_id}/scheme/tree")
    assert page.has("“实际”按最近一次计算得出", "业务目标")
    effects = list_effects(results.get_result(installation.database, season_id).units)
    economy = {part: share for (of, part), share in effects.items() if of == "economy"}
    top = [economy[part] for part in ("business", "public", "adjustments")]
    assert sum(map(float, top)) == pytest.approx(1)
    assert page.has(f"70 分 实际 {show_figure(economy['business'] * 100, 1)}%")


def test_the_scheme_page_says_how_each_figure_comes_about(
    installation: Installation, season_id: int, manager: Clerk
) -> None:
    said = {
        "zaozhuang-departments": ("下列各项得分相加，再加减分",),
        "bureau-400": (
            "100 分 下列各项得分相加",
            "信息化额外加分 额外",
            "按录入的次数加减分",
            "按完成目标的比例得分",
        ),
        "golmud": ("各任务所评等级的分数，按任务量加权", "市领导：每票打分，取平均"),
        "three-in-one": ("先商定档次，再在这一档里打分", "千人评议团：各层满意度按权重合计"),
        "luoyang-2018": ("按录入的等级得分",),
    }
    for preset, words in said.items():
        text = get_preset_text(preset)
        seasons.change_scheme(Act(installation.database, MANAGER, MORNING), season_id, text)
        page = manager.get(f"/seasons/{season_id}/scheme")
        assert page.has(*words), preset
    (text,) = [one for one in blocks(ENGLISH, "yaml") if "code: full-order\n" in one]
    seasons.change_scheme(Act(installation.database, MANAGER, MORNING), season_id, text)
    page = manager.get(f"/seasons/{season_id}/scheme")
    assert page.has(
        "领导：按在每票上的名次得分，取平均",
        "全年工作 排出名次",
        "创新贡献 分配分数： 每类合计 100",
        "档内再排先后",
    )
