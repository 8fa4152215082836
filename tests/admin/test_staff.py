"""The staff page: new links, shown once; suspending."""

import re
from collections.abc import Callable

import pytest

from evalsvc.clock import now
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import build_outsider
from evalsvc.domain.people import staff
from tests.admin.conftest import Clerk
from tests.cast import Installation

NEW = {"login": "zhao", "name": "赵同事", "roles": ["auditor"]}


def test_makes_a_link_and_shows_it_once(installation: Installation, manager: Clerk) -> None:
    page = manager.post("/staff", NEW)
    assert page.has("给赵同事的一次性链接已生成，只显示这一次")
    found = re.search(r"http://localhost/office/link#([\w-]+)", page.html)
    assert found
    assert found[1] not in manager.get("/staff").html
    secret = staff.use_link(installation.database, found[1], "十个字以上的一句话一句话", now())
    actor = staff.find_actor(installation.database, secret, now())
    assert actor is not None
    assert (actor.login, actor.roles) == ("zhao", frozenset({"auditor"}))


def test_doing_it_twice_leaves_one_account(installation: Installation, manager: Clerk) -> None:
    manager.post("/staff", NEW)
    manager.post("/staff", {**NEW, "roles": ["distributor"]})
    found = [one for one in staff.list_colleagues(installation.database) if one.login == "zhao"]
    assert [one.roles for one in found] == [("distributor",)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({**NEW, "login": "a b"}, "用户名用2至60个字母"),
        ({**NEW, "name": ""}, "请填写姓名。"),
        ({**NEW, "roles": []}, "请至少选一个角色。"),
        ({**NEW, "roles": ["distributor", "custodian"]}, "不能是同一个人"),
    ],
)
def test_refuses_what_cannot_be(
    installation: Installation, manager: Clerk, data: dict[str, object], said: str
) -> None:
    page = manager.post("/staff", data)
    assert page.status == 422
    assert page.has(said)
    assert "zhao" not in {one.login for one in staff.list_colleagues(installation.database)}


def test_a_manager_makes_no_administrators(manager: Clerk, seat: Callable[[str], Clerk]) -> None:
    root = {**NEW, "roles": ["administrator"]}
    assert manager.post("/staff", root).status == 403
    assert seat("admin").post("/staff", root).status == 200


def test_suspends_a_colleague_at_once(
    manager: Clerk, custodian: Clerk, seat: Callable[[str], Clerk]
) -> None:
    assert custodian.get("/").status == 200
    assert manager.post("/staff/custodian/suspension").location == "/office/staff"
    assert manager.post("/staff/custodian/suspension").location == "/office/staff"
    assert custodian.get("/").location.startswith("/office/sign-in")
    assert seat("admin").get("/staff").has("custodian 保管人 已停用")


def test_the_list_asks_no_more_for_thirty_accounts(
    installation: Installation, manager: Clerk, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    few = count_queries(lambda: manager.get("/staff"))
    for number in range(30):
        staff.make_link(
            Act(installation.database, build_outsider("test"), now()),
            f"x{number}",
            "名",
            ["auditor"],
        )
    assert count_queries(lambda: manager.get("/staff")) == few
