"""The figures in docs/operations are those of the program, its units and nginx's site."""

import re
from datetime import timedelta

import pytest

from evalsvc import delivery, extensions, outgoing
from evalsvc.box.anchors import LEAST_NEW_BALLOTS
from evalsvc.commands import backup, migrate
from evalsvc.domain.people import passwords, sessions, staff
from evalsvc.settings import PROJECT, read_settings
from tests.operations.documents import PAGES
from tests.operations.promises import AFTER_VISITS, ALWAYS, ON_POSTGRESQL

SITE = (PROJECT / "deploy/nginx.conf").read_text(encoding="utf-8")
UNIT = (PROJECT / "deploy/evalsvc.service").read_text(encoding="utf-8")
RUN = (PROJECT / "run").read_text(encoding="utf-8")
LIMITS = extensions.Service.__dataclass_fields__


def find_in(text: str, pattern: str) -> str:
    """The one place where a file says it, whatever the number of times."""
    (found,) = set(re.findall(pattern, text, re.MULTILINE))
    return str(found)


def find_limit(name: str) -> tuple[int, float, float]:
    """Free failures, the longest wait, and when all is forgotten."""
    made = LIMITS[name].default_factory()  # type: ignore[misc]  # each of the three has one
    return made.free, made.longest_s, made.forgotten_after_s


# What the page says in English and in Chinese, and what is so.
FIGURES = {
    "python": (
        "older than 3.11",
        "低于 3.11",
        find_in(RUN, r"sys\.version_info < \((.*?)\)"),
        "3, 11",
    ),
    "few": ("fewer than 20 new ballots", "新票不足20张", LEAST_NEW_BALLOTS, 20),
    "workers": (
        "two single-threaded workers",
        "两个单线程进程",
        (find_in(UNIT, r"--workers (\d+)"), "--threads" in UNIT),
        ("2", False),
    ),
    "large": ("answers above 256 kB", "超过256 kB的答复", delivery.LARGE_BYTES, 256 * 1024),
    "life": (
        "Ten minutes after it was asked for, a file is forgotten",
        "文件取用十分钟后就忘掉",
        outgoing.LIFE_S,
        600,
    ),
    "readers": (
        "may fetch 40 large files or whole lists",
        "最多下载40个大文件或整份清单",
        find_in(SITE, r"limit_conn evalsvc_readers (\d+);"),
        "40",
    ),
    "writers": (
        "send 20 uploads of a megabyte or more at once",
        "最多上传20个1 MB以上的文件",
        (
            find_in(SITE, r"limit_conn evalsvc_writers (\d+);"),
            find_in(SITE, r'"~ \[0-9\]\{(\d),\}\$"'),
        ),
        ("20", "7"),
    ),
    "silent": (
        "a reader who takes nothing for five minutes is dropped",
        "五分钟一点不收的会被断开",
        find_in(SITE, r"send_timeout (\w+);"),
        "5m",
    ),
    "keep": (
        "Copies older than 30 days go (`--keep-days`)",
        "超过30天的删除（`--keep-days`）",
        backup.KEEP_DAYS,
        30,
    ),
    "idle": (
        "A session ends after 30 minutes without a page (`EVALSVC_IDLE_MINUTES`",
        "30分钟没有打开页面自动退出（`EVALSVC_IDLE_MINUTES`",
        (read_settings().idle_minutes, sessions.IDLE_LASTS),
        (30, timedelta(minutes=30)),
    ),
    "session": (
        "after eight hours in any case",
        "满八小时无论如何都要重新登录",
        sessions.SESSION_LASTS,
        timedelta(hours=8),
    ),
    "weight": (
        "ask for password and number again after ten minutes",
        "十分钟后再问一次密码和动态码",
        sessions.FRESH_FOR,
        timedelta(minutes=10),
    ),
    "link": ("works once and seven days", "七天内用一次", staff.LINK_LASTS, timedelta(days=7)),
    "sign-ins": (
        "by account and address (free 5, then 1 s doubling to 30 s)",
        "按账号和地址（前5次不等，之后1秒起翻倍，最长30秒）",
        find_limit("sign_ins"),
        (5, 30.0, 3600.0),
    ),
    "addresses": (
        "by address (free 40)",
        "按地址（前40次不等）",
        find_limit("addresses"),
        (40, 30.0, 3600.0),
    ),
    "codes": (
        "from the thirty-second on, for 1 s doubling to 20 s",
        "从第32次起答复 429，1秒起翻倍，最长20秒",
        find_limit("codes"),
        (30, 20.0, 900.0),
    ),
    "password": ("at least 10 characters", "至少10个字符", passwords.LEAST_PASSWORD, 10),
    "left": ("fewer than four different signs", "不到四个不同字符", passwords.LEAST_LEFT, 4),
    "figures": (
        "up to eleven figures in a row",
        "连续11位以内的数字",
        passwords._FIGURES.pattern.count("{1,11}"),
        1,
    ),
    "at work": (
        "every ten seconds that it is at work",
        "每十秒说明仍在进行",
        migrate.SIGN_OF_LIFE_S,
        10,
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_the_page_is_the_programs(name: str) -> None:
    en, zh, found, expected = FIGURES[name]
    assert found == expected
    assert [words in read_page(language) for language, words in (("en", en), ("zh", zh))] == [
        True,
        True,
    ]


@pytest.mark.parametrize("language", PAGES)
def test_what_is_asked_of_an_installed_machine_stands_in_the_page(language: str) -> None:
    page = read_page(language)
    promises = (*ALWAYS, *AFTER_VISITS, *ON_POSTGRESQL)
    assert [one.en for one in promises if getattr(one, language) not in page] == []


def read_page(language: str) -> str:
    return PAGES[language].read_text(encoding="utf-8")
