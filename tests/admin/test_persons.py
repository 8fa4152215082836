"""Whom a scheme of persons evaluates is called a person, on every page and in every document.

Words of the scheme, names and the few offices that act in an evaluation stay what they are.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import publishing
from evalsvc.domain.concluding.publishing import Period
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import liaisons
from evalsvc.models.roster import Rater, Unit
from evalsvc.reports.documents.letters import render_letters
from evalsvc.scheme.presets import get_preset_text, load_preset
from evalsvc.text import OfPersons, Text, quoted, same
from evalsvc.work.letters import build_letter
from evalsvc.workbooks.roster_layout import roster_layouts
from tests.admin.conftest import Clerk
from tests.admin.test_outcome_pages import add_worked
from tests.cast import DEADLINE, MANAGER, MORNING, Installation, get_round_id, open_with_cards
from tests.sealed_cast import make, print_markup, read_file

pytestmark = pytest.mark.slow

# Offices and departments that act in an evaluation, and the words for the noun itself.
PEOPLE = {"l1": "leader", "l2": "leader", "o1": "other", "o2": "other"}
STAYS = re.compile(r"牵头单位|主办单位|负责单位|监督单位|lead units?")
UNIT = re.compile(r"单位|\b[Uu]nits?\b")
LINK = re.compile(r'href="(/office/[^"#?]+)')


def list_wrong(text: str) -> list[str]:
    """Where a text speaks of units, with what stands around it."""
    text = STAYS.sub("", text)
    return [text[max(0, found.start() - 20) : found.end() + 20] for found in UNIT.finditer(text)]


def read_words(page: str) -> str:
    """What a page says, the names of its buttons and fields included."""
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page)
    labels = " ".join(re.findall(r'(?:aria-label|placeholder|alt|title)="([^"]*)"', page))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)) + labels


@pytest.fixture
def season_id(installation: Installation) -> int:
    """The worked case of the staff appraisal, shown in public from today on."""
    season_id = add_worked(installation, "zaozhuang-staff")
    act, today = Act(installation.database, MANAGER, now()), office_day(now())
    publishing.propose(act, season_id, "")
    period = Period(today, today + timedelta(days=6))
    publishing.begin_publicity(act, installation.settings, season_id, 1, period)
    liaisons.bind_liaison(act, season_id, "liaison", "o1")
    return season_id


def walk(client: FlaskClient, start: str, season_id: int, query: str) -> Iterator[tuple[str, str]]:
    """Every page of a season that links lead to, with what it says."""
    waiting, seen = [start], {start}
    while waiting:
        address = waiting.pop()
        answer = client.get(address + query)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        html = answer.get_data(as_text=True)
        yield address, read_words(html)
        for found in LINK.findall(html):
            of_season = re.match(rf"/office/(seasons/{season_id}|rounds/\d+)(/|$)", found)
            if of_season and found not in seen:
                seen.add(found)
                waiting.append(found)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("login", ["manager", "liaison"])
def test_no_page_of_the_office_speaks_of_units(
    seat: Callable[[str], Clerk], season_id: int, login: str, language: str
) -> None:
    client = seat(login).client
    start = f"/office/seasons/{season_id}" + ("/own" if login == "liaison" else "")
    pages = dict(walk(client, start, season_id, f"?lang={language}"))
    assert len(pages) > (25 if login == "manager" else 1)
    wrong = {address: found for address, said in pages.items() if (found := list_wrong(said))}
    assert wrong == {}


def test_no_page_of_a_rater_speaks_of_units(installation: Installation) -> None:
    season_id = add_open(installation)
    cards = open_with_cards(installation, get_round_id(installation, season_id))
    app = create_app(installation.settings)
    for language in ("zh", "en"):
        client = app.test_client()
        client.set_cookie("lang", language)
        client.post("/start", data={"code": cards[0].token})
        page = client.get("/answer").get_data(as_text=True)
        assert "民主测评表" in page or "Democratic appraisal" in page
        assert list_wrong(read_words(page)) == []
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token
        refused = client.post("/check", data={"csrf_token": token[1]}).get_data(as_text=True)
        assert list_wrong(read_words(refused)) == []
    app.extensions["evalsvc"].database.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_document_speaks_of_units(
    installation: Installation, season_id: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    print_markup(monkeypatch)
    for kind in ("workbook", "report", "csv", "notices"):
        made = make(installation, kind, season_id, language=language)
        ending = made.filename.rpartition(".")[2]
        assert list_wrong(read_file(ending, made.content)) == [], kind


def add_open(installation: Installation) -> int:
    """A staff appraisal that has begun, with two leaders and two others."""
    act = Act(installation.database, MANAGER, MORNING)
    text = get_preset_text("zaozhuang-staff")
    season_id = seasons.create_season(act, "工作人员年度考核", "考核办", "0632-0000000", text)
    with installation.database.writing() as session:
        for position, (code, category) in enumerate(PEOPLE.items(), 1):
            name = f"干部{code}" if category == "leader" else f"职工{code}"
            session.add(
                Unit(
                    season_id=season_id, position=position, code=code, name=name, category=category
                )
            )
            group = "by_leaders" if category == "leader" else "by_others"
            session.add(Rater(season_id=season_id, group=group, code=code, name=name, unit=code))
    return season_id


def test_a_raters_letter_speaks_of_persons(installation: Installation) -> None:
    season_id = add_open(installation)
    round_id = get_round_id(installation, season_id)
    cards = open_with_cards(installation, round_id)
    season = seasons.get_season(installation.database, season_id)
    found = seasons.get_round(installation.database, round_id)
    for language in ("zh", "en"):
        letter = build_letter(season, found, DEADLINE, "http://localhost", language)
        assert list_wrong(read_file("pdf", render_letters(cards[:1], letter))) == []


def test_what_others_wrote_is_never_changed() -> None:
    """A category, a name or an answer that speaks of a 单位 goes on doing so."""
    persons = OfPersons("zh")
    ours = Text("本单位列第%(place)s名，类别：%(category)s。", "The unit: %(place)s, %(category)s.")
    theirs = quoted("事业单位人员", "Staff of public units")
    told = ours.filled(place=3, category=theirs) + same("单位证明 unit")
    assert told.in_language(persons) == "本人列第3名，类别：事业单位人员。单位证明 unit"
    assert told.in_language(OfPersons("en")) == "The person: 3, Staff of public units.单位证明 unit"
    assert told.in_language("zh") == "本单位列第3名，类别：事业单位人员。单位证明 unit"
    assert persons == "zh"


def test_workbooks_come_back_under_either_name() -> None:
    layouts = {layout.key: layout for layout in roster_layouts(load_preset("zaozhuang-staff"))}
    assert layouts["units"].name.spellings == {"单位", "Units", "人员", "People"}
    heading = layouts["units"].get_column("code").heading
    assert heading.spellings == {"代码", "Code"}
