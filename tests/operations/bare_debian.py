"""Follows docs/operations word by word in a bare Debian: `-m tests.operations.bare_debian --help`.

Not part of the suite: it needs root, some minutes, systemd-nspawn and a folder that debootstrap
has filled (`debootstrap --variant=minbase --include=systemd-sysv,dbus bookworm BASE`). The commands
are read out of the page; the only words put in are the places of the repository and of a backup.
The machine is started by its own systemd, which runs the placed units as they are written.
Between the page's commands a season goes on, with ballots in the box and ballots that wait.
"""

import argparse
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.operations.documents import PAGES, Block, read_blocks
from tests.operations.machine import REPOSITORY, Debian, find_commit
from tests.operations.promises import AFTER_VISITS, ALWAYS, AS_SERVICE, ON_POSTGRESQL, Promise

HOST = "pingyi.example.gov.cn"
COUNT = (
    f"{AS_SERVICE} -c 'from evalsvc.db import connect; "
    "from evalsvc.settings import read_settings as r; "
    "from evalsvc.backups.contents import count_rows as c; "
    "print(c(connect(r().database_url).engine.connect()))'"
)
SEASON = f"umask 077; {AS_SERVICE} -m tests.operations.season"
# systemd-nspawn lends its own machine's clock, which is nobody's to set from inside.
BORROWED_CLOCK = "时钟没有和时间服务器对准"
PLACED = "/etc /usr /srv /var/backups"
JOURNAL = "journalctl -o cat -u"


@dataclass
class Trial:
    """One machine on which the page is followed, and what the page leaves to a person."""

    debian: Debian
    database: str
    newest: str  # the commit that the page's update leads to
    where: str = "/root"

    def type(self, command: str) -> str:
        """Type one line, where the last one has led to, and print what it says."""
        print(f"$ {command}", flush=True)
        begun = monotonic()
        # The doctor ends with 1 where it has found something.
        typed = f"{command} || echo exit $?" if command.endswith("run doctor") else command
        said, self.where = self.debian.type([typed], self.where)
        print(said if len(said) < 4000 else f"{said[:1500]}\n  […]\n{said[-2000:]}", flush=True)
        print(f"  ({monotonic() - begun:.1f} s)", flush=True)
        return said

    def type_all(self, commands: Iterable[str]) -> str:
        """Several lines, with the places filled in that the page writes in capitals."""
        return "".join(self.type(self._fill_in(command)) for command in commands)

    def run_unit(self, name: str) -> str:
        """Let a timer's unit run once, as systemd runs it; what it has said."""
        self.type("journalctl --quiet --rotate --vacuum-time=1s >/dev/null 2>&1")
        self.type(f"systemctl start {name}")
        return self.type(f"journalctl --sync; {JOURNAL} {name}")

    def keep(self, promises: Iterable[Promise]) -> None:
        """See that sentences of the page are true here."""
        broken = []
        for one in promises:
            said = self.type(one.command).strip()
            if not (said.endswith(one.seen[1:]) if one.seen[:1] == "…" else said == one.seen):
                broken.append((one.en, one.seen, said))
        assert broken == [], broken

    def people(self, *words: str) -> str:
        """What people do meanwhile."""
        return self.type(f"{SEASON} {' '.join(words)}").strip().splitlines()[-1]

    def _fill_in(self, command: str) -> str:
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
    say("install")
    for command in get_block(blocks, "git clone"):
        if trial.database == "postgresql" and command.endswith(HOST):
            (command,) = get_block(blocks, "--database postgresql")
        if "first-staff" in command:
            take_likeness(trial, new)
        said = trial.type_all([command])
        if command.endswith("doctor"):
            # As the page says: the certificate, and the backup that nobody has made yet.
            assert_found(said, "本机自制", "还没有备份过数据库", "secret.key 没有备份", hints=0)
    trial.keep(ALWAYS)
    if trial.database == "postgresql":
        trial.keep(ON_POSTGRESQL)


def take_likeness(trial: Trial, new: Trial) -> None:
    """The new machine of the page: installed, and nobody has worked on it."""
    for folder in ("root/.cache", "var/cache/apt/archives"):  # nobody needs these copied
        shutil.rmtree(trial.debian.root / folder, ignore_errors=True)
    trial.debian.shut_down()
    new.debian.copy_from(trial.debian.root)
    new.where = trial.where
    trial.debian.boot()
    look_at_door(trial)  # everything was started with the machine


