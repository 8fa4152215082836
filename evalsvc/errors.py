"""The catalogue of problems: what went wrong, and what the person can do about it."""

from dataclasses import dataclass

from evalsvc.text import Text


@dataclass(frozen=True)
class Kind:
    """One kind of problem, with its HTTP status and its sentences in Chinese and English."""

    code: str
    status: int
    zh: str
    en: str

    def because(self, zh: str, en: str) -> "Problem":
        """A problem of a kind whose sentence leaves room for its reason."""
        return Problem(self, reason=Text(zh, en))


class Problem(Exception):  # noqa: N818 (not every problem is an error of ours)
    """Raised where a problem is known; turned into a page once, in `app.py`."""

    def __init__(self, kind: Kind, **figures: object) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.figures = figures

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: str) -> str:
        """The sentence in a language; figures that are texts themselves are said in it, too."""
        said = {
            name: figure.in_language(language) if isinstance(figure, Text) else figure
            for name, figure in self.figures.items()
        }
        return (self.kind.en if language == "en" else self.kind.zh).format(**said)


# A rater's code.
TOKEN_MISTYPED = Kind(
    "token_mistyped",
    422,
    "这个编码里有输错的地方。请对照信上的编码重新输入：共16位，没有字母I、L、O和数字0、1。",
    "There is a slip in this code. Please type it again from the letter: 16 symbols, "
    "never the letters I, L, O or the digits 0 and 1.",
)
TOKEN_UNKNOWN = Kind(
    "token_unknown",
    404,
    "没有正在进行的评价使用这个编码。请核对是否是本次的信件；如轮次已经结束，编码随之失效。"
    "有疑问请拨打信上的电话。",
    "No evaluation that is open now uses this code. Please check that the letter is this round's; "
    "codes end with their round. If in doubt, call the number on the letter.",
)
TOKEN_VOID = Kind(
    "token_void",
    410,
    "这个编码已经作废，换发过新的编码。请使用新的信件；没有收到请拨打信上的电话。",
    "This code has been replaced by a new one. Please use the new letter; "
    "if it has not arrived, call the number on the letter.",
)
ROUND_CLOSED = Kind(
    "round_closed",
    410,
    "本轮评价已经截止，不再接收答卷。之前提交的答卷有效，不需要再做什么。",
    "This round has ended and takes no more answers. What was submitted before counts; "
    "there is nothing more to do.",
)
ROUND_NOT_OPEN = Kind(
    "round_not_open",
    409,
    "本轮评价还没有开始。编码有效，请在信上写明的时间之后再来。",
    "This round has not begun yet. The code is good; please come back at the time on the letter.",
)
VISIT_OVER = Kind(
    "visit_over",
    401,
    "停留时间太长，或者浏览器没有保存本站的信息。请重新扫码或输入编码，已经提交的答卷不受影响。",
    "The visit has lasted too long, or the browser keeps nothing for this site. Please scan or "
    "type the code again; submitted answers are safe.",
)
BALLOT_REFUSED = Kind(
    "ballot_refused",
    422,
    "答卷没有提交：{reason}。填好的内容都还在，请改好后再提交。",
    "The answers were not submitted: {reason}. Everything filled in is still there; "
    "please mend it and submit again.",
)
TOO_MANY_REVISIONS = Kind(
    "too_many_revisions",
    409,
    "这个编码已经提交了{most}次，不能再改。最后一次提交的答卷有效。",
    "This code has been used {most} times and can't be changed again. The last answers count.",
)
DRAFT_OVERTAKEN = Kind(
    "draft_overtaken",
    409,
    "这个编码刚才已经提交过答卷，这里填的内容没有另外保存。再提交一次，就以新的为准。",
    "Answers have just been submitted with this code, so what is filled in here is not kept "
    "besides. If you submit again, the new answers count.",
)
DRAFT_TOO_LONG = Kind(
    "draft_too_long",
    413,
    "内容太长，没有自动保存。请把文字缩短一些。",
    "The answers are too long to be kept. Please shorten the text.",
)

