"""考评办的页面在大规模时花多少 / what office pages cost at size, beside another version.

盘山方案，两轮都已开箱，半数单位为镇、半数为部门；--size 是单位数和县领导数，如 100x300。
每个版本各起一个进程，建同样的年度，再看同样的页面：服务器用了多少处理器时间（取好的一次），
执行了多少条语句，计算一次结果用多少，进程内存最多多少。--other 指另一版本的文件夹。
Panshan's scheme with both rounds opened, half of the units towns and half departments; `--size` is
units × county leaders. Each version builds the same season in a process of its own and shows the
same pages: processor time (the better of two), statements, what computing a result takes, and the
most memory that the process held. `--other` is a folder with another version.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from time import process_time
from typing import Any

SIZES = {"30x30": (30, 30), "100x300": (100, 300), "500x3000": (500, 3000)}
ROUNDS = ("half_year", "year_end")
PAGES = {
    "board": "/office/",
    "season": "/office/seasons/1",
    "steps": "/office/seasons/1/steps",
    "roster": "/office/seasons/1/roster",
    "figures": "/office/seasons/1/figures",
    "results": "/office/seasons/1/results",
    "one unit": "/office/seasons/1/results/u0001",
    "publication": "/office/seasons/1/publication",
    "scheme": "/office/seasons/1/scheme",
    "season's diagnostics": "/office/seasons/1/diagnostics",
    "a round's diagnostics": "/office/seasons/1/diagnostics/year_end",
    "log": "/office/log",
}
COMPUTING = "computing a result"
SLOWEST, LARGEST = 150, 250


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--other", type=Path)
    asked.add_argument("--size", choices=SIZES, default="100x300")
    asked.add_argument("--page", action="append", choices=PAGES)
    asked.add_argument("--show", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    pages = options.page or list(PAGES)
    if options.show:
        print(json.dumps(_look(*SIZES[options.size], pages)))
        return
    found = {"ours": _run(Path(__file__).parents[1], options.size, pages)}
    if options.other:
        found["other"] = _run(options.other.resolve(), options.size, pages)
    for name in found["ours"]:
        print(f"{name}: " + "; ".join(f"{who} {_say(each[name])}" for who, each in found.items()))


def _say(figures: dict[str, float]) -> str:
    return ", ".join(f"{value:,.0f} {unit}" for unit, value in figures.items())


def _run(version: Path, size: str, pages: list[str]) -> dict[str, dict[str, float]]:
    environment = {**os.environ, "PYTHONPATH": str(version), "PYTHONSAFEPATH": "1"}
    named = [word for page in pages for word in ("--page", page)]
    command = [sys.executable, __file__, "--show", "--size", size, *named]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _look(units: int, leaders: int, pages: list[str]) -> dict[str, dict[str, float]]:
    # Of the version whose process this is.
    from evalsvc.app import create_app
    from tests.cast import build_installation

    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        installation = build_installation(Path(folder))
        _fill(installation, units, leaders)
        began = process_time()
        _compute(installation)
        found[COMPUTING] = {"ms": (process_time() - began) * 1000, "MB": _megabytes()}
        app = create_app(installation.settings)
        client = _sit(app, installation)
        counted = _Statements()
        for name in pages:
            found[name] = _visit(client, PAGES[name], counted) | {"MB": _megabytes()}
    return found


def _visit(client: Any, path: str, counted: "_Statements") -> dict[str, float]:
    taken = []
    for _ in range(2):
        counted.n = 0
        began = process_time()
        answer = client.get(path)
        taken.append((process_time() - began) * 1000)
        print(path, answer.status_code, f"{taken[-1]:,.0f} ms", file=sys.stderr, flush=True)
    return {
        "ms first": taken[0],
        "ms": min(taken),
        "statements": counted.n,
        "status": answer.status_code,
    }


class _Statements:
    """Counts what the engine executes."""

    def __init__(self) -> None:
        from sqlalchemy import Engine, event

        self.n = 0
        event.listen(Engine, "before_cursor_execute", self._count)

    def _count(self, *_: Any) -> None:
        self.n += 1


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fill(installation: Any, units: int, leaders: int) -> None:
    from tests.cast import get_round_id

    season_id = _create(installation)
    _add_people(installation, season_id, units, leaders)
    ids = [get_round_id(installation, season_id, code) for code in ROUNDS]
    for round_id in ids:
        _hold_empty(installation, round_id)
    _add_figures(installation, season_id, units)
    file = installation.database.engine.url.database
    with sqlite3.connect(file) as connection:
        for round_id in ids:
            connection.executemany(
                "INSERT INTO opened_answer"
                ' (round_id, "group", ballot, unit, item, rater, value) VALUES (?,?,?,?,?,?,?)',
                _answers(round_id, units, leaders),
            )
        connection.executemany(
            'INSERT OR IGNORE INTO counted_relation (round_id, "group", rater, unit, role)'
            " VALUES (?, 'leader', ?, ?, 'in_charge')",
            [(i, f"L{n:04d}", unit) for i in ids for n, unit in _in_charge(units, leaders)],
        )
    connection.close()


def _split(units: int) -> tuple[list[str], list[str]]:
    """Departments and towns."""
    codes = [f"u{number:04d}" for number in range(1, units + 1)]
    return codes[: units // 2], codes[units // 2 :]


def _in_charge(units: int, leaders: int) -> Iterator[tuple[int, str]]:
    departments, _ = _split(units)
    for leader in range(leaders):
        for step in range(4):
            yield leader, departments[(leader * 4 + step) % len(departments)]


def _answers(round_id: int, units: int, leaders: int) -> Iterator[tuple[Any, ...]]:
    dice = random.Random(round_id)
    departments, towns = _split(units)
    charges: dict[int, list[str]] = {}
    for leader, unit in _in_charge(units, leaders):
        charges.setdefault(leader, []).append(unit)
    raters = [
        *(("leader", f"L{n:04d}", [towns, charges[n]]) for n in range(leaders)),
        ("office", "O1", [towns, departments]),
        *(("mutual_department", code, [towns]) for code in departments),
        *(("mutual_town", code, [departments]) for code in towns),
    ]
    for number, (group, rater, lists) in enumerate(raters):
        for rated in lists:
            for unit, value in _rank(rated, dice):
                yield round_id, group, f"b{number:06d}", unit, "overall", rater, value


def _rank(units: list[str], dice: random.Random) -> Iterator[tuple[str, str]]:
    """A forced ratio of 30, 50 and the rest, the units better by their number."""
    order = sorted(units, key=lambda code: int(code[1:]) % 50 + dice.gauss(0, 15), reverse=True)
    best, middle = len(order) * 30 // 100, len(order) * 50 // 100
    for place, unit in enumerate(order):
        yield unit, "A" if place < best else "B" if place < best + middle else "C"


def _add_people(installation: Any, season_id: int, units: int, leaders: int) -> None:
    from sqlalchemy import insert

    from evalsvc.models.roster import Rater, Relation, Unit

    departments, towns = _split(units)
    with installation.database.writing() as session:
        session.execute(
            insert(Unit),
            [
                {
                    "season_id": season_id,
                    "position": int(code[1:]),
                    "code": code,
                    "name": f"单位{code[1:]}",
                    "category": "department" if code in departments else "town",
                }
                for code in (*departments, *towns)
            ],
        )
        session.execute(
            insert(Rater),
            [
                *(_rater(season_id, "leader", f"L{n:04d}") for n in range(leaders)),
                _rater(season_id, "office", "O1"),
                *(_rater(season_id, "mutual_department", code, code) for code in departments),
                *(_rater(season_id, "mutual_town", code, code) for code in towns),
            ],
        )
        charges = [(f"L{n:04d}", unit) for n, unit in _in_charge(units, leaders)]
        session.execute(
            insert(Relation),
            [
                {
                    "season_id": season_id,
                    "group": "leader",
                    "rater": rater,
                    "unit": unit,
                    "role": "in_charge",
                }
                for rater, unit in dict.fromkeys(charges)
            ],
        )


def _rater(season_id: int, group: str, code: str, unit: str = "") -> dict[str, Any]:
    return {"season_id": season_id, "group": group, "code": code, "name": code, "unit": unit}


def _add_figures(installation: Any, season_id: int, units: int) -> None:
    from sqlalchemy import insert

    from evalsvc.domain import seasons
    from evalsvc.models.figures import Indicator

    departments, towns = _split(units)
    scheme = seasons.get_season(installation.database, season_id).scheme
    with installation.database.writing() as session:
        session.execute(
            insert(Indicator),
            [
                {
                    "season_id": season_id,
                    "round": component.round,
                    "unit": code,
                    "component": component.code,
                    "value": str(80 + int(code[1:]) * 7 % 20),
                }
                for codes, category in ((departments, "department"), (towns, "town"))
                for code in codes
                for component in scheme.components
                if category in component.categories
            ],
        )


def _create(installation: Any) -> int:
    from evalsvc.domain import seasons
    from evalsvc.scheme.presets import get_preset_text

    told = ("年度", "考评办", "0", get_preset_text("panshan-2018"))
    return _act(installation, seasons.create_season, "manager", *told)


def _hold_empty(installation: Any, round_id: int) -> None:
    """Open and closed without a ballot: what opening leaves of the ballots is written beside it."""
    from evalsvc.domain.sealing import rounds
    from evalsvc.domain.sealing.opening import open_box
    from tests.cast import PASSPHRASE, ignore_progress, open_with_cards

    settings = installation.settings
    open_with_cards(installation, round_id)
    _act(installation, rounds.close_round, "manager", settings, round_id)
    told = (round_id, PASSPHRASE)
    if _has_acts():
        _act(installation, open_box, "custodian", settings, *told, ignore_progress)
    else:
        from tests.cast import CUSTODIAN, MORNING

        open_box(installation.database, *told, CUSTODIAN, MORNING, ignore_progress)  # type: ignore[arg-type]


def _compute(installation: Any) -> None:
    from evalsvc.domain.concluding import results

    told = (installation.settings, 1) if _has_acts() else (1,)
    _act(installation, results.compute_result, "manager", *told)


def _has_acts() -> bool:
    """Whether an act is one value, as it has been since 0.2."""
    return find_spec("evalsvc.domain.acting") is not None


def _act(installation: Any, verb: Callable[..., Any], who: str, *told: Any) -> Any:
    from tests.cast import CUSTODIAN, MANAGER, MORNING

    actor = MANAGER if who == "manager" else CUSTODIAN
    if _has_acts():
        from evalsvc.domain.acting import Act

        return verb(Act(installation.database, actor, MORNING), *told)
    return verb(installation.database, *told, actor, MORNING)


def _sit(app: Any, installation: Any) -> Any:
    """A browser in which the manager has signed in."""
    from sqlalchemy import select

    from evalsvc.clock import now
    from evalsvc.models.staff import Staff, StaffSession

    client, secret = app.test_client(), "secret of the manager"
    with installation.database.writing() as session:
        staff = session.scalars(select(Staff).where(Staff.login == "manager")).one().id
        moments = {name: now() for name in ("begun_at", "seen_at", "proved_at")}
        known = {name: moments[name] for name in moments if hasattr(StaffSession, name)}
        hashed = hashlib.sha256(secret.encode()).digest()
        session.add(
            StaffSession(secret=hashed, staff_id=staff, until=now() + timedelta(hours=8), **known)
        )
    with client.session_transaction("/office/") as cookie:
        cookie["staff"] = secret
    return client


if __name__ == "__main__":
    main()
