"""Puts what tests write into memory, where the machine has enough of it.

Every commit of an SQLite database waits for the disk, milliseconds each, some fifty times a test.
What the files hold is the same in memory, and a power cut is none of a test's subjects.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 (each test has a folder of its own there)
# The suite leaves half a gigabyte; containers often have a tenth of that.
MUCH = 4 << 30


def write_into_memory() -> None:
    """From now on temporary folders are there, also those of programs that are started."""
    if "TMPDIR" not in os.environ and _is_fit(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked again


def _is_fit(folder: Path) -> bool:
    """Tests also write programs and start them."""
    return (
        os.access(folder, os.W_OK)
        and shutil.disk_usage(folder).free > MUCH
        and not os.statvfs(folder).f_flag & os.ST_NOEXEC
    )