# Staff.
SIGN_IN_FAILED = Kind(
    "sign_in_failed",
    401,
    "用户名或密码不对。忘记密码请找管理员重新发一次性链接。",
    "User name or password is wrong. If the password is lost, ask the administrator for a new "
    "one-time link.",
)
LINK_USED = Kind(
    "link_used",
    410,
    "这个一次性链接已经用过或已过期。请找管理员重新发一个。",
    "This one-time link has been used or has expired. Please ask the administrator for a new one.",
)
PASSWORD_WEAK = Kind(
    "password_weak",
    422,
    "密码至少要{least}个字符。可以用一句自己记得住的话。链接仍然有效。",
    "The password needs at least {least} characters. A sentence you remember will do. "
    "The link still works.",
)
PASSWORD_EASY = Kind(
    "password_easy",
    422,
    "这个密码太容易猜：去掉常见的词、姓名、用户名、本系统的名称、键盘顺序和数字，剩下的太少。"
    "请换一句只有自己想得到的话。",
    "This password is easy to guess: without common words, names, the user name, words of this "
    "system, walks over the keys and figures, too little is left. Choose a sentence that only you "
    "would think of.",
)
SECOND_FACTOR_WRONG = Kind(
    "second_factor_wrong",
    401,
    "动态码不对或已经用过。请等手机上出现下一个动态码再输；手机不在身边，可以用一个恢复码。",
    "The number is wrong or has been used. Wait for the next one on your phone; without the "
    "phone, use a recovery code.",
)
SLOW_DOWN = Kind(
    "slow_down",
    429,
    "连续失败的次数太多，请等{seconds}秒再试。账号没有被锁。",
    "Too many failures in a row. Please wait {seconds} seconds and try again; nothing is locked.",
)
ROLES_UNKNOWN = Kind(
    "roles_unknown",
    422,
    "账号至少要有一个角色，可选：administrator、manager、distributor、custodian、auditor、"
    "liaison、assessor、assistant（现为：{found}）。",
    "An account needs at least one role out of administrator, manager, distributor, custodian, "
    "auditor, liaison, assessor, assistant (found: {found}).",
)
ROLES_CLASH = Kind(
    "roles_clash",
    422,
    "发码员和票箱保管员不能是同一个人：一人兼任就能把编码和答卷对上。请另找一位同事。",
    "Nobody may be distributor and custodian: one person with both could put codes beside ballots. "
    "Please choose another colleague for one of them.",
)
ASSISTANT_CLASH = Kind(
    "assistant_clash",
    422,
    "代录员不能同时是考评管理员或发码员：能发码的人再代录，就能自己发卡、自己填票。请另找一位同事。",
    "Whoever enters ballots for others may be neither manager nor distributor: somebody who can "
    "print codes could fill them in, too. Please choose another colleague.",
)
NOT_ALLOWED = Kind(
    "not_allowed",
    403,
    "您的角色不能做这一步（需要：{roles}）。",
    "Your role does not include this step (needed: {roles}).",
)
NOT_FOUND = Kind("not_found", 404, "没有这个页面或记录。", "There is no such page or record.")

