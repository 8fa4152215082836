"""Each thing that can be wrong with an installation is made wrong, and the doctor says so."""

import os
import re
import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from evalsvc.backups.making import make_backup
from evalsvc.commands.doctor import doctor, say
from evalsvc.db import connect
from evalsvc.doctor import doors, faults, machine
from evalsvc.doctor.database import check_server
from evalsvc.doctor.examining import examine
from evalsvc.doctor.findings import Fault, FoundFault
from evalsvc.doctor.place import Installed
from evalsvc.domain.acting import Act
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.emptying import destroy_closed_secrets
from evalsvc.domain.sealing.signing import load_signing_key
from evalsvc.installing.choices import Choices, UsualPlaces
from evalsvc.installing.machine import Machine
from evalsvc.installing.program import make_certificate
from evalsvc.installing.templates import FOLDER, render_template
from evalsvc.migrating import migrate
from evalsvc.settings import load_secret_key
from tests.cast import (
    MANAGER,
    MORNING,
    Installation,
    add_panshan,
    build_installation,
    get_round_id,
    open_with_cards,
)

pytestmark = pytest.mark.slow

HOST = "kp.panshan.example"
# What every installation of these tests has: all on one disk, and no door to knock at.
ALWAYS = {"peppers_on_same_disk", "backup_on_same_disk"}
CERTIFICATE = f"""notAfter=Dec  1 08:00:00 2099 GMT
issuer=CN = Somebody trusted
subject=CN = {HOST}
X509v3 Subject Alternative Name:
    DNS:{HOST}"""


@dataclass
class Answering(Machine):
    """A machine whose programs say what the test wants."""

    answers: dict[str, str | None] = field(default_factory=dict)
    systemd: bool = True

    @property
    def has_systemd(self) -> bool:
        return self.systemd

    def ask(self, *command: str | Path, given: str | None = None) -> str | None:  # noqa: ARG002
        line = " ".join(map(str, command))
        return next((said for start, said in self.answers.items() if line.startswith(start)), None)


@dataclass
class Sickroom:
    """A healthy installation in a folder, and everything that a test may spoil."""

    folder: Path
    installation: Installation
    place: Installed

    @property
    def answering(self) -> Answering:
        assert isinstance(self.place.machine, Answering)
        return self.place.machine

    @property
    def instance(self) -> Path:
        return self.place.settings.instance

    def change(self, **settings: object) -> None:
        self.place = replace(self.place, settings=replace(self.place.settings, **settings))

    def list_codes(self) -> set[str]:
        return {one.fault.code for one in examine(self.place)[1]}


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sickroom]:
    instance = tmp_path / "instance"
    url = f"sqlite:///{instance / 'evalsvc.sqlite'}"
    instance.mkdir(mode=0o700)
    installation = build_installation(instance, url)
    (instance / "evalsvc.sqlite").chmod(0o600)
    settings = replace(
        installation.settings,
        public_url=f"https://{HOST}",
        trusted_hosts=(HOST,),
        behind_proxy=True,
        second_factor=True,
        backup_folder=tmp_path / "copies",
    )
    load_secret_key(settings)
    load_signing_key(settings)
    open_with_cards(installation, get_round_id(installation, add_panshan(installation)))
    make_backup(settings, settings.backups, settings.key_backups, 30, MORNING)
    units, etc, app = tmp_path / "units", tmp_path / "etc", tmp_path / "app"
    for made in (units, etc, app / "evalsvc", app / ".venv/bin"):
        made.mkdir(parents=True)
    (app / ".venv/bin/python").symlink_to("/usr/bin/env")
    (app / "wsgi.py").touch()
    # Directly in /tmp: a socket's path has at most 107 bytes.
    sockets = Path(tempfile.mkdtemp(prefix="evalsvc-doctor-", dir="/tmp"))
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(sockets / "web.sock"))
    bound.listen()
    choices = Choices(HOST)
    for unit in FOLDER.glob("evalsvc*"):
        content = render_template(unit.name, choices)
        (units / unit.name).write_text(content.replace("/run/evalsvc", str(sockets)))
    (etc / "site").write_text(render_template("nginx.conf", choices))
    (etc / "evalsvc.env").touch(mode=0o600)
    (etc / "proc").mkdir()
    (etc / "proc/mounts").write_text(f"/dev/vda1 / ext4 rw 0 0\ntmpfs {sockets} tmpfs rw 0 0\n")
    (etc / "proc/swaps").write_text("Filename Type Size Used Priority\n")
    answering = Answering(
        answers={
            "timedatectl": "yes",
            "fc-list :lang": "Noto Sans CJK SC",
            "fc-list :charset": "Noto Sans CJK SC",
            "openssl": CERTIFICATE,
            "env TZ=UTC LC_ALL=C systemctl show evalsvc-anchor.timer": (
                "LastTriggerUSec=Sat 2018-12-01 07:00:00 UTC\n"
                "ActiveEnterTimestamp=Mon 2018-11-05 07:00:00 UTC"
            ),
            "systemctl is-active": "active",
            "systemctl is-failed": "inactive",
        }
    )
    monkeypatch.setattr(machine, "find_library", lambda _: "libharfbuzz-subset.so.0")
    monkeypatch.setattr(doors, "_check_door", lambda _: iter(()))
    place = Installed(
        settings,
        answering,
        MORNING,
        url,
        installed=True,
        places=replace(UsualPlaces(), app=app),
        account="no such account",
        settings_files=(etc / "evalsvc.env",),
        units=units,
        site=etc / "site",
        processes=etc / "proc",
    )
    yield Sickroom(tmp_path, installation, place)
    installation.database.close()
    bound.close()
    shutil.rmtree(sockets)


