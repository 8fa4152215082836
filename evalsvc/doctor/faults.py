"""The catalogue of what can be wrong with an installation."""

from evalsvc.doctor.findings import Fault, Gravity
from evalsvc.text import Text

_INSTALL = Text("执行 ./run install", "run ./run install")


def _wrong(code: str, text: Text, do: Text) -> Fault:
    return Fault(code, Gravity.WRONG, text, do)


def _hint(code: str, text: Text, do: Text) -> Fault:
    return Fault(code, Gravity.HINT, text, do)


# Files.
FOLDER_OPEN = _wrong(
    "folder_open",
    Text(
        "别的账号能进 %(path)s（权限 %(mode)s，所有者 %(owner)s）",
        "other users may enter %(path)s (mode %(mode)s, owner %(owner)s)",
    ),
    _INSTALL,
)
FILES_OPEN = _wrong(
    "files_open",
    Text(
        "%(path)s 里有 %(number)s 个文件别的账号能读，例如 %(example)s",
        "%(number)s files in %(path)s can be read by other users, %(example)s for one",
    ),
    _INSTALL,
)
SETTINGS_OPEN = _wrong(
    "settings_open",
    Text(
        "%(path)s 里有数据库密码，别的账号能读（权限 %(mode)s）",
        "%(path)s holds the database's password and can be read by others (mode %(mode)s)",
    ),
    Text("执行 chmod 600 %(path)s", "run chmod 600 %(path)s"),
)
PROGRAM_WRITABLE = _wrong(
    "program_writable",
    Text("服务的账号能改程序：%(path)s", "the service's user can change the program: %(path)s"),
    Text(
        "执行 chown -R root: %(app)s，再执行 ./run install",
        "run chown -R root: %(app)s, then ./run install",
    ),
)
PYTHON_CLOSED = _wrong(
    "python_closed",
    Text(
        "服务的账号不能运行 %(path)s：进不了 %(part)s",
        "the service's user can't run %(path)s: %(part)s is closed to it",
    ),
    _INSTALL,
)
PEPPERS_IN_BACKUP = _wrong(
    "peppers_in_backup",
    Text(
        "备份目录里有胡椒值或待入箱密钥：%(path)s。拿到备份的人能把卡片和票对上",
        "a pepper or a key of waiting ballots lies among the backups: %(path)s. Whoever has the "
        "backups can link cards and ballots",
    ),
    Text(
        "删除 %(path)s，连同复制到别处的；查清是谁放进去的",
        "delete %(path)s and its copies elsewhere; find out who put it there",
    ),
)
PEPPER_LEFT = _wrong(
    "pepper_left",
    Text(
        "轮次 %(round)s 已经结束（%(state)s），胡椒值还在：%(path)s",
        "round %(round)s has ended (%(state)s), and its pepper is still there: %(path)s",
    ),
    Text(
        "重启服务（systemctl restart evalsvc），启动时会覆盖并删除，下一次公布锚点时也会；"
        "之后还在的是有人另存的，请执行 shred -u %(path)s",
        "restart the service (systemctl restart evalsvc): a start overwrites and removes it, and "
        "so does the next anchor's hour. What is still there then somebody has copied: "
        "shred -u %(path)s",
    ),
)
PEPPER_UNKNOWN = _hint(
    "pepper_unknown",
    Text("%(path)s 不属于数据库里的任何轮次", "%(path)s belongs to no round of the database"),
    Text(
        "如果数据库刚从备份恢复，先留着；否则删除",
        "keep it if the database was just restored from a backup, else delete it",
    ),
)
PEPPER_MISSING = _wrong(
    "pepper_missing",
    Text(
        "轮次 %(round)s 的卡片已经印出，胡椒值却不在：这些卡都不能用",
        "cards of round %(round)s are out and its pepper is not there: none of them can be used",
    ),
    Text(
        "有单独保管的一份，放回 %(path)s；没有，见 docs/operations.zh.md 的“备份”",
        "put the copy in other hands back as %(path)s; without one, see Backup in "
        "docs/operations.md",
    ),
)
PEPPERS_ON_SAME_DISK = _hint(
    "peppers_on_same_disk",
    Text(
        "胡椒值和数据库在同一个磁盘上：整盘快照会同时含有两者",
        "peppers and database lie on one disk: a snapshot of the disk holds both",
    ),
    Text(
        "不对该磁盘做快照，或把 %(path)s 放到单独的卷上",
        "take no snapshots of that disk, or put %(path)s on a volume of its own",
    ),
)
TRAY_KEY_OLD = _hint(
    "tray_key_old",
    Text(
        "待入箱密钥 %(path)s 已有 %(hours)s 小时，锚点没有按时公布",
        "the key %(path)s of waiting ballots is %(hours)s hours old: anchors were not published "
        "in time",
    ),
    Text(
        "查看 evalsvc-anchor.timer：journalctl -u evalsvc-anchor",
        "look at evalsvc-anchor.timer: journalctl -u evalsvc-anchor",
    ),
)
SPOOL_LEFT = _hint(
    "spool_left",
    Text(
        "%(path)s 里有 %(number)s 个超过 %(days)s 天的打印件等文件",
        "%(number)s files in %(path)s, such as print runs, are older than %(days)s days",
    ),
    Text(
        "在轮次页确认打印件已妥善取走，或删除",
        "say on the round's page that the print run is safe, or delete them",
    ),
)

