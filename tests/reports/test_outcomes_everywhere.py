"""What follows from a score is the same in page, report, workbook, letter and recomputation.

Golmud's worked case, by hand: d2 is admonished over supervision and so no 优秀; d4 is held to
account and set to 一般; t5 is last and 一般 for the second year. The three-in-one case: u1 is 先进
with 1.3 for its head and 1.2 for the others. Each is read back from what people get.
"""

import io
import re
import zipfile
from datetime import timedelta

import openpyxl
import pypdf
import pytest

from analysis.outcome.season_outcome import UnitOutcome
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, publishing, results
from evalsvc.domain.concluding.periods import Period
from evalsvc.domain.office_days import office_day
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.reports.words.outcome_words import list_outcome_sentences
from evalsvc.scheme.presets import load_preset
from tests.admin.conftest import Clerk, app, installation, manager, seat
from tests.admin.test_outcome_pages import add_worked
from tests.cast import MANAGER, MORNING, Installation
from tests.office_cast import complete
from tests.saying import spoken
from tests.sealed_cast import make

pytestmark = pytest.mark.slow

__all__ = ["app", "installation", "manager", "seat"]  # fixtures

MOST = 100_000_000
# By unit: what each reading must have. Reasons, bars with their effect, years, coefficients.
WORKED = {
    "golmud": {
        "d2": ("良好", "不能得优秀", "“第一名或连续两年优秀，可推荐一至两人”：2019年。"),
        "d4": ("一般", "定为一般"),
        "t5": (
            "一般",
            "总分低于60分。",
            "“末位，按办法处理”：2019年。",
            "“连续两年末位或一般，加重处理”：2018、2019年。",
        ),
    },
    "three-in-one": {"u1": ("主要负责人 1.3", "其他人员 1.2")},
}


def squeeze(text: str) -> str:
    """Without spaces and line ends, which a page's width decides."""
    return re.sub(r"\s+", "", text)


def read_pdf(content: bytes) -> str:
    return squeeze(
        "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    )


def read_letters(installation: Installation, season_id: int) -> dict[str, str]:
    version = results.get_result(installation.database, season_id).head.version
    made = make(installation, "notices", season_id, version)
    with zipfile.ZipFile(io.BytesIO(made.content)) as file:
        return {name.removesuffix(".pdf"): read_pdf(file.read(name)) for name in file.namelist()}


def read_book(installation: Installation, season_id: int) -> dict[str, str]:
    made = make(installation, "workbook", season_id)
    sheet = openpyxl.load_workbook(io.BytesIO(made.content))["等次和后果"]
    head, *rows = sheet.iter_rows(values_only=True)
    found = {}
    for row in rows:
        # A coefficient is a number under its post's name.
        cells = [
            f"{str(name).removeprefix('系数：')} {value:g}"
            if str(name).startswith("系数")
            else value
            for name, value in zip(head, row, strict=True)
            if value is not None
        ]
        found[str(row[2])] = squeeze(" ".join(map(str, cells)))
    return found


def publish(installation: Installation, season_id: int) -> None:
    act, today = Act(installation.database, MANAGER, MORNING), office_day(MORNING)
    complete(installation, season_id)
    version = results.compute_result(act, installation.settings, season_id).version
    publishing.propose(act, season_id, "")
    period = Period(today, today + timedelta(days=6))
    publishing.begin_publicity(act, installation.settings, season_id, version, period)


@pytest.mark.parametrize("preset", WORKED)
def test_what_follows_is_equal_wherever_it_is_read(
    installation: Installation, manager: Clerk, preset: str
) -> None:
    season_id = add_worked(installation, preset)
    publish(installation, season_id)
    report = read_pdf(make(installation, "report", season_id).content)
    book, letters = read_book(installation, season_id), read_letters(installation, season_id)
    package = archive.build_audit_package(installation.database, installation.settings, season_id)
    again = recompute(read_package(read_zip(package, MOST))).outcome
    for unit, expected in WORKED[preset].items():
        readings = {
            "page": squeeze(manager.get(f"/seasons/{season_id}/results/{unit}").text),
            "report": report,
            "workbook": book[unit],
            "letter": letters[unit],
            "recompute": squeeze("".join(say(preset, again.get_unit(unit)))),
        }
        missing = [
            (where, part)
            for where, text in readings.items()
            for part in expected
            if squeeze(part) not in text
        ]
        assert missing == [], unit


def say(preset: str, unit: UnitOutcome) -> tuple[str, ...]:
    return spoken(list_outcome_sentences(unit, (), load_preset(preset)))


def test_full_marks_and_the_category_stand_with_a_total(
    installation: Installation, manager: Clerk
) -> None:
    """The bureau's total is out of 400 and may go beyond; a place is one of all in the category."""
    season_id = add_worked(installation, "bureau-400")
    publish(installation, season_id)
    letters = read_letters(installation, season_id)
    assert all("（满分400分，另有加分）" in text for text in letters.values())
    of = {int(found) for text in letters.values() for found in re.findall(r"本类共(\d+)个", text)}
    unit = next(iter(letters))
    assert "满分400分，另有加分" in manager.get(f"/seasons/{season_id}/results/{unit}").text
    assert "满分400分，另有加分" in read_pdf(make(installation, "report", season_id).content)
    # Six bureaus of the city; the county office is the one of its kind.
    assert of == {1, 6}