def test_a_healthy_installation_has_nothing_wrong(room: Sickroom) -> None:
    assert room.list_codes() == ALWAYS
    assert not any(one.is_wrong for one in examine(room.place)[1])


def spoil_pepper_left(room: Sickroom) -> None:
    pepper = next(room.place.settings.peppers.iterdir())
    content = pepper.read_bytes()
    round_id = get_round_id(room.installation, 1)
    rounds.close_round(
        Act(room.installation.database, MANAGER, MORNING), room.installation.settings, round_id
    )
    pepper.write_bytes(content)
    pepper.chmod(0o600)


def spoil_tray_key(room: Sickroom) -> None:
    pepper = next(room.place.settings.peppers.iterdir())
    key = pepper.with_name(f"{pepper.name}.tray3")
    key.touch(mode=0o600)
    os.utime(key, (1_500_000_000, 1_500_000_000))


def spoil_backup(room: Sickroom) -> None:
    newest = next(room.place.settings.backups.glob("*.sqlite"))
    newest.write_bytes(newest.read_bytes()[:-1])


def spoil_spool(room: Sickroom) -> None:
    run = room.place.settings.spool / "print-run"
    run.touch(mode=0o600)
    os.utime(run, (1_500_000_000, 1_500_000_000))


def spoil_placed(room: Sickroom) -> None:
    room.answering.remember(room.place.site, b"what was placed")


def close_the_way(room: Sickroom) -> None:
    hidden = room.folder / "root's home"
    (hidden / "bin").mkdir(parents=True)
    shutil.copy("/usr/bin/env", hidden / "bin/python")
    python = room.place.places.app / ".venv/bin/python"
    python.unlink()
    python.symlink_to(hidden / "bin/python")
    hidden.chmod(0o700)


def rewrite(path: Path, old: str, new: str) -> None:
    text_ = path.read_text()
    assert old in text_
    path.write_text(text_.replace(old, new))


def add_key_beside(room: Sickroom) -> None:
    shutil.copy(room.instance / "signing.key", room.place.settings.backups)


def copy_peppers(room: Sickroom) -> None:
    """As somebody would who packs the whole instance folder by hand."""
    shutil.make_archive(str(room.place.settings.key_backups / "all"), "tar", room.instance)
    (room.place.settings.key_backups / "all.tar").chmod(0o600)


def answer(start: str, said: str | None) -> Callable[[Sickroom], None]:
    return lambda room: room.answering.answers.__setitem__(start, said)


def later(days: int) -> Callable[[Sickroom], None]:
    def spoil(room: Sickroom) -> None:
        room.place = replace(room.place, moment=room.place.moment + timedelta(days=days))

    return spoil


