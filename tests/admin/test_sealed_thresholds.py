"""Rounds that sealed other numbers than the program has now, through every page and every export.

Three seasons were opened by a program with other thresholds, all eight of them. Today's program
must show them by the sealed numbers, and a program that changes its own once more must show the
same, to the letter: a default that still acted anywhere would be seen. Which sealed number decides
what is in test_one_owner_of_thresholds.py.
"""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.panel.small_cells import DEFAULTS, Thresholds
from evalsvc.app import create_app
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import exclusions, results
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.verify.verdict import verify
from evalsvc.models.opened import PanelSum
from evalsvc.scheme import reader
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.work.worker import KINDS
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panshan,
    build_installation,
    get_round_id,
    open_with_cards,
)
from tests.comment_cast import publish
from tests.data.releases.walking import Places
from tests.domain.test_replies import count as count_replies
from tests.flagged_cast import add_flagged, copy_installation, find_flagged_ballot
from tests.office_cast import complete
from tests.sealed_cast import (
    BETWEEN,
    NOON,
    add_staff,
    fill_city,
    get_city_scheme,
    hold_empty,
    make,
    open_city,
    print_markup,
    read_file,
    reseal,
    running_program,
    show_comments,
    sign_in,
    stop_the_clock,
)

pytestmark = pytest.mark.slow

SEALED = Thresholds(
    raters_for_unit_groups=2,
    answers_for_score=8,
    answers_for_mean=4,
    answers_for_distribution=9,
    answers_between_populations=1,
    people_per_form=2,
    ballots_per_cell=4,
    answers_per_cell=2,
)
# What a later program may have: far from the sealed ones and from today's.
LATER = Thresholds(*(50 + n for n in range(8)))
NAMES = [field.name for field in fields(Thresholds)]
PANSHAN, REPLIES, CITY = 1, 2, 3
VERSIONS = {PANSHAN: 2, REPLIES: 1, CITY: 1}

