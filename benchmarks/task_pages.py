"""一年任务的页面，与另一版本之比 / the pages of a year of tasks beside another version.

59 单位 × 5 项 × 12 个月。--other 指另一版本的文件夹；两个版本各起一个进程，看一样的页面：
在浏览器里有多高，服务器用了多少处理器时间，评一个档（到下一页出来）用多少。每页不超过 20000 像素、
300 毫秒。
`--other` is a folder with another version. Each version builds the same season in a process of its
own and shows the same pages: how tall they are in a browser, how much of the server's processor
they take, and what one grade takes until the next page is there. At most 20,000 px and 300 ms each.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

MONTHS, UNITS, TASKS, LEADS = 12, 59, 5, 6
TALLEST, SLOWEST = 20_000, 300
WIDTHS = (390, 1366)
PAGES = {
    "office, the year": ("office", ""),
    "office, January": ("office", "?round=m01"),
    "lead, what waits": ("lead", "?round=every&show=mine"),
}
# Pages that another version may not have.
NEWER = {
    "office, workbooks": ("office", "/workbooks"),
    "office, places of a half-year": ("office", "/places?period=h1"),
}
PRESS = "lead, one grade"
CHROMIUM = "/usr/bin/chromium"
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--other", type=Path)
    asked.add_argument("--show", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.show:
        print(json.dumps(_look()))
        return
    here = Path(__file__).parents[1]
    found = {"ours": _run(here)}
    if options.other:
        found["other"] = _run(options.other.resolve())
    for name in (*PAGES, *NEWER, PRESS):
        told = [f"{who} {_say(each[name])}" for who, each in found.items() if name in each]
        print(f"{name}: " + "; ".join(told))
    sys.exit(0 if all(map(_holds, found["ours"].values())) else 1)


def _say(figures: dict[str, float]) -> str:
    return ", ".join(f"{value:,.0f} {unit}" for unit, value in figures.items())


def _holds(figures: dict[str, float]) -> bool:
    tall = max((value for unit, value in figures.items() if unit.startswith("px")), default=0)
    return tall <= TALLEST and figures["ms"] <= SLOWEST


def _run(version: Path) -> dict[str, dict[str, float]]:
    environment = {**os.environ, "PYTHONPATH": str(version), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, __file__, "--show"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _look() -> dict[str, dict[str, float]]:
    # Of the version whose process this is.
    from evalsvc.app import create_app
    from tests.cast import build_installation

    with tempfile.TemporaryDirectory() as folder:
        installation = build_installation(Path(folder))
        report = _fill(installation)
        app = create_app(installation.settings)
        clients = {who: _sit(app, installation, who) for who in ("office", "lead")}
        found: dict[str, dict[str, float]] = {}
        for name, (who, query) in (PAGES | NEWER).items():
            path = f"/office/seasons/1/tasks{query}"
            if clients[who].get(path).status_code == 404:
                continue
            found[name] = {"ms": _time(lambda who=who, path=path: clients[who].get(path))}
        grade = {"grade": "tasks.m01.b", "note": "", "csrf_token": _token(clients["lead"])}
        found[PRESS] = {
            "ms": _time(
                lambda: clients["lead"].post(
                    f"/office/reports/{report}/grade", data=grade, follow_redirects=True
                )
            )
        }
        for name, width, tall in _measure(app, clients, found):
            found[name][f"px at {width}"] = tall
        return found


def _fill(installation: Any) -> int:
    """The season, its tasks and reports; the number of a report that the lead may grade."""
    from evalsvc.models.assessment import BodyMember, Task, TaskReport
    from evalsvc.models.roster import Unit
    from evalsvc.models.staff import Staff

    _create(installation)
    with installation.database.writing() as session:
        session.add(Staff(login="lead", name="牵头", roles="assessor"))
        session.add(Staff(login="office", name="考评办", roles="manager"))
        session.flush()
        staff = session.query(Staff).filter_by(login="lead").one().id
        session.add(BodyMember(staff_id=staff, season_id=1, body="u01"))
        for unit in range(1, UNITS + 1):
            session.add(
                Unit(
                    season_id=1,
                    position=unit,
                    code=f"u{unit:02d}",
                    name=f"单位{unit:02d}",
                    category="department",
                )
            )
        tasks = [
            Task(
                season_id=1,
                unit=f"u{unit:02d}",
                lead=f"u{(unit * TASKS + number) % LEADS + 1:02d}",
                title=f"重点任务 {unit:02d}-{number + 1}",
                target="按季度推进，年底完成",
                weight="1",
                state="standing",
                level="",
                proposed_by="office",
                proposed_at=LONG_AGO,
            )
            for unit in range(1, UNITS + 1)
            for number in range(TASKS)
        ]
        session.add_all(tasks)
        session.flush()
        session.add_all(_reports(TaskReport, tasks))
        session.flush()
        led = [task.id for task in tasks if task.lead == "u01" and task.unit != "u01"]
        return int(session.query(TaskReport).filter_by(task_id=led[0], round="m01").one().id)


def _reports(kind: Any, tasks: list[Any]) -> Iterator[Any]:
    text = "本月完成既定进度，存在的问题已经整改，下月继续推进。" * 3
    for task in tasks:
        for month in range(1, MONTHS + 1):
            due = LONG_AGO + timedelta(days=30 * month)
            yield kind(
                task_id=task.id,
                round=f"m{month:02d}",
                due=due,
                text=text,
                reported_by="联络员",
                reported_at=due,
            )


def _create(installation: Any) -> None:
    from evalsvc.domain import seasons
    from evalsvc.scheme.presets import get_preset_text
    from tests.cast import MANAGER, MORNING

    told = ("年度", "考评办", "0", get_preset_text("golmud"))
    try:
        from evalsvc.domain.acting import Act
    except ImportError:  # a version before an act was one value
        seasons.create_season(installation.database, *told, MANAGER, MORNING)
    else:
        seasons.create_season(Act(installation.database, MANAGER, MORNING), *told)


def _sit(app: Any, installation: Any, login: str) -> Any:
    from evalsvc.clock import now
    from evalsvc.models.staff import Staff, StaffSession

    client, secret = app.test_client(), f"secret of {login}"
    with installation.database.writing() as session:
        staff = session.query(Staff).filter_by(login=login).one().id
        moments = {name: now() for name in ("begun_at", "seen_at", "proved_at")}
        known = {name: moments[name] for name in moments if hasattr(StaffSession, name)}
        hashed = hashlib.sha256(secret.encode()).digest()
        session.add(
            StaffSession(secret=hashed, staff_id=staff, until=now() + timedelta(hours=8), **known)
        )
    with client.session_transaction("/office/") as cookie:
        cookie["staff"] = secret
    return client


def _token(client: Any) -> str:
    page = client.get("/office/seasons/1/tasks").get_data(as_text=True)
    return str(page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0])


def _time(act: Any) -> float:
    """Processor time of the best of three, in milliseconds; the first has templates to compile."""
    taken = []
    for _ in range(4):
        began = process_time()
        answer = act()
        taken.append(process_time() - began)
        if answer.status_code != 200:
            sys.exit(f"status {answer.status_code}")
    return min(taken[1:]) * 1000


def _measure(
    app: Any, clients: dict[str, Any], shown: Collection[str]
) -> Iterator[tuple[str, int, float]]:
    from playwright.sync_api import sync_playwright
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (who, query) in (PAGES | NEWER).items():
            for width in WIDTHS if name in shown else ():
                context = browser.new_context(viewport={"width": width, "height": 800})
                secret = clients[who].get_cookie("office").value
                cookie = {"name": "office", "value": secret, "url": f"{address}/office"}
                context.add_cookies([cookie])
                page = context.new_page()
                page.goto(f"{address}/office/seasons/1/tasks{query}", timeout=120_000)
                yield name, width, page.evaluate("document.documentElement.scrollHeight")
                context.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
