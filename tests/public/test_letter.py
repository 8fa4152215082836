"""The page where the code of a person's letter is typed, and the letter itself."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import letters, publications, publishing, reviews
from evalsvc.domain.concluding.publishing import Period
from evalsvc.domain.office_days import office_day
from tests.admin.test_outcome_pages import add_worked
from tests.cast import MANAGER, Installation, build_installation
from tests.public.reading import TOO_WIDE, list_violations
from tests.sealed_cast import make
from tests.serving import serve

pytestmark = pytest.mark.slow

QUESTION = "业务目标第三项应为满分，请核对台账。"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


@pytest.fixture
def season_id(place: Installation) -> int:
    season_id = add_worked(place, "zaozhuang-staff")
    act, today = Act(place.database, MANAGER, now()), office_day(now())
    publishing.propose(act, season_id, "")
    period = Period(today, today + timedelta(days=6))
    publishing.begin_publicity(act, place.settings, season_id, 1, period)
    return season_id


@pytest.fixture
def codes(place: Installation, season_id: int) -> dict[str, str]:
    act = Act(place.database, MANAGER, now())
    return dict(letters.issue_letters(act, place.settings, season_id, 1))


@pytest.fixture
def client(place: Installation) -> Iterator[FlaskClient]:
    app = create_app(place.settings)
    yield app.test_client()
    app.extensions["evalsvc"].database.close()


def read(answer: object) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", page)


def test_a_code_opens_the_own_result_and_takes_a_question(
    place: Installation, season_id: int, codes: dict[str, str], client: FlaskClient
) -> None:
    assert "查看自己的考评结果" in read(client.get("/letter"))
    opened = client.post("/letter", data={"code": codes["o5"]})
    page = read(opened)
    # By hand: 97.90 is the first of seven, barred from 优秀 and 称职 by misconduct.
    assert "97.90" in page
    assert "第 1 名，本类共 7 个" in page
    assert "基本称职" in page
    assert "违纪违法" in page
    assert opened.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in opened.headers
    # Nobody else is on it.
    (shown,) = publications.list_publications(place.database, season_id)
    assert [unit.unit for unit in shown.notice.units if unit.name in page] == ["o5"]
    asked = client.post("/letter/review", data={"code": codes["o5"], "text": QUESTION})
    assert QUESTION in read(asked)
    (request,) = reviews.list_reviews(place.database, season_id)
    assert (request.unit, request.asked_by) == ("o5", "本人")
    # A second one waits for the first one's answer; too short a one is shown again with its words.
    again = client.post("/letter/review", data={"code": codes["o5"], "text": QUESTION})
    assert (again.status_code, "已有一件申请在等答复" in read(again)) == (409, True)
    short = client.post("/letter/review", data={"code": codes["o1"], "text": "太低"})
    assert short.status_code == 422
    assert "太低" in read(short)


def test_wrong_codes_wait_after_some_and_a_right_one_never(
    codes: dict[str, str], client: FlaskClient
) -> None:
    wrong = [client.post("/letter", data={"code": "AAAA-AAAA-AAAA-AAAA"}) for _ in range(33)]
    assert wrong[0].status_code == 404
    assert "没有结果用这个编码查看" in read(wrong[0])
    assert wrong[-1].status_code == 429
    assert client.post("/letter", data={"code": codes["o1"]}).status_code == 200
    assert client.post("/letter", data={"code": "AAAA"}).status_code == 429
    assert client.post("/letter/review", data={"code": "AAAA", "text": QUESTION}).status_code == 429


def test_no_get_opens_a_result(codes: dict[str, str], client: FlaskClient) -> None:
    page = read(client.get(f"/letter?code={codes['o1']}"))
    assert "95.80" not in page
    again = client.get("/letter/review")
    assert (again.status_code, again.headers["Location"]) == (303, "/letter")


def test_letters_are_one_pdf_with_a_code_each(place: Installation, season_id: int) -> None:
    made = make(place, "letters", season_id)
    assert made.filename == "letters-1.pdf"
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.content)).pages]
    assert len(pages) == 22  # two each, for a sheet of paper
    found = [re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", page) for page in pages]
    printed = [code for codes in found for code in codes]
    assert len(set(printed)) == 11
    act = Act(place.database, letters.READER, now())
    opened = {letters.open_letter(act, place.settings, code).line.name for code in printed}
    (shown,) = publications.list_publications(place.database, season_id)
    assert opened == {unit.name for unit in shown.notice.units}
    # Each code stands on its own person's letter.
    for first, second in zip(pages[::2], pages[1::2], strict=True):
        (code,) = re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", second)
        name = letters.open_letter(act, place.settings, code).line.name
        assert name in first
    text = "".join(pages)
    assert "http://localhost/letter" in text
    assert "单位" not in text


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_a_scan_fills_the_code_in(
    place: Installation,
    codes: dict[str, str],
    request: pytest.FixtureRequest,
    device: str,
    language: str,
) -> None:
    app = create_app(place.settings)
    page: Page = request.getfixturevalue(device)
    with serve(app) as address:
        page.goto(f"{address}/letter?lang={language}#{codes['o5']}")
        assert list_violations(page) == []
        assert not page.evaluate(TOO_WIDE)
        page.locator("button.main").click()
        assert "97.90" in page.content()
        assert list_violations(page) == []
        assert not page.evaluate(TOO_WIDE)
    app.extensions["evalsvc"].database.close()
