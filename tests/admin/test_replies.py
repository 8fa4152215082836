"""The pages for what is said beside the scores, and for reports of used cards."""

import pytest

from evalsvc.domain.voting.card_reports import report_card
from evalsvc.domain.voting.casting import admit
from tests.admin.conftest import Clerk
from tests.cast import MORNING, Installation, add_panshan, get_card, get_round_id, open_with_cards
from tests.domain.test_replies import ENOUGH, count


def test_reports_by_day_and_group_and_on_the_board(
    installation: Installation, manager: Clerk
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    cards = open_with_cards(installation, round_id)
    for place in (0, 1):
        token = get_card(cards, "mutual_town", place).token
        visit = admit(installation.database, installation.settings, token, MORNING)
        report_card(installation.database, visit, MORNING)

    page = manager.get(f"/rounds/{round_id}/replies")

    assert page.has("2018-12-01 镇（街道）、园区评部门 2", "开箱以后才看得到。")
    assert manager.get("/").has("“有人用了我的卡”报告2次")


def test_replies_of_a_leader_stand_under_the_name_and_of_citizens_only_together(
    installation: Installation, manager: Clerk
) -> None:
    round_id = count(installation, commenting=ENOUGH)

    page = manager.get(f"/rounds/{round_id}/replies")

    assert page.has(
        "慢在哪里 领导评价表".replace("领导评价表", "县领导"),
        "领导甲：材料、其他",
        "领导甲：来回跑",
    )
    assert page.has("意见建议", "整张票 1 领导甲：多下乡", "今年到过基层吗")
    assert page.has("办过什么事", f"咨询（{ENOUGH}）", f"35岁以下（{ENOUGH}）")
    assert manager.get("/").has("选择和文字回答")


def test_too_few_replies_of_citizens_are_not_told(
    installation: Installation, manager: Clerk
) -> None:
    round_id = count(installation, commenting=3)

    page = manager.get(f"/rounds/{round_id}/replies")

    assert page.has("份数太少，不显示")
    assert "咨询" not in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_open_round_without_anything(
    installation: Installation, manager: Clerk, language: str
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))

    page = manager.get(f"/rounds/{round_id}/replies?lang={language}")

    assert page.has("Nobody has reported" if language == "en" else "这一轮没有人报告。")
