"""Walks a season from its founding to its archive over HTTP, without a person or a script."""

import io
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic

import click

from evalsvc.clock import now
from evalsvc.db import connect
from evalsvc.demo import office, raters
from evalsvc.demo.colleague import OfficeBrowser
from evalsvc.demo.office import Progress
from evalsvc.demo.raters import Letter
from evalsvc.demo.season import CUSTODIAN_ROLES, MANAGER_ROLES, end_of_day, new_passphrase
from evalsvc.demo.server import build_settings, find_free_port, running_server
from evalsvc.demo.story import Story, tell_story
from evalsvc.demo.verdict import check_receipts, check_totals, check_turnout
from evalsvc.demo.workbooks import fill_figures, fill_history, fill_roster
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import staff
from evalsvc.migrating import migrate
from evalsvc.settings import Settings, prepare_instance

LETTERS = "letters.pdf"
LOG = "server.log"
# What the exports page makes, and what it is called in the folder.
EXPORTS = {
    "workbook": "result.xlsx",
    "report": "report.pdf",
    "csv": "result.csv",
    "audit": "package-audit.zip",
    "public": "package-public.zip",
}
ANSWERING = timedelta(days=14)
PASSWORD = "演示用的密码 2018"  # noqa: S105 (of an installation that ends with the walk)


@dataclass(frozen=True)
class Walk:
    """One walk-through: the two colleagues' browsers, and the receipts brought home."""

    address: str
    story: Story
    out: Path
    manager: OfficeBrowser
    custodian: OfficeBrowser
    passphrase: str
    receipts: list[str] = field(default_factory=list)


def walk_through(preset: str, out: Path) -> None:
    """Serve an empty installation, walk a season through it, and check what comes out of it."""
    out.mkdir(parents=True, exist_ok=True)
    for filename in (LETTERS, LOG, *EXPORTS.values()):
        (out / filename).unlink(missing_ok=True)  # of an earlier walk
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="evalsvc-demo-") as folder:
        settings = build_settings(Path(folder) / "instance", find_free_port())
        link = _make_first_link(settings)
        with running_server(settings, out / LOG):
            _say(monotonic() - began, f"服务已启动 serving at {settings.public_url}")
            _walk(settings.public_url, tell_story(preset), out, link)
    _say(monotonic() - began, f"全部通过 all held: {out}")


def _make_first_link(settings: Settings) -> str:
    """What `first-staff` prints on a new installation."""
    prepare_instance(settings)
    migrate(settings.database_url)
    database = connect(settings.database_url, settings.peppers)
    try:
        return staff.make_link(
            Act(database, build_outsider("shell"), now()), "manager", "考评管理员", MANAGER_ROLES
        )
    finally:
        database.close()


def _walk(address: str, story: Story, out: Path, link: str) -> None:
    manager = OfficeBrowser(address, "manager", PASSWORD)
    custodian = OfficeBrowser(address, "custodian", PASSWORD)
    walk = Walk(address, story, out, manager, custodian, new_passphrase())
    with _step("工作人员登录 staff sign in"):
        office.begin_account(walk.manager, link)
        roles = list(CUSTODIAN_ROLES)
        invitation = office.invite(walk.manager, "custodian", "票箱保管员", roles)
        office.begin_account(walk.custodian, invitation)
    with _step("建年度、导入名册 season and roster"):
        season_id = office.found_season(walk.manager, story)
        office.import_workbook(
            walk.manager,
            season_id,
            "roster",
            lambda template: fill_roster(template, story.scheme, story.roster),
        )
    round_ids = office.list_rounds(walk.manager, season_id)
    for round_id, one in zip(round_ids, story.scheme.rounds, strict=True):
        if one.code in story.scheme.boxed:  # else only figures belong to it
            _hold_round(walk, round_id, one.code, one.name.zh)
    _conclude(walk, season_id)


