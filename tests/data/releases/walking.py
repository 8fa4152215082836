"""Opens every page of an installation as every colleague, at a clock that stands still.

It runs under two programs, the release's own when its pages are kept and today's when they are
compared, so it knows nothing of either but its pages: it signs in as a person does and reads
addresses out of the database.

    python walking.py INSTANCE DATABASE_URL OUT.json
"""

import html
import json
import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

# As the service runs: ranks are drawn with matrices, and two threads round their sums otherwise.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PASSWORD = "柳河以东三座石桥都还在"
PASSPHRASE = "河东石桥第三孔的水位到了九月才退"
# Who walks, and whether they look at every unit or at the first alone.
WALKERS = ("manager", "custodian", "auditor", "liaison", "assessor", "assistant", None)
MANY = "manager"
# Files and pages whose making takes a second or more: so many of a kind are opened, by one person.
SLOW = {
    re.compile(r"\.(pdf|xlsx)$"): 1,
    re.compile(r"/scheme/trial|/satisfaction/"): 2,
    re.compile(r"/diagnostics"): 2,
    re.compile(r"/preview/"): 6,
}
# The manager opens so many units of a season, and everything else there is; the others open so many
# pages of a kind, and turn away where they are refused twice.
UNITS = 2
FEW = 1
PAGES = re.compile(
    r"/office/(seasons/\d+(/(results.*|publication|history|comments|reviews|figures|tasks|sheets"
    r"|exports|roster|diagnostics.*))?|rounds/\d+(/replies)?|log\.csv|staff)?$"
    r"|/(box(/.*)?|results/.*)?$"
)
INLINE = r"(?s)</?(?:a|b|em|strong|span|small|sup|sub|i|abbr|bdi|code|time)\b[^>]*>"


def stop_the_clock() -> None:
    """Every module that asks for the time gets this one; to be called before any is loaded."""
    import evalsvc.clock

    evalsvc.clock.now = lambda: NOW


def walk(instance: Path, url: str) -> dict[str, dict[str, object]]:
    """Address → status by walker, and the text of pages that say something about results."""
    stop_the_clock()
    from evalsvc.app import create_app
    from evalsvc.settings import Settings

    settings = Settings(
        instance=instance,
        database_url=url,
        public_url="http://localhost",
        trusted_hosts=(),
        secure_cookies=False,
        small_office=True,
        second_factor=False,
    )
    app = create_app(settings)
    database = app.extensions["evalsvc"].database
    with database.engine.connect() as connection:
        places = Places(connection)
    found: dict[str, dict[str, object]] = {}
    fetched: Counter[str] = Counter()
    for login in WALKERS:
        client = app.test_client()
        if login:
            _sign_in(client, login)
        rules = sorted((str(rule), rule) for rule in app.url_map.iter_rules())
        for _, rule in rules:
            if "GET" not in rule.methods or rule.endpoint in ("static",):
                continue
            refused = opened = 0
            for path in places.list_paths(rule, many=login == MANY):
                status = _open(client, login, path, found, fetched)
                refused += status in (302, 303, 403, 404)
                opened += status == 200
                if login != MANY and (refused >= 2 or opened >= FEW):
                    break
    database.close()
    return found


def _open(client, login, path, found, fetched) -> int:
    for pattern, most in SLOW.items():
        if pattern.search(path):
            kind = re.sub(r"\d+", "0", path)
            fetched[kind] += 1
            if fetched[kind] > most:
                return 0
    answer = client.get(path)
    page = found.setdefault(path, {"status": {}})
    page["status"][login or "anybody"] = answer.status_code
    reads = answer.status_code == 200 and login in (MANY, None)
    if reads and PAGES.match(path) and "text" not in page:
        page["text"] = _read(answer)
    return int(answer.status_code)


def _read(answer) -> list[str]:
    text = answer.get_data(as_text=True)
    if answer.mimetype != "text/html":
        return text.splitlines()
    text = re.sub(r"(?s)<(script|style|svg|head).*?</\1>", " ", text)
    text = re.sub(INLINE, "", text)
    lines = re.split(r"(?s)<[^>]+>", text)
    squeezed = (re.sub(r"\s+", " ", html.unescape(line)).strip() for line in lines)
    return [line for line in squeezed if line]


def _sign_in(client, login: str) -> None:
    page = client.get("/office/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    answer = client.post(
        "/office/sign-in", data={"csrf_token": token, "login": login, "password": PASSWORD}
    )
    assert answer.status_code == 302, (login, answer.get_data(as_text=True))


