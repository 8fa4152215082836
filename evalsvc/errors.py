"""The catalogue of problems: what went wrong, and what the person can do about it."""

from dataclasses import dataclass

from evalsvc.text import Text


@dataclass(frozen=True)
class Kind:
    """One kind of problem, with its HTTP status and its sentence."""

    code: str
    status: int
    text: Text

    def because(self, reason: Text) -> "Problem":
        """A problem of a kind whose sentence leaves room for its reason."""
        return Problem(self, reason=reason)


class Problem(Exception):  # noqa: N818 (not every problem is an error of ours)
    """Raised where a problem is known; turned into a page once, in `app.py`."""

    def __init__(self, kind: Kind, **figures: object) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.figures = figures

    def __str__(self) -> str:
        return self.text.en

    @property
    def text(self) -> Text:
        """The sentence, with its figures."""
        return self.kind.text.filled(**self.figures)


# A rater's code.
TOKEN_MISTYPED = Kind(
    "token_mistyped",
    422,
    Text(
        "这个编码里有输错的地方。请对照信上的编码重新输入：共16位，没有字母I、L、O和数字0、1。",
        "There is a slip in this code. Please type it again from the letter: 16 symbols, "
        "never the letters I, L, O or the digits 0 and 1.",
    ),
)
TOKEN_UNKNOWN = Kind(
    "token_unknown",
    404,
    Text(
        "没有正在进行的评价使用这个编码。请核对是否是本次的信件；如轮次已经结束，编码随之失效。"
        "有疑问请拨打信上的电话。",
        "No evaluation that is open now uses this code. Please check that the letter is this "
        "round's; codes end with their round. If in doubt, call the number on the letter.",
    ),
)
TOKEN_VOID = Kind(
    "token_void",
    410,
    Text(
        "这个编码已经作废，换发过新的编码。请使用新的信件；没有收到请拨打信上的电话。",
        "This code has been replaced by a new one. Please use the new letter; "
        "if it has not arrived, call the number on the letter.",
    ),
)
ROUND_CLOSED = Kind(
    "round_closed",
    410,
    Text(
        "本轮评价已经截止，不再接收答卷。之前提交的答卷有效，不需要再做什么。",
        "This round has ended and takes no more answers. What was submitted before counts; "
        "there is nothing more to do.",
    ),
)
ROUND_NOT_OPEN = Kind(
    "round_not_open",
    409,
    Text(
        "本轮评价还没有开始。编码有效，请在信上写明的时间之后再来。",
        "This round has not begun yet. The code is good; please come back at the time on the "
        "letter.",
    ),
)
VISIT_OVER = Kind(
    "visit_over",
    401,
    Text(
        "停留时间太长，或者浏览器没有保存本站的信息。请重新扫码或输入编码，已经提交的答卷不受影响。",
        "The visit has lasted too long, or the browser keeps nothing for this site. Please scan or "
        "type the code again; submitted answers are safe.",
    ),
)
BALLOT_REFUSED = Kind(
    "ballot_refused",
    422,
    Text(
        "答卷没有提交：%(reason)s。填好的内容都还在，请改好后再提交。",
        "The answers were not submitted: %(reason)s. Everything filled in is still there; "
        "please mend it and submit again.",
    ),
)
TOO_MANY_REVISIONS = Kind(
    "too_many_revisions",
    409,
    Text(
        "这个编码已经提交了%(most)s次，不能再改。最后一次提交的答卷有效。",
        "This code has been used %(most)s times and can't be changed again. The last answers "
        "count.",
    ),
)
DRAFT_OVERTAKEN = Kind(
    "draft_overtaken",
    409,
    Text(
        "这个编码刚才已经提交过答卷，这里填的内容没有另外保存。再提交一次，就以新的为准。",
        "Answers have just been submitted with this code, so what is filled in here is not kept "
        "besides. If you submit again, the new answers count.",
    ),
)
DRAFT_TOO_LONG = Kind(
    "draft_too_long",
    413,
    Text(
        "内容太长，没有自动保存。请把文字缩短一些。",
        "The answers are too long to be kept. Please shorten the text.",
    ),
)

