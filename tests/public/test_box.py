"""The public box: what it shows while it fills, what after closing, and that it tells no more."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from evalsvc.app import create_app
from evalsvc.box import receipt_list
from evalsvc.box.anchors import SignedAnchor
from evalsvc.box.cards import Card
from evalsvc.box.merkle import box_root
from evalsvc.box.tokens import new_token
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import anchors, rounds
from evalsvc.domain.voting import casting
from evalsvc.models.season import Round
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panel_city,
    build_installation,
    get_round_id,
    open_with_cards,
)
from tests.domain.test_casting import visit_and_fill
from tests.public.pages import Page
from tests.public.reading import TOO_WIDE, list_violations
from tests.serving import serve
from tests.test_qr import draw

SEATS = 6  # times four strata, and two leaders: 26 codes


@dataclass
class City:
    """A panel city whose box is filling."""

    installation: Installation
    app: Flask
    client: FlaskClient
    round_id: int
    uid: str
    cards: tuple[Card, ...]

    def get(self, address: str) -> Page:
        return Page(self.client.get(address.format(uid=self.uid)))

    def cast(self, first: int, last: int) -> list[str]:
        """Cards from one number up to another are used; their receipts."""
        return [self._cast(card.token) for card in self.cards[first:last]]

    def close(self) -> None:
        place, evening = self.installation, MORNING + timedelta(hours=12)
        rounds.close_round(Act(place.database, MANAGER, evening), place.settings, self.round_id)

    def get_root(self) -> str:
        """The root of the newest anchor."""
        record = json.loads(self.client.get(f"/box/{self.uid}/anchors.json").data)["year_end"]
        return str(record[-1]["box_root"])

    def publish(self) -> SignedAnchor | None:
        place, noon = self.installation, MORNING + timedelta(hours=4)
        return anchors.publish_anchor(place.database, place.settings, self.round_id, noon)

    def _cast(self, token: str) -> str:
        visit, answers = visit_and_fill(self.installation, token)
        database = self.installation.database
        return casting.cast(database, visit, answers, casting.new_nonce(), MORNING).code


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    place = build_installation(tmp_path)
    round_id = get_round_id(place, add_panel_city(place, seats=SEATS))
    cards = open_with_cards(place, round_id)
    with place.database.reading() as session:
        uid = session.get_one(Round, round_id).uid
    app = create_app(place.settings)
    yield City(place, app, app.test_client(), round_id, uid, cards)
    app.extensions["evalsvc"].database.close()
    place.database.close()


def test_before_any_round_opens_there_is_nothing_to_see(tmp_path: Path) -> None:
    place = build_installation(tmp_path)
    round_id = get_round_id(place, add_panel_city(place, seats=SEATS))
    with place.database.reading() as session:
        uid = session.get_one(Round, round_id).uid
    app = create_app(place.settings)
    client = app.test_client()
    assert "还没有开始的轮次" in client.get("/box").get_data(as_text=True)
    assert client.get(f"/box/{uid}").status_code == 404
    assert client.get("/box/0").status_code == 404
    app.extensions["evalsvc"].database.close()
    place.database.close()


def test_while_it_fills_only_anchors_are_shown(city: City) -> None:
    receipt = city.cast(0, 3)[0]
    page = city.get("/box/{uid}")
    assert page.has("票箱公示", "开始时封存编码26个", "清单在截止以后公布")
    # The opening's anchor saw no ballot; the three cast since show nowhere.
    assert page.has("<td>0</td>")
    assert not page.has("<td>3</td>")
    assert not page.has(receipt)
    for name in ("leaves.txt", "receipts.txt"):
        assert city.get(f"/box/{{uid}}/{name}").status == 409


def test_the_whole_signing_key_is_shown_in_groups_and_as_a_qr_code(city: City) -> None:
    (record,) = json.loads(city.client.get(f"/box/{city.uid}/anchors.json").data)["year_end"]
    html = city.get("/box/{uid}").html
    groups = re.findall(r"<span>([0-9a-f]{4})</span>", html)
    assert (len(groups), "".join(groups)) == (16, record["key"])
    (drawn,) = zxingcpp.read_barcodes(draw(re.findall(r"<svg.*?</svg>", html)[0]))
    assert drawn.text == record["key"].upper()


def test_an_anchor_wants_twenty_new_ballots(city: City) -> None:
    city.cast(0, 19)
    assert city.publish() is None
    city.cast(19, 20)
    published = city.publish()
    assert published is not None
    assert (published.anchor.number, published.anchor.ballots) == (2, 20)
    assert published.is_genuine
    assert city.publish() is None
    assert city.get("/box").has(published.anchor.short, "共20张票")


def test_closing_always_publishes_and_nothing_does_afterwards(city: City) -> None:
    city.cast(0, 1)
    city.close()
    assert city.publish() is None
    page = city.get("/box/{uid}")
    record = json.loads(city.client.get(f"/box/{city.uid}/anchors.json").data)["year_end"]
    assert [one["ballots"] for one in record] == [0, 1]
    assert page.has(SignedAnchor.from_record(record[1]).anchor.short)


def test_the_places_add_up_after_closing(city: City) -> None:
    city.cast(0, 20)
    city.cast(0, 2)  # two change their minds
    city.close()
    page = city.get("/box/{uid}")
    cells = [line for line in page.html.splitlines() if '<th scope="row">' in line]
    assert [cell.split("<td>")[1].split("</td>")[0] for cell in cells] == [
        "26",
        "0",
        "26",
        "20",
        "6",
        "0",
        "26",
    ]


def test_the_lists_are_sorted_and_are_the_anchored_ones(city: City) -> None:
    cast = city.cast(0, 8)
    city.close()
    answer = city.client.get(f"/box/{city.uid}/receipts.txt", follow_redirects=True)
    assert answer.get_data(as_text=True).split() == sorted(cast)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    answer = city.client.get(f"/box/{city.uid}/leaves.txt", follow_redirects=True)
    leaves = answer.get_data(as_text=True).split()
    assert leaves == sorted(leaves)
    record = json.loads(city.client.get(f"/box/{city.uid}/anchors.json").data)["year_end"]
    assert record[-1]["box_root"] == box_root(bytes.fromhex(leaf) for leaf in leaves).hex()


def test_a_list_is_written_once_and_is_the_same_ever_after(city: City) -> None:
    city.cast(0, 8)
    city.close()
    service = city.app.extensions["evalsvc"]
    root = city.get_root()
    folder = service.settings.lists / "box" / city.uid / root
    assert sorted(path.name for path in folder.rglob("*.txt")) == [
        "0.txt",
        "leaves.txt",
        "receipts.txt",
    ]
    address = f"/box/{city.uid}/{root}"
    first = city.client.get(f"{address}/receipts.txt").data
    assert city.client.get(f"{address}/receipts/0.txt").data == first
    shutil.rmtree(folder)
    assert city.client.get(f"{address}/receipts.txt").data == first
    assert folder.is_dir()
    modes = [path.stat().st_mode & 0o777 for path in (folder.parent, folder, folder / "leaves.txt")]
    assert modes == [0o755, 0o755, 0o644]


@pytest.mark.parametrize(
    "address",
    [
        "/box/{uid}/{root}/receipts/1.txt",
        "/box/{uid}/{other}/receipts.txt",
        "/box/{other}/{root}/receipts.txt",
        "/box/../../receipts.txt",
        "/box/%2e%2e/%2e%2e/leaves.txt",
        "/box/{uid}/{root}/secret.key",
        "/box/{uid}/%2e%2e/leaves.txt",
    ],
)
def test_no_other_list_is_there(city: City, address: str) -> None:
    city.cast(0, 1)
    city.close()
    root = city.get_root()
    given = address.format(uid=city.uid, root=root, other="0" * 64)
    assert city.client.get(given).status_code == 404


def test_an_open_box_gives_no_list_under_any_name(city: City) -> None:
    city.cast(0, 20)
    city.publish()
    root = city.get_root()
    for name in ("leaves.txt", "receipts.txt", "receipts/0.txt"):
        assert city.get(f"/box/{{uid}}/{root}/{name}").status == 409
    assert "/receipts/" not in city.get("/box/{uid}/parts").html


def test_a_long_list_is_found_by_parts_without_scripts(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipt_list, "HIDDEN_AMONG", 4)
    cast = city.cast(0, 20)
    city.close()
    assert city.get("/box/{uid}").has("清单共20张，分成5份", "约4张", "400 Bytes")
    page = city.get("/box/{uid}/parts")
    links = re.findall(r'href="(/box/[^"]*/receipts/\d+\.txt)">(\S+) – (\S+)</a>', page.html)
    assert len(links) == 5
    read = []
    for link, first, last in links:
        part = city.client.get(link).get_data(as_text=True).split()
        assert all(first <= receipt[:4] <= last for receipt in part)
        read += part
    assert read == sorted(cast)


def test_looking_changes_nothing(city: City) -> None:
    city.cast(0, 20)
    city.close()
    folder = city.installation.settings.instance
    names = sorted(path.name for path in folder.iterdir())
    before = (folder / "evalsvc.sqlite").read_bytes(), (folder / "signing.key").read_bytes()
    for address in ("/box", "/box/{uid}", "/box/{uid}/leaves.txt", "/box/{uid}/anchors.json"):
        answer = city.client.get(address.format(uid=city.uid), follow_redirects=True)
        assert answer.status_code == 200
    assert sorted(path.name for path in folder.iterdir()) == names
    after = (folder / "evalsvc.sqlite").read_bytes(), (folder / "signing.key").read_bytes()
    assert before == after


def test_the_receipt_names_the_newest_anchor(city: City) -> None:
    city.cast(0, 20)
    published = city.publish()
    assert published is not None
    visit = city.client.post("/start", data={"code": city.cards[0].token}, follow_redirects=True)
    form = Page(visit).fields.to_dict()
    form |= {name: "80" for name in form if name.startswith("a.")}
    checked = Page(city.client.post("/check", data=form))
    receipt = Page(
        city.client.post("/submit", data=checked.fields.to_dict(), follow_redirects=True)
    )
    assert receipt.has(published.anchor.short, f"/box/{city.uid}")


def test_both_languages_are_complete(city: City) -> None:
    city.cast(0, 20)
    city.close()
    for address in ("/box?lang=en", "/box/{uid}?lang=en"):
        assert city.get(address).has("ballots" if "uid" not in address else "Sealed at the opening")


@pytest.fixture
def address(city: City) -> Iterator[str]:
    with serve(city.app) as address:
        yield address


@pytest.mark.browser
@pytest.mark.parametrize("hidden", [512, 4])
def test_a_receipt_is_looked_up_without_telling_the_server(
    city: City, address: str, phone: BrowserPage, monkeypatch: pytest.MonkeyPatch, hidden: int
) -> None:
    monkeypatch.setattr(receipt_list, "HIDDEN_AMONG", hidden)
    receipt = city.cast(0, 20)[7]
    city.close()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    phone.goto(f"{address}/box/{city.uid}")
    field, verdict = phone.locator("#receipt"), phone.locator("[data-verdict]")
    for typed, said in (
        (receipt.lower().replace("-", " "), "找到了"),
        (new_token(), "清单里没有这个编号"),
        (receipt[:-1] + ("A" if receipt[-1] != "A" else "B"), "有输错的地方"),
        ("ABC", "有输错的地方"),
    ):
        field.fill(typed)
        phone.locator("main button").click()
        expect(verdict).to_contain_text(said)
    fetched = [url for url in asked if "/receipts/" in url]
    part = receipt_list.find_part(receipt, 1 if hidden == 512 else 5)
    assert fetched[0].endswith(f"/receipts/{part}.txt")
    assert len(fetched) == 2  # nothing is asked for a slip
    assert [url for url in asked if receipt[:4] in url] == []
    assert list_violations(phone) == []
    assert not phone.evaluate(TOO_WIDE)


@pytest.mark.browser
def test_the_notice_fits_on_paper(
    city: City, address: str, desktop: BrowserPage, tmp_path: Path
) -> None:
    city.cast(0, 20)
    city.close()
    desktop.goto(f"{address}/box/{city.uid}")
    desktop.emulate_media(media="print")
    expect(desktop.locator(".paper")).to_be_visible()
    expect(desktop.locator("#lookup")).to_be_hidden()
    desktop.pdf(path=tmp_path / "notice.pdf", format="A4")
    pages = (tmp_path / "notice.pdf").read_bytes().count(b"/Type /Page\n")
    assert pages == 1


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_everybody_can_read_and_press_the_box(
    city: City, address: str, request: pytest.FixtureRequest, device: str, language: str
) -> None:
    page: BrowserPage = request.getfixturevalue(device)
    found = []
    for state in ("filling", "closed"):
        for path in ("/box", f"/box/{city.uid}"):
            page.goto(f"{address}{path}?lang={language}")
            found.append((state, path, list_violations(page), page.evaluate(TOO_WIDE)))
        if state == "filling":
            city.cast(0, 20)
            city.close()
    page.locator("#receipt").fill("ABC")
    page.locator("main button").click()
    expect(page.locator("[data-verdict]")).not_to_be_empty()
    found.append(("refused", "", list_violations(page), page.evaluate(TOO_WIDE)))

    assert [one for one in found if one[2:] != ([], False)] == []
    assert len(found) == 5