# Rounds and their box.
WRONG_STATE = Kind(
    "wrong_state",
    409,
    "轮次现在是“{state}”，不能做这一步：{needed}。",
    "The round is now “{state}”, so this can't be done: {needed}.",
)
WRONG_PASSPHRASE = Kind(
    "wrong_passphrase",
    403,
    "口令不对，票箱没有打开，什么都没有改变。请再试一次，注意大小写和空格。",
    "The pass-phrase is wrong; the box stays closed and nothing has changed. Please try again, "
    "minding capitals and spaces.",
)
PASSPHRASE_WEAK = Kind(
    "passphrase_weak",
    422,
    "口令至少要{least}个字。可以用一句自己记得住的话。",
    "The pass-phrase needs at least {least} characters. A sentence you remember will do.",
)
CUSTODIANS_WRONG = Kind(
    "custodians_wrong",
    422,
    "保管人不对：需要{expected}。",
    "The custodians are not right: expected {expected}.",
)
SECOND_PERSON = Kind(
    "second_person",
    409,
    "这一步要两个人：一人提出，另一人用自己的账号同意。还没有同意，或者已经用过了。",
    "This step takes two people: one proposes it, another agrees from an account of their own. "
    "Nobody has agreed yet, or it has been done already.",
)
SAME_PERSON = Kind(
    "same_person",
    403,
    "提出的人不能自己同意。请另一位同事用自己的账号办理。",
    "Whoever proposed this can't agree to it. Another colleague has to, from an account of "
    "their own.",
)
HOLDER_UNKNOWN = Kind(
    "holder_unknown",
    404,
    "这一轮的名册上没有这个人或这个编码，或者它已经作废。请核对后再试。",
    "This round's roll has no such person or code, or it is void already. Please check and retry.",
)
FILE_GONE = Kind(
    "file_gone",
    410,
    "文件已经删除或过期，或者不是在这个浏览器里生成的。轮次开始之前可以重新发码，"
    "先前的信随之作废；开始之后请逐个换发。",
    "The file has been deleted, has expired or was made from another browser. Before the round "
    "opens codes can be issued again, which ends the earlier letters; after that, reissue one by "
    "one.",
)
ROSTER_EMPTY = Kind(
    "roster_empty",
    409,
    "还没有导入{what}。请先上传名册。",
    "There are no {what} yet. Please upload the roster first.",
)
ROSTER_IN_USE = Kind(
    "roster_in_use",
    409,
    "有轮次已经发码、还没有开箱，名册现在不能改。开箱以后可以再导入。",
    "A round has been issued and not yet counted, so the roster can't be changed now. "
    "It can be imported again once its box is open.",
)
ROSTER_REMOVAL = Kind(
    "roster_removal",
    409,
    "已经有轮次发过码，名册中的{listed}不能再删除。请把这些行放回名册后再导入。",
    "A round has already been issued, so these can't be taken off the roster any more: {listed}. "
    "Please put their rows back and import again.",
)
SCHEME_FROZEN = Kind(
    "scheme_frozen",
    409,
    "第一轮已经开始，考评方案已锁定（{sha256}），不能更换。",
    "The first round has opened, so the scheme is frozen ({sha256}) and can't be replaced.",
)
TRIAL_TOO_LARGE = Kind(
    "trial_too_large",
    422,
    "这个方案太大，不能在页面里试算：第一个类别的评价主体、问题或计分项太多。",
    "This scheme is too large to be tried out in a page: its first category has too many rater "
    "groups, questions or components.",
)
SCHEME_UNREADABLE = Kind(
    "scheme_unreadable",
    409,
    "这个年度的方案文件不合现在的规则，读不出来：{reason}。请把这句话转告维护人员。",
    "This season's scheme does not keep today's rules and can't be read: {reason}. Please pass "
    "this sentence on to whoever maintains the service.",
)
UPLOAD_REFUSED = Kind(
    "upload_refused", 422, "文件没有导入：{reason}。", "The file was not imported: {reason}."
)
JOB_FAILED = Kind(
    "job_failed",
    500,
    "这项工作没有完成：{reason}。可以重新开始，不会重复计数。",
    "This work was not finished: {reason}. It can be started again; nothing is counted twice.",
)
NO_ROOM = Kind(
    "no_room",
    503,
    "此刻下载的大文件太多，服务器内存放不下这一份。请过十分钟再试；没有丢失任何内容。",
    "Too many large files are being downloaded for one more to fit the server's memory. "
    "Please try again in ten minutes; nothing is lost.",
)
FORM_EXPIRED = Kind(
    "form_expired",
    400,
    "页面停留太久，为安全起见请返回、刷新后再提交一次。",
    "The page has been open too long; for safety please go back, reload and submit again.",
)

# Publishing results, reviews, assessing bodies, schemes edited in the page.
ACT_REFUSED = Kind("act_refused", 409, "没有办理：{reason}。", "This was not done: {reason}.")
ENTRY_REFUSED = Kind("entry_refused", 422, "没有保存：{reason}。", "This was not saved: {reason}.")
ATTACHMENT_REFUSED = Kind(
    "attachment_refused", 422, "材料没有办理：{reason}。", "The file was not dealt with: {reason}."
)
ATTACHMENT_DAMAGED = Kind(
    "attachment_damaged",
    500,
    "这份材料与添加时的校验值（{sha256}…）不符，不能下载。请联系技术人员从备份恢复。",
    "This file is no longer the one that was added (hash {sha256}…) and is not given out. "
    "Please have a technician restore it from a backup.",
)
NOT_YOURS = Kind(
    "not_yours",
    403,
    "您的账号没有绑定{what}。请考评管理员先绑定。",
    "Your account is not bound to {what}. Please ask the evaluation manager to bind it.",
)