# The machine.
DISK_LOW = _wrong(
    "disk_low",
    Text(
        "%(path)s 所在磁盘只剩 %(free)s MB，至少要 %(needed)s MB",
        "the disk of %(path)s has %(free)s MB left and needs %(needed)s MB at least",
    ),
    Text("腾出空间", "make room"),
)
SWAP_ON = _hint(
    "swap_on",
    Text(
        "交换分区开着（%(name)s），内存里的答案可能写到磁盘上",
        "swap is on (%(name)s): an answer in memory may be written to the disk",
    ),
    Text(
        "执行 swapoff -a 并改 /etc/fstab，或加密",
        "run swapoff -a and change /etc/fstab, or encrypt it",
    ),
)
CORES_ON = _wrong(
    "cores_on",
    Text(
        "%(path)s 没有 LimitCORE=0：程序崩溃时，正在提交的答案会写进内存映像",
        "%(path)s lacks LimitCORE=0: where the program crashes, an answer that is being cast is "
        "written into a memory image",
    ),
    _INSTALL,
)
CLOCK_FREE = _wrong(
    "clock_free",
    Text("机器的时钟没有和时间服务器对准", "this machine's clock is not synchronised"),
    Text(
        "安装 systemd-timesyncd 或 chrony，执行 timedatectl set-ntp true",
        "install systemd-timesyncd or chrony and run timedatectl set-ntp true",
    ),
)
CLOCK_BEHIND = _wrong(
    "clock_behind",
    Text(
        "时钟慢了：现在是 %(now)s，日志里最新的一条却是 %(newest)s",
        "the clock is behind: it says %(now)s, and the newest entry of the log %(newest)s",
    ),
    Text("对准时钟；对准以前不要开始或结束轮次", "set it right, and open or close no round before"),
)
CLOCK_AHEAD = _hint(
    "clock_ahead",
    Text(
        "日志里最新的一条是 %(days)s 天以前的（%(newest)s）。确实这么久没用过，还是时钟快了？",
        "the newest entry of the log is %(days)s days old (%(newest)s). Has nobody worked for so "
        "long, or is the clock ahead?",
    ),
    Text("核对 date 的输出", "compare what date says"),
)
FONTS_MISSING = _wrong(
    "fonts_missing",
    Text(
        "没有中文字体，纸上的汉字会成为方框",
        "there is no Chinese font: boxes instead of Chinese on paper",
    ),
    Text("执行 apt-get install fonts-noto-cjk", "run apt-get install fonts-noto-cjk"),
)
RARE_FONTS_MISSING = _wrong(
    "rare_fonts_missing",
    Text(
        "没有覆盖 GB 18030-2022 生僻字的字体，姓名里的这些字会印成编号",
        "no font has the rare characters of GB 18030-2022: in names, their numbers are printed",
    ),
    Text(
        "执行 apt-get install fonts-hanazono fonts-babelstone-han，然后重启服务",
        "run apt-get install fonts-hanazono fonts-babelstone-han, then restart the service",
    ),
)
SUBSET_MISSING = _wrong(
    "subset_missing",
    Text(
        "没有 libharfbuzz-subset0，生成一封信要好几秒",
        "libharfbuzz-subset0 is missing: a letter takes seconds to make",
    ),
    Text("执行 apt-get install libharfbuzz-subset0", "run apt-get install libharfbuzz-subset0"),
)

# The database.
DATABASE = _wrong("database", Text("%(problem)s", "%(problem)s"), Text("见上句", "as said"))
SERVER_SETTING = _wrong(
    "server_setting",
    Text(
        "PostgreSQL 的 %(name)s 是 %(value)s，应为 %(right)s：%(why)s",
        "PostgreSQL's %(name)s is %(value)s and should be %(right)s: %(why)s",
    ),
    Text(
        "以 postgres 账号执行 ALTER SYSTEM SET %(name)s = '%(right)s'，再重新载入；"
        "只对本数据库设的用 ALTER DATABASE … SET",
        "as postgres, ALTER SYSTEM SET %(name)s = '%(right)s' and reload; where it is set for this "
        "database alone, ALTER DATABASE … SET",
    ),
)
ROLE_TOO_STRONG = _wrong(
    "role_too_strong",
    Text(
        "系统登录 PostgreSQL 的账号 %(role)s 能对 %(table)s 执行 %(right)s",
        "the role %(role)s, as which the service signs in, may %(right)s %(table)s",
    ),
    _INSTALL,
)