SPOILED: list[tuple[Callable[[Sickroom], object], set[str]]] = [
    (lambda room: room.instance.chmod(0o755), {"folder_open"}),
    (lambda room: (room.instance / "evalsvc.sqlite").chmod(0o644), {"files_open"}),
    (lambda room: room.place.settings_files[0].chmod(0o644), {"settings_open"}),
    (lambda room: (room.place.places.app / "evalsvc").chmod(0o777), {"program_writable"}),
    (close_the_way, {"python_closed"}),
    (copy_peppers, {"peppers_in_backup"}),
    (spoil_pepper_left, {"pepper_left"}),
    (lambda room: (room.place.settings.peppers / ("0" * 32)).touch(0o600), {"pepper_unknown"}),
    (lambda room: shutil.rmtree(room.place.settings.peppers), {"pepper_missing"}),
    (spoil_tray_key, {"tray_key_old"}),
    (spoil_spool, {"spool_left"}),
    (
        lambda room: (room.place.processes / "swaps").write_text("F\n/dev/vdb partition 1 0 -2\n"),
        {"swap_on"},
    ),
    (
        lambda room: rewrite(room.place.units / "evalsvc.service", "LimitCORE=0", "LimitCORE=1"),
        {"cores_on"},
    ),
    (answer("timedatectl", "no"), {"clock_free"}),
    (
        lambda room: setattr(
            room, "place", replace(room.place, moment=MORNING - timedelta(days=1))
        ),
        {"clock_behind"},
    ),
    (answer("fc-list :lang", ""), {"fonts_missing"}),
    (answer("fc-list :charset", ""), {"rare_fonts_missing"}),
    (lambda room: (room.instance / "evalsvc.sqlite").unlink(), {"database", "pepper_unknown"}),
    (lambda room: (room.instance / "backups.json").unlink(), {"backup_none"}),
    (spoil_backup, {"backup_damaged"}),
    (lambda room: next(room.place.settings.backups.glob("*.sqlite")).unlink(), {"backup_gone"}),
    (later(3), {"backup_old"}),
    (lambda room: shutil.rmtree(room.place.settings.key_backups), {"keys_not_copied"}),
    (add_key_beside, {"keys_beside_database"}),
    (
        lambda room: rewrite(room.place.units / "evalsvc.service", "web.sock", "no.sock"),
        {"service_silent"},
    ),
    (answer("openssl", CERTIFICATE.replace("2099", "2018")), {"certificate_ends"}),
    (answer("openssl", CERTIFICATE.replace("Somebody trusted", HOST)), {"certificate_self_made"}),
    (answer("openssl", CERTIFICATE.replace(HOST, "other.example")), {"certificate_other_host"}),
    (lambda room: room.change(trusted_hosts=()), {"hosts_open"}),
    (lambda room: room.change(trusted_hosts=("other.example",)), {"host_not_trusted"}),
    (lambda room: room.change(public_url=f"http://{HOST}"), {"not_https"}),
    (lambda room: room.change(behind_proxy=False), {"proxy_not_told"}),
    (lambda room: room.change(second_factor=False), {"second_factor_off"}),
    (lambda room: rewrite(room.place.site, "access_log off;", ""), {"access_logged"}),
    (spoil_placed, {"changed_by_hand"}),
    (lambda room: setattr(room.answering, "systemd", False), {"no_systemd"}),
    (answer("systemctl is-active", None), {"timer_off"}),
    (answer("systemctl is-failed", "failed"), {"run_failed"}),
    (
        answer(
            "env TZ=UTC LC_ALL=C systemctl show evalsvc-anchor.timer",
            "LastTriggerUSec=Fri 2018-11-30 18:00:00 UTC\nActiveEnterTimestamp=",
        ),
        {"run_late"},
    ),
    (
        lambda room: (room.place.processes / "mounts").write_text("/dev/vda1 / ext4 rw 0 0\n"),
        {"outgoing_on_disk"},
    ),
    (
        lambda room: rewrite(room.place.site, "evalsvc.log crit;", "evalsvc.log;"),
        {"addresses_logged"},
    ),
]
# Found by tests of their own, below.
ELSEWHERE = {
    "subset_missing",
    "disk_low",
    "clock_ahead",
    "server_setting",
    "role_too_strong",
    "door_silent",
    "door_broken",
}


# Named by what is found: a function's own name has its address, which differs between processes.
@pytest.mark.parametrize(
    ("spoil", "expected"), SPOILED, ids=["+".join(sorted(codes)) for _, codes in SPOILED]
)
def test_what_is_spoiled_is_found(
    room: Sickroom, spoil: Callable[[Sickroom], object], expected: set[str]
) -> None:
    spoil(room)
    _, findings = examine(room.place)
    assert expected <= {one.fault.code for one in findings}
    said = [say(one) for one in findings if one.fault.code in expected]
    assert said
    for chinese, english in said:
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        assert not re.search(r"[{}]", chinese + english)
        assert "→" in english


