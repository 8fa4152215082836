"""Staff appraisal in public: the persons proposed as excellent, and nobody else, anywhere.

The worked case has eleven persons. By hand: o1 is excellent (95.80, 15% of 7 others is one place),
o5 stands higher (97.90) and is barred by misconduct, o4 is incompetent (54.80).
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import archive, publications, publishing
from evalsvc.domain.concluding.publishing import Period
from evalsvc.domain.office_days import office_day
from evalsvc.evidence.archive import read_zip
from evalsvc.evidence.package import read_package
from evalsvc.evidence.recompute import recompute
from evalsvc.evidence.verify.findings import Verdict
from evalsvc.evidence.verify.verdict import verify
from tests.admin.test_outcome_pages import add_worked
from tests.cast import MANAGER, Installation, build_installation
from tests.second_verifier import verify_all

pytestmark = pytest.mark.slow

MOST = 10_000_000


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    built = build_installation(tmp_path)
    yield built
    built.database.close()


@pytest.fixture
def season_id(place: Installation) -> int:
    """The worked case, shown from today on, by an office that asked for all figures."""
    season_id = add_worked(place, "zaozhuang-staff")
    act, today = Act(place.database, MANAGER, now()), office_day(now())
    publishing.propose(act, season_id, "")
    period = Period(today, today + timedelta(days=6), "public", "all")
    publishing.begin_publicity(act, place.settings, season_id, 1, period)
    return season_id


@pytest.fixture
def reader(place: Installation) -> Iterator[FlaskClient]:
    app = create_app(place.settings)
    yield app.test_client()
    app.extensions["evalsvc"].database.close()


def test_the_public_page_has_the_excellent_alone(
    place: Installation, season_id: int, reader: FlaskClient
) -> None:
    (shown,) = publications.list_publications(place.database, season_id)
    everybody = {unit.unit: unit.name for unit in shown.notice.units}
    assert len(everybody) == 11
    for path in (f"/results/{season_id}", f"/results/{season_id}/1"):
        page = reader.get(path).get_data(as_text=True)
        assert {code for code, name in everybody.items() if name in page} == {"o1"}
        assert "优秀" in page
        # No score, no place, no other grade.
        assert not any(said in page for said in ("95.80", "不称职", "基本称职", "名次", "总分"))


def test_the_hash_of_the_notice_tells_nobody(place: Installation, season_id: int) -> None:
    """With all but one person known, a hash without a salt would let their grade be tried out."""
    act = Act(place.database, MANAGER, now())
    (shown,) = publications.list_publications(place.database, season_id)
    assert len(bytes.fromhex(shown.notice.salt)) == 16
    assert act.actor.login == shown.proposed_by


def test_the_public_package_holds_nobody(place: Installation, season_id: int) -> None:
    act = Act(place.database, MANAGER, now())
    public = archive.export_public_package(act, place.settings, season_id)
    files = read_zip(public, MOST)
    (shown,) = publications.list_publications(place.database, season_id)
    names = [unit.name for unit in shown.notice.units]
    for name, content in files.items():
        text = content.decode()
        assert not any(person in text for person in names), name
    assert files["units.csv"] == b"unit,name,category,flags\n"
    assert files["scores.csv"] == b"unit,node,value\n"
    assert files["result.json"] == b"{}\n"
    assert files["adjustments.csv"].count(b"\n") == 1
    assert files["indicators.csv"].count(b"\n") == 1
    # It can be read and recomputed as far as it goes, and both editions still agree.
    assert recompute(read_package(files)).differences == ()
    audit = read_zip(archive.build_audit_package(place.database, place.settings, season_id), MOST)
    assert _list_failed(verify(files)) == []
    failed = _list_failed(verify(audit, public=files))
    assert {"scores", "public", "handed_out"}.isdisjoint(failed)
    # Whoever wrote a verifier from docs/evidence derives the same bytes.
    assert verify_all(audit)["public"] == []


def _list_failed(verdict: Verdict) -> list[str]:
    return [each.check for each in verdict.findings if each.wrong]
