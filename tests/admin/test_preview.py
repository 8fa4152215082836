"""Preview: the raters' own pages for the office, from which nothing is ever kept."""

import re
from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import select

from evalsvc.app import HEADERS
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.voting.preview import list_asked_groups, list_sheets
from evalsvc.models.tables import METADATA
from evalsvc.scheme.presets import get_preset_text
from tests.admin.conftest import Clerk
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    add_panshan,
    get_card,
    get_round_id,
    open_with_cards,
)
from tests.public.filling import fill_bands, fill_levels, fill_numbers
from tests.public.pages import Page as RaterPage

pytestmark = pytest.mark.slow

Snapshot = dict[str, list[tuple[object, ...]]]


def take_snapshot(installation: Installation) -> Snapshot:
    """Every row of every table, but for when the colleague's own session was last used."""
    with installation.database.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
            if table.name != "staff_session"
        }


def address(round_id: int, group: str, page: str = "answer", language: str = "zh") -> str:
    return f"/rounds/{round_id}/preview/{group}/0/{language}/{page}"


def read(clerk: Clerk, path: str) -> RaterPage:
    return RaterPage(clerk.get(path).answer)


def send(clerk: Clerk, path: str, fields: dict[str, str]) -> RaterPage:
    """Post what a page's form holds, following to the receipt as a browser does."""
    answer = clerk.client.post(f"/office{path}", data=fields, follow_redirects=True)
    return RaterPage(answer)


def strip_own(page: RaterPage) -> str:
    """A page without what belongs to the visit: addresses, tokens, the label on top."""
    html = re.sub(r'<aside class="desk".*?</aside>', "", page.html, flags=re.DOTALL)
    html = re.sub(r"/office/rounds/\d+/preview/\w+/\d/(zh|en)", "", html)
    html = re.sub(r'(name="csrf_token" type="hidden" value|data-kept|data-tried)="[^"]*"', "", html)
    html = html.replace("?lang=en", "")
    return re.sub(r"\s+", " ", html)


@pytest.mark.parametrize("group", ["leader", "office", "mutual_department", "mutual_town"])
def test_shows_the_very_page_that_a_rater_gets(
    installation: Installation, manager: Clerk, group: str
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    cards = open_with_cards(installation, round_id)
    rater = manager.client.application.test_client()
    rater.post("/start", data={"code": get_card(cards, group).token})

    previewed = read(manager, address(round_id, group))

    assert strip_own(previewed) == strip_own(RaterPage(rater.get("/answer")))
    assert previewed.has("预览", "试填的内容不进票箱，也不保存。")


def test_test_answers_pass_all_checks_and_no_row_is_written(
    installation: Installation, manager: Clerk
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    open_with_cards(installation, round_id)
    before = take_snapshot(installation)

    page = read(manager, address(round_id, "office"))
    wrong = dict.fromkeys(fill_bands(page), "A") | {"csrf_token": page.fields["csrf_token"]}
    refused = send(manager, address(round_id, "office", "check"), wrong)
    kept = send(manager, address(round_id, "office", "draft"), fill_bands(page))
    check = send(manager, address(round_id, "office", "check"), fill_bands(page))
    done = send(manager, address(round_id, "office", "submit"), check.fields.to_dict())
    left = send(manager, address(round_id, "office", "leave"), {})

    assert (refused.status, refused.has("还不能提交，请改下面几处")) == (422, True)
    assert kept.fields.to_dict() == fill_bands(page)
    assert check.has("请核对，还没有提交", "预览")
    assert done.has("TEST-TEST-TEST-TEST", "预览", "试填的内容不进票箱，也不保存。")
    assert left.has("开始填写")
    assert take_snapshot(installation) == before


def test_answers_past_the_check_are_refused_as_the_box_would(
    installation: Installation, manager: Clerk
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    page = read(manager, address(round_id, "office"))
    fields = {
        name: "A" if name.startswith("a.") else value for name, value in fill_bands(page).items()
    }

    refused = send(manager, address(round_id, "office", "submit"), fields | {"nonce": "00" * 16})

    assert (refused.status, refused.has("答卷没有提交")) == (422, True)


def test_a_form_of_somebody_else_is_not_taken(
    installation: Installation, manager: Clerk, seat: Callable[[str], Clerk]
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    page = read(manager, address(round_id, "office"))

    other = send(seat("auditor"), address(round_id, "office", "check"), fill_bands(page))

    assert other.has("请再输入一次编码")


def test_dealt_lists_numbers_and_levels_before_and_after_issue(
    installation: Installation, manager: Clerk
) -> None:
    round_id = get_round_id(installation, add_panel_city(installation))
    panel, leader = address(round_id, "panel"), address(round_id, "leader")

    levels = send(
        manager, panel.replace("answer", "check"), fill_levels(read(manager, panel), "unknown")
    )
    numbers = send(
        manager, leader.replace("answer", "check"), fill_numbers(read(manager, leader), "88")
    )
    samples = list_sheets(installation.database, round_id, "panel")
    open_with_cards(installation, round_id)
    dealt = list_sheets(installation.database, round_id, "panel")

    assert levels.has("不了解", "请核对")
    assert numbers.html.count('<dd class="figure">88</dd>') == 12
    assert {sheet.is_sample for sheet in samples.sheets} == {True}
    assert {sheet.is_sample for sheet in dealt.sheets} == {False}


def test_sample_units_stand_in_before_there_is_a_roster(
    installation: Installation, manager: Clerk
) -> None:
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "新年度",
        "考评办",
        "110",
        get_preset_text("panshan-2018"),
    )
    round_id = get_round_id(installation, season_id)

    page = manager.get(f"/rounds/{round_id}/preview?group=mutual_department")
    sheets = list_sheets(installation.database, round_id, "mutual_department")

    assert page.has("名册还没有导入，单位是示例。", "这里是样子")
    assert len(sheets.get_sheet(0).units) == 6  # towns rate departments and departments towns
    assert read(manager, address(round_id, "mutual_department")).has("示例")


@pytest.mark.parametrize("preset", ["panshan-2018", "three-in-one", "golmud", "luoyang-2018"])
def test_every_group_of_every_preset_can_be_looked_at(
    installation: Installation, manager: Clerk, preset: str
) -> None:
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "新年度",
        "考评办",
        "110",
        get_preset_text(preset),
    )
    for each in seasons.get_season(installation.database, season_id).rounds:
        for group in list_asked_groups(installation.database, each.id):
            for language in ("zh", "en"):
                path = address(each.id, group.code, language=language)
                assert read(manager, path).has('id="questions"')


def test_each_frame_has_its_language_and_the_office_keeps_its_own(
    installation: Installation, manager: Clerk
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))

    english = manager.get(address(round_id, "office", language="en"))

    assert "Set-Cookie" not in english.answer.headers
    assert english.has("Preview", "Test answers never enter the box")
    assert f'formaction="/office{address(round_id, "office")}"' in english.html
    assert manager.get(f"/rounds/{round_id}/preview").has("预览问卷")


def test_only_these_pages_may_be_framed_and_only_by_our_own(
    installation: Installation, manager: Clerk
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))
    policy = HEADERS["Content-Security-Policy"]

    inner = manager.get(address(round_id, "office")).answer.headers
    outer = manager.get(f"/rounds/{round_id}/preview").answer.headers

    assert inner["Content-Security-Policy"] == policy.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    assert inner["X-Frame-Options"] == "SAMEORIGIN"
    assert outer["Content-Security-Policy"] == f"{policy}; frame-src 'self'"
    assert outer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "path", ["none/0/zh/answer", "office/99/zh/answer", "office/0/xx/answer", "office/0/zh/box"]
)
def test_what_is_not_there(installation: Installation, manager: Clerk, path: str) -> None:
    round_id = get_round_id(installation, add_panshan(installation))

    assert manager.get(f"/rounds/{round_id}/preview/{path}").status == 404


