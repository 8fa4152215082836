"""A bare Debian in a folder, started by its own systemd inside systemd-nspawn."""

import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalsvc.settings import PROJECT

REPOSITORY = "/opt/trial/repository.git"
BOOTS_WITHIN_S, STOPS_WITHIN_S = 120, 120
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "USER": "root",
    # This machine's own way to packages.
    "PIP_CERT": "/opt/trial/ca.crt",
    "SSL_CERT_FILE": "/opt/trial/ca.crt",
}
# Where a machine's settings say how it comes to packages.
PACKAGE_SETTINGS = (
    "apt/sources.list.d/*.sources",
    "apt/apt.conf.d/99*",
    "pip.conf",
    "xdg/pip/*",
    "resolv.conf",
    "hosts",
)


@dataclass
class Debian:
    """One machine: its files, and its systemd while it runs."""

    root: Path
    host: str
    shared: tuple[Path, ...] = ()  # folders of this machine that its package settings name
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def prepare(self, base: Path) -> None:
        """A copy of what debootstrap has filled, which finds packages as this machine does."""
        self.copy_from(base)
        self._take_over_package_settings()
        (self.root / "opt/trial").mkdir(parents=True, exist_ok=True)
        shutil.copy("/etc/ssl/certs/ca-certificates.crt", self.root / "opt/trial/ca.crt")
        subprocess.run(["git", "init", "--quiet", "--bare", self._repository], check=True)
        with (self.root / "etc/hosts").open("a") as hosts:
            hosts.write(f"\n127.0.0.1 {self.host}\n")

    def copy_from(self, other: Path) -> None:
        subprocess.run(["rm", "-rf", "--one-file-system", self.root], check=True)
        subprocess.run(["cp", "-a", other, self.root], check=True)

    def boot(self) -> None:
        """Switch it on; it ends with this process. It has this machine's network and clock."""
        command = ["setpriv", "--pdeathsig", "TERM", "systemd-nspawn", "--quiet", "--boot"]
        options = [
            "--register=no",
            "--keep-unit",
            "--resolv-conf=off",
            "--timezone=off",
            "--link-journal=no",
            "--console=read-only",
            f"--directory={self.root}",
            *(f"--bind-ro={folder}" for folder in self.shared),
        ]
        with self.root.with_suffix(".console").open("wb") as console:
            self.process = subprocess.Popen(
                [*command, *options],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + BOOTS_WITHIN_S
        while not self._is_up():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(self.root.with_suffix(".console").read_text(errors="replace"))
            time.sleep(0.5)
        self.type(["systemctl is-system-running --wait || true"])

    def shut_down(self) -> None:
        """Switch it off as its button does."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(STOPS_WITHIN_S)
        self.process = None

    def release(self, version: str) -> None:
        """Put a commit of this project into the repository that the machine installs from."""
        git = ["git", "-C", PROJECT, "push", "--quiet", "--force", self._repository]
        subprocess.run([*git, f"{find_commit(version)}:refs/heads/main"], check=True)
        head = ["git", "-C", self._repository, "symbolic-ref", "HEAD", "refs/heads/main"]
        subprocess.run(head, check=True)

    def type(self, commands: Sequence[str], directory: str = "/root") -> tuple[str, str]:
        """What a shell says to these lines, and the folder where it ends; a fault stops it."""
        script = "\n".join(("set -e", f"cd {directory}", *commands, "pwd >/run/where"))
        done = self._enter(["/bin/bash", "-c", script])
        if done.returncode:
            raise SystemExit(f"{done.stdout}\n!!! exit code {done.returncode}")
        return done.stdout, self._enter(["cat", "/run/where"]).stdout.strip()

    @property
    def _repository(self) -> Path:
        return self.root / REPOSITORY[1:]

    def _is_up(self) -> bool:
        """Whether its systemd listens to systemctl."""
        return self._enter(["test", "-S", "/run/systemd/private"]).returncode == 0

    def _enter(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        way = ["nsenter", "--target", self._find_leader(), "--all", "--root", "--wdns=/"]
        return subprocess.run(
            [*way, *command],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def _find_leader(self) -> str:
        """The machine's process 1, as this machine numbers it; its own while there is none yet."""
        assert self.process is not None
        number = self.process.pid
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        return children[-1] if children else str(number)

    def _take_over_package_settings(self) -> None:
        (self.root / "etc/apt/sources.list").unlink(missing_ok=True)
        for pattern in PACKAGE_SETTINGS:
            for file in Path("/etc").glob(pattern):
                place = self.root / file.relative_to("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, place)
        user = Path.home() / ".config/pip/pip.conf"
        if user.exists():
            (self.root / "root/.config/pip").mkdir(parents=True, exist_ok=True)
            shutil.copy(user, self.root / "root/.config/pip/pip.conf")


def find_commit(version: str) -> str:
    """A commit by its own name: what HEAD means may move while a trial goes on."""
    asked = ["git", "-C", str(PROJECT), "rev-parse", "--verify", f"{version}^{{commit}}"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
