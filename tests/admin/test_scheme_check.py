"""The page that looks at a scheme alone: uploaded or pasted, right or wrong; nothing is kept."""

import io
from collections.abc import Callable

import pytest

from evalsvc.domain import seasons
from evalsvc.scheme.presets import get_preset_text, list_presets
from tests.admin.conftest import Clerk
from tests.cast import Installation
from tests.scheme.hostile import HOSTILE
from tests.scheme.test_errors import SMALL

pytestmark = pytest.mark.slow
PAGE = "/schemes/check"


def upload(content: bytes) -> dict[str, object]:
    return {"file": (io.BytesIO(content), "scheme.yaml"), "text": ""}


def test_the_page_asks_for_a_file_or_a_text(manager: Clerk) -> None:
    assert manager.get(PAGE).has("检查方案", "内容不保存", "或者粘贴方案")


@pytest.mark.parametrize("way", ["file", "text"])
def test_a_sound_scheme_is_explained_and_not_kept(
    installation: Installation, manager: Clerk, way: str
) -> None:
    sent = upload(SMALL.encode()) if way == "file" else {"text": SMALL}
    page = manager.post(PAGE, sent)
    assert page.status == 200
    # The ratings are 50% of 40%.
    assert page.has(
        "没有发现错误。", "总分怎样得出：部门、镇", "领导 lead 50% 20% 0 到 100 分 领导；"
    )
    assert seasons.list_seasons(installation.database) == ()


def test_line_ends_of_a_browser_do_not_change_the_hash(manager: Clerk) -> None:
    pasted = manager.post(PAGE, {"text": SMALL.replace("\n", "\r\n")})
    hashes = [part for part in pasted.html.split("<code>") if part[:64].isalnum()]
    assert hashes[0][:64] in manager.post(PAGE, upload(SMALL.encode())).html


def test_all_mistakes_stand_in_a_table_and_the_text_stays(manager: Clerk) -> None:
    wrong = SMALL.replace("weight: 40", "weight: ４０").replace("places: 2", "places: two")
    page = manager.post(PAGE, {"text": wrong})
    assert page.status == 422
    assert page.has(
        "方案有 2 处要改。",
        "55 15 score.parts[2].weight ４０ 请用半角写成 40",
        "67 23 publication.places two 应为数字",
    )
    assert "publication: {places: two}" in page.html


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SMALL.encode("gb18030"), "像是 GBK (ANSI)"),
        (SMALL.encode("utf-16"), "像是 UTF-16 (Unicode)"),
        (b"#" * (256 * 1024 + 1), "最多256千字节"),
    ],
)
def test_a_file_that_is_no_scheme(manager: Clerk, content: bytes, said: str) -> None:
    page = manager.post(PAGE, upload(content))
    assert page.status == 422
    assert page.has(said)


def test_nothing_handed_in(manager: Clerk) -> None:
    page = manager.post(PAGE, {"text": " "})
    assert page.status == 422
    assert page.has("请选择方案文件，或者粘贴方案。")


def test_every_hostile_scheme_is_refused(manager: Clerk) -> None:
    for name, (build, _) in HOSTILE.items():
        page = manager.post(PAGE, upload(build().encode(errors="surrogatepass")))
        assert page.status == 422, name


@pytest.mark.parametrize("preset", list_presets())
def test_every_preset_in_english(seat: Callable[[str], Clerk], preset: str) -> None:
    clerk = seat("auditor")
    clerk.get(f"{PAGE}?lang=en")
    page = clerk.post(PAGE, upload(get_preset_text(preset).encode()))
    assert page.status == 200
    assert page.has("Nothing is wrong.", "How the total comes about")
