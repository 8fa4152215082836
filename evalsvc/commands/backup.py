"""`backup`: copies the database, and the keys apart from it; a timer calls it daily."""

from pathlib import Path

import click

from evalsvc.backups.making import BackupMade, make_backup
from evalsvc.clock import now
from evalsvc.commands.saying import Saying
from evalsvc.settings import prepare_instance, read_settings

KEEP_DAYS = 30
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(cls=Saying)
@click.argument("folder", required=False, type=FOLDER)
@click.option("--keys", type=FOLDER, help="密钥另存的目录 / where copies of the keys go")
@click.option("--keep-days", default=KEEP_DAYS, show_default=True, help="保留天数 / days to keep")
def backup(folder: Path | None, keys: Path | None, keep_days: int) -> None:
    """备份数据库，密钥另存；胡椒值从不备份 / Copy the database, the keys apart, peppers never."""
    settings = read_settings()
    prepare_instance(settings)
    place = (folder or settings.backups).resolve()
    key_place = (keys or place.with_name(f"{place.name}-keys")).resolve()
    made = make_backup(
        settings, place, key_place, keep_days, now(), lambda line: click.echo(line, err=True)
    )
    for line in describe(made):
        click.echo(line)


def describe(made: BackupMade) -> list[str]:
    """What was made, what is in it, and what is not."""
    rows = made.rows
    lines = [
        f"{made.backup.path}",
        f"  {made.backup.bytes:,} bytes  SHA-256 {made.backup.sha256}",
        f"  已通读 read through: {len(rows)} 张表 tables, {sum(rows.values()):,} 行 rows, "
        f"{rows.get('ballot', 0):,} 张票 ballots",
    ]
    if made.keys:
        word = "密钥另存 keys, apart" if made.keys_are_new else "密钥没有变 keys, as before"
        lines.append(f"{made.keys}  （{word}）")
    lines += [f"超过保留天数，已删除 too old, removed: {path}" for path in made.removed]
    for one in made.rounds:
        if one.needs_pepper:
            waiting = sum(one.waiting.values())
            lines += [
                f"{one.season} {one.code}：{one.cards} 张卡在外，胡椒值不在备份里。只剩备份时，"
                f"这些卡都不能再用（见 docs/operations.zh.md）；箱里的 {one.ballots} 张票不受影响，"
                f"待入箱的 {waiting} 张没有它们的密钥读不出。",
                f"{one.season} {one.code}: {one.cards} cards are out, and their pepper is in no "
                "backup. If only the backup is left, none of them can be used (see "
                f"docs/operations.md); the {one.ballots} ballots in the box are safe, the "
                f"{waiting} that wait for the next anchor can't be read without their key.",
            ]
    return lines