# Staff.
SIGN_IN_FAILED = Kind(
    "sign_in_failed",
    401,
    Text(
        "用户名或密码不对。忘记密码请找管理员重新发一次性链接。",
        "User name or password is wrong. If the password is lost, ask the administrator for a new "
        "one-time link.",
    ),
)
LINK_USED = Kind(
    "link_used",
    410,
    Text(
        "这个一次性链接已经用过或已过期。请找管理员重新发一个。",
        "This one-time link has been used or has expired. Please ask the administrator for a "
        "new one.",
    ),
)
PASSWORD_WEAK = Kind(
    "password_weak",
    422,
    Text(
        "密码至少要%(least)s个字符。可以用一句自己记得住的话。链接仍然有效。",
        "The password needs at least %(least)s characters. A sentence you remember will do. "
        "The link still works.",
    ),
)
PASSWORD_EASY = Kind(
    "password_easy",
    422,
    Text(
        "这个密码太容易猜：去掉常见的词、姓名、用户名、本系统的名称、键盘顺序和数字，剩下的太少。"
        "请换一句只有自己想得到的话。",
        "This password is easy to guess: without common words, names, the user name, words of "
        "this system, walks over the keys and figures, too little is left. Choose a sentence "
        "that only you would think of.",
    ),
)
SECOND_FACTOR_WRONG = Kind(
    "second_factor_wrong",
    401,
    Text(
        "动态码不对或已经用过。请等手机上出现下一个动态码再输；手机不在身边，可以用一个恢复码。",
        "The number is wrong or has been used. Wait for the next one on your phone; without the "
        "phone, use a recovery code.",
    ),
)
SLOW_DOWN = Kind(
    "slow_down",
    429,
    Text(
        "连续失败的次数太多，请等%(seconds)s秒再试。账号没有被锁。",
        "Too many failures in a row. Please wait %(seconds)s seconds and try again; nothing "
        "is locked.",
    ),
)
ROLES_UNKNOWN = Kind(
    "roles_unknown",
    422,
    Text(
        "账号至少要有一个角色，可选：administrator、manager、distributor、custodian、auditor、"
        "liaison、assessor、assistant（现为：%(found)s）。",
        "An account needs at least one role out of administrator, manager, distributor, custodian, "
        "auditor, liaison, assessor, assistant (found: %(found)s).",
    ),
)
ROLES_CLASH = Kind(
    "roles_clash",
    422,
    Text(
        "发码员和票箱保管员不能是同一个人：一人兼任就能把编码和答卷对上。请另找一位同事。",
        "Nobody may be distributor and custodian: one person with both could put codes beside "
        "ballots. Please choose another colleague for one of them.",
    ),
)
ASSISTANT_CLASH = Kind(
    "assistant_clash",
    422,
    Text(
        "代录员不能同时是考评管理员或发码员：能发码的人再代录，就能自己发卡、自己填票。请另找一位同事。",
        "Whoever enters ballots for others may be neither manager nor distributor: somebody "
        "who can print codes could fill them in, too. Please choose another colleague.",
    ),
)
NOT_ALLOWED = Kind(
    "not_allowed",
    403,
    Text(
        "您的角色不能做这一步（需要：%(roles)s）。",
        "Your role does not include this step (needed: %(roles)s).",
    ),
)
NOT_FOUND = Kind("not_found", 404, Text("没有这个页面或记录。", "There is no such page or record."))