def test_nobody_is_asked_about_themselves(installation: Installation) -> None:
    """Panshan's departments rate the towns; were they to rate each other too, one is left out."""
    season_id = add_panshan(installation)
    towns = "members: department\n    questionnaire: ranking\n    sees:\n      town: {units: all}\n"
    text = get_preset_text("panshan-2018").replace(
        towns, f"{towns}      department: {{units: all_but_own}}\n"
    )
    seasons.change_scheme(Act(installation.database, MANAGER, MORNING), season_id, text)

    sheets = list_sheets(
        installation.database, get_round_id(installation, season_id), "mutual_department"
    )

    assert [(one.name, one.left_out, len(one.units)) for one in sheets.sheets] == [
        (f"部门0{number}", f"部门0{number}", 4 + 5) for number in range(1, 7)
    ]


def test_a_paper_form_is_a_job_with_its_group_and_language(
    installation: Installation, manager: Clerk, started: list[tuple[str, Mapping[str, str]]]
) -> None:
    round_id = get_round_id(installation, add_panshan(installation))

    page = manager.post(f"/rounds/{round_id}/preview/office/paper")

    ((job_id, given),) = started
    assert page.location == f"/office/jobs/{job_id}"
    assert (given["group"], given["language"]) == ("office", "zh")


def test_no_paper_form_of_sample_units_or_of_an_unknown_group(
    installation: Installation, manager: Clerk, started: list[tuple[str, Mapping[str, str]]]
) -> None:
    season_id = seasons.create_season(
        Act(installation.database, MANAGER, MORNING),
        "新年度",
        "考评办",
        "110",
        get_preset_text("panshan-2018"),
    )
    round_id = get_round_id(installation, season_id)

    assert manager.post(f"/rounds/{round_id}/preview/office/paper").status == 409
    assert manager.post(f"/rounds/{round_id}/preview/none/paper").status == 404
    assert started == []


def test_no_code_is_taken(installation: Installation, manager: Clerk) -> None:
    """A card held before the wrong page begins nothing there."""
    round_id = get_round_id(installation, add_panshan(installation))
    card = get_card(open_with_cards(installation, round_id), "leader")

    page = send(manager, address(round_id, "office", "start"), {"code": card.token})

    assert page.has("预览", "专项行动领导小组办公室")
    assert "县领导" not in page.html


def test_the_way_to_it_stands_on_season_scheme_and_round(
    installation: Installation, manager: Clerk
) -> None:
    season_id = add_panshan(installation)
    for path in (f"/seasons/{season_id}", f"/seasons/{season_id}/scheme", "/rounds/1"):
        assert "/preview" in manager.get(path).html
