#!/usr/bin/python3
"""Stands in for systemctl where no systemd runs: does what a unit file says.

With its user, umask, limits and environment; for the trial of docs/operations in a bare Debian
inside a chroot. Timers are only noted, and what they start is started by name. Units that are not
ours fall to their scripts in /etc/init.d.
"""

import os
import pwd
import resource
import subprocess
import sys
import time
from pathlib import Path

UNITS = Path("/etc/systemd/system")
NOTES = Path("/run/stand-in")


def read_unit(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def build_environment(unit: dict[str, list[str]]) -> dict[str, str]:
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
    }
    for file in unit.get("EnvironmentFile", []):
        path = Path(file.removeprefix("-"))
        if file.startswith("-") and not path.exists():
            continue
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.partition("=")
                environment[name] = value
    for pair in " ".join(unit.get("Environment", [])).split():
        name, _, value = pair.partition("=")
        environment.setdefault(name, value)
    return environment


def start(name: str) -> int:
    path = UNITS / name
    unit = read_unit(path)
    account = pwd.getpwnam(unit["User"][0])
    for kind, above in (("Runtime", "/run"), ("Cache", "/var/cache")):
        for folder in unit.get(f"{kind}Directory", []):
            made = Path(above) / folder
            made.mkdir(exist_ok=True)
            made.chmod(int(unit.get(f"{kind}DirectoryMode", ["0755"])[0], 8))
            os.chown(made, account.pw_uid, account.pw_gid)

    def become() -> None:
        os.umask(int(unit["UMask"][0], 8))
        limit = int(unit["LimitCORE"][0])
        resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
        os.initgroups(account.pw_name, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)

    log = (NOTES / f"{name}.log").open("ab")
    process = subprocess.Popen(
        unit["ExecStart"][0].split(),
        cwd=unit["WorkingDirectory"][0],
        env=build_environment(unit),
        preexec_fn=become,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    if unit.get("Type") == ["oneshot"]:
        (NOTES / f"{name}.ran").write_text(str(time.time()))
        return process.wait()
    (NOTES / f"{name}.pid").write_text(str(process.pid))
    time.sleep(4)
    return 0 if process.poll() is None else 1


def stop(name: str) -> None:
    note = NOTES / f"{name}.pid"
    if not note.exists():
        return
    pid = int(note.read_text())
    note.unlink()
    subprocess.run(["kill", str(pid)], check=False)
    for _ in range(300):
        if not is_alive(pid):
            return
        time.sleep(0.1)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def is_active(name: str) -> bool:
    if name.endswith(".timer"):
        return (NOTES / name).exists()
    note = NOTES / f"{name}.pid"
    if note.exists():
        return is_alive(int(note.read_text()))
    return init_script(name, "status") == 0 if not (UNITS / name).exists() else False


def init_script(name: str, verb: str) -> int:
    plain = name.removesuffix(".service").split("@")[0]
    if plain == "postgresql":
        return run_clusters(verb)
    script = Path("/etc/init.d") / plain
    if not script.exists():
        return 0
    # Debian's scripts would ask systemctl again.
    environment = {**os.environ, "SYSTEMCTL_SKIP_REDIRECT": "1"}
    done = subprocess.run(
        [script, verb],
        check=False,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return done.returncode


def run_clusters(verb: str) -> int:
    """PostgreSQL's clusters by Debian's own program, which would ask systemctl again, too."""
    listed = subprocess.run(
        ["pg_lsclusters", "--no-header"], capture_output=True, text=True, check=False
    )
    status = 0
    for line in listed.stdout.splitlines():
        version, cluster = line.split()[:2]
        command = ["pg_ctlcluster", "--skip-systemctl-redirect", version, cluster, verb]
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        status = max(status, 0 if done.returncode == 2 else done.returncode)  # 2: it is so already
    return status


def act(verb: str, name: str) -> int:
    if not name.endswith((".timer", ".service")):
        name += ".service"
    if verb in {"enable", "disable"}:
        return 0
    if verb == "is-active":
        return 0 if is_active(name) else 3
    if name.endswith(".timer"):
        (NOTES / name).touch()
        return 0
    if not (UNITS / name).exists():
        status = init_script(name, verb)
        return 0 if verb == "stop" else status  # systemd stops what does not run, too
    if verb in {"stop", "restart"}:
        stop(name)
    return start(name) if verb in {"start", "restart"} else 0


def main() -> int:
    NOTES.mkdir(exist_ok=True)
    verb, *rest = [one for one in sys.argv[1:] if not one.startswith("-")] or ["status"]
    if "--now" in sys.argv and verb == "enable":
        verb = "start"
    if verb not in {"start", "stop", "restart", "reload", "enable", "is-active"}:
        return 0
    return max((act(verb, name) for name in rest), default=0)


if __name__ == "__main__":
    sys.exit(main())
