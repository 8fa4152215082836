"""Installing a machine and keeping it: commands, hosts, backups, keys."""

from evalsvc.errors.problem import Kind
from evalsvc.text import Text

COMMAND_FAILED = Kind(
    "command_failed",
    500,
    Text(
        "没有做成：%(command)s\n%(said)s\n改好以后再执行一次同样的命令，已经做好的不会重做。",
        "This failed: %(command)s\n%(said)s\nMend it and give the same command again; what is "
        "done stays.",
    ),
)
NOT_ROOT = Kind("not_root", 403, Text("这一步须由 root 执行。", "This needs root."))
HOST_MISSING = Kind(
    "host_missing",
    422,
    Text(
        "请写明对外的主机名，例如 --host pingyi.example.gov.cn。",
        "Say under which host name people reach the service, for example --host "
        "pingyi.example.gov.cn.",
    ),
)
DATABASE_STAYS = Kind(
    "database_stays",
    409,
    Text(
        "这里装的是 %(before)s，没有改成 %(wished)s：已录入的内容不会搬过去。"
        "确实要从空的数据库重新开始，请先备份，删除 %(memory)s，再执行一次。",
        "What is installed here uses %(before)s and was not changed to %(wished)s: what is "
        "entered would not move along. To begin anew with an empty database, back up, delete "
        "%(memory)s and try again.",
    ),
)
PROGRAM_MISSING = Kind(
    "program_missing",
    500,
    Text(
        "本机没有 %(program)s。请安装：apt-get install %(package)s",
        "There is no %(program)s on this machine. Install it: apt-get install %(package)s",
    ),
)
BACKUP_BESIDE_PEPPERS = Kind(
    "backup_beside_peppers",
    409,
    Text(
        "没有备份：%(folder)s 里有胡椒值。数据库和胡椒值放在一起，就能把卡片和票对上。"
        "请换一个目录。",
        "No backup was made: the peppers lie in %(folder)s, and whoever holds both can link "
        "cards and ballots. Name another folder.",
    ),
)
BACKUP_NO_ROOM = Kind(
    "backup_no_room",
    507,
    Text(
        "没有备份：%(folder)s 需要 %(needed)s MB，只剩 %(free)s MB。请腾出空间，或换一个目录。",
        "No backup was made: %(folder)s needs %(needed)s MB and has %(free)s MB left. Make "
        "room, or name another folder.",
    ),
)
BACKUP_UNSOUND = Kind(
    "backup_unsound",
    500,
    Text(
        "%(file)s 读不完整（%(reason)s），不能当作备份。请执行 ./run doctor，并保留上一份备份。",
        "%(file)s can't be read through (%(reason)s) and is no backup. Run ./run doctor, and "
        "keep the backup before it.",
    ),
)
BACKUP_CHANGED = Kind(
    "backup_changed",
    409,
    Text(
        "%(file)s 和做成时不一样（SHA-256 当时 %(made)s…，现在 %(found)s…），没有恢复。"
        "请用另一份备份。",
        "%(file)s is not what was made (SHA-256 %(made)s… then, %(found)s… now); nothing "
        "was restored. Use another backup.",
    ),
)
BACKUP_UNKNOWN = Kind(
    "backup_unknown",
    422,
    Text(
        "%(file)s 既不是 SQLite 数据库，也不是 pg_dump 的自定义格式，没有恢复。",
        "%(file)s is neither an SQLite database nor a pg_dump of custom format; nothing was "
        "restored.",
    ),
)
KEYS_UNKNOWN = Kind(
    "keys_unknown",
    422,
    Text(
        "%(place)s 里没有 secret.key 或 signing.key，没有恢复。",
        "%(place)s holds neither secret.key nor signing.key; nothing was restored.",
    ),
)
PLACE_IN_USE = Kind(
    "place_in_use",
    409,
    Text(
        "%(place)s 里已经有人录入过内容（%(tables)s），没有恢复，什么都没有改动。"
        "请换一个新目录或空数据库。",
        "Somebody has worked in %(place)s already (%(tables)s); nothing was restored or "
        "changed. Name a new folder or an empty database.",
    ),
)
DUMP_NEEDS_DATABASE = Kind(
    "dump_needs_database",
    422,
    Text(
        "这份备份来自 PostgreSQL：请用 --database 写明一个空的数据库。",
        "This backup is PostgreSQL's: name an empty database with --database.",
    ),
)
