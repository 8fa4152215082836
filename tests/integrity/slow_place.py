"""An installation with something large to give out, and somebody signed in who may have it."""

import hashlib
import random
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from evalsvc.app import create_app
from evalsvc.clock import now
from evalsvc.delivery import LARGE_BYTES
from evalsvc.domain import jobs
from evalsvc.models.job import Job
from evalsvc.models.staff import StaffSession
from evalsvc.settings import Settings
from tests.cast import MANAGER, Installation
from tests.front import Front, Reader, ask

PRINT_RUN_BYTES, LIST_LINES = 8_000_000, 100_000
CHANCE = random.Random(20261129)
UID, ROOT = f"{7:032x}", f"{9:064x}"
PRINT_RUN, LARGEST_PAGE = f"{5:032x}", f"{6:032x}"
LEAVES = f"/box/{UID}/{ROOT}/leaves.txt"


@dataclass(frozen=True)
class Place:
    """An installation with something large to give out, and somebody signed in."""

    installation: Installation
    code: str
    print_run: bytes
    largest_page: bytes
    leaves: bytes
    cookie: str

    def open_print_run(self, front: Front, job_id: str = PRINT_RUN) -> Reader:
        """Press the button of the job's page, and read the answer's head."""
        page = ask(front, f"/office/jobs/{job_id}", self.cookie)
        html = page.take_all().decode()
        assert page.status == 200, html
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
        assert found, html
        form = urlencode({"csrf_token": found.group(1)}).encode()
        cookie = page.headers["set-cookie"].partition(";")[0]
        answer = ask(front, f"/office/jobs/{job_id}/file", cookie, form)
        assert answer.status == 200, answer.head
        return answer


def build_place(installation: Installation, season_id: int, round_id: int, code: str) -> Place:
    """A print run of 8 MB in the spool and a list of 6.5 MB beside an open round."""
    secure = replace(installation.settings, public_url="https://localhost", secure_cookies=True)
    sizes = {PRINT_RUN: PRINT_RUN_BYTES, LARGEST_PAGE: LARGE_BYTES}
    made = {job_id: CHANCE.randbytes(size) for job_id, size in sizes.items()}
    keys = {job_id: jobs.new_file_key() for job_id in made}
    with installation.database.writing() as session:
        for job_id in made:
            session.add(
                Job(
                    id=job_id,
                    kind="issue",
                    season_id=season_id,
                    round_id=round_id,
                    staff_id=1,
                    state="done",
                    filename="信.zip",
                    started_at=now(),
                    beat_at=now(),
                )
            )
    for job_id, content in made.items():
        jobs.write_file(secure, job_id, keys[job_id], content)
    leaves = b"".join(f"{CHANCE.getrandbits(256):064x}\n".encode() for _ in range(LIST_LINES))
    cookie = _sign_in(
        installation, secure, [[job_id, key, round_id] for job_id, key in keys.items()]
    )
    return Place(installation, code, made[PRINT_RUN], made[LARGEST_PAGE], leaves, cookie)


def lay_out_list(folder: Path, leaves: bytes) -> None:
    """A closed box's list where the service would have written it."""
    path = folder / "box" / UID / ROOT / "leaves.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(leaves)


def _sign_in(installation: Installation, settings: Settings, files: list[list[object]]) -> str:
    with installation.database.writing() as session:
        session.add(
            StaffSession(
                secret=hashlib.sha256(b"secret").digest(),
                staff_id=MANAGER.staff_id,
                until=now() + timedelta(hours=8),
                begun_at=now(),
                seen_at=now(),
                proved_at=now(),
            )
        )
    app = create_app(settings)
    client = app.test_client()
    with client.session_transaction("/office/", base_url="https://localhost/office/") as session:
        session["staff"] = "secret"
        session["files"] = files
    cookie = client.get_cookie("__Host-office", path="/")
    app.extensions["evalsvc"].database.close()
    assert cookie is not None
    return f"{cookie.key}={cookie.value}"