# Backups.
BACKUP_NONE = _wrong(
    "backup_none",
    Text("还没有备份过数据库", "the database has never been backed up"),
    Text("执行 ./run backup", "run ./run backup"),
)
BACKUP_OLD = _wrong(
    "backup_old",
    Text(
        "最新的备份是 %(days)s 天以前的：%(path)s",
        "the newest backup is %(days)s days old: %(path)s",
    ),
    Text(
        "执行 ./run backup，并查看 journalctl -u evalsvc-backup",
        "run ./run backup, and look at journalctl -u evalsvc-backup",
    ),
)
BACKUP_GONE = _hint(
    "backup_gone",
    Text(
        "清单上的备份 %(path)s 已经不在那里",
        "the backup %(path)s is on the list and no longer there",
    ),
    Text("如果移到了别处，记下移到哪里", "if it was moved, note where"),
)
BACKUP_DAMAGED = _wrong(
    "backup_damaged",
    Text(
        "最新的备份 %(path)s 和做成时不一样了", "the newest backup, %(path)s, is not what was made"
    ),
    Text("执行 ./run backup，并检查磁盘", "run ./run backup, and check the disk"),
)
BACKUP_ON_SAME_DISK = _hint(
    "backup_on_same_disk",
    Text(
        "备份和数据库在同一个磁盘上：磁盘坏了，两者一起丢",
        "the backups lie on the database's own disk: if it breaks, both are gone",
    ),
    Text("把 %(path)s 定期复制到另一台机器或介质", "copy %(path)s to another machine or medium"),
)
KEYS_NOT_COPIED = _wrong(
    "keys_not_copied",
    Text(
        "%(names)s 没有备份：%(path)s 里没有与现在相同的一份",
        "%(names)s is in no backup: %(path)s holds no copy of what is used now",
    ),
    Text("执行 ./run backup", "run ./run backup"),
)
KEYS_BESIDE_DATABASE = _wrong(
    "keys_beside_database",
    Text(
        "密钥和数据库的备份放在一起：%(path)s",
        "keys lie among the backups of the database: %(path)s",
    ),
    Text("把 %(path)s 移到别处", "move %(path)s elsewhere"),
)

