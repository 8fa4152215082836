"""`purge`: what was destroyed leaves the database's files; a timer calls it as their owner."""

import click

from evalsvc.clock import now
from evalsvc.commands.saying import Saying
from evalsvc.domain.purging import purge as purge_all
from evalsvc.domain.sealing.mixing import mix_closed_boxes
from evalsvc.erasing.notes import HINDERING
from evalsvc.settings import prepare_instance, read_settings
from evalsvc.standing import opened

SAID = {
    "owner": "这个账号不是表的所有者 / this role does not own the tables",
    "in_use": "有人正在读旧的数据，稍后再试 / somebody reads an older state; try again later",
    "open_round": "有轮次正在接收答卷，数据库较大，截止以后再清除 / a round takes answers and the "
    "database is large; it is purged after the round closes",
    "statistics": "不是数据库的所有者，清不了统计信息 / only the database's owner can rewrite "
    "the statistics",
    "log_rights": "没有清理预写日志的权限：以超级用户运行 docs/postgresql-purge.sql / no right to "
    "go through the write-ahead log: run docs/postgresql-purge.sql as a superuser",
    "log_kept": "服务器还留着旧的预写日志（复制槽或 wal_keep_size） / the server keeps old pieces "
    "of the write-ahead log (a replication slot, or wal_keep_size)",
    "log_archive": "预写日志另有归档，请按备份处理 / the write-ahead log is archived elsewhere; "
    "treat the archive as a backup",
    "standby": "另有备用服务器，请在那里确认 / there is a standby server; look there, too",
}


@click.command("purge", cls=Saying)
def purge() -> None:
    """把已销毁的内容从数据库文件里清除 / Remove what was destroyed from the database's files.

    没有待清除的就什么也不做。 Where nothing waits, nothing is done.
    """
    settings = read_settings()
    prepare_instance(settings)
    with opened(settings.database_url) as database:
        done = purge_all(database, now())
        mix_closed_boxes(database)  # as the owner it may, where the service's account may not
    for view in done:
        where = f"round {view.round_id}" if view.round_id else "service"
        state = "已清除 purged" if view.done_at else "还没有清除 not purged yet"
        click.echo(f"{view.kind} ({where}, {view.asked_at:%Y-%m-%d %H:%M} UTC): {state}")
    notes = sorted({note for view in done for note in view.notes})
    for note in notes:
        click.echo(f"  {SAID[note]}")
    if not done:
        click.echo("没有待清除的内容  nothing waits to be purged")
    if HINDERING.intersection(notes):
        raise SystemExit(1)
