"""Invitations as the product prints them, read as the people read them who open the letters."""

import io
import re
import subprocess
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from PIL import Image

from evalsvc.box.keys import CHEAPEST
from evalsvc.clock import now
from evalsvc.domain import jobs
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import custody
from tests.capability import get_program
from tests.cast import CUSTODIAN, DEADLINE, MANAGER, PASSPHRASE, Installation
from tests.patience import PATIENCE_S
from tests.reports.reading import list_texts

CODE = re.compile("[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}")


@dataclass(frozen=True)
class Letter:
    """What somebody finds in an envelope: a code to type, and a link to scan."""

    code: str
    link: str

    @property
    def token(self) -> str:
        return self.code.replace("-", "")


@dataclass(frozen=True)
class Letters:
    """A printed run of letters."""

    pdf: bytes
    folder: Path

    def open(self, addressee: str) -> Letter:
        """The first letter to somebody: its page rendered, its code read, its QR code scanned."""
        texts = list_texts(self.pdf, self.folder)
        wanted = addressee.replace(" ", "")
        number = next(place for place, text in enumerate(texts, 1) if wanted in text)
        (code,) = CODE.findall(texts[number - 1])
        return Letter(code, self._scan(number))

    def _scan(self, number: int) -> str:
        program, page = get_program("pdftoppm", "poppler-utils"), str(number)
        subprocess.run(
            [
                program,
                "-r",
                "110",
                "-gray",
                "-singlefile",
                "-f",
                page,
                "-l",
                page,
                "document.pdf",
                "letter",
            ],
            cwd=self.folder,
            check=True,
        )
        (found,) = zxingcpp.read_barcodes(Image.open(self.folder / "letter.pgm"))
        return found.text


def print_letters(
    installation: Installation, season_id: int, round_id: int, folder: Path
) -> Letters:
    """Keys made and rehearsed, codes issued and printed by the worker's own process."""
    database = installation.database
    custody.make_keys(Act(database, CUSTODIAN, now()), round_id, PASSPHRASE, cost=CHEAPEST)
    custody.rehearse_opening(Act(database, CUSTODIAN, now()), round_id, PASSPHRASE)
    bundle = _do_issue(installation, season_id, round_id)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert sorted(archive.namelist()) == ["labels.pdf", "letters.pdf", "list.xlsx"]
        return Letters(archive.read("letters.pdf"), folder)


def _do_issue(installation: Installation, season_id: int, round_id: int) -> bytes:
    database, settings = installation.database, installation.settings
    key = jobs.new_file_key()
    given = {"deadline": DEADLINE.isoformat(), "file_key": key, "language": "zh"}
    job_id = jobs.start_job(
        Act(database, MANAGER, now()), settings, "issue", season_id, round_id, given
    )
    until = time.monotonic() + PATIENCE_S
    while (job := jobs.get_job(database, job_id, now())).state in ("waiting", "running"):
        assert time.monotonic() < until, job
        time.sleep(0.1)
    assert job.state == "done", job.problem
    return jobs.read_file(settings, job_id, key)
