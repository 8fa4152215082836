"""The machine that is installed on, or a folder in its stead; and what was placed before."""

import grp
import json
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from evalsvc.errors import COMMAND_FAILED, Problem


@dataclass
class Machine:
    """Where steps look and act. With a `root`, files alone are placed, below that folder."""

    root: Path = Path("/")
    # Path → SHA-256 of what was placed there last, so that a change by hand is seen.
    placed: dict[str, str] = field(default_factory=dict)
    # What this run has placed: programs that read it must be told.
    fresh: set[Path] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        """Whether this is a machine, where users are made and programs run."""
        return self.root == Path("/")

    @property
    def has_systemd(self) -> bool:
        return self.is_whole and Path("/run/systemd/system").is_dir()

    def at(self, path: Path) -> Path:
        """Where a path of the plan lies here."""
        return path if self.is_whole else self.root / path.relative_to("/")

    def has(self, program: str) -> bool:
        return shutil.which(program) is not None

    def has_fresh(self, folder: Path) -> bool:
        """Whether this run has placed something in a folder."""
        return any(folder in path.parents for path in self.fresh)

    def ask(self, *command: str | Path, given: str | None = None) -> str | None:
        """What a program says, or None where it fails or is not there."""
        try:
            done = _run(command, given)
        except FileNotFoundError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    def do(
        self,
        *command: str | Path,
        given: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run a program to its good end; what it said is shown only where it failed."""
        done = _run(command, given, environment)
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-40:])
            raise Problem(COMMAND_FAILED, command=" ".join(map(str, command)), said=said)

    def remember(self, path: Path, content: bytes) -> None:
        self.placed[str(path)] = sha256(content).hexdigest()
        self.fresh.add(path)

    def was_changed_by_hand(self, path: Path, present: bytes) -> bool:
        """Whether a file is other than what was placed; one that we never placed, too."""
        return self.placed.get(str(path)) != sha256(present).hexdigest()


def read_memory(path: Path) -> dict[str, object]:
    """What the last installation wrote down, or nothing."""
    try:
        found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def find_account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def list_members(group: str) -> tuple[str, ...]:
    try:
        return tuple(grp.getgrnam(group).gr_mem)
    except KeyError:
        return ()


def own(path: Path, owner: str, mode: int) -> None:
    """Give a path to a user and the user's group; without the rights of root it stays one's own."""
    if os.geteuid() == 0 and (account := find_account(owner)):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    path.chmod(mode)


def is_owned(path: Path, owner: str, mode: int) -> bool:
    found = path.stat()
    account = find_account(owner)
    right = account is None or os.geteuid() != 0 or found.st_uid == account.pw_uid
    return right and found.st_mode & 0o7777 == mode


def _run(
    command: Sequence[str | Path], given: str | None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (the plan's own commands, no shell)
        command,
        input=given if given is not None else "",
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        | dict(environment or {}),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
