"""The service as it is installed: the unit's own gunicorn behind Debian's nginx with our site."""

import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from evalsvc.demo.server import find_free_port
from evalsvc.settings import PROJECT, Settings, build_environment
from tests.capability import get_program
from tests.patience import PATIENCE_S

DEPLOY = PROJECT / "deploy"
MAIN = Path("/etc/nginx/nginx.conf")
# A kernel that holds little for a reader: what is not read is not sent either.
SMALL_WINDOW = 4096


@dataclass(frozen=True)
class Front:
    """Where the service is reached, and where its two folders for nginx are."""

    port: int
    folder: Path

    @property
    def outgoing(self) -> Path:
        return self.folder / "run" / "outgoing"

    @property
    def lists(self) -> Path:
        return self.folder / "cache" / "lists"

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    def connect(self, timeout: float = PATIENCE_S) -> ssl.SSLSocket:
        """A reader's connection, through which nothing flows that the reader does not take."""
        plain = socket.socket()
        try:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
            plain.settimeout(timeout)
            plain.connect(("127.0.0.1", self.port))
            return _trust_anybody().wrap_socket(plain, server_hostname="localhost")
        except OSError:
            plain.close()
            raise


@dataclass
class Reader:
    """Somebody who has asked for an address and takes the answer as slowly as they like."""

    connection: ssl.SSLSocket
    head: str
    content: bytes

    @property
    def status(self) -> int:
        return int(self.head.split(" ", 2)[1])

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}

    def take(self, size: int) -> bool:
        """Take so many more bytes, or fewer; False where there are no more."""
        more = self.connection.recv(size)
        self.content += more
        return bool(more)

    def take_all(self) -> bytes:
        """The whole answer, however it ends."""
        with suppress(ssl.SSLEOFError):
            while self.take(1 << 16):
                pass
        self.connection.close()
        return self.content


def ask(
    front: Front,
    path: str,
    cookie: str = "",
    form: bytes | None = None,
    timeout: float = PATIENCE_S,
    more: str = "",
) -> Reader:
    """Ask for an address and read the answer's head alone."""
    connection = front.connect(timeout)
    lines = [
        f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        *([f"Cookie: {cookie}"] if cookie else []),
        *(
            ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
            if form is not None
            else []
        ),
        *([more] if more else []),
    ]
    try:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + (form or b""))
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(512) or b"HTTP/1.1 000 nothing\r\n\r\n"
    except OSError:
        connection.close()
        raise
    head, _, content = received.partition(b"\r\n\r\n")
    return Reader(connection, head.decode(), content)


@contextmanager
def running_front(settings: Settings, *, handed_over: bool = True) -> Iterator[Front]:
    """The installed service with these settings, until the block ends.

    Without `handed_over` its workers send everything themselves, as they once did.
    """
    nginx, openssl = get_program("nginx", "nginx-light"), get_program("openssl", "openssl")
    folder = Path(tempfile.mkdtemp(prefix="front"))  # a socket's path must be short
    front = Front(find_free_port(), folder)
    try:
        for name in ("run", "cache"):
            (folder / name).mkdir()
        _make_certificate(openssl, folder)
        reached = replace(
            settings,
            public_url=front.address,
            trusted_hosts=("localhost",),
            secure_cookies=True,
            behind_proxy=True,
        )
        if handed_over:
            reached = replace(reached, outgoing=front.outgoing, lists_folder=front.lists)
        with _running_unit(folder, reached), _running_nginx(nginx, folder, front.port):
            _wait_until_up(front)
            yield front
    finally:
        shutil.rmtree(folder)


def write_site(folder: Path, port: int) -> str:
    """The site's file with this machine's places in it."""
    places = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "pingyi.example.gov.cn": "localhost",
        "/etc/ssl/evalsvc/": f"{folder}/",
        "/var/log/nginx/evalsvc.log": f"{folder}/site.log",
        "/run/evalsvc/": f"{folder}/run/",
        "/var/cache/evalsvc/": f"{folder}/cache/",
    }
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for theirs, ours in places.items():
        assert theirs in site, theirs
        site = site.replace(theirs, ours)
    return site


@contextmanager
def _running_unit(folder: Path, settings: Settings) -> Iterator[None]:
    """gunicorn by the unit's own line."""
    unit = (DEPLOY / "evalsvc.service").read_text(encoding="utf-8")
    (line,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    program = shlex.split(line.replace("/run/evalsvc/", f"{folder}/run/"))
    with (folder / "unit.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *program[1:]],
            cwd=PROJECT,
            env=build_environment(settings),
            stdout=log,
            stderr=log,
            umask=0o077,
        )
    yield from _until_done(process)


@contextmanager
def _running_nginx(nginx: Path, folder: Path, port: int) -> Iterator[None]:
    (folder / "site.conf").write_text(write_site(folder, port), encoding="utf-8")
    (folder / "nginx.conf").write_text(_write_main(folder), encoding="utf-8")
    process = subprocess.Popen(
        [nginx, "-e", folder / "error.log", "-c", folder / "nginx.conf", "-g", "daemon off;"]
    )
    yield from _until_done(process)


def _write_main(folder: Path) -> str:
    """Debian's own main file, kept inside one folder and with no site but ours."""
    main = MAIN.read_text(encoding="utf-8")
    owner = "user root;" if os.geteuid() == 0 else ""
    kept = {
        r"^user .*;": owner,
        r"^pid .*;": f"pid {folder}/nginx.pid;",
        r"^error_log .*;": f"error_log {folder}/error.log;",
        r"^\s*access_log .*;": "access_log off;",
        r"^\s*include /etc/nginx/conf\.d.*;": "",
        r"^\s*include /etc/nginx/sites-enabled.*;": f"include {folder}/site.conf;",
        r"^http \{": "http {\n"
        + "\n".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        ),
    }
    for theirs, ours in kept.items():
        main = re.sub(theirs, ours, main, flags=re.MULTILINE)
    return main


def _until_done(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # a worker that still waits for its reader
            process.kill()
            process.wait()


def _wait_until_up(front: Front) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(OSError):
            page = ask(front, "/")
            page.take_all()
            if page.status == 200:
                return
        time.sleep(0.1)
    said = "\n".join(one.read_text(errors="replace") for one in front.folder.glob("*.log"))
    raise TimeoutError(f"{front.address}\n{said[-3000:]}")


def _make_certificate(openssl: Path, folder: Path) -> None:
    subprocess.run(
        [
            openssl,
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-keyout",
            folder / "key.pem",
            "-out",
            folder / "chain.pem",
        ],
        check=True,
        capture_output=True,
    )


def _trust_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
