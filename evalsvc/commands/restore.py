"""`restore`: puts a backup into a new folder, or where nobody has worked yet."""

import os
from pathlib import Path

import click

from evalsvc.backups.contents import RoundState
from evalsvc.backups.making import KEYS
from evalsvc.backups.restoring import Restored
from evalsvc.backups.restoring import restore as put_back
from evalsvc.commands.saying import Saying
from evalsvc.installing.choices import ACCOUNT
from evalsvc.installing.machine import find_account
from evalsvc.settings import read_settings
from evalsvc.standing import get_newest_migration

EXISTING = click.Path(exists=True, path_type=Path)


@click.command(cls=Saying)
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="实例目录 / the instance folder",
)
@click.option("--keys", type=EXISTING, help="密钥的备份 / the keys' backup")
@click.option(
    "--database", help="空的 PostgreSQL 数据库的地址 / an empty PostgreSQL database's URL"
)
def restore(backup: Path, into: Path, keys: Path | None, database: str | None) -> None:
    """把备份恢复到 DIR，核对并说明缺什么 / Put a backup into DIR, check it, say what is missing."""
    settings = read_settings()
    folder = into.resolve()
    own = folder == settings.instance and settings.database_url.startswith("postgresql")
    restored = put_back(backup, folder, keys, database or (settings.database_url if own else None))
    give_to_service(folder)
    for line in describe(restored, folder):
        click.echo(line)


def give_to_service(folder: Path) -> None:
    """What root has put there is the service's, where there is one."""
    account = find_account(ACCOUNT)
    if os.geteuid() == 0 and account:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def describe(restored: Restored, folder: Path) -> list[str]:
    """What stands there now, round by round, and what people must do about what does not."""
    rows = restored.rows
    lines = [
        f"{folder}  {restored.kind}  {len(rows)} 张表 tables, {sum(rows.values()):,} 行 rows, "
        f"{rows.get('ballot', 0):,} 张票 ballots",
        "SHA-256 与做成时一致 as when it was made"
        if restored.was_noted
        else "旁边没有 .json，不能核对 SHA-256 / no .json beside it: its hash can't be compared",
        *_say_migration(restored.migration),
    ]
    lines += [_say_round(one) for one in restored.rounds]
    return lines + list(_say_missing(restored))


def _say_round(one: RoundState) -> str:
    held = f"{one.cards} 张卡 cards  {one.ballots} 张票 ballots"
    anchor = f"  最新锚点，请与张贴的对照 newest anchor, compare it: {one.newest_anchor}"
    return f"  {one.season} {one.code}  {one.state}  {held}{anchor if one.newest_anchor else ''}"


def _say_migration(found: str) -> list[str]:
    newest = get_newest_migration()
    if found == newest:
        return [f"数据库版本 {found}，与本程序一致 / as this program needs it"]
    return [f"数据库版本 {found}，本程序需要 {newest}：请执行 ./run migrate / run ./run migrate"]


def _say_missing(restored: Restored) -> list[str]:
    lines = [_KEY_GONE[name] for name in KEYS if name not in restored.keys]
    lines += [
        f"{one.season} {one.code}：没有胡椒值，{one.cards} 张卡都不能再用"
        "（见 docs/operations.zh.md）。"
        f" No pepper: none of the {one.cards} cards can be used (see docs/operations.md)."
        for one in restored.without_pepper
    ]
    if restored.unreadable:
        lines.append(
            f"待入箱的 {restored.unreadable} 张票没有密钥，读不出；这些人可以重新投票。"
            f" {restored.unreadable} ballots that waited have no key here and can't be read; "
            "those raters may vote again."
        )
    return lines


_KEY_GONE = {
    "secret.key": "没有恢复 secret.key：工作人员须重新登录，并各凭新的一次性链接重新绑定动态码。"
    " No secret.key: colleagues sign in again, each with a new link and second factor.",
    "signing.key": "没有恢复 signing.key：以后的锚点和数据包换一把密钥，与张贴的公示对不上。"
    " No signing.key: later anchors and packages bear another key than the posted notices.",
}
