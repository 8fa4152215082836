"""The database as a whole, told on the terminal or in the log before anything starts."""

from evalsvc.errors.problem import Kind
from evalsvc.text import Text

DATABASE_ABSENT = Kind(
    "database_absent",
    503,
    Text(
        "这里还没有数据库。第一次安装请执行 ./run migrate；不是第一次，请核对 EVALSVC_INSTANCE 和 "
        "EVALSVC_DATABASE_URL 是否指向原来的位置。",
        "There is no database here yet. On a new installation run ./run migrate; on any other "
        "check that EVALSVC_INSTANCE and EVALSVC_DATABASE_URL name the place they always did.",
    ),
)
DATABASE_OLDER = Kind(
    "database_older",
    503,
    Text(
        "数据库停在 %(found)s，本程序（%(version)s）需要 %(needed)s，没有启动，什么都没有改动。"
        "请先停止服务，执行 ./run migrate（会先做一份副本），再启动。",
        "The database stands at %(found)s; this program (%(version)s) needs %(needed)s. "
        "Nothing was started or changed. Stop the service, run ./run migrate (it makes a copy "
        "first), then start it.",
    ),
)
DATABASE_NEWER = Kind(
    "database_newer",
    503,
    Text(
        "数据库已经升到 %(found)s，比本程序（%(version)s，到 %(newest)s）新，没有启动，"
        "什么都没有改动。请换回升级它的那个版本或更新的版本；确实要用本程序，"
        "请恢复升级以前的备份。",
        "The database is at %(found)s, newer than this program (%(version)s, up to "
        "%(newest)s). Nothing was started or changed. Install the version that upgraded it or "
        "a later one; to stay with this program, restore the backup from before that upgrade.",
    ),
)
DATABASE_FOREIGN = Kind(
    "database_foreign",
    503,
    Text(
        "这不是本系统的数据库（其中有：%(tables)s），没有改动。请核对 EVALSVC_DATABASE_URL；"
        "新安装请用一个空的数据库。",
        "This is not a database of this system (it holds: %(tables)s); nothing was changed. Check "
        "EVALSVC_DATABASE_URL; a new installation takes an empty database.",
    ),
)
DATABASE_INCOMPLETE = Kind(
    "database_incomplete",
    503,
    Text(
        "数据库写着 %(found)s，却缺少该版本应有的：%(lacking)s。"
        "它是 v0.1.0 发布以前的开发版建立的，或者有人删过表；不能升级，没有改动。"
        "请恢复完整的备份；只有试用数据的，请把 EVALSVC_INSTANCE 设为新文件夹，"
        "重新 ./run migrate 并导入。",
        "The database says %(found)s but lacks what belongs to it: %(lacking)s. It was made "
        "by a development state before v0.1.0, or tables were removed; it can't be upgraded "
        "and was left alone. Restore a complete backup; if it holds trial data only, set "
        "EVALSVC_INSTANCE to a new folder, run ./run migrate there and import again.",
    ),
)
DATABASE_DAMAGED = Kind(
    "database_damaged",
    503,
    Text(
        "数据库文件 %(place)s 损坏，或者不是数据库，没有改动。请停止服务，保留该文件，"
        "用最近的备份恢复。",
        "The database file %(place)s is damaged or is none; it was left alone. Stop the "
        "service, keep the file, and restore the latest backup.",
    ),
)
DATABASE_LOCKED = Kind(
    "database_locked",
    503,
    Text(
        "数据库 %(place)s 正被别的程序占用（例如正在升级或备份），没有改动。请等它结束后再试。",
        "Another program holds the database %(place)s (an upgrade or a backup, perhaps). "
        "Nothing was changed; try again when it has ended.",
    ),
)
DATABASE_UNREACHABLE = Kind(
    "database_unreachable",
    503,
    Text(
        "打不开数据库 %(place)s：%(reason)s。请核对 EVALSVC_DATABASE_URL、文件夹权限，"
        "以及 PostgreSQL 是否在运行、账号是否有权限。",
        "The database %(place)s can't be opened: %(reason)s. Check EVALSVC_DATABASE_URL, the "
        "folder's permissions, and whether PostgreSQL is running and the account has its "
        "rights.",
    ),
)
SERVICE_RUNNING = Kind(
    "service_running",
    503,
    Text(
        "服务还在使用这个数据库，没有升级。请先停止服务（systemctl stop evalsvc），等后台工作做完，"
        "再执行 ./run migrate。",
        "The service is still using this database, so it was not upgraded. Stop the service "
        "(systemctl stop evalsvc) and let its long work end, then run ./run migrate.",
    ),
)
NO_ROOM_FOR_COPY = Kind(
    "no_room_for_copy",
    507,
    Text(
        "升级以前要做一份副本，%(folder)s 需要 %(needed)s MB，只剩 %(free)s MB；没有升级。"
        "请腾出空间后再试。",
        "A copy is made before an upgrade: %(folder)s needs %(needed)s MB and has %(free)s MB "
        "left. Nothing was upgraded; make room and try again.",
    ),
)
