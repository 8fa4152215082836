"""The kinds of steps: each says what it is for, looks how things stand, and does its part."""

import difflib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from evalsvc.installing.machine import Machine, find_account, is_owned, list_members, own
from evalsvc.text import Text

ROOT = "root"


class State(Enum):
    """How a step's part of the machine stands."""

    RIGHT = Text("已就绪", "as it should be")
    DUE = Text("要做", "to be done")
    # Somebody has changed the file since: it is shown and left alone.
    KEPT = Text("手工改过，保留", "changed by hand, left alone")
    # Every time anew: only the program itself knows whether there is something to do.
    ALWAYS = Text("每次都做", "done every time")
    # A folder stands in for the machine, or the machine lacks what the step is about.
    SKIPPED = Text("此处不做", "not done here")


class Step(Protocol):
    """What a plan consists of."""

    @property
    def what(self) -> Text: ...

    def look(self, machine: Machine) -> State: ...

    def show(self, machine: Machine) -> Iterator[str]:
        """What else a person may want to see before: a content, a difference, a command."""
        ...

    def do(self, machine: Machine) -> None: ...


@dataclass(frozen=True)
class SystemPackages:
    """Packages of the system."""

    what: Text
    names: tuple[str, ...]

    def look(self, machine: Machine) -> State:
        if not machine.is_whole or not machine.has("apt-get"):
            return State.SKIPPED
        return State.DUE if self._list_missing(machine) else State.RIGHT

    def show(self, machine: Machine) -> Iterator[str]:
        names = self._list_missing(machine) if machine.is_whole else self.names
        yield f"apt-get install --no-install-recommends {' '.join(names)}"

    def do(self, machine: Machine) -> None:
        missing = self._list_missing(machine)
        machine.do("apt-get", "update")
        machine.do("apt-get", "install", "-y", "--no-install-recommends", *missing)

    def _list_missing(self, machine: Machine) -> list[str]:
        ask = ("dpkg-query", "-W", "-f", "${db:Status-Abbrev}")
        return [name for name in self.names if machine.ask(*ask, name) != "ii"]


@dataclass(frozen=True)
class Account:
    """A system user without a password or a shell."""

    what: Text
    name: str
    home: Path

    def look(self, machine: Machine) -> State:
        if not machine.is_whole:
            return State.SKIPPED
        return State.RIGHT if find_account(self.name) else State.DUE

    def show(self, machine: Machine) -> Iterator[str]:  # noqa: ARG002 (part of the protocol)
        yield " ".join(map(str, self._command()))

    def do(self, machine: Machine) -> None:
        machine.do(*self._command())

    def _command(self) -> tuple[str | Path, ...]:
        return (
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            self.home,
            "--shell",
            "/usr/sbin/nologin",
            self.name,
        )


@dataclass(frozen=True)
class Member:
    """A user taken into a group."""

    what: Text
    user: str
    group: str

    def look(self, machine: Machine) -> State:
        if not machine.is_whole:
            return State.SKIPPED
        return State.RIGHT if self.user in list_members(self.group) else State.DUE

    def show(self, machine: Machine) -> Iterator[str]:  # noqa: ARG002 (part of the protocol)
        yield f"usermod --append --groups {self.group} {self.user}"

    def do(self, machine: Machine) -> None:
        machine.do("usermod", "--append", "--groups", self.group, self.user)


@dataclass(frozen=True)
class Folder:
    """A folder of a user's; with `whole`, nothing in it belongs to or is readable for others."""

    what: Text
    path: Path
    mode: int
    owner: str = ROOT
    whole: bool = False

    def look(self, machine: Machine) -> State:
        path = machine.at(self.path)
        if not path.is_dir() or not is_owned(path, self.owner, self.mode):
            return State.DUE
        return State.DUE if self.whole and self._list_open(path) else State.RIGHT

    def show(self, machine: Machine) -> Iterator[str]:
        yield f"{self.path}  {self.owner}  {self.mode:03o}"
        if self.whole:
            yield from (f"{path}  chmod go=" for path in self._list_open(machine.at(self.path)))

    def do(self, machine: Machine) -> None:
        path = machine.at(self.path)
        path.mkdir(parents=True, exist_ok=True)
        own(path, self.owner, self.mode)
        if self.whole:
            for inside in self._list_open(path):
                own(inside, self.owner, inside.stat().st_mode & 0o700)

    def _list_open(self, path: Path) -> list[Path]:
        account = find_account(self.owner)
        return [
            inside
            for inside in sorted(path.rglob("*"))
            if not inside.is_symlink()
            and (
                inside.stat().st_mode & 0o077
                or (account and os.geteuid() == 0 and inside.stat().st_uid != account.pw_uid)
            )
        ]