# Every kind of job: which season it makes a file of, or why it makes none of a counted round.
EXPORTS: dict[str, tuple[int, ...]] = dict.fromkeys(
    ("workbook", "report", "csv", "audit", "public"), (PANSHAN, REPLIES, CITY)
) | {"notices": (REPLIES,), "paper_form": (REPLIES,)}
# Pages that have nothing to show here, and why.
_UPLOAD, _VISIT, _LEAVES = "an upload that waits", "a step of a visit", "leaves, found by the root"
NOT_REACHED = {
    "admin.assisted_step": _VISIT,
    "admin.figures_dry_run": _UPLOAD,
    "admin.history_dry_run": _UPLOAD,
    "admin.inherited_page": "a season begun from an earlier one",
    "admin.package_dry_run": _UPLOAD,
    "admin.preview_step": _VISIT,
    "admin.questionnaire_dry_run": _UPLOAD,
    "admin.roster_dry_run": _UPLOAD,
    "admin.stay_awake": "no page",
    "admin.task_plan_dry_run": _UPLOAD,
    "admin.task_reports_dry_run": _UPLOAD,
    "public.answer": _VISIT,
    "public.letter_again": "persons' letters",
    "public.newest_list": _LEAVES,
    "public.part_of_list": _LEAVES,
    "public.receipt": _VISIT,
    "public.receipt_picture": _VISIT,
    "public.reloaded": _VISIT,
    "public.whole_list": _LEAVES,
}
# Pages that are another one each time, whatever was sealed.
BY_CHANCE = {
    "admin.second_factor_page": "a new secret",
    "admin.test_text": "a random text, to try an encryption with",
}
OWN = ("admin.own_page", "admin.own_sheet", "admin.own_notice")
NO_FILE = {
    "issue": "before a round opens",
    "reissue": "a letter, while a round is open",
    "open_box": "leaves rows, which the pages show",
    "compute": "leaves rows, which the pages show",
    "archive": "keeps the packages that `audit` and `public` make",
    "letters": "persons' alone; of the values that notices have",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Opened under SEALED, counted, computed and published by today's program."""
    place = build_installation(tmp_path_factory.mktemp("sealed"))
    with running_program(SEALED):
        assert add_flagged(place) == PANSHAN
        count_replies(place, commenting=9)
        assert fill_city(place, get_city_scheme(8)) == CITY
        hold_empty(place, get_round_id(place, PANSHAN, "half_year"))
        # A round that is still open has its own pages, and no result to be published.
        open_with_cards(place, get_round_id(place, add_panshan(place), "half_year"))
    ballot = find_flagged_ballot(place, PANSHAN, "mutual_department")
    act = Act(place.database, MANAGER, MORNING)
    exclusions.propose_exclusion(act, place.settings, PANSHAN, "year_end", ballot, "核对过")
    open_city(place, CITY)
    for season_id, version in VERSIONS.items():
        show_comments(place)
        complete(place, season_id)
        results.compute_result(act, place.settings, season_id)
        publish(place, season_id, version, moment=NOON)
    add_staff(place, {PANSHAN: "t01", REPLIES: "u02", CITY: "u01"})
    place.database.close()
    return place


Seen = dict[tuple[str, str], str]
"""What is to be read, by page or export and its address or file."""


def look(original: Installation, folder: Path, thresholds: Thresholds = SEALED) -> Seen:
    """Every page and export of a copy whose seals hold these numbers."""
    place = copy_installation(original, folder)
    reseal(place, thresholds)
    with pytest.MonkeyPatch.context() as patch:
        stop_the_clock(patch)
        print_markup(patch)
        seen = dict(open_pages(place)) | dict(make_exports(place))
    place.database.close()
    return seen


def open_pages(place: Installation) -> Iterator[tuple[tuple[str, str], str]]:
    app = create_app(place.settings)
    app.testing = True
    clients = {login: sign_in(app.test_client(), login) for login in ("manager", "liaison")}
    with place.database.engine.connect() as connection:
        places = Places(connection)
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint in ("static", *BY_CHANCE) or "GET" not in (rule.methods or ()):
            continue
        login = "liaison" if rule.endpoint in OWN else "manager"
        for path in places.list_paths(rule, many=True):
            answer = clients[login].get(path)
            said = read_file(answer.mimetype, answer.get_data())
            yield (rule.endpoint, path), f"{answer.status_code} {said}"
    app.extensions["evalsvc"].database.close()


def make_exports(place: Installation) -> Iterator[tuple[tuple[str, str], str]]:
    """What workers make, but for the files that a seal is in by its nature."""
    for kind, of_seasons in EXPORTS.items():
        for season_id in of_seasons:
            made = make(place, kind, season_id, VERSIONS[season_id])
            whole = read_file(made.filename.rpartition(".")[2], made.content)
            parts = whole.split(BETWEEN) if kind in ("audit", "public") else [whole]
            for part in parts:
                name = part.partition("\n")[0] if len(parts) > 1 else made.filename
                if not name.startswith("box/"):
                    yield (kind, f"{season_id} {name}"), part


@pytest.fixture(scope="module")
def seen(built: Installation, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """By today's program."""
    return look(built, tmp_path_factory.mktemp("today"))


def test_every_kind_of_job_is_made_or_makes_no_file_of_a_counted_round() -> None:
    assert {*EXPORTS, *NO_FILE} == KINDS.keys()


def test_every_page_of_a_round_or_season_is_opened(seen: Seen) -> None:
    """A page that nobody reaches here would go on by any number unseen."""
    reached = {name for (name, _), said in seen.items() if said.startswith("200 ")}
    pages = {name for name, _ in seen if name not in EXPORTS}
    assert sorted(pages - reached) == sorted(NOT_REACHED)


def test_another_program_shows_the_same(built: Installation, seen: Seen, tmp_path: Path) -> None:
    with running_program(LATER):
        assert list_changed(seen, look(built, tmp_path)) == {}


def list_changed(before: Seen, after: Seen) -> dict[str, set[str]]:
    assert before.keys() == after.keys()
    found: dict[str, set[str]] = {}
    for (name, place), said in before.items():
        if after[name, place] != said:
            found.setdefault(name, set()).add(place)
    return found


@pytest.mark.parametrize("season_id", [PANSHAN, REPLIES, CITY])
@pytest.mark.parametrize("kind", ["audit", "public"])
def test_packages_are_verified_by_the_sealed_numbers(
    season_id: int, kind: str, built: Installation, tmp_path: Path
) -> None:
    place = copy_installation(built, tmp_path / "place")
    file = tmp_path / "package.zip"
    file.write_bytes(make(place, kind, season_id, VERSIONS[season_id]).content)
    place.database.close()
    verdict = verify(open_package(file))
    assert verdict.failed == ()
    told = {note.en for note in verdict.notes if note.en.startswith("year_end")}
    assert told == {
        f"year_end: the threshold {name} was sealed as {getattr(SEALED, name)}, the documented one "
        f"is {getattr(DEFAULTS, name)}; judged by the sealed one"
        for name in NAMES
    }


def test_a_scheme_below_todays_numbers_is_read_for_rounds_that_sealed_them() -> None:
    text = get_city_scheme(8)
    with pytest.raises(SchemeErrors):
        reader.load_scheme(text)
    scheme = reader.load_scheme(text, {"year_end": SEALED})
    assert scheme.get_round("year_end").thresholds == SEALED


def test_a_season_that_has_not_opened_goes_by_todays_numbers() -> None:
    """Its scheme was taken under lower ones: it stays readable, and scores from today's on."""
    kept = reader.load_scheme(get_city_scheme(8), {})
    assert kept.score == reader.load_scheme(get_city_scheme(DEFAULTS.answers_for_score)).score


def test_the_box_was_counted_by_the_sealed_numbers(built: Installation, tmp_path: Path) -> None:
    """Four strata of five valid ballots each: apart from four on, joined from today's ten on."""
    place = copy_installation(built, tmp_path)
    with place.database.reading() as session:
        of_city = select(PanelSum.subject).where(PanelSum.round_id == get_round_id(place, CITY))
        strata = set(session.scalars(of_city.where(PanelSum.kind == "cell")))
    place.database.close()
    assert strata == {"grassroots", "enterprises", "deputies", "organs"}
