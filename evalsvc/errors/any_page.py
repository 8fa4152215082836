"""What any page can answer, and the refusals whose reason is told by whoever refuses."""

from evalsvc.errors.problem import Kind
from evalsvc.text import Text

SLOW_DOWN = Kind(
    "slow_down",
    429,
    Text(
        "连续失败的次数太多，请等%(seconds)s秒再试。账号没有被锁。",
        "Too many failures in a row. Please wait %(seconds)s seconds and try again; nothing "
        "is locked.",
    ),
)
NOT_FOUND = Kind("not_found", 404, Text("没有这个页面或记录。", "There is no such page or record."))
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
