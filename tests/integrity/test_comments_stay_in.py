"""What nobody has let out is in nothing that leaves the office, though it is there to leak."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from evalsvc.domain.acting import Act
from evalsvc.domain.concluding import results
from evalsvc.domain.concluding.contents import get_content
from evalsvc.domain.words import comments
from evalsvc.domain.words.comments import CommentVerdict
from evalsvc.domain.words.voices import list_comments
from evalsvc.evidence.comments import COLUMNS, COMMENTS, PUBLIC_COLUMNS, read_comments
from evalsvc.evidence.verify.verdict import verify
from evalsvc.evidence.write import sheet
from evalsvc.reports.documents.table import render_csv
from evalsvc.reports.documents.workbook import render_workbook
from evalsvc.work.notices import NoticeWriter
from tests.cast import MANAGER, MORNING
from tests.comment_cast import publish, write_comments
from tests.integrity.counted import Counted, build_counted, failed, sign_again, unpack
from tests.office_cast import complete

UNIT, SEEN_BY_FEW = "u01", "u99"
# By number: sorted as the texts are.
WAITING, INTERNAL, WITHHELD, ORIGINAL, PUBLIC = TEXTS = (
    "a 在等的话",
    "b 内部的话",
    "c 不放的话",
    "d 王大力的话",
    "e =公开的话",
)
REWORDED = "某人的话"
pytestmark = pytest.mark.slow
KEPT_IN = (WAITING, INTERNAL, WITHHELD, ORIGINAL)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    counted = build_counted(tmp_path_factory.mktemp("original"))
    place = counted.installation
    write_comments(place, counted.round_id, {UNIT: TEXTS, SEEN_BY_FEW: [PUBLIC]})
    verdicts = [
        CommentVerdict(counted.round_id, 2, "internal"),
        CommentVerdict(counted.round_id, 3, "withheld", "abuse"),
        CommentVerdict(counted.round_id, 4, "public", "", REWORDED),
        CommentVerdict(counted.round_id, 5, "public"),
    ]
    comments.decide_comments(Act(place.database, MANAGER, MORNING), counted.season_id, verdicts)
    complete(place, counted.season_id)
    # After the anchors of the box, whose times only go on.
    later = MORNING + timedelta(days=1)
    results.compute_result(Act(place.database, MANAGER, later), place.settings, counted.season_id)
    publish(place, counted.season_id, 2, moment=later)
    place.database.close()
    return counted


@pytest.fixture
def counted(original: Counted, tmp_path: Path) -> Iterator[Counted]:
    copy = original.copy(tmp_path / "instance")
    yield copy
    copy.installation.database.close()


def test_documents_and_pages_have_the_public_ones_alone(counted: Counted) -> None:
    database, season_id = counted.installation.database, counted.season_id
    assert list_comments(database, season_id, 1, UNIT) == (PUBLIC, REWORDED)
    assert list_comments(database, season_id, 1, SEEN_BY_FEW) == ()
    notice = NoticeWriter(database, season_id, 2).write(UNIT)
    assert list(notice.comments) == [PUBLIC, REWORDED]
    content = get_content(database, season_id, examined=True)
    with zipfile.ZipFile(io.BytesIO(render_workbook(content, "zh"))) as file:
        workbook = b"".join(file.read(name) for name in file.namelist()).decode(errors="replace")
    for made in (repr(content), workbook, render_csv(content, "zh").decode(), repr(notice)):
        assert [text for text in KEPT_IN if text in made] == []


def test_the_audit_package_has_all_with_their_state_and_the_public_one_what_is_shown(
    counted: Counted, tmp_path: Path
) -> None:
    packages = counted.packages()
    audit, public = (unpack(each, tmp_path) for each in (packages.audit, packages.public))
    told = [
        (row["unit"], row["state"], row["reason"], row["text"], row["wording"], row["shown"])
        for row in read_comments(audit)
    ]
    assert told == [
        (UNIT, "internal", "", INTERNAL, "", ""),
        (UNIT, "public", "", ORIGINAL, REWORDED, REWORDED),
        (UNIT, "public", "", PUBLIC, "", PUBLIC),
        (UNIT, "waiting", "", WAITING, "", ""),
        (UNIT, "withheld", "abuse", WITHHELD, "", ""),
        (SEEN_BY_FEW, "public", "", PUBLIC, "", ""),
    ]
    assert [row["text"] for row in read_comments(public)] == [PUBLIC, REWORDED]
    whole = b"".join(public.values()).decode(errors="replace")
    assert [text for text in KEPT_IN if text in whole] == []
    # Nobody wrote these: they were put into the tables after the opening, which is found.
    assert (verify(audit).failed, verify(public).failed) == (("opening",), ())
    assert verify(audit, public=public).failed == ("opening",)


def show_in(files: dict[str, bytes], text: str) -> dict[str, bytes]:
    """The audit package with one more comment among the shown."""
    rows = [
        tuple({**row, "shown": row["text"] if row["text"] == text else row["shown"]}.values())
        for row in read_comments(files)
    ]
    return {**files, COMMENTS: sheet(COLUMNS, rows)}


@pytest.mark.parametrize("text", [INTERNAL, PUBLIC])
def test_a_comment_shown_against_the_rules_is_named(
    counted: Counted, tmp_path: Path, text: str
) -> None:
    """An internal one, and a public one on a unit that too few answered about."""
    files = sign_again(show_in(counted.audit_files(tmp_path), text), counted)
    assert "thresholds" in failed(files)


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"round,group\n", ",".join(PUBLIC_COLUMNS).encode() + b'\n"']
)
def test_a_spoilt_file_is_named(counted: Counted, tmp_path: Path, content: bytes) -> None:
    files = sign_again({**counted.audit_files(tmp_path), COMMENTS: content}, counted)
    assert {"thresholds", "public"} <= failed(files)
