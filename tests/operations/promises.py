"""Sentences of docs/operations that an installed machine can be asked about, and its answers."""

from dataclasses import dataclass

PRIVATE = "/srv/evalsvc/instance /var/backups/evalsvc /var/backups/evalsvc-keys /etc/evalsvc*.env"
SETTINGS = "/etc/evalsvc.env"
AS_SERVICE = (
    f"runuser -u evalsvc -- env $(cat {SETTINGS}) PYTHONPATH=/srv/evalsvc/app PYTHONSAFEPATH=1 "
    "EVALSVC_LISTS=/var/cache/evalsvc/lists SSL_CERT_FILE=/etc/ssl/evalsvc/chain.pem "
    "/srv/evalsvc/app/.venv/bin/python"
)
# Tried as the role that the service signs in with.
ASK_AS_SERVICE = (
    f"{AS_SERVICE} -c 'import sys; from evalsvc.db import connect; "
    "from evalsvc.settings import read_settings as r; "
    "connect(r().database_url).engine.connect().exec_driver_sql(sys.argv[1])'"
)
MAIN = "$(systemctl show --property MainPID --value evalsvc)"
WORKERS = f"$(cat /proc/{MAIN}/task/{MAIN}/children)"
AS_SERVER = "runuser -u postgres -- psql -d evalsvc -tAc"


@dataclass(frozen=True)
class Promise:
    """Words of the page in both languages, and what is seen where they are true."""

    en: str
    zh: str
    command: str
    seen: str  # the whole of what the command says; with `…` before it, its end


ALWAYS = (
    Promise(
        "the service reads it and can't change it",
        "服务只能读，不能改",
        "runuser -u evalsvc -- find /srv/evalsvc/app -writable ! -type l; "
        "runuser -u evalsvc -- find /srv/evalsvc/app ! -readable ! -type l",
        "",
    ),
    Promise(
        "the system user `evalsvc`'s alone",
        "只有系统账号 `evalsvc` 能进",
        "stat -c '%U %G %a' /srv/evalsvc/instance; "
        f"find {PRIVATE} -perm /077; find /srv/evalsvc/instance ! -user evalsvc",
        "evalsvc evalsvc 700",
    ),
    Promise(
        "copies the database into `/var/backups/evalsvc` and the keys into "
        "`/var/backups/evalsvc-keys`",
        "把数据库备份到 `/var/backups/evalsvc`，把密钥备份到 `/var/backups/evalsvc-keys`",
        "stat -c '%U %a' /var/backups/evalsvc /var/backups/evalsvc-keys",
        "evalsvc 700\nevalsvc 700",
    ),
    Promise(
        "`/etc/evalsvc.env` holds the settings",
        "设置在 `/etc/evalsvc.env`",
        f"stat -c '%U %a' {SETTINGS}; grep -c ^EVALSVC_ {SETTINGS}",
        "root 600\n6",
    ),
    Promise(
        "gunicorn with one single-threaded worker for each of two cores",
        "按两核运行两个进程，每个进程一个线程",
        f"for one in {WORKERS}; do ls /proc/$one/task | wc -l; done; "
        "systemctl show --property User --value evalsvc",
        "1\n1\nevalsvc",
    ),
    Promise(
        "at 9, 12, 15, 18 and 21 o'clock Beijing time",
        "北京时间 9、12、15、18、21 点",
        "systemctl show --property TimersCalendar --value evalsvc-anchor.timer | "
        "grep -o 'OnCalendar=[^;]*Shanghai'",
        "OnCalendar=*-*-* 09,12,15,18,21:00:00 Asia/Shanghai",
    ),
    Promise(
        "Every evening at 21:20 Beijing time",
        "每天北京时间 21:20",
        "systemctl show --property TimersCalendar --value evalsvc-backup.timer | "
        "grep -o 'OnCalendar=[^;]*Shanghai'",
        "OnCalendar=*-*-* 21:20:00 Asia/Shanghai",
    ),
    Promise(
        "every hour, removes what was destroyed from the database's own files",
        "每小时一次，把已经销毁的内容从数据库的文件里清除",
        "systemctl show --property TimersCalendar --value evalsvc-purge.timer | "
        "grep -o 'OnCalendar=[^ ;]* [^ ;]*'",
        "OnCalendar=*-*-* *:00:00",
    ),
    Promise(
        "starts the service again",
        "再启动服务",
        "systemctl is-active evalsvc evalsvc-anchor.timer evalsvc-backup.timer "
        "evalsvc-purge.timer nginx; systemctl is-enabled evalsvc evalsvc-anchor.timer",
        "active\nactive\nactive\nactive\nactive\nenabled\nenabled",
    ),
    Promise(
        "with your host's name in it",
        "换上了您的主机名",
        "diff /srv/evalsvc/app/deploy/nginx.conf /etc/nginx/sites-enabled/evalsvc; nginx -t -q",
        "",
    ),
    Promise(
        "are left by a worker in `/run/evalsvc/outgoing`, which is memory",
        "放进 `/run/evalsvc/outgoing`（就是内存）",
        "stat -f -c %T /run/evalsvc/outgoing; stat -c '%U %a' /run/evalsvc /run/evalsvc/outgoing; "
        "runuser -u www-data -- test -x /run/evalsvc/outgoing",
        "tmpfs\nevalsvc 750\nevalsvc 710",
    ),
    Promise(
        "In this folder, `./run` with any command acts as the service's user with the service's "
        "settings.",
        "在这个目录里，`./run` 的各条命令都以服务的账号、按服务的设置执行。",
        "readlink /srv/evalsvc/app/.installed; "
        "find /srv/evalsvc/app ! -user root | head; find /srv/evalsvc/app -name __pycache__ "
        "! -perm -005 | head",
        SETTINGS,
    ),
    Promise(
        "`journalctl -u evalsvc`",
        "`journalctl -u evalsvc`",
        "journalctl -u evalsvc -o cat | grep -m 1 -o '^Started evalsvc.service'",
        "Started evalsvc.service",
    ),
)