# The database as a whole, told on the terminal or in the service's log before anything starts.
DATABASE_ABSENT = Kind(
    "database_absent",
    503,
    "这里还没有数据库。第一次安装请执行 ./run migrate；不是第一次，请核对 EVALSVC_INSTANCE 和 "
    "EVALSVC_DATABASE_URL 是否指向原来的位置。",
    "There is no database here yet. On a new installation run ./run migrate; on any other check "
    "that EVALSVC_INSTANCE and EVALSVC_DATABASE_URL name the place they always did.",
)
DATABASE_OLDER = Kind(
    "database_older",
    503,
    "数据库停在 {found}，本程序（{version}）需要 {needed}，没有启动，什么都没有改动。"
    "请先停止服务，执行 ./run migrate（会先做一份副本），再启动。",
    "The database stands at {found}; this program ({version}) needs {needed}. Nothing was started "
    "or changed. Stop the service, run ./run migrate (it makes a copy first), then start it.",
)
DATABASE_NEWER = Kind(
    "database_newer",
    503,
    "数据库已经升到 {found}，比本程序（{version}，到 {newest}）新，没有启动，什么都没有改动。"
    "请换回升级它的那个版本或更新的版本；确实要用本程序，请恢复升级以前的备份。",
    "The database is at {found}, newer than this program ({version}, up to {newest}). Nothing was "
    "started or changed. Install the version that upgraded it or a later one; to stay with this "
    "program, restore the backup from before that upgrade.",
)
DATABASE_FOREIGN = Kind(
    "database_foreign",
    503,
    "这不是本系统的数据库（其中有：{tables}），没有改动。请核对 EVALSVC_DATABASE_URL；"
    "新安装请用一个空的数据库。",
    "This is not a database of this system (it holds: {tables}); nothing was changed. Check "
    "EVALSVC_DATABASE_URL; a new installation takes an empty database.",
)
DATABASE_INCOMPLETE = Kind(
    "database_incomplete",
    503,
    "数据库写着 {found}，却缺少该版本应有的：{lacking}。它是 v0.1.0 发布以前的开发版建立的，"
    "或者有人删过表；不能升级，没有改动。请恢复完整的备份；"
    "只有试用数据的，请把 EVALSVC_INSTANCE 设为新文件夹，重新 ./run migrate 并导入。",
    "The database says {found} but lacks what belongs to it: {lacking}. It was made by a "
    "development state before v0.1.0, or tables were removed; it can't be upgraded and was left "
    "alone. Restore a complete backup; if it holds trial data only, set EVALSVC_INSTANCE to a new "
    "folder, run ./run migrate there and import again.",
)
DATABASE_DAMAGED = Kind(
    "database_damaged",
    503,
    "数据库文件 {place} 损坏，或者不是数据库，没有改动。请停止服务，保留该文件，用最近的备份恢复。",
    "The database file {place} is damaged or is none; it was left alone. Stop the service, keep "
    "the file, and restore the latest backup.",
)
DATABASE_LOCKED = Kind(
    "database_locked",
    503,
    "数据库 {place} 正被别的程序占用（例如正在升级或备份），没有改动。请等它结束后再试。",
    "Another program holds the database {place} (an upgrade or a backup, perhaps). Nothing was "
    "changed; try again when it has ended.",
)
DATABASE_UNREACHABLE = Kind(
    "database_unreachable",
    503,
    "打不开数据库 {place}：{reason}。请核对 EVALSVC_DATABASE_URL、文件夹权限，"
    "以及 PostgreSQL 是否在运行、账号是否有权限。",
    "The database {place} can't be opened: {reason}. Check EVALSVC_DATABASE_URL, the folder's "
    "permissions, and whether PostgreSQL is running and the account has its rights.",
)
SERVICE_RUNNING = Kind(
    "service_running",
    503,
    "服务还在使用这个数据库，没有升级。请先停止服务（systemctl stop evalsvc），等后台工作做完，"
    "再执行 ./run migrate。",
    "The service is still using this database, so it was not upgraded. Stop the service "
    "(systemctl stop evalsvc) and let its long work end, then run ./run migrate.",
)
NO_ROOM_FOR_COPY = Kind(
    "no_room_for_copy",
    507,
    "升级以前要做一份副本，{folder} 需要 {needed} MB，只剩 {free} MB；没有升级。请腾出空间后再试。",
    "A copy is made before an upgrade: {folder} needs {needed} MB and has {free} MB left. Nothing "
    "was upgraded; make room and try again.",
)

