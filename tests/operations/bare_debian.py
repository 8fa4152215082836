"""Follows docs/operations word by word in a bare Debian: `-m tests.operations.bare_debian --help`.

Not part of the suite: it needs root, some minutes and a folder that debootstrap has filled. The
commands are read out of the page; the only words put in are the places of the repository and of a
backup. No systemd runs in a chroot: `systemctl_stand_in.py` starts what the placed unit files say,
with their users, umasks and environments.
"""

import argparse
import os
import re
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
    version: str = "HEAD"  # what is installed; the page's update leads from there to HEAD

    def prepare(self, base: Path) -> None:
        subprocess.run(["rm", "-rf", "--one-file-system", self.root], check=True)
        subprocess.run(["cp", "-a", base, self.root], check=True)
        self._take_over_package_settings()
        (self.root / "opt/trial").mkdir(parents=True, exist_ok=True)
        shutil.copy("/etc/ssl/certs/ca-certificates.crt", self.root / "opt/trial/ca.crt")
        subprocess.run(["git", "init", "--quiet", "--bare", self._repository], check=True)
        self.release(self.version)
        self.mount()

    def mount(self) -> None:
        """What every system finds in its place when it starts."""
        for kind, place in (("proc", "proc"), ("sysfs", "sys")):
            subprocess.run(["mount", "-t", kind, kind, self.root / place], check=True)
        self.mount_shared()

    def mount_shared(self) -> None:
        for folder in (Path("/dev"), *self.shared):
            inside = self.root / folder.relative_to("/")
            inside.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "--bind", folder, inside], check=True)

    def unmount_shared(self) -> None:
        for folder in (Path("/dev"), *self.shared):
            subprocess.run(["umount", self.root / folder.relative_to("/")], check=True)

    @property
    def _repository(self) -> Path:
        return self.root / REPOSITORY[1:]

    def release(self, version: str) -> None:
        """Put a commit of this project into the repository that the machine installs from."""
        git = ["git", "-C", PROJECT, "push", "--quiet", self._repository]
        subprocess.run([*git, f"{version}^{{commit}}:refs/heads/main"], check=True)
        head = ["git", "-C", self._repository, "symbolic-ref", "HEAD", "refs/heads/main"]
        subprocess.run(head, check=True)

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
                "HOME": "/root",
                "LANG": "C.UTF-8",
                "USER": "root",
                # This machine's own way to packages.
                "PIP_CERT": "/opt/trial/ca.crt",
                "SSL_CERT_FILE": "/opt/trial/ca.crt",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{done.stdout}\n!!! exit code {done.returncode}")
        return done.stdout, (self.root / "run/where").read_text().strip()

    def _take_over_package_settings(self) -> None:
        (self.root / "etc/apt/sources.list").unlink(missing_ok=True)
        for pattern in (
            "apt/sources.list.d/*.sources",
            "apt/apt.conf.d/99*",
            "pip.conf",
            "xdg/pip/*",
            "resolv.conf",
            "hosts",
        ):
            for file in Path("/etc").glob(pattern):
                place = self.root / file.relative_to("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, place)
        user = Path.home() / ".config/pip/pip.conf"
        if user.exists():
            (self.root / "root/.config/pip").mkdir(parents=True, exist_ok=True)
            shutil.copy(user, self.root / "root/.config/pip/pip.conf")


@dataclass
class Trial:
    """One machine on which the page is followed, and what the page leaves to a person."""

    debian: Debian
    database: str
    where: str = "/root"

    def type(self, command: str) -> str:
        """Type one line, where the last one has led to, and print what it says."""
        if " install --host" in command and "--dry-run" not in command:
            self.debian.have_systemd()
        print(f"$ {command}", flush=True)
        # After a fresh installation the doctor has something to say, and ends with 1.
        typed = f"{command} || true" if command.endswith("run doctor") else command
        said, self.where = self.debian.type([typed], self.where)
        print(said if len(said) < 4000 else f"{said[:1500]}\n  […]\n{said[-2000:]}", flush=True)
        return said

    def fill_in(self, command: str) -> str:
        """The places that the page writes in capitals."""
        found = {"REPOSITORY": REPOSITORY}
        made = {"BACKUP": "evalsvc/*[ep]", "KEYS": "evalsvc-keys/*.tar"}
        for word, pattern in made.items():
            files = sorted((self.debian.root / "var/backups").glob(pattern))
            if files:
                found[word] = f"/{files[-1].relative_to(self.debian.root)}"
        for word, place in found.items():
            command = re.sub(rf"\b{word}\b", place, command)
        return command


def get_block(blocks: Sequence[Block], part: str) -> tuple[str, ...]:
    """The commands of the one block that has this in it."""
    (found,) = (one.commands for one in blocks if any(part in line for line in one.commands))
    return found


def install(trial: Trial, blocks: Sequence[Block], new: Trial) -> None:
    """The page's first commands; before anybody works there, a likeness is kept."""
    print("\n=== install", flush=True)
    for command in get_block(blocks, "git clone"):
        if trial.database == "postgresql" and command.endswith(HOST):
            (command,) = get_block(blocks, "--database postgresql")
        if "first-staff" in command:
            take_likeness(trial, new)
        trial.type(trial.fill_in(command))


def follow(trial: Trial, blocks: Sequence[Block], new: Trial) -> None:
    """The rest of the page to its last command; the first that fails ends the trial."""
    look_at_installation(trial)
    print("\n=== backup", flush=True)
    for command in get_block(blocks, "/srv/evalsvc/app/run backup"):
        trial.type(command)
    print("\n=== restore, to try it", flush=True)
    for command in get_block(blocks, "--into /srv/evalsvc/trial"):
        trial.type(name_database(trial, trial.fill_in(command)))
    before = count_everything(trial)
    print("\n=== update", flush=True)
    trial.debian.release("HEAD")
    for command in get_block(blocks, "git pull"):
        trial.type(trial.fill_in(command))
    look_at_door(trial)
    install_again(trial)
    print("\n=== restore on a new machine", flush=True)
    stop_everything(trial)
    shutil.copytree(
        trial.debian.root / "var/backups", new.debian.root / "var/backups", dirs_exist_ok=True
    )
    new.debian.mount()
    new.debian.have_systemd()
    start_everything(new)
    for command in get_block(blocks, "--into /srv/evalsvc/instance"):
        new.type(new.fill_in(command))
    look_at_door(new)
    after = count_everything(new)
    assert before == after, (before, after)
    print(f"the same rows in both: {after}\nDONE", flush=True)


def look_at_installation(trial: Trial) -> None:
    """What the page promises of an installation, tried."""
    look_at_door(trial)
    assert trial.type("find /srv/evalsvc /home /run/user -type s 2>/dev/null || true") == ""
    trial.type("systemctl start evalsvc-anchor.service evalsvc-backup.service")
    assert trial.type(f"find {PRIVATE} -perm /077") == ""
    trial.type(FILL)
    if trial.database == "postgresql":
        said = trial.type(f"{AS_SERVICE} {TAMPER} 2>&1 || true")
        assert "permission denied for table ballot" in said
    trial.type("./run doctor")


PRIVATE = "/srv/evalsvc/instance /var/backups/evalsvc /var/backups/evalsvc-keys /etc/evalsvc*.env"
AS_SERVICE = (
    "runuser -u evalsvc -- env $(cat /etc/evalsvc.env) PYTHONPATH=/srv/evalsvc/app "
    "/srv/evalsvc/app/.venv/bin/python -c"
)
TAMPER = (
    "'from evalsvc.db import connect; from evalsvc.settings import read_settings as r; "
    'connect(r().database_url).engine.connect().exec_driver_sql("DELETE FROM ballot")\''
)
FILL = (
    f"{AS_SERVICE} 'from tests.cast import *; from evalsvc.settings import read_settings as r; "
    "from dataclasses import replace; o = replace(r(), small_office=True); "
    "i = Installation(o, connect(o.database_url)); s = add_panshan(i); "
    'print(len(open_with_cards(i, get_round_id(i, s))), "cards")\''
)
COUNT = (
    "'from evalsvc.db import connect; from evalsvc.settings import read_settings as r; "
    "from evalsvc.backups.contents import count_rows as c; "
    "print(c(connect(r().database_url).engine.connect()))'"
)
KNOCK = (
    "/srv/evalsvc/app/.venv/bin/python -c 'import http.client, socket, ssl; "
    'p = socket.create_connection(("127.0.0.1", 443)); '
    f's = ssl._create_unverified_context().wrap_socket(p, server_hostname="{HOST}"); '
    f'c = http.client.HTTPConnection("{HOST}"); c.sock = s; '
    'c.request("GET", "/office/sign-in"); a = c.getresponse(); print(a.status, len(a.read()))\''
)


def install_again(trial: Trial) -> None:
    """A second time changes nothing."""
    trial.type("./run doctor")
    again = trial.type("./run install")
    due = [line for line in again.splitlines() if line.startswith(("+", "!"))]
    assert all("done every time" in line for line in due), due


def look_at_door(trial: Trial) -> None:
    """A colleague's page through nginx."""
    assert trial.type(KNOCK).startswith("200 ")


def count_everything(trial: Trial) -> str:
    return trial.type(f"{AS_SERVICE} {COUNT}").strip().splitlines()[-1]


def name_database(trial: Trial, command: str) -> str:
    """For a trial beside PostgreSQL, the page has a person make and name an empty database."""
    if trial.database == "sqlite" or " restore " not in command:
        return command
    trial.type("runuser -u postgres -- createdb --owner evalsvc_owner evalsvc_trial")
    owner = (trial.debian.root / "etc/evalsvc-owner.env").read_text().strip().partition("=")[2]
    return f"{command} --database '{owner.removesuffix('evalsvc')}evalsvc_trial'"


def take_likeness(trial: Trial, new: Trial) -> None:
    """The new machine of the page: installed, and nobody has worked on it."""
    stop_everything(trial)
    for folder in ("root/.cache", "var/cache/apt/archives"):  # nobody needs these copied
        shutil.rmtree(trial.debian.root / folder, ignore_errors=True)
    copy = ["cp", "-a", "--one-file-system", trial.debian.root, new.debian.root]
    subprocess.run(["rm", "-rf", "--one-file-system", new.debian.root], check=True)
    trial.debian.unmount_shared()  # they may lie on the same file system
    subprocess.run(copy, check=True)
    trial.debian.mount_shared()
    new.where = "/srv/evalsvc/app"
    start_everything(trial)


def start_everything(trial: Trial) -> None:
    names = "postgresql evalsvc nginx" if trial.database == "postgresql" else "evalsvc nginx"
    trial.type(f"systemctl start {names}")


def stop_everything(trial: Trial) -> None:
    names = "evalsvc nginx postgresql" if trial.database == "postgresql" else "evalsvc nginx"
    trial.type(f"systemctl stop {names}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="what debootstrap has filled")
    parser.add_argument("--into", type=Path, required=True, help="where the copy goes")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--language", choices=PAGES, default="zh")
    parser.add_argument("--version", default="HEAD", help="installed first, then updated to HEAD")
    parser.add_argument("--go-on", action="store_true", help="after the page's first commands")
    parser.add_argument("--shared", type=Path, nargs="*", default=[], help="folders to bind inside")
    given = parser.parse_args()
    if os.environ.get("TRIAL_NAMESPACE") != "1":
        os.environ["TRIAL_NAMESPACE"] = "1"
        again = [sys.executable, "-m", "tests.operations.bare_debian", *sys.argv[1:]]
        # Its own mounts and processes: whatever it starts ends with it.
        os.execvp(  # noqa: S606 (no shell wanted)
            "unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child", *again]
        )
    debian = Debian(given.into.resolve(), tuple(given.shared), given.version)
    if not given.go_on:
        debian.prepare(given.base.resolve())
    new = Debian(debian.root.with_name(f"{debian.root.name}-new"), debian.shared)
    trial, blocks = Trial(debian, given.database), read_blocks(PAGES[given.language])
    last = Trial(new, given.database)
    if given.go_on:
        go_on(trial, last)
    else:
        install(trial, blocks, last)
    follow(trial, blocks, last)


def go_on(trial: Trial, new: Trial) -> None:
    """Start a machine again on which the page's first commands were followed before."""
    shutil.rmtree(trial.debian.root / "run/stand-in", ignore_errors=True)
    trial.debian.mount()
    trial.debian.have_systemd()
    trial.where = new.where = "/srv/evalsvc/app"
    start_everything(trial)


if __name__ == "__main__":
    main()
