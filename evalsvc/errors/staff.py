"""What somebody of the office is told who signs in, and about whom may do what."""

from evalsvc.errors.problem import Kind
from evalsvc.text import Text

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
NOT_YOURS = Kind(
    "not_yours",
    403,
    Text(
        "您的账号没有绑定%(what)s。请考评管理员先绑定。",
        "Your account is not bound to %(what)s. Please ask the evaluation manager to bind it.",
    ),
)
