"""Each of the sealed numbers, changed alone: what acts by it must act otherwise, and say so.

The same answers, under the usual number and under another: pages, documents and packages must
differ exactly where that number decides, and the sentence that tells it must tell the sealed one.
(That nothing at all follows the program's own numbers is shown by test_sealed_thresholds.py.)
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from analysis.panel.small_cells import Thresholds
from evalsvc.app import create_app
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, exclusions, results
from evalsvc.errors import ACT_REFUSED, Problem
from evalsvc.evidence.archive import open_package
from evalsvc.evidence.verify.verdict import verify
from tests.cast import MANAGER, MORNING, Installation, build_installation, get_round_id
from tests.comment_cast import publish
from tests.flagged_cast import (
    add_flagged,
    copy_installation,
    find_flagged_ballot,
    get_flagged_scheme,
)
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
    sign_in,
    stop_the_clock,
)

pytestmark = pytest.mark.slow

# Word for word, not the program's own: a change of the program's must change no page of these.
USUAL = Thresholds(3, 30, 5, 10, 5, 5, 10, 5)
# Four strata of five citizens stay apart by these.
OF_CITY = replace(
    USUAL, answers_for_score=8, people_per_form=2, ballots_per_cell=4, answers_per_cell=2
)
EIGHT = replace(USUAL, raters_for_unit_groups=8)
SEASON = 1
BOTH = "不排除任何票时，下列单位的得分或名次不同："
STRATA = ("grassroots", "enterprises", "deputies", "organs")


@dataclass(frozen=True)
class Seen:
    """An installation's pages as its office and a unit read them, and the files it makes."""

    place: Installation
    office: FlaskClient
    unit: FlaskClient

    def read(self, path: str) -> str:
        """A page or a file at an address of the office, as the office reads it."""
        return self._read(self.office, path)

    def read_own(self, path: str) -> str:
        return self._read(self.unit, path)

    def read_made(self, kind: str) -> str:
        """A file that a worker makes."""
        made = make(self.place, kind, SEASON, self.version)
        return _squeeze(read_file(made.filename.rpartition(".")[2], made.content))

    def read_package(self, edition: str, name: str) -> str:
        """A file of an evidence package."""
        made = make(self.place, edition, SEASON, self.version)
        parts = read_file("zip", made.content).split(BETWEEN)
        (found,) = (part for part in parts if part.startswith(f"{name}\n"))
        return found

    def list_failed(self, edition: str, folder: Path) -> set[str]:
        """The checks of a package that fail; where a seal was changed, `configuration` does."""
        (folder / "package.zip").write_bytes(make(self.place, edition, SEASON).content)
        return set(verify(open_package(folder / "package.zip")).failed)

    def list_cells(self) -> set[str]:
        """The strata, alone or joined, that the panel's counts are kept by."""
        lines = self.read_package("audit", "counts.csv").splitlines()
        cells = {cell for line in lines for cell in line.split(",")}
        return {cell for cell in cells if cell.split("+")[0] in STRATA}

    @property
    def version(self) -> int:
        return results.get_result(self.place.database, SEASON).head.version

    def _read(self, client: FlaskClient, path: str) -> str:
        answer = client.get(f"/office{path}")
        return _squeeze(f"{answer.status_code} {read_file(answer.mimetype, answer.get_data())}")


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


@contextmanager
def seeing(
    original: Installation, folder: Path, thresholds: Thresholds, unit: str
) -> Iterator[Seen]:
    """A copy whose round has sealed these, its result computed and shown."""
    place = copy_installation(original, folder)
    reseal(place, thresholds)
    with pytest.MonkeyPatch.context() as patch:
        stop_the_clock(patch)
        print_markup(patch)
        complete(place, SEASON)
        results.compute_result(Act(place.database, MANAGER, MORNING), place.settings, SEASON)
        add_staff(place, {SEASON: unit})
        with entered(place) as seen:
            publish(place, SEASON, seen.version, moment=NOON)
            yield seen
    place.database.close()


@contextmanager
def entered(place: Installation) -> Iterator[Seen]:
    app = create_app(place.settings)
    app.testing = True
    yield Seen(place, sign_in(app.test_client(), "manager"), sign_in(app.test_client(), "liaison"))
    app.extensions["evalsvc"].database.close()


# ---- Panshan: eight departments rate the towns ----


def build_panshan(folder: Path, thresholds: Thresholds) -> Installation:
    """Opened by a program with these. The scheme leaves out from how many raters on a mutual score
    counts: the sealed number."""
    text = get_flagged_scheme().replace("            least_raters: $mutual_least_raters\n", "")
    text = re.sub(r"  mutual_least_raters:\n(    .*\n)+", "", text)
    place = build_installation(folder)
    with running_program(thresholds):
        assert add_flagged(place, text) == SEASON
        hold_empty(place, get_round_id(place, SEASON, "half_year"))
    place.database.close()
    return place