def have_first_round(trial: Trial) -> None:
    """A round that is opened, anchored, closed and counted; its keys are destroyed and purged."""
    say("a round from its first to its last day")
    number, *codes = trial.people("begin").split()
    assert trial.people("cast", *codes[:19]) == "19"
    assert "nothing to publish" in trial.run_unit("evalsvc-anchor.service")
    assert trial.people("cast", *codes[19:22]) == "3"
    assert "22 张 ballots" in trial.run_unit("evalsvc-anchor.service")
    assert trial.people("cast", *codes[22:24]) == "2"
    assert '"counted": "24"' in trial.people("finish", number)
    assert "已清除 purged" in trial.run_unit("evalsvc-purge.service")
    assert "nothing waits to be purged" in trial.run_unit("evalsvc-purge.service")
    trial.keep(AFTER_VISITS)


def update(trial: Trial, blocks: Sequence[Block]) -> None:
    """To the newest version, with a database that somebody has worked in."""
    say("update")
    trial.debian.release(trial.newest)
    trial.type_all(get_block(blocks, "git pull"))
    look_at_door(trial)
    trial.keep(ALWAYS[:-1])
    install_again(trial)


def install_again(trial: Trial) -> None:
    """A dry run places nothing, and a second time changes nothing."""
    trial.type("touch /run/before")
    trial.type(f"./run install --host {HOST} --dry-run")
    assert trial.type(f"find {PLACED} -newer /run/before -type f ! -path '*/instance/*'") == ""
    again = trial.type("./run install")
    due = [line for line in again.splitlines() if line.startswith(("+", "!"))]
    assert all("done every time" in line for line in due), due


def look_at_door(trial: Trial) -> None:
    """A rater's page through nginx; a code that leads nowhere."""
    # The unit counts as started before its workers have read the program.
    trial.type("timeout 120 sh -c 'until [ -d /run/evalsvc/outgoing ]; do sleep 0.2; done'")
    assert trial.people("knock", "A" * 15) == "422 /start"


def back_up(trial: Trial, blocks: Sequence[Block]) -> None:
    """By the timer's unit and by hand; then restored beside it, to try it."""
    say("backup")
    said = trial.run_unit("evalsvc-backup.service")
    assert "密钥另存 keys, apart" in said or "密钥没有变 keys, as before" in said
    trial.type("sleep 1")  # a copy is called by its second
    trial.type_all(get_block(blocks, "/srv/evalsvc/app/run backup"))
    assert trial.type("ls /var/backups/evalsvc | grep -v json | wc -l") != "1\n"
    say("restore, to try it")
    for command in get_block(blocks, "--into /srv/evalsvc/trial"):
        trial.type_all([name_database(trial, command)])


def name_database(trial: Trial, command: str) -> str:
    """For a trial beside PostgreSQL, the page has a person make and name an empty database."""
    if trial.database == "sqlite" or " restore " not in command:
        return command
    trial.type("runuser -u postgres -- dropdb --if-exists evalsvc_trial")
    trial.type("runuser -u postgres -- createdb --owner evalsvc_owner evalsvc_trial")
    owner = (trial.debian.root / "etc/evalsvc-owner.env").read_text().strip().partition("=")[2]
    return f"{command} --database '{owner.removesuffix('evalsvc')}evalsvc_trial'"


def have_open_round(trial: Trial) -> tuple[str, list[str]]:
    """A round that goes on: 21 ballots in the box, then five that wait for the next anchor."""
    say("a round that is open")
    number, *codes = trial.people("begin").split()
    assert trial.people("cast", *codes[:21]) == "21"
    assert "21 张 ballots" in trial.run_unit("evalsvc-anchor.service")
    assert trial.people("cast", *codes[21:26]) == "5"
    assert "nothing to publish" in trial.run_unit("evalsvc-anchor.service")
    assert "nothing waits to be purged" in trial.run_unit("evalsvc-purge.service")
    return number, codes


