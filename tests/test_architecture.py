"""The plan of the house: which room may know which. An import that points the wrong way fails."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
HOUSES = ("analysis", "benchmarks", "evalsvc", "forms", "migrations", "tests")
FORMATTED_BY_HAND = "# fmt: " + "skip"

# What everything that people read stands on: every room may.
GROUND = {"evalsvc.nouns", "evalsvc.text", "evalsvc.figures", "evalsvc.invisible"}
# A room may import itself, the ground, the rooms named here, and nothing else of ours.
MAY_IMPORT = {
    "analysis": set(),
    "evalsvc.settings": set(),
    "evalsvc.clock": set(),
    "evalsvc.errors": set(),
    "evalsvc.fronts": set(),
    "evalsvc.language": set(),
    "evalsvc.db": set(),
    "evalsvc.slowing": set(),
    "evalsvc.log_filter": set(),
    "evalsvc.outgoing": set(),
    "evalsvc.scripts": {"evalsvc.settings"},
    "evalsvc.delivery": {
        "evalsvc.errors",
        "evalsvc.outgoing",
        "evalsvc.scripts",
        "evalsvc.settings",
    },
    "evalsvc.office_sessions": set(),
    "evalsvc.extensions": {"evalsvc.db", "evalsvc.settings", "evalsvc.slowing"},
    "evalsvc.printable": set(),
    "evalsvc.qr": set(),
    "evalsvc.releases": set(),
    "evalsvc.standing": {
        "evalsvc.db",
        "evalsvc.errors",
        "evalsvc.models",
        "evalsvc.releases",
        "evalsvc.settings",
    },
    "evalsvc.migrating": {
        "evalsvc.clock",
        "evalsvc.db",
        "evalsvc.errors",
        "evalsvc.releases",
        "evalsvc.settings",
        "evalsvc.standing",
    },
    "evalsvc.models": {"evalsvc.db"},
    "evalsvc.box": set(),
    "evalsvc.workdays": set(),
    # How a scheme's file is read and written, whatever stands in it.
    "evalsvc.scheme.file": set(),
    "evalsvc.questions": {"analysis", "evalsvc.scheme.file"},
    "evalsvc.scheme": {"analysis", "evalsvc.questions", "evalsvc.scheme.file"},
    # What a ballot asks and takes, and what opened ballots leave: rules without a database.
    "evalsvc.ballots": {"analysis", "evalsvc.box", "evalsvc.questions", "evalsvc.scheme"},
    "evalsvc.counting": {
        "analysis",
        "evalsvc.ballots",
        "evalsvc.box",
        "evalsvc.questions",
        "evalsvc.results",
        "evalsvc.scheme",
    },
    "evalsvc.results": {"analysis", "evalsvc.questions", "evalsvc.scheme"},
    "evalsvc.evidence": {
        "analysis",
        "evalsvc.ballots",  # an auditor judges kept ballots by the rules they were counted by
        "evalsvc.box",
        "evalsvc.questions",
        "evalsvc.results",
        "evalsvc.scheme",
        "evalsvc.scheme.file",
    },
    # The list of copies is for the domain, too: an office that destroys keys is shown it.
    "evalsvc.backups.record": {"evalsvc.settings"},
    "evalsvc.backups": {
        "evalsvc.backups.record",
        "evalsvc.db",
        "evalsvc.errors",
        "evalsvc.models",
        "evalsvc.releases",
        "evalsvc.settings",
        "evalsvc.standing",
    },
    "evalsvc.doctor": {
        "evalsvc.backups",
        "evalsvc.backups.record",
        "evalsvc.db",
        "evalsvc.errors",
        "evalsvc.installing",
        "evalsvc.models",
        "evalsvc.scheme",
        "evalsvc.settings",
        "evalsvc.standing",
    },
    "evalsvc.attached": {"evalsvc.errors"},
    "evalsvc.erasing": {"evalsvc.db"},
    "evalsvc.installing": {"evalsvc.errors", "evalsvc.scheme", "evalsvc.settings"},
    "evalsvc.domain": {
        "analysis",
        "evalsvc.attached",
        "evalsvc.backups.record",
        "evalsvc.ballots",
        "evalsvc.box",
        "evalsvc.counting",
        "evalsvc.db",
        "evalsvc.erasing",
        "evalsvc.errors",
        "evalsvc.evidence",
        "evalsvc.models",
        "evalsvc.outgoing",  # what a job made leaves nothing behind
        "evalsvc.questions",
        "evalsvc.releases",  # a computation names the program that made it
        "evalsvc.results",
        "evalsvc.scheme",
        "evalsvc.settings",
        "evalsvc.workdays",
    },
    "evalsvc.xlsform": {
        "evalsvc.errors",  # a file that is no survey
        "analysis",
        "evalsvc.questions",
        "evalsvc.scheme",
        "evalsvc.scheme.file",
        "evalsvc.workbooks",
    },
    "evalsvc.workbooks": {
        "evalsvc.domain",
        "evalsvc.errors",
        "evalsvc.printable",  # what no font draws is marked before letters are made
        "evalsvc.scheme",
    },
    "evalsvc.reports": {
        "analysis",
        "evalsvc.box",
        "evalsvc.language",
        "evalsvc.printable",
        "evalsvc.qr",
        "evalsvc.questions",
        "evalsvc.results",
        "evalsvc.scheme",
    },
    "forms": {
        "analysis",
        "evalsvc.box",
        "evalsvc.language",
        "evalsvc.questions",
        "evalsvc.scheme",
        "evalsvc.scheme.file",
    },
    "evalsvc.work": {
        "analysis",
        "evalsvc.ballots",
        "evalsvc.clock",
        "evalsvc.db",
        "evalsvc.domain",
        "evalsvc.errors",
        "evalsvc.questions",
        "evalsvc.reports",
        "evalsvc.results",
        "evalsvc.scheme",
        "evalsvc.settings",
        "evalsvc.workdays",
    },
    # The raters' door and the office's door share nothing.
    "evalsvc.public": {
        "analysis",
        "evalsvc.ballots",
        "evalsvc.box",
        "evalsvc.clock",
        "evalsvc.domain",
        "evalsvc.errors",
        "evalsvc.extensions",
        "evalsvc.fronts",
        "evalsvc.language",
        "evalsvc.qr",
        "evalsvc.scheme",
        "evalsvc.workdays",
        "forms",
    },
    "evalsvc.admin": {
        "analysis",
        "evalsvc.attached",
        "evalsvc.clock",
        "evalsvc.domain",
        "evalsvc.errors",
        "evalsvc.extensions",
        "evalsvc.fronts",
        "evalsvc.language",
        "evalsvc.models",  # rows travel to the pages as values
        "evalsvc.qr",
        "evalsvc.questions",
        "evalsvc.releases",
        "evalsvc.reports",
        "evalsvc.results",
        "evalsvc.scheme",
        "evalsvc.scheme.file",
        "evalsvc.work",
        "evalsvc.workbooks",
        "evalsvc.workdays",
        "evalsvc.xlsform",
        "forms",
    },
    "evalsvc.app": {
        "evalsvc.admin",
        "evalsvc.db",
        "evalsvc.delivery",
        "evalsvc.office_sessions",
        "evalsvc.errors",
        "evalsvc.extensions",
        "evalsvc.language",
        "evalsvc.log_filter",
        "evalsvc.public",
        "evalsvc.scheme.file",
        "evalsvc.settings",
    },
    "wsgi": {
        "evalsvc.app",
        "evalsvc.domain",  # destroys what a killed closing left
        "evalsvc.errors",
        "evalsvc.settings",
        "evalsvc.standing",
    },
}
# The edge where a person types a command may reach everything but the application itself.
EDGES = {"evalsvc.commands", "evalsvc.demo", "evalsvc.__main__"}

# What a room may not know of the world outside.
FORBIDDEN = {
    "analysis": {"os", "time", "datetime", "pathlib", "io"},
    "evalsvc.models": {"flask"},
    "evalsvc.attached": {"flask", "sqlalchemy", "time"},
    "evalsvc.ballots": {"flask", "sqlalchemy", "os", "time"},
    "evalsvc.box": {"flask", "sqlalchemy", "os", "time"},
    "evalsvc.workdays": {"flask", "sqlalchemy", "os", "time"},
    "evalsvc.counting": {"flask", "sqlalchemy", "time"},
    "evalsvc.scheme": {"flask", "sqlalchemy"},
    "evalsvc.results": {"flask", "sqlalchemy"},
    "evalsvc.scheme.file": {"flask", "sqlalchemy"},
    "evalsvc.questions": {"flask", "sqlalchemy"},
    "evalsvc.evidence": {"flask", "sqlalchemy"},
    "evalsvc.domain": {"flask", "flask_wtf", "wtforms", "jinja2"},
    "evalsvc.xlsform": {"flask", "sqlalchemy"},
    "evalsvc.workbooks": {"flask", "sqlalchemy"},
    "evalsvc.reports": {"flask", "sqlalchemy"},
    "evalsvc.public": {"sqlalchemy"},
    "evalsvc.admin": {"sqlalchemy"},
    "forms": {"sqlalchemy"},
}
# The mathematics knows numbers and nothing else.
ANALYSIS_KNOWS = {"numpy", "scipy", *sys.stdlib_module_names} - FORBIDDEN["analysis"]


def list_modules() -> Iterator[tuple[str, Path]]:
    """Every module of the product by its dotted name."""
    for top in ("analysis", "evalsvc", "forms"):
        for path in sorted((PROJECT / top).rglob("*.py")):
            dotted = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
            yield dotted.removesuffix(".__init__"), path
    yield "wsgi", PROJECT / "wsgi.py"


def list_imports(path: Path) -> Iterator[str]:
    """What a module imports, by dotted name; `from a import b` may mean the module a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative imports hide where they point"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def get_room(module: str) -> str | None:
    """The room a module stands in; None for what is not ours."""
    rooms = [*MAY_IMPORT, *EDGES, *GROUND]
    return max(
        (room for room in rooms if module == room or module.startswith(f"{room}.")),
        key=len,
        default=None,
    )