def _hold_round(walk: Walk, round_id: int, code: str, name: str) -> None:
    """One round from its keys to its count."""
    with _step(f"{name}：密钥、演练 keys, rehearsal"):
        office.make_keys(walk.custodian, round_id, walk.passphrase)
    letters = _issue(walk, round_id, name)
    office.open_round(walk.manager, round_id)
    with _step(f"{name}：违规的票被拒绝 bad ballots are refused"):
        for letter in {one.group: one for one in letters}.values():
            raters.check_refusals(walk.address, walk.story, code, letter)
        unused = {group: (n, 0) for group, n in _count(letters).items()}
        check_turnout(_get_turnout(walk, round_id), unused)
    _cast_all(walk, code, name, letters)
    with _step(f"{name}：参评数相符、截止 turnout, closing"):
        used = {group: (n, n) for group, n in _count(letters).items()}
        check_turnout(_get_turnout(walk, round_id), used)
        office.close_round(walk.manager, round_id)
    with _watched_step(f"{name}：开箱 opening") as progress:
        office.open_box(walk.custodian, round_id, walk.passphrase, progress)


def _issue(walk: Walk, round_id: int, name: str) -> list[Letter]:
    deadline = end_of_day(now() + ANSWERING)
    with _watched_step(f"{name}：发码、印信 codes and letters") as progress:
        bundle = office.issue(walk.manager, round_id, deadline, progress)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        # Letters of the last round stay in the folder; their codes end with the round.
        (walk.out / LETTERS).write_bytes(archive.read("letters.pdf"))
    return office.read_letters(bundle, walk.story.scheme)


def _cast_all(walk: Walk, code: str, name: str, letters: list[Letter]) -> None:
    began = monotonic()
    with click.progressbar(
        length=len(letters), label=f"  {name}", width=24, hidden=not sys.stdout.isatty()
    ) as bar:
        walk.receipts.extend(
            raters.cast_all(walk.address, walk.story, code, letters, lambda: bar.update(1))
        )
    _say(monotonic() - began, f"{name}：{len(letters)} 张票 ballots cast")


def _conclude(walk: Walk, season_id: int) -> None:
    """Figures, result, exports, and the verdict."""
    story = walk.story
    with _step("导入指标和加减分 figures"):
        office.import_workbook(
            walk.manager,
            season_id,
            "figures",
            lambda template: fill_figures(
                template, story.scheme, story.roster.units, story.figures
            ),
        )
    if story.history:
        with _step("导入历年结果 earlier years"):
            office.say_year(walk.manager, season_id, story.year)
            office.import_workbook(
                walk.manager,
                season_id,
                "history",
                lambda template: fill_history(
                    template, story.scheme, story.roster.units, story.history
                ),
            )
    with _watched_step("计算 scoring") as progress:
        office.compute(walk.manager, season_id, progress)
    for kind, filename in EXPORTS.items():
        with _watched_step(f"导出 export {filename}") as progress:
            content = office.export(walk.manager, season_id, kind, progress)
            (walk.out / filename).write_bytes(content)
    with _step("重算、核对 recompute and compare"):
        packages = [walk.out / EXPORTS[kind] for kind in ("audit", "public")]
        check_totals(walk.out / EXPORTS["workbook"], packages)
        check_receipts(walk.receipts, walk.out / EXPORTS["public"])


def _get_turnout(walk: Walk, round_id: int) -> dict[str, tuple[int, int]]:
    return dict(office.list_turnout(walk.manager, round_id, walk.story.scheme))


def _count(letters: list[Letter]) -> Counter[str]:
    return Counter(letter.group for letter in letters)


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Say what has been done, and in how many seconds."""
    began = monotonic()
    yield
    _say(monotonic() - began, name)


@contextmanager
def _watched_step(name: str) -> Iterator[Progress]:
    """The same for long work, with a bar while it lasts."""
    began = monotonic()
    with click.progressbar(
        length=1, label=f"  {name}", width=24, hidden=not sys.stdout.isatty()
    ) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield progress
        progress(1, 1)
    _say(monotonic() - began, name)


def _say(seconds: float, text: str) -> None:
    click.echo(f"{seconds:7.1f} s  {text}")