def test_a_start_removes_what_an_ended_round_left(room: Sickroom) -> None:
    """The remedy that is said for it helps."""
    spoil_pepper_left(room)
    (said,) = (one for one in examine(room.place)[1] if one.fault is faults.PEPPER_LEFT)
    assert "systemctl restart evalsvc" in say(said)[1]
    destroy_closed_secrets(room.installation.database, room.installation.settings)
    assert "pepper_left" not in room.list_codes()


def test_every_fault_is_made_by_some_test() -> None:
    catalogue = {one.code for one in vars(faults).values() if isinstance(one, Fault)}
    made = set().union(*(expected for _, expected in SPOILED))
    assert made | ALWAYS | ELSEWHERE == catalogue


def test_a_missing_library_and_a_full_disk(room: Sickroom, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(room.folder)
    monkeypatch.setattr(machine, "find_library", lambda _: None)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=7 * 1024 * 1024))
    assert {"subset_missing", "disk_low"} <= room.list_codes()


def test_a_server_that_lets_nobody_in_ends_no_examination(room: Sickroom) -> None:
    away = "postgresql+psycopg://nobody@/nothing?host=/nowhere"
    settings = replace(room.place.settings, database_url=away)
    _, found = examine(replace(room.place, settings=settings, service_url=away))
    assert "database" in {finding.fault.code for finding in found}


def test_a_clock_far_ahead_of_the_log(room: Sickroom) -> None:
    later(3650 * 30)(room)
    (said,) = (say(one) for one in examine(room.place)[1] if one.fault is faults.CLOCK_AHEAD)
    assert [line.partition("→")[0].strip()[-1] for line in said] == ["？", "?"]


def test_a_door_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setattr(doors, "HTTPS", closed.getsockname()[1])
        (one,) = doors._check_door(HOST)
    assert one.fault.code == "door_silent"


class Failing(BaseHTTPRequestHandler):
    """nginx where the service behind it can't be reached."""

    def do_GET(self) -> None:
        self.send_error(502)

    def log_message(self, *_: object) -> None: ...


def test_a_door_with_nobody_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = UsualPlaces(certificate=tmp_path / "chain.pem", certificate_key=tmp_path / "key.pem")
    make_certificate(Machine(), HOST, places)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(places.certificate, places.certificate_key)
    with HTTPServer(("127.0.0.1", 0), Failing) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.handle_request).start()
        monkeypatch.setattr(doors, "HTTPS", server.server_port)
        (one,) = doors._check_door(HOST)
    assert one.said.en == f"https://{HOST}/ answers 502: nginx does not reach the service"


# The tests' own server does not wait for it.
DISK = "PostgreSQL's fsync is off and should be on: a receipt says that the ballot is on the disk"


def test_a_server_that_logs_and_a_role_that_may_too_much(
    room: Sickroom, fresh_postgres_url: str
) -> None:
    migrate(fresh_postgres_url)
    place = replace(room.place, service_url=fresh_postgres_url)
    found = list(check_server(place))
    assert {one.fault.code for one in found} == {"server_setting", "role_too_strong"}
    assert list_said(found) == [
        DISK,
        "PostgreSQL's log_parameter_max_length is -1 and should be 0: answers and their moments "
        "would reach the log",
    ]
    database = connect(fresh_postgres_url)
    with database.engine.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        for setting in ("log_parameter_max_length", "log_parameter_max_length_on_error"):
            connection.execute(text(f'ALTER DATABASE "{name}" SET {setting} = 0'))
        connection.execute(text(f"ALTER DATABASE \"{name}\" SET log_statement = 'all'"))
    database.close()
    assert list_said(check_server(place)) == [
        DISK,
        "PostgreSQL's log_statement is all and should be none: answers and their moments would "
        "reach the log",
    ]


def list_said(found: Iterable[FoundFault]) -> list[str]:
    """What is wrong with the server's settings."""
    return [one.said.en for one in found if one.fault is faults.SERVER_SETTING]


def test_the_command_says_it_and_exits_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALSVC_INSTANCE", str(tmp_path))
    monkeypatch.delenv("EVALSVC_DATABASE_URL", raising=False)
    done = CliRunner().invoke(doctor, [])
    assert done.exit_code == 1
    assert "不对  这里还没有数据库" in done.output
    assert "WRONG  There is no database here yet." in done.output
    assert list(tmp_path.iterdir()) == []  # looking changes nothing