@pytest.fixture(scope="module")
def panshan(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return build_panshan(tmp_path_factory.mktemp("panshan"), EIGHT)


def test_raters_for_unit_groups(panshan: Installation, tmp_path: Path) -> None:
    """A score by eight departments; the round that has not opened yet will go by the same."""
    own, sheet = f"/seasons/{SEASON}/own/t01", f"/seasons/{SEASON}/results/t01"
    with seeing(panshan, tmp_path / "8", EIGHT, "t01") as enough:
        assert "由不足8票得出的分数不单列" in enough.read_own(own)
        for said in (enough.read(sheet), enough.read_made("workbook")):
            assert "不计分" not in said
        table, notice = enough.read_made("csv"), enough.read_own(f"{own}/notice.pdf")
        stated = enough.read_package("audit", "result.json")
        assert enough.list_failed("audit", tmp_path) == set()
    nine = replace(USUAL, raters_for_unit_groups=9)
    with seeing(build_panshan(tmp_path / "built", nine), tmp_path / "9", nine, "t01") as few:
        assert "由不足9票得出的分数不单列" in few.read_own(own)
        for said in (few.read(sheet), few.read_made("workbook")):
            assert "只有8票，不足9票，不计分。" in said
        # What the departments' part was in is another total now.
        assert few.read_made("csv") != table
        assert few.read_own(f"{own}/notice.pdf") != notice
        assert few.read_package("audit", "result.json") != stated
        assert few.list_failed("audit", tmp_path) == set()


def test_answers_between_populations(panshan: Installation, tmp_path: Path) -> None:
    """One ballot of a department is left out; the two scores side by side would tell it."""
    place = copy_installation(panshan, tmp_path / "excluded")
    ballot = find_flagged_ballot(place, SEASON, "mutual_department")
    act = Act(place.database, MANAGER, MORNING)
    exclusions.propose_exclusion(act, place.settings, SEASON, "year_end", ballot, "核对过")
    place.database.close()
    one = replace(USUAL, answers_between_populations=1)
    two = replace(USUAL, answers_between_populations=2)
    diagnostics = f"/seasons/{SEASON}/diagnostics/year_end"
    unit = f"/seasons/{SEASON}/results/t01"
    withheld = "涉及不记名的主体且不足2张票，不排除任何票的得分只在审计数据包里。"
    with seeing(place, tmp_path / "1", one, "t01") as apart:
        assert "这样的主体排除不足1张票时" in apart.read(diagnostics)
        assert "两种得分并列" in apart.read(f"/seasons/{SEASON}/results")
        assert withheld not in apart.read(unit)
        assert "'不排除任何票的得分'" in apart.read_made("workbook")
        assert BOTH in apart.read_made("report")
    with seeing(place, tmp_path / "2", two, "t01") as together:
        assert "这样的主体排除不足2张票时" in together.read(diagnostics)
        assert withheld in together.read(f"/seasons/{SEASON}/results")
        assert withheld in together.read(unit)
        assert "'不排除任何票的得分'" not in together.read_made("workbook")
        assert BOTH not in together.read_made("report")


def test_two_public_packages_differ_by_the_sealed_number(
    panshan: Installation, tmp_path: Path
) -> None:
    for sealed in (1, 4):
        place = copy_installation(panshan, tmp_path / str(sealed))
        reseal(place, replace(USUAL, answers_between_populations=sealed))
        act = Act(place.database, MANAGER, MORNING)
        archive.export_public_package(act, place.settings, SEASON)
        ballot = find_flagged_ballot(place, SEASON, "mutual_department")
        exclusions.propose_exclusion(act, place.settings, SEASON, "year_end", ballot, "核对过")
        results.compute_result(act, place.settings, SEASON)
        if sealed == 1:
            archive.export_public_package(act, place.settings, SEASON)
        else:
            with pytest.raises(Problem) as refused:
                archive.export_public_package(act, place.settings, SEASON)
            assert refused.value.kind is ACT_REFUSED
            assert "或者至少相差 4 张" in refused.value.text.zh
        place.database.close()


# ---- a city: five citizens of each of four strata, some thirteen answers about a unit ----


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Opened by a program with those numbers, and closed; what counting decides is open still."""
    place = build_installation(tmp_path_factory.mktemp("city"))
    with running_program(OF_CITY):
        assert fill_city(place, get_city_scheme(8)) == SEASON
    place.database.close()
    return place


@contextmanager
def counted(original: Installation, folder: Path, thresholds: Thresholds) -> Iterator[Seen]:
    """Opened, where these were sealed."""
    place = copy_installation(original, folder / "closed")
    reseal(place, thresholds)
    open_city(place, SEASON)
    place.database.close()
    with seeing(place, folder / "open", thresholds, "u01") as seen:
        yield seen


def test_people_per_form(
    closed: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dealt by two a form, each stratum is a cell of its own; by five, two go together."""
    page = f"/rounds/{get_round_id(closed, SEASON)}"
    five = build_installation(tmp_path / "5")
    with running_program(replace(OF_CITY, people_per_form=5)):
        fill_city(five, get_city_scheme(8))
    add_staff(five, {})
    stop_the_clock(monkeypatch)
    with entered(five) as seen:
        said = seen.read(page)
        assert "每格每套问卷至少发5人" in said
        assert "一格至少要10人，才能既让每套问卷有5人" in said
    five.database.close()
    with counted(closed, tmp_path, OF_CITY) as seen:
        said = seen.read(page)
        assert "每格每套问卷至少发2人" in said
        assert "才能既让每套问卷" not in said
        assert "thresholds" not in seen.list_failed("audit", tmp_path)
        # The same roll, as if more people had to share a form.
        reseal(seen.place, replace(OF_CITY, people_per_form=5))
        assert "每格每套问卷至少发5人" in seen.read(page)
        assert "thresholds" in seen.list_failed("audit", tmp_path)


@pytest.mark.parametrize(
    ("name", "number", "reason"),
    [
        ("ballots_per_cell", 6, "一格的有效票不到6张，或者格里说到某个单位的有人但不到2人"),
        ("answers_per_cell", 4, "一格的有效票不到4张，或者格里说到某个单位的有人但不到4人"),
    ],
)
def test_what_a_cell_takes(
    closed: Installation, tmp_path: Path, name: str, number: int, reason: str
) -> None:
    page = f"/rounds/{get_round_id(closed, SEASON)}"
    with counted(closed, tmp_path / "apart", OF_CITY) as apart:
        assert "开箱计票时没有再合并。" in apart.read(page)
        assert apart.list_cells() == set(STRATA)
        assert "thresholds" not in apart.list_failed("audit", tmp_path)
        # Kept apart, and sealed as if they had to be joined.
        reseal(apart.place, replace(OF_CITY, **{name: number}))
        assert "thresholds" in apart.list_failed("audit", tmp_path)
    with counted(closed, tmp_path / "joined", replace(OF_CITY, **{name: number})) as joined:
        assert f"原因：{reason}" in joined.read(page)
        assert joined.list_cells() < {
            "+".join(STRATA[n : n + k]) for n in range(4) for k in (2, 3, 4)
        }
        assert "thresholds" not in joined.list_failed("audit", tmp_path)


@pytest.fixture(scope="module")
def city(closed: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Counted, each stratum apart."""
    place = copy_installation(closed, tmp_path_factory.mktemp("counted"))
    open_city(place, SEASON)
    place.database.close()
    return place


def test_answers_for_score(city: Installation, tmp_path: Path) -> None:
    """The scheme asks for 8, and its units have a dozen answers: the greater number acts."""
    sheet = f"/seasons/{SEASON}/results/u01"
    with seeing(city, tmp_path / "8", OF_CITY, "u01") as enough:
        assert enough.read(sheet).startswith("200")
        assert "份，不足" not in enough.read(sheet)
        assert enough.list_failed("audit", tmp_path) == set()
    with seeing(city, tmp_path / "41", replace(OF_CITY, answers_for_score=41), "u01") as few:
        assert "份，不足41" in few.read(sheet)
        assert "thresholds" not in few.list_failed("audit", tmp_path)


def test_answers_for_mean(city: Installation, tmp_path: Path) -> None:
    page = f"/seasons/{SEASON}/satisfaction/year_end/panel"
    with seeing(city, tmp_path / "5", OF_CITY, "u01") as shown:
        assert "不足5份不显示" in shown.read(page)
        assert "100.0%" in shown.read(page)
        rates = shown.read_made("report").count("100.0%")
        workbook = shown.read_made("workbook")
    with seeing(city, tmp_path / "21", replace(OF_CITY, answers_for_mean=21), "u01") as hidden:
        assert "不足21份不显示" in hidden.read(page)
        assert "100.0%" not in hidden.read(page)
        assert hidden.read_made("report").count("100.0%") <= rates - 12  # a unit each
        assert hidden.read_made("workbook") != workbook


def test_answers_for_distribution(city: Installation, tmp_path: Path) -> None:
    page = f"/seasons/{SEASON}/satisfaction/year_end/panel"
    with seeing(city, tmp_path / "10", OF_CITY, "u01") as shown:
        assert "不足10份不显示分布" in shown.read(page)
        assert len(shown.read_package("public", "distribution.csv").splitlines()) > 2
        shown_page, workbook = shown.read(page), shown.read_made("workbook")
    name = "answers_for_distribution"
    with seeing(city, tmp_path / "21", replace(OF_CITY, **{name: 21}), "u01") as hidden:
        assert "不足21份不显示分布" in hidden.read(page)
        assert hidden.read(page).replace("不足21份", "不足10份") != shown_page
        assert len(hidden.read_package("public", "distribution.csv").splitlines()) == 2
        assert hidden.read_made("workbook") != workbook