class Places:
    """What addresses are made of: the rows of this database."""

    def __init__(self, connection) -> None:
        def ask(statement: str) -> list[tuple]:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

        self.said: dict[str, list[str]] = {}
        self.seasons = [row[0] for row in ask("SELECT id FROM season ORDER BY id")]
        self.rounds = ask("SELECT id, season_id, code, uid FROM round ORDER BY id")
        self.units = ask("SELECT season_id, code FROM unit ORDER BY season_id, position")
        self.jobs = [row[0] for row in ask("SELECT id FROM job ORDER BY id")]
        self.tasks = [row[0] for row in ask("SELECT id FROM task ORDER BY id")]
        self.attachments = [row[0] for row in ask("SELECT id FROM attachment ORDER BY id")]
        self.versions = ask("SELECT season_id, version FROM publication ORDER BY 1, 2")
        self.groups = ask('SELECT DISTINCT round_id, "group" FROM credential ORDER BY 1, 2')
        self.listing = ask('SELECT DISTINCT season_id, "group" FROM relation ORDER BY 1, 2')
        self.figures = ask("SELECT season_id, round, unit, component FROM indicator ORDER BY 1, 2")
        self.bodies = ask("SELECT DISTINCT season_id, body FROM body_sheet ORDER BY 1, 2")

    def list_paths(self, rule, *, many: bool) -> Iterator[str]:
        text, wanted = str(rule), rule.arguments
        # An address may say itself what it takes: <any('leaves.txt', 'receipts.txt'):name>.
        self.said = {
            name: re.findall(r"'([^']+)'", choices)
            for choices, name in re.findall(r"<any\(([^)]*)\):(\w+)>", text)
        }
        for given in self._list_values(wanted, many=many):
            path = text
            for name, value in given.items():
                path = re.sub(rf"<(?:\w+(?:\([^)]*\))?:)?{name}>", str(value), path)
            assert "<" not in path, path
            yield path

    def _list_values(self, wanted: set[str], *, many: bool) -> Iterator[dict[str, object]]:
        """Every combination that exists; what a newer program adds is told, not passed over."""
        if not wanted:
            yield {}
        elif "round_id" in wanted:
            for round_id, season, code, uid in self.rounds:
                yield from self._fill(
                    wanted,
                    {"round_id": round_id, "season_id": season, "round_code": code, "uid": uid},
                    many,
                )
        elif wanted & {"uid", "round_code"}:
            for round_id, season, code, uid in self.rounds:
                yield from self._fill(
                    wanted,
                    {"season_id": season, "round_code": code, "uid": uid, "_round": round_id},
                    many,
                )
        elif "season_id" in wanted:
            for season in self.seasons:
                yield from self._fill(wanted, {"season_id": season}, many)
        else:
            yield from self._fill(wanted, {}, many)

    def _fill(
        self, wanted: set[str], given: dict[str, object], many: bool
    ) -> Iterator[dict[str, object]]:
        missing = sorted(wanted - given.keys())
        if not missing:
            yield {name: given[name] for name in wanted}
            return
        name, season = missing[0], given.get("season_id")
        for value in self._list_for(name, given, season)[: None if many else 1]:
            yield from self._fill(wanted, {**given, name: value}, many)

    def _list_for(self, name: str, given: dict[str, object], season: object) -> list[object]:
        round_id = given.get("round_id", given.get("_round"))
        lists = {
            "unit": lambda: [code for its, code in self.units if its == season][:UNITS],
            "version": lambda: [version for its, version in self.versions if its == season],
            "body": lambda: [body for its, body in self.bodies if its == season],
            "group": lambda: self._list_groups(round_id, season),
            "component": lambda: self._list_components(given),
            "job_id": lambda: self.jobs,
            "task_id": lambda: self.tasks,
            "sheet": lambda: ["units", "raters"],
            "attachment_id": lambda: self.attachments,
            "code": lambda: ["leader", "panel"],
            "number": lambda: [1],
            "language": lambda: ["zh"],
            "page": lambda: ["form", "check"],
        }
        if name in self.said:
            return list(self.said[name])
        # What a later program adds to addresses: whatever it is, it must not fail.
        return list(lists.get(name, lambda: ["0"])())

    def _list_groups(self, round_id: object, season: object) -> list[object]:
        """Those with codes in a round; of a season alone, those whose relations are listed."""
        rows, wanted = (self.listing, season) if round_id is None else (self.groups, round_id)
        return [group for its, group in rows if its == wanted]

    def _list_components(self, given: dict[str, object]) -> list[object]:
        """One figure of each round: a page of another one is no other page."""
        wanted = (given["season_id"], given["round_code"])
        return [name for *place, _, name in self.figures if tuple(place) == wanted][:1]


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr)
    walked = walk(Path(sys.argv[1]), sys.argv[2])
    Path(sys.argv[3]).write_text(json.dumps(walked, ensure_ascii=False), encoding="utf-8")