MODULES = dict(list_modules())
# Inside a house with several rooms: which may know which. What stands above the rooms is for all
# of them (in the domain: acts, events, seasons, jobs; in reports: what a document is made of).
INSIDE: dict[str, dict[str, set[str]]] = {
    "analysis": {
        "score": set(),
        "outcome": {"score"},
        "statistics": set(),
        "panel": {"statistics"},
        "examining": {"panel", "score", "statistics"},
    },
    "evalsvc.domain": {
        "people": set(),
        "assessing": {"people"},
        "preparing": {"assessing", "people"},
        "voting": {"people"},
        "words": set(),
        "sealing": {"people", "voting", "words"},
        "concluding": {"assessing", "people", "preparing", "sealing", "words"},
    },
    "evalsvc.reports": {"words": set(), "charts": {"words"}, "documents": {"charts", "words"}},
    "evalsvc.admin": {
        "door": set(),
        "uploads": {"door"},
        "preparing": {"door", "uploads"},
        "rounds": {"door"},
        "assessing": {"door", "uploads"},
        "concluding": {"door"},
    },
}


def test_every_module_stands_in_a_room() -> None:
    homeless = [name for name in MODULES if name != "evalsvc" and get_room(name) is None]
    assert homeless == []


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    room = get_room(module)
    if room in EDGES | GROUND or room is None:
        return
    wrong = [
        name
        for name in list_imports(MODULES[module])
        if (there := get_room(name)) and there != room and there not in MAY_IMPORT[room] | GROUND
    ]
    assert wrong == [], f"{module} may not import these: see MAY_IMPORT"