# Installing and keeping.
COMMAND_FAILED = Kind(
    "command_failed",
    500,
    "没有做成：{command}\n{said}\n改好以后再执行一次同样的命令，已经做好的不会重做。",
    "This failed: {command}\n{said}\nMend it and give the same command again; what is done stays.",
)
NOT_ROOT = Kind("not_root", 403, "这一步须由 root 执行。", "This needs root.")
HOST_MISSING = Kind(
    "host_missing",
    422,
    "请写明对外的主机名，例如 --host pingyi.example.gov.cn。",
    "Say under which host name people reach the service, for example --host pingyi.example.gov.cn.",
)
DATABASE_STAYS = Kind(
    "database_stays",
    409,
    "这里装的是 {before}，没有改成 {wished}：已录入的内容不会搬过去。确实要从空的数据库重新开始，"
    "请先备份，删除 {memory}，再执行一次。",
    "What is installed here uses {before} and was not changed to {wished}: what is entered would "
    "not move along. To begin anew with an empty database, back up, delete {memory} and try again.",
)
PROGRAM_MISSING = Kind(
    "program_missing",
    500,
    "本机没有 {program}。请安装：apt-get install {package}",
    "There is no {program} on this machine. Install it: apt-get install {package}",
)
BACKUP_BESIDE_PEPPERS = Kind(
    "backup_beside_peppers",
    409,
    "没有备份：{folder} 里有胡椒值。数据库和胡椒值放在一起，就能把卡片和票对上。请换一个目录。",
    "No backup was made: the peppers lie in {folder}, and whoever holds both can link cards and "
    "ballots. Name another folder.",
)
BACKUP_NO_ROOM = Kind(
    "backup_no_room",
    507,
    "没有备份：{folder} 需要 {needed} MB，只剩 {free} MB。请腾出空间，或换一个目录。",
    "No backup was made: {folder} needs {needed} MB and has {free} MB left. Make room, or name "
    "another folder.",
)
BACKUP_UNSOUND = Kind(
    "backup_unsound",
    500,
    "{file} 读不完整（{reason}），不能当作备份。请执行 ./run doctor，并保留上一份备份。",
    "{file} can't be read through ({reason}) and is no backup. Run ./run doctor, and keep the "
    "backup before it.",
)
BACKUP_CHANGED = Kind(
    "backup_changed",
    409,
    "{file} 和做成时不一样（SHA-256 当时 {made}…，现在 {found}…），没有恢复。请用另一份备份。",
    "{file} is not what was made (SHA-256 {made}… then, {found}… now); nothing was restored. Use "
    "another backup.",
)
BACKUP_UNKNOWN = Kind(
    "backup_unknown",
    422,
    "{file} 既不是 SQLite 数据库，也不是 pg_dump 的自定义格式，没有恢复。",
    "{file} is neither an SQLite database nor a pg_dump of custom format; nothing was restored.",
)
KEYS_UNKNOWN = Kind(
    "keys_unknown",
    422,
    "{place} 里没有 secret.key 或 signing.key，没有恢复。",
    "{place} holds neither secret.key nor signing.key; nothing was restored.",
)
PLACE_IN_USE = Kind(
    "place_in_use",
    409,
    "{place} 里已经有人录入过内容（{tables}），没有恢复，什么都没有改动。"
    "请换一个新目录或空数据库。",
    "Somebody has worked in {place} already ({tables}); nothing was restored or changed. Name a "
    "new folder or an empty database.",
)
DUMP_NEEDS_DATABASE = Kind(
    "dump_needs_database",
    422,
    "这份备份来自 PostgreSQL：请用 --database 写明一个空的数据库。",
    "This backup is PostgreSQL's: name an empty database with --database.",
)