# What nobody who has visited may have left.
AFTER_VISITS = (
    Promise(
        "It writes no access log",
        "不写访问日志",
        "journalctl -u evalsvc -o cat | grep -c -e GET -e POST -e '/r ' || true; "
        "cat /var/log/nginx/*.log | grep -v ' .notice. ' || true; "
        "find /var/lib/nginx /tmp /var/tmp -type f ! -path '*/systemd*'",
        "0",
    ),
)

ON_POSTGRESQL = (
    Promise(
        "Keep `fsync` and `synchronous_commit` on",
        "`fsync` 和 `synchronous_commit` 保持打开",
        f"{AS_SERVER} 'SHOW fsync' -c 'SHOW synchronous_commit'",
        "on\non",
    ),
    Promise(
        "`log_statement = none`, `log_min_duration_statement = -1`, "
        "`log_parameter_max_length = 0`, `log_parameter_max_length_on_error = 0`",
        "`log_statement = none`、`log_min_duration_statement = -1`、"
        "`log_parameter_max_length = 0`、`log_parameter_max_length_on_error = 0`",
        f"{AS_SERVER} 'SHOW log_statement' -c 'SHOW log_min_duration_statement' "
        "-c 'SHOW log_parameter_max_length' -c 'SHOW log_parameter_max_length_on_error'",
        "none\n-1\n0\n0",
    ),
    Promise(
        "for which the owner needs three rights and `wal_recycle = off`",
        "表的所有者为此要有三项权限，并设 `wal_recycle = off`",
        f"{AS_SERVER} 'SHOW wal_recycle' -c \"SELECT pg_has_role('evalsvc_owner', "
        "'pg_checkpoint', 'member'), has_function_privilege('evalsvc_owner', 'pg_switch_wal()', "
        "'EXECUTE'), has_function_privilege('evalsvc_owner', 'pg_ls_waldir()', 'EXECUTE')\"",
        "off\nt|t|t",
    ),
    Promise(
        "Their passwords are in `/etc/evalsvc-owner.env` and `/etc/evalsvc.env`, readable for root",
        "密码分别在 `/etc/evalsvc-owner.env` 和 `/etc/evalsvc.env`，只有 root 能读",
        "stat -c '%U %a' /etc/evalsvc-owner.env /etc/evalsvc.env",
        "root 600\nroot 600",
    ),
    Promise(
        "through the socket (`peer`) it would not let `evalsvc_app` in",
        "经本机套接字（`peer`）则不让 `evalsvc_app` 进来",
        "runuser -u evalsvc -- psql -U evalsvc_app -d evalsvc -c 'SELECT 1' 2>&1 || true",
        '…FATAL:  Peer authentication failed for user "evalsvc_app"',
    ),
    *(
        Promise(
            "which can neither change nor delete a ballot",
            "它不能修改或删除答卷",
            f"{ASK_AS_SERVICE} '{statement}' 2>&1 | grep -o 'permission denied for table ballot'",
            "permission denied for table ballot\npermission denied for table ballot",
        )
        for statement in ("DELETE FROM ballot", "UPDATE ballot SET seq = seq + 1")
    ),
)
