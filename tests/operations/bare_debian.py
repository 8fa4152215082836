"""Follows docs/operations word by word in a bare Debian: `-m tests.operations.bare_debian --help`.

Not part of the suite: it needs root, some minutes and a folder that debootstrap has filled. The
commands are read out of the page; the only words put in are the places of the repository and of a
backup. No systemd runs in a chroot: `systemctl_stand_in.py` starts what the placed unit files say,
with their users, umasks and environments.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evalsvc.settings import PROJECT
from tests.operations.documents import PAGES, Block, read_blocks

HOST = "pingyi.example.gov.cn"
STAND_IN = Path(__file__).with_name("systemctl_stand_in.py")
REPOSITORY = "/opt/trial/repository.git"


@dataclass(frozen=True)
class Debian:
    """A copy of a bare system in a folder, entered by chroot; this process has its own mounts."""

    root: Path
    shared: tuple[Path, ...]  # folders of this machine that its package settings name

    def prepare(self, base: Path) -> None:
        subprocess.run(["rm", "-rf", "--one-file-system", self.root], check=True)
        subprocess.run(["cp", "-a", base, self.root], check=True)
        self._take_over_package_settings()
        (self.root / "opt/trial").mkdir(parents=True, exist_ok=True)
        shutil.copy("/etc/ssl/certs/ca-certificates.crt", self.root / "opt/trial/ca.crt")
        clone = ["git", "clone", "--quiet", "--bare", PROJECT, self.root / REPOSITORY[1:]]
        subprocess.run(clone, check=True)
        for kind, place in (("proc", "proc"), ("sysfs", "sys")):
            subprocess.run(["mount", "-t", kind, kind, self.root / place], check=True)
        for folder in (Path("/dev"), *self.shared):
            inside = self.root / folder.relative_to("/")
            inside.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "--bind", folder, inside], check=True)

    def have_systemd(self) -> None:
        """From here on the machine looks as if systemd ran it."""
        (self.root / "run/systemd/system").mkdir(parents=True, exist_ok=True)
        shutil.copy(STAND_IN, self.root / "usr/local/bin/systemctl")
        (self.root / "usr/local/bin/systemctl").chmod(0o755)

    def type(self, commands: Sequence[str], directory: str = "/root") -> tuple[str, str]:
        """What a shell says to these lines, and the folder where it ends; a fault stops it."""
        script = "\n".join(("set -e", f"cd {directory}", *commands, "pwd >/run/where"))
        done = subprocess.run(
            ["chroot", self.root, "/bin/bash", "-c", script],
            env={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": "/root", "LANG": "C.UTF-8", "USER": "root",
                # This machine's own way to packages.
                "PIP_CERT": "/opt/trial/ca.crt", "SSL_CERT_FILE": "/opt/trial/ca.crt",
            },
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{done.stdout}\n!!! exit code {done.returncode}")
        return done.stdout, (self.root / "run/where").read_text().strip()

    def _take_over_package_settings(self) -> None:
        (self.root / "etc/apt/sources.list").unlink(missing_ok=True)
        for pattern in ("apt/sources.list.d/*.sources", "apt/apt.conf.d/99*", "pip.conf",
                        "xdg/pip/*", "resolv.conf", "hosts"):  # fmt: skip
            for file in Path("/etc").glob(pattern):
                place = self.root / file.relative_to("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, place)
        user = Path.home() / ".config/pip/pip.conf"
        if user.exists():
            (self.root / "root/.config/pip").mkdir(parents=True, exist_ok=True)
            shutil.copy(user, self.root / "root/.config/pip/pip.conf")


def follow(debian: Debian, blocks: Sequence[Block]) -> None:
    """Type every block in its order; the first command that fails ends the trial."""
    where = "/root"
    for block in blocks:
        commands = [line.replace("REPOSITORY", REPOSITORY) for line in block.commands]
        if "custodian" in " ".join(commands):
            continue  # on a laptop, where people type pass-phrases: tests/domain/test_offline.py
        print(f"\n=== {block.heading}", flush=True)
        for command in commands:
            if " install --host" in command and "--dry-run" not in command:
                debian.have_systemd()
            print(f"$ {command}", flush=True)
            said, where = debian.type([command], where)
            print(said if len(said) < 6000 else f"{said[:2500]}\n  […]\n{said[-2500:]}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="what debootstrap has filled")
    parser.add_argument("--into", type=Path, required=True, help="where the copy goes")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--language", choices=PAGES, default="zh")
    parser.add_argument("--shared", type=Path, nargs="*", default=[], help="folders to bind inside")
    given = parser.parse_args()
    if os.environ.get("TRIAL_NAMESPACE") != "1":
        os.environ["TRIAL_NAMESPACE"] = "1"
        again = [sys.executable, "-m", "tests.operations.bare_debian", *sys.argv[1:]]
        # Its own mounts and processes: whatever it starts ends with it.
        os.execvp(  # noqa: S606 (no shell wanted)
            "unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child", *again]
        )
    debian = Debian(given.into.resolve(), tuple(given.shared))
    debian.prepare(given.base.resolve())
    follow(debian, read_blocks(PAGES[given.language]))


if __name__ == "__main__":
    main()
