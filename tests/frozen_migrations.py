"""`./run freeze`: writes down the hash of every new migration, so that none is edited afterwards.

A migration that has come to the main branch has been run on somebody's database. Editing it changes
nothing there, and from then on two databases with the same number have different tables.
"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

MIGRATIONS = Path(__file__).parent.parent / "migrations"
LIST = "frozen.txt"
HEADING = "# SHA-256 of each migration: `./run freeze` adds a new one, and no line is ever changed."
SAYS = re.compile(r"^(revision|down_revision) = (?:\"(\w+)\"|None)$", re.MULTILINE)


def list_mistakes(folder: Path = MIGRATIONS) -> list[str]:
    """What is wrong with the migrations of a folder, each with what to do about it."""
    frozen, found = _read_list(folder), _hash_files(folder)
    return [
        *(_say_edited(name) for name in frozen if found.get(name, frozen[name]) != frozen[name]),
        *(_say_gone(name) for name in frozen if name not in found),
        *(_say_new(name) for name in found if name not in frozen),
        *_list_broken_links(folder),
    ]


def list_lost(folder: Path = MIGRATIONS) -> list[str]:
    """What the main branch has frozen and this folder has not, or has otherwise.

    Where there is no such branch, as in an archive of the files, nothing can be said.
    """
    asked = subprocess.run(
        ["git", "show", f"main:migrations/{LIST}"],
        cwd=MIGRATIONS,
        capture_output=True,
        text=True,
        check=False,
    )
    found = _read_list(folder)
    on_main = _read_lines(asked.stdout if asked.returncode == 0 else "")
    return [_say_lost(name) for name, digest in on_main.items() if found.get(name) != digest]


def freeze(folder: Path = MIGRATIONS) -> list[str]:
    """Add what is new, drop lines of files that were renumbered; returns what still is wrong."""
    frozen, found = _read_list(folder), _hash_files(folder)
    kept = {name: frozen.get(name, digest) for name, digest in found.items()}
    lines = (f"{digest}  {name}" for name, digest in sorted(kept.items()))
    (folder / LIST).write_text("\n".join([HEADING, *lines, ""]), encoding="utf-8")
    return list_mistakes(folder)


def _read_list(folder: Path) -> dict[str, str]:
    """Name → hash, as it was written down."""
    path = folder / LIST
    return _read_lines(path.read_text(encoding="utf-8") if path.exists() else "")


def _read_lines(text: str) -> dict[str, str]:
    lines = text.splitlines()
    pairs = (line.split("  ") for line in lines if line and not line.startswith("#"))
    return {name: digest for digest, name in pairs}


def _hash_files(folder: Path) -> dict[str, str]:
    files = sorted((folder / "versions").glob("*.py"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _list_broken_links(folder: Path) -> list[str]:
    """A chain of one after the other, each bearing in its name the number that it says."""
    mistakes, before = [], None
    for place, file in enumerate(sorted((folder / "versions").glob("*.py")), start=1):
        said = {name: value or None for name, value in SAYS.findall(file.read_text("utf-8"))}
        number = f"{place:04d}"
        says = (file.name[:5], said.get("revision"), said.get("down_revision"))
        if says != (f"{number}_", number, before):
            mistakes.append(_say_renumber(file.name, number, before))
        before = number
    return mistakes


def _say_edited(name: str) -> str:
    return (
        f"{name} was edited after it was frozen; databases have already run it as it was. "
        f"Put it back (git checkout main -- migrations/versions/{name}) and write the change as a "
        "new migration. Only if it has never left your branch: delete its line from "
        f"migrations/{LIST}, then ./run freeze."
    )


def _say_gone(name: str) -> str:
    return (
        f"{name} is on the list and not in migrations/versions. If you renumbered your own, run "
        "./run freeze; one that has been on main stays for ever."
    )


def _say_lost(name: str) -> str:
    return (
        f"{name} is on the main branch and gone or changed here: after a rebase, "
        f"git checkout main -- migrations/versions/{name}, renumber your own, and ./run freeze."
    )


def _say_new(name: str) -> str:
    return f"{name} is new: ./run freeze adds it to migrations/{LIST}; commit both."


def _say_renumber(name: str, number: str, before: str | None) -> str:
    said = "None" if before is None else f'"{before}"'
    return (
        f"{name} stands at place {number}: name it {number}_{name[5:]}, with revision = "
        f'"{number}" and down_revision = {said} (if two have one number, the one that is not on '
        "main yet moves), then ./run freeze."
    )


def main() -> None:
    mistakes = [*freeze(), *list_lost()]
    print("\n".join(mistakes) or f"migrations/{LIST}: {len(_read_list(MIGRATIONS))} frozen")
    sys.exit(1 if mistakes else 0)


if __name__ == "__main__":
    main()
