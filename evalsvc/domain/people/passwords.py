"""Which passwords are too easy to guess: common words, names, walks over the keys, and figures.

No rule asks for kinds of characters. What anybody would try is taken out of a password, and what
is left must still be something.
"""

import re
import unicodedata

from evalsvc.errors import PASSWORD_EASY, PASSWORD_WEAK, Problem

LEAST_PASSWORD = 10
# So many different signs must be left once everything easy to guess is taken out.
LEAST_LEFT = 4

# Tried first everywhere, most of all in Chinese lists of leaked passwords.
_COMMON = (
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "passwd", "admin", "administrator", "root",
    "manager", "welcome", "letmein", "iloveyou", "monkey", "dragon", "sunshine", "princess",
    "football", "baseball", "superman", "batman", "master", "shadow", "michael", "charlie",
    "computer", "internet", "secret", "trustno", "whatever", "freedom", "starwars", "hello",
    "world", "test", "demo", "user", "guest", "login", "change", "default", "system", "server",
    "abcdefghijklmnopqrstuvwxyz", "abcdefgh", "abcdef", "abcd", "abc", "woaini", "aini", "wo",
    "mima", "nihao", "zhongguo", "china", "beijing", "shanghai", "laopo", "laogong", "baobei",
    "我爱你", "密码", "口令", "管理员", "你好", "中国",
)  # a table, read by rows  # fmt: skip
# Of this program and of whoever uses it.
_CONTEXT = (
    "evalsvc", "kaohe", "kaoping", "pingjia", "pingyi", "jixiao", "guanli", "bangongshi",
    "kaopingban", "kaoheban", "zhengfu", "danwei", "panshan",
    "绩效", "考核", "考评", "评价", "评议", "测评", "办公室", "政府", "单位", "系统", "工作台",
)  # a table, read by rows  # fmt: skip
_WALKS = (
    "1234567890", "0123456789", "9876543210", "qwertyuiop", "qwerty", "asdfghjkl",
    "asdfgh", "asdf", "zxcvbnm", "zxcvb", "qazwsxedc",
    "qazwsx", "1qaz2wsx3edc", "1qaz", "2wsx", "3edc", "zaq1", "xsw2", "1q2w3e4r5t", "1q2w3e",
    "q1w2e3r4", "q1w2e3", "qwer", "poiuyt",
)  # a table, read by rows  # fmt: skip
_WORDS = sorted({*_COMMON, *_CONTEXT, *_WALKS}, key=len, reverse=True)
# A telephone number, a birthday, a year, 5201314: nothing that must be remembered alone.
_FIGURES = re.compile(r"(?<!\d)\d{1,11}(?!\d)")
_AGAIN = re.compile(r"(.{1,6}?)\1+")


def check_password(password: str, *names: str) -> None:
    """Raise where a password is too short, or easy to guess for this person."""
    if len(password) < LEAST_PASSWORD:
        raise Problem(PASSWORD_WEAK, least=LEAST_PASSWORD)
    if len(set(_strip(password, names))) < LEAST_LEFT:
        raise Problem(PASSWORD_EASY)


def _strip(password: str, names: tuple[str, ...]) -> str:
    """What is left of a password: no known words, no names, no repetitions, no short figures."""
    left = unicodedata.normalize("NFKC", password).casefold()
    own = [name.casefold() for name in names if len(name) > 1]
    for word in (*own, *_WORDS):
        left = left.replace(word, " ")
    left = _FIGURES.sub(" ", left)
    return "".join(sign for sign in _AGAIN.sub(r"\1", left) if sign.isalnum())