# Rounds and their box.
WRONG_STATE = Kind(
    "wrong_state",
    409,
    Text(
        "轮次现在是“%(state)s”，不能做这一步：%(needed)s。",
        "The round is now “%(state)s”, so this can't be done: %(needed)s.",
    ),
)
WRONG_PASSPHRASE = Kind(
    "wrong_passphrase",
    403,
    Text(
        "口令不对，票箱没有打开，什么都没有改变。请再试一次，注意大小写和空格。",
        "The pass-phrase is wrong; the box stays closed and nothing has changed. Please try again, "
        "minding capitals and spaces.",
    ),
)
PASSPHRASE_WEAK = Kind(
    "passphrase_weak",
    422,
    Text(
        "口令至少要%(least)s个字。可以用一句自己记得住的话。",
        "The pass-phrase needs at least %(least)s characters. A sentence you remember will do.",
    ),
)
CUSTODIANS_WRONG = Kind(
    "custodians_wrong",
    422,
    Text("保管人不对：需要%(expected)s。", "The custodians are not right: expected %(expected)s."),
)
SECOND_PERSON = Kind(
    "second_person",
    409,
    Text(
        "这一步要两个人：一人提出，另一人用自己的账号同意。还没有同意，或者已经用过了。",
        "This step takes two people: one proposes it, another agrees from an account of their own. "
        "Nobody has agreed yet, or it has been done already.",
    ),
)
SAME_PERSON = Kind(
    "same_person",
    403,
    Text(
        "提出的人不能自己同意。请另一位同事用自己的账号办理。",
        "Whoever proposed this can't agree to it. Another colleague has to, from an account of "
        "their own.",
    ),
)
HOLDER_UNKNOWN = Kind(
    "holder_unknown",
    404,
    Text(
        "这一轮的名册上没有这个人或这个编码，或者它已经作废。请核对后再试。",
        "This round's roll has no such person or code, or it is void already. Please check "
        "and retry.",
    ),
)
FILE_GONE = Kind(
    "file_gone",
    410,
    Text(
        "文件已经删除或过期，或者不是在这个浏览器里生成的。轮次开始之前可以重新发码，"
        "先前的信随之作废；开始之后请逐个换发。",
        "The file has been deleted, has expired or was made from another browser. Before the "
        "round opens codes can be issued again, which ends the earlier letters; after that, "
        "reissue one by one.",
    ),
)
ROSTER_EMPTY = Kind(
    "roster_empty",
    409,
    Text(
        "还没有导入%(what)s。请先上传名册。",
        "There are no %(what)s yet. Please upload the roster first.",
    ),
)
ROSTER_IN_USE = Kind(
    "roster_in_use",
    409,
    Text(
        "有轮次已经发码、还没有开箱，名册现在不能改。开箱以后可以再导入。",
        "A round has been issued and not yet counted, so the roster can't be changed now. "
        "It can be imported again once its box is open.",
    ),
)
ROSTER_CHANGED = Kind(
    "roster_changed",
    409,
    Text(
        "名册刚刚有人改过，这次没有保存。请重新打开这一行，看一看再改。",
        "Somebody has just changed the roster, and nothing was saved. Please open this line "
        "again and look before you change it.",
    ),
)
ROSTER_REMOVAL = Kind(
    "roster_removal",
    409,
    Text(
        "已经有轮次发过码，名册中的%(listed)s不能再删除。请把这些行放回名册后再导入。",
        "A round has already been issued, so these can't be taken off the roster any more: "
        "%(listed)s. Please put their rows back and import again.",
    ),
)
SCHEME_FROZEN = Kind(
    "scheme_frozen",
    409,
    Text(
        "第一轮已经开始，考评方案已锁定（%(sha256)s），不能更换。",
        "The first round has opened, so the scheme is frozen (%(sha256)s) and can't be replaced.",
    ),
)
TRIAL_TOO_LARGE = Kind(
    "trial_too_large",
    422,
    Text(
        "这个方案太大，不能在页面里试算：第一个类别的评价主体、问题或计分项太多。",
        "This scheme is too large to be tried out in a page: its first category has too many rater "
        "groups, questions or components.",
    ),
)
SCHEME_UNREADABLE = Kind(
    "scheme_unreadable",
    409,
    Text(
        "这个年度的方案文件不合现在的规则，读不出来：%(reason)s。请把这句话转告维护人员。",
        "This season's scheme does not keep today's rules and can't be read: %(reason)s. "
        "Please pass this sentence on to whoever maintains the service.",
    ),
)
UPLOAD_REFUSED = Kind(
    "upload_refused",
    422,
    Text("文件没有导入：%(reason)s。", "The file was not imported: %(reason)s."),
)
JOB_FAILED = Kind(
    "job_failed",
    500,
    Text(
        "这项工作没有完成：%(reason)s。可以重新开始，不会重复计数。",
        "This work was not finished: %(reason)s. It can be started again; nothing is counted "
        "twice.",
    ),
)
NO_ROOM = Kind(
    "no_room",
    503,
    Text(
        "此刻下载的大文件太多，服务器内存放不下这一份。请过十分钟再试；没有丢失任何内容。",
        "Too many large files are being downloaded for one more to fit the server's memory. "
        "Please try again in ten minutes; nothing is lost.",
    ),
)
FORM_EXPIRED = Kind(
    "form_expired",
    400,
    Text(
        "页面停留太久，为安全起见请返回、刷新后再提交一次。",
        "The page has been open too long; for safety please go back, reload and submit again.",
    ),
)

# Publishing results, reviews, assessing bodies, schemes edited in the page.
ACT_REFUSED = Kind(
    "act_refused", 409, Text("没有办理：%(reason)s。", "This was not done: %(reason)s.")
)
ENTRY_REFUSED = Kind(
    "entry_refused", 422, Text("没有保存：%(reason)s。", "This was not saved: %(reason)s.")
)
ATTACHMENT_REFUSED = Kind(
    "attachment_refused",
    422,
    Text("材料没有办理：%(reason)s。", "The file was not dealt with: %(reason)s."),
)
ATTACHMENT_DAMAGED = Kind(
    "attachment_damaged",
    500,
    Text(
        "这份材料与添加时的校验值（%(sha256)s…）不符，不能下载。请联系技术人员从备份恢复。",
        "This file is no longer the one that was added (hash %(sha256)s…) and is not given out. "
        "Please have a technician restore it from a backup.",
    ),
)
NOT_YOURS = Kind(
    "not_yours",
    403,
    Text(
        "您的账号没有绑定%(what)s。请考评管理员先绑定。",
        "Your account is not bound to %(what)s. Please ask the evaluation manager to bind it.",
    ),
)

# The database as a whole, told on the terminal or in the service's log before anything starts.
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

# Installing and keeping.
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