def move(trial: Trial, blocks: Sequence[Block], new: Trial) -> None:
    """The page's way to a new machine, with the copies of an open round."""
    say("restore on a new machine")
    before = count_everything(trial)
    trial.debian.shut_down()
    new.debian.boot()
    new.debian.release(new.newest)
    new.type_all(["git pull", "./run install"])  # the program's version of then
    shutil.copytree(
        trial.debian.root / "var/backups", new.debian.root / "var/backups", dirs_exist_ok=True
    )
    said = new.type_all(get_block(blocks, "--into /srv/evalsvc/instance"))
    assert "42 张卡 cards  21 张票 ballots" in said
    assert "待入箱的 5 张票没有密钥" in said
    assert "没有胡椒值，42 张卡都不能再用" in said
    assert "as when it was made" in said
    after = count_everything(new)
    assert before == after, (before, after)
    print(f"the same rows in both: {after}", flush=True)


def go_on_there(trial: Trial, new: Trial, number: str, codes: Sequence[str]) -> None:
    """No card is good without the pepper; with its copy they are, and who waited votes again."""
    say("the open round on the new machine")
    assert new.people("knock", codes[30]) == "404 /start"
    assert_found(new.type("./run doctor"), "本机自制", "胡椒值却不在", "还没有备份过", hints=0)
    peppers = "srv/evalsvc/instance/peppers"
    for file in (trial.debian.root / peppers).iterdir():
        if ".tray" not in file.name:
            shutil.copy2(file, new.debian.root / peppers)
    new.type(f"chown evalsvc: /{peppers}/*")
    assert new.people("cast", *codes[21:28]) == "7"
    assert '"counted": "28"' in (said := new.people("finish", number)), said
    assert '{"n": "5"}' in said
    assert "已清除 purged" in new.run_unit("evalsvc-purge.service")
    assert "read through" in new.run_unit("evalsvc-backup.service")
    assert_found(new.type("./run doctor"), "本机自制", hints=1)
    new.keep((*ALWAYS[:-1], *AFTER_VISITS))
    if new.database == "postgresql":
        new.keep(ON_POSTGRESQL)


def assert_found(said: str, *wrong: str, hints: int) -> None:
    """The doctor has found these faults and no others, and so many things worth a thought."""
    wrong = (*wrong, BORROWED_CLOCK)
    assert f"不对 wrong: {len(wrong)}  提示 hints: {hints}" in said, said
    assert all(one in said for one in wrong), wrong
    assert "exit 1" in said


def count_everything(trial: Trial) -> str:
    return trial.type(COUNT).strip().splitlines()[-1]


def say(heading: str) -> None:
    print(f"\n=== {heading}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", type=Path, required=True, help="what debootstrap has filled")
    parser.add_argument("--into", type=Path, required=True, help="where the copy goes")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--language", choices=PAGES, default="zh")
    parser.add_argument("--version", default="HEAD", help="installed first, then updated to HEAD")
    parser.add_argument("--shared", type=Path, nargs="*", default=[], help="folders to bind inside")
    given = parser.parse_args()
    into, shared = given.into.resolve(), tuple(given.shared)
    newest = find_commit("HEAD")
    trial = Trial(Debian(into, HOST, shared), given.database, newest)
    beside = into.with_name(f"{into.name}-new")
    new = Trial(Debian(beside, HOST, shared), given.database, newest)
    trial.debian.prepare(given.base.resolve())
    trial.debian.release(given.version)
    trial.debian.boot()
    follow(trial, new, read_blocks(PAGES[given.language]))


def follow(trial: Trial, new: Trial, blocks: Sequence[Block]) -> None:
    """The page from its first command to its last; whatever fails ends the trial."""
    begun = monotonic()
    install(trial, blocks, new)
    have_first_round(trial)
    update(trial, blocks)
    number, codes = have_open_round(trial)
    back_up(trial, blocks)
    # The backups lie on this disk, and with SQLite the database beside the peppers.
    hints = 2 if trial.database == "sqlite" else 1
    assert_found(trial.type("./run doctor"), "本机自制", hints=hints)
    move(trial, blocks, new)
    go_on_there(trial, new, number, codes)
    new.debian.shut_down()
    say(f"DONE in {monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