# The doors.
SERVICE_SILENT = _wrong(
    "service_silent",
    Text(
        "服务没有运行：%(socket)s 不应答（%(reason)s）",
        "the service does not run: %(socket)s does not answer (%(reason)s)",
    ),
    Text(
        "执行 systemctl start evalsvc，不行再看 journalctl -u evalsvc",
        "run systemctl start evalsvc; if it does not help, journalctl -u evalsvc",
    ),
)
DOOR_SILENT = _wrong(
    "door_silent",
    Text(
        "https://%(host)s/ 在本机不应答（%(reason)s）",
        "https://%(host)s/ does not answer on this machine (%(reason)s)",
    ),
    Text("执行 nginx -t 和 systemctl restart nginx", "run nginx -t and systemctl restart nginx"),
)
DOOR_BROKEN = _wrong(
    "door_broken",
    Text(
        "https://%(host)s/ 答复 %(status)s：nginx 连不上服务",
        "https://%(host)s/ answers %(status)s: nginx does not reach the service",
    ),
    Text(
        "www-data 须在 evalsvc 组里；执行 ./run install 和 systemctl restart nginx",
        "www-data must be in the group evalsvc; run ./run install and systemctl restart nginx",
    ),
)
CERTIFICATE_ENDS = _wrong(
    "certificate_ends",
    Text("证书 %(path)s 还有 %(days)s 天到期", "the certificate %(path)s ends in %(days)s days"),
    Text("换新证书，执行 systemctl reload nginx", "renew it and run systemctl reload nginx"),
)
CERTIFICATE_SELF_MADE = _wrong(
    "certificate_self_made",
    Text(
        "证书 %(path)s 是本机自制的：每部手机都会警告",
        "the certificate %(path)s is of this machine's own making: every phone warns of it",
    ),
    Text(
        "申请正式证书，执行 ./run install --tls-certificate FILE --tls-key FILE",
        "get a real one and run ./run install --tls-certificate FILE --tls-key FILE",
    ),
)
CERTIFICATE_OTHER_HOST = _wrong(
    "certificate_other_host",
    Text("证书 %(path)s 不是 %(host)s 的", "the certificate %(path)s is not %(host)s's"),
    Text("换成该主机名的证书", "use one for that host's name"),
)
HOSTS_OPEN = _wrong(
    "hosts_open",
    Text(
        "没有设 EVALSVC_TRUSTED_HOSTS：别的主机名也会应答",
        "EVALSVC_TRUSTED_HOSTS is not set: any host name is answered to",
    ),
    Text("在 %(path)s 里写上 %(host)s", "write %(host)s into %(path)s"),
)
HOST_NOT_TRUSTED = _wrong(
    "host_not_trusted",
    Text(
        "信上的主机名 %(host)s 不在 EVALSVC_TRUSTED_HOSTS 里：扫码的人会看到 400",
        "the letters' host %(host)s is not in EVALSVC_TRUSTED_HOSTS: whoever scans a code sees 400",
    ),
    Text("在 %(path)s 里写上 %(host)s", "write %(host)s into %(path)s"),
)
NOT_HTTPS = _wrong(
    "not_https",
    Text("信上的网址不是 https：%(url)s", "the letters' address is not https: %(url)s"),
    Text("在 %(path)s 里改 EVALSVC_PUBLIC_URL", "change EVALSVC_PUBLIC_URL in %(path)s"),
)
PROXY_NOT_TOLD = _wrong(
    "proxy_not_told",
    Text(
        "前面有 nginx，却没有设 EVALSVC_BEHIND_PROXY=1：所有人看来是同一个地址，限速会错怪好人",
        "nginx stands in front and EVALSVC_BEHIND_PROXY=1 is not set: everybody seems to have one "
        "address, and rate limits hit the wrong people",
    ),
    Text("在 %(path)s 里写上", "write it into %(path)s"),
)
SECOND_FACTOR_OFF = _hint(
    "second_factor_off",
    Text(
        "工作人员只用密码登录（EVALSVC_SECOND_FACTOR=off）",
        "colleagues sign in with a password alone (EVALSVC_SECOND_FACTOR=off)",
    ),
    Text("正式使用时删去这一行", "delete that line for real use"),
)
ACCESS_LOGGED = _wrong(
    "access_logged",
    Text(
        "%(path)s 会写访问日志：谁什么时候来过，都留在里面",
        "%(path)s writes an access log: it holds who came when",
    ),
    Text(
        "写上 access_log off;（nginx）或去掉 --access-logfile（gunicorn），并删除已有的日志",
        "say access_log off; (nginx) or drop --access-logfile (gunicorn); delete what is logged",
    ),
)
CHANGED_BY_HAND = _hint(
    "changed_by_hand",
    Text(
        "%(path)s 手工改过，升级时不会更新", "%(path)s was changed by hand; updates leave it alone"
    ),
    Text(
        "执行 ./run install --dry-run 看差别", "run ./run install --dry-run to see the difference"
    ),
)

ADDRESSES_LOGGED = _wrong(
    "addresses_logged",
    Text(
        "%(path)s 的错误日志会写下访问者的地址和时间",
        "the error log of %(path)s writes down addresses and times of visitors",
    ),
    Text(
        "写上 error_log 文件名 crit;，并删除已有的日志",
        "say error_log FILE crit; and delete what is logged",
    ),
)
OUTGOING_ON_DISK = _wrong(
    "outgoing_on_disk",
    Text(
        "%(path)s 不在内存里（%(kind)s）：取走的印制文件和数据包会留在磁盘上",
        "%(path)s is not in memory (%(kind)s): print runs and packages that are fetched stay on "
        "the disk",
    ),
    Text(
        "把 %(path)s 放到 tmpfs 上，例如 /run/evalsvc/outgoing",
        "put %(path)s on a tmpfs, /run/evalsvc/outgoing for one",
    ),
)

# What runs by itself.
NO_SYSTEMD = _hint(
    "no_systemd",
    Text(
        "这里没有运行 systemd：锚点和备份不会自动进行",
        "systemd does not run here: no anchor and no backup happens by itself",
    ),
    Text("用别的办法按时执行，见 deploy/", "have something else do it on time; see deploy/"),
)
TIMER_OFF = _wrong(
    "timer_off",
    Text("%(name)s 没有运行", "%(name)s does not run"),
    Text("执行 systemctl enable --now %(name)s", "run systemctl enable --now %(name)s"),
)
RUN_FAILED = _wrong(
    "run_failed",
    Text("%(name)s 最近一次没有成功", "the last run of %(name)s failed"),
    Text("执行 journalctl -u %(name)s", "run journalctl -u %(name)s"),
)
RUN_LATE = _wrong(
    "run_late",
    Text(
        "%(name)s 已有 %(hours)s 小时没有运行，至少应每 %(most)s 小时一次",
        "%(name)s has not run for %(hours)s hours and should every %(most)s at least",
    ),
    Text(
        "执行 systemctl restart %(name)s，再看 systemctl list-timers",
        "run systemctl restart %(name)s, then look at systemctl list-timers",
    ),
)