@dataclass(frozen=True)
class Readable:
    """A folder that everybody may read and nobody but its owner change: the program."""

    what: Text
    path: Path

    def look(self, machine: Machine) -> State:
        if not machine.is_whole:
            return State.SKIPPED
        return State.DUE if next(self._list_closed(), None) else State.RIGHT

    def show(self, machine: Machine) -> Iterator[str]:  # noqa: ARG002 (part of the protocol)
        yield f"chmod -R go+rX,go-w {self.path}"

    def do(self, machine: Machine) -> None:  # noqa: ARG002 (part of the protocol)
        for path in self._list_closed():
            path.chmod(_open_mode(path))

    def _list_closed(self) -> Iterator[Path]:
        for path in (self.path, *self.path.rglob("*")):
            if not path.is_symlink() and path.stat().st_mode & 0o7777 != _open_mode(path):
                yield path


@dataclass(frozen=True)
class File:
    """A file of ours; what somebody has changed in it since is shown and never overwritten."""

    what: Text
    path: Path
    content: str
    mode: int = 0o644
    secret: bool = False

    def look(self, machine: Machine) -> State:
        present = self._read(machine)
        if present is None:
            return State.DUE
        if present == self.content:
            right = is_owned(machine.at(self.path), ROOT, self.mode)
            return State.RIGHT if right else State.DUE
        changed = machine.was_changed_by_hand(self.path, present.encode())
        return State.KEPT if changed else State.DUE

    def show(self, machine: Machine) -> Iterator[str]:
        yield f"{self.path}  {ROOT}  {self.mode:03o}"
        present = self._read(machine) or ""
        before, after = (_hide(text) if self.secret else text for text in (present, self.content))
        if not present:
            yield from (f"| {line}" for line in after.splitlines())
            return
        yield from difflib.unified_diff(
            before.splitlines(), after.splitlines(), "现有 present", "应有 ours", lineterm=""
        )

    def do(self, machine: Machine) -> None:
        path = machine.at(self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(self.content)
        own(part, ROOT, self.mode)
        part.replace(path)
        machine.remember(self.path, self.content.encode())

    def _read(self, machine: Machine) -> str | None:
        try:
            return machine.at(self.path).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None


@dataclass(frozen=True)
class Link:
    """A name for something that lies elsewhere."""

    what: Text
    path: Path
    target: Path

    def look(self, machine: Machine) -> State:
        path = machine.at(self.path)
        right = path.is_symlink() and path.readlink() == self.target
        return State.RIGHT if right else State.DUE

    def show(self, machine: Machine) -> Iterator[str]:  # noqa: ARG002 (part of the protocol)
        yield f"{self.path} → {self.target}"

    def do(self, machine: Machine) -> None:
        path = machine.at(self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(self.target)


@dataclass(frozen=True)
class Deed:
    """What programs do: `commands` is what is printed, `act` does it, `is_done` looks first."""

    what: Text
    commands: tuple[str, ...]
    act: Callable[[Machine], None]
    is_done: Callable[[Machine], bool] | None = None
    needs_systemd: bool = False

    def look(self, machine: Machine) -> State:
        if not machine.is_whole or (self.needs_systemd and not machine.has_systemd):
            return State.SKIPPED
        if self.is_done is None:
            return State.ALWAYS
        return State.RIGHT if self.is_done(machine) else State.DUE

    def show(self, machine: Machine) -> Iterator[str]:  # noqa: ARG002 (part of the protocol)
        yield from self.commands

    def do(self, machine: Machine) -> None:
        self.act(machine)


def _open_mode(path: Path) -> int:
    """A file's mode with reading for all and writing for its owner alone."""
    mode = path.stat().st_mode & 0o7777
    execute = 0o111 if path.is_dir() or mode & 0o100 else 0
    return (mode | 0o644 | execute) & ~0o022


def _hide(text: str) -> str:
    """A settings file without the passwords in its addresses."""
    lines = []
    for line in text.splitlines():
        start, at, end = line.rpartition("@")
        scheme, colon, _ = start.rpartition(":")
        lines.append(f"{scheme}{colon}***{at}{end}" if at and "://" in scheme else line)
    return "\n".join(lines) + "\n"