def find_inner_room(name: str) -> tuple[str, str]:
    """The house and the room inside it; an empty room for what stands above the rooms."""
    for house, rooms in INSIDE.items():
        inside = name.removeprefix(f"{house}.").split(".")
        if name.startswith(f"{house}.") and inside[0] in rooms:
            return house, inside[0]
    return "", ""


@pytest.mark.parametrize("module", [name for name in MODULES if find_inner_room(name)[1]])
def test_rooms_inside_a_house_point_one_way(module: str) -> None:
    house, room = find_inner_room(module)
    there = {find_inner_room(name) for name in list_imports(MODULES[module])}
    known = {inner for outer, inner in there if outer == house}
    assert known - {room} - INSIDE[house][room] == set()


@pytest.mark.parametrize("house", INSIDE)
def test_no_file_of_a_house_stands_in_the_yard_but_what_all_its_rooms_need(house: str) -> None:
    """Analysis has its flat names there, reports the values that documents are made of."""
    yard = {name for name in MODULES if name.rpartition(".")[0] == house}
    rooms = {f"{house}.{room}" for room in INSIDE[house]}
    assert {name.rpartition(".")[2] for name in yard - rooms} == {
        "analysis": set(),
        "evalsvc.domain": {
            "acting",
            "actor",
            "changing",
            "events",
            "facts_mark",
            "folding",
            "jobs",
            "office_days",
            "purging",
            "seasons",
        },
        "evalsvc.reports": {"content", "markup", "ranking"},
        "evalsvc.admin": set(),
    }[house]


@pytest.mark.parametrize("module", MODULES)
def test_rooms_know_only_their_part_of_the_world(module: str) -> None:
    room = get_room(module) or ""
    outside = {name.split(".")[0] for name in list_imports(MODULES[module])}
    assert outside & FORBIDDEN.get(room, set()) == set()
    if room == "analysis":
        assert outside - ANALYSIS_KNOWS - {"analysis"} == set()


def test_only_the_server_and_tests_import_the_application() -> None:
    importers = {
        module for module, path in MODULES.items() if "evalsvc.app.create_app" in list_imports(path)
    }
    assert importers <= {"wsgi"}


@pytest.mark.parametrize("module", MODULES)
def test_every_file_says_what_it_is_for(module: str) -> None:
    said = ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8")))
    assert said, f"{module} needs one sentence at its head"


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
    assert [module for module in MODULES if module.split(".")[-1] in empty] == []


def test_nothing_keeps_the_formatter_out_without_a_reason() -> None:
    """The formatter is law; where a table is read by rows, its last line says so."""
    files = (path for top in HOUSES for path in sorted((PROJECT / top).rglob("*.py")))
    lines = [
        (f"{path.relative_to(PROJECT)}:{number}", line)
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.rstrip().endswith(FORMATTED_BY_HAND)
    ]
    assert [
        where
        for where, line in lines
        if not re.search(r"# \w.+$", line.rstrip().removesuffix(FORMATTED_BY_HAND))
    ] == []
