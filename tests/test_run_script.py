"""Covers `./run`: its verbs, what it hands to Python, and what it says where it cannot set up."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LISTS = ["requirements-uv.txt", "requirements.txt", "requirements-dev.txt"]
VERBS = [
    "demo", "serve", "migrate", "first-staff", "install", "backup", "purge", "restore", "doctor",
    "custodian", "recompute", "scheme", "verify", "test", "quick", "check", "coverage",
    "screenshots", "pages", "bench", "freeze", "lock", "setup", "help",
]  # a table, read by rows  # fmt: skip
# Stands in for the interpreter: says where it was started and with what.
ECHOING_PYTHON = 'printf "%s\\n" "$PWD" "$@"'
SUITE = ["-m", "pytest", "-n", "2", "--dist", "worksteal"]
QUICK = "not slow and not browser and not postgres"


@dataclass(frozen=True)
class Checkout:
    """A copy of the script in a folder of its own, set up already unless `installed` is removed."""

    root: Path

    @property
    def installed(self) -> Path:
        return self.root / ".venv/installed"

    def run(
        self, *arguments: str, cwd: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "run", *arguments],
            cwd=cwd or self.root,
            env={"PATH": os.environ["PATH"], "SKIP_SYSTEM_PACKAGES": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return _copy_into(tmp_path / "评议 平台 (copy)")


@pytest.fixture
def public_checkout() -> Iterator[Checkout]:
    """One that another account may enter, which it may not below pytest's own folder."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield _copy_into(Path(folder) / "copy")


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",)])
def test_help_lists_every_verb(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    result = checkout.run(*arguments)

    assert re.findall(r"^  ([a-z-]+)", result.stdout, re.MULTILINE) == VERBS
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("verb", ["explode", "step", "as_root", "test_all", "-x"])
def test_nothing_but_the_listed_verbs_is_run(checkout: Checkout, verb: str) -> None:
    result = checkout.run(verb)

    assert (result.returncode, result.stdout) == (2, "")
    assert f"There is no verb '{verb}'" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        (("serve",), ["-m", "evalsvc", "serve"]),
        (("migrate",), ["-m", "evalsvc", "migrate"]),
        (("purge",), ["-m", "evalsvc", "purge"]),
        (("first-staff",), ["-m", "evalsvc", "first-staff"]),
        (("bench", "qr", "10 000"), ["-m", "benchmarks.qr", "10 000"]),
        (("quick", "-x"), [*SUITE, "-m", QUICK, "-x"]),
    ],
)
def test_verbs_work_in_the_projects_folder(
    checkout: Checkout, tmp_path: Path, arguments: tuple[str, ...], received: list[str]
) -> None:
    result = checkout.run(*arguments, cwd=tmp_path)

    assert result.stdout.splitlines() == [str(checkout.root), *received]


def test_the_suite_leaves_out_what_the_checks_have_run(checkout: Checkout) -> None:
    result = checkout.run("test", "-x")

    left_out = ["--ignore=tests/test_architecture.py", "--ignore=tests/analysis"]
    assert result.stdout.splitlines()[-9:] == [*SUITE, *left_out, "-x"]


@pytest.mark.parametrize("verb", ["demo", "custodian", "recompute", "scheme", "verify"])
def test_files_are_named_from_where_the_caller_stands(
    checkout: Checkout, tmp_path: Path, verb: str
) -> None:
    result = checkout.run(verb, "my package.zip", cwd=tmp_path)

    assert result.stdout.splitlines() == [str(tmp_path), "-m", "evalsvc", verb, "my package.zip"]


def test_bench_without_a_name_lists_the_benchmarks(checkout: Checkout) -> None:
    (checkout.root / "benchmarks/qr.py").write_text('"""Ten thousand QR codes."""\n')

    assert checkout.run("bench").stdout.split() == ["qr", "Ten", "thousand", "QR", "codes."]


def test_setup_takes_no_unknown_set(checkout: Checkout) -> None:
    assert checkout.run("setup", "everything").returncode == 2


def test_old_python_is_refused_with_a_way_out(checkout: Checkout, tmp_path: Path) -> None:
    shutil.rmtree(checkout.root / ".venv")
    _write_program(tmp_path / "old-python", "exit 1")

    result = checkout.run("setup", PYTHON=str(tmp_path / "old-python"))

    assert result.returncode == 2
    assert "Python 3.11 or newer with its venv package is needed" in result.stderr
    assert "PYTHON=python3.11 ./run setup" in result.stderr


def test_changed_requirements_are_installed_again(checkout: Checkout) -> None:
    with (checkout.root / "requirements.txt").open("a") as requirements:
        requirements.write("# changed\n")

    first, second = checkout.run("setup"), checkout.run("setup")

    assert "Python 组件 packages (uv)" in first.stderr
    assert "Python 组件 packages" not in second.stderr
    assert checkout.installed.read_text().startswith("dev ")


@pytest.mark.parametrize(
    ("arguments", "installed", "status", "words"),
    [
        (
            ("setup",),
            ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "ca-certificates"],
            1,
            "    apt-get update && apt-get install --no-install-recommends "
            "fonts-noto-cjk fonts-hanazono fonts-babelstone-han\n",
        ),
        (
            ("setup", "dev"),
            [
                "libpango-1.0-0",
                "libpangoft2-1.0-0",
                "libharfbuzz-subset0",
                "ca-certificates",
                "fonts-noto-cjk",
                "fonts-hanazono",
                "fonts-babelstone-han",
                "postgresql",
                "poppler-utils",
                "libatomic1",
                "strace",
                "nginx-light",
                "openssl",
            ],
            0,
            "TESTS THAT NEED THEM WILL BE SKIPPED: chromium libreoffice-calc-nogui\n",
        ),
    ],
)
def test_without_an_administrators_rights_the_missing_packages_are_named(
    public_checkout: Checkout,
    arguments: tuple[str, ...],
    installed: list[str],
    status: int,
    words: str,
) -> None:
    lines = "".join(f"ii {package}\\n" for package in installed)
    programs = {"dpkg-query": f"printf '{lines}'", "python3": ":", "sudo": "exit 1", "apt-get": ":"}
    for name, script in programs.items():
        _write_program(public_checkout.root / "bin" / name, script)

    result = subprocess.run(
        [*_as_nobody(), public_checkout.root / "run", *arguments],
        cwd="/",
        env={"PATH": f"{public_checkout.root / 'bin'}:/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == status
    assert words in result.stderr


AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root installs")


@AS_ROOT
def test_an_installation_takes_no_interpreter_from_roots_home(public_checkout: Checkout) -> None:
    home = public_checkout.root.parent / "home"
    _write_program(home / "python", ECHOING_PYTHON)
    home.chmod(0o700)
    python = public_checkout.root / ".venv/bin/python"
    python.unlink()
    python.symlink_to(home / "python")

    result = public_checkout.run("install", PYTHON=str(home / "python"))

    assert (result.returncode, result.stdout) == (2, "")
    assert f"The service's user can't run {home / 'python'}" in result.stderr


@AS_ROOT
def test_an_installation_lies_where_the_service_may_go(public_checkout: Checkout) -> None:
    closed = public_checkout.root.parent
    closed.chmod(0o700)

    result = public_checkout.run("install")

    assert result.returncode == 2
    assert f"The service's user can't enter {closed}: put the program where" in result.stderr


def test_in_an_installed_folder_root_speaks_for_the_service(public_checkout: Checkout) -> None:
    (public_checkout.root / ".installed").symlink_to("/etc/evalsvc.env")

    for verb in ("migrate", "first-staff", "backup", "restore", "purge", "doctor"):
        result = public_checkout.run(verb, "x")
        if os.geteuid() == 0:
            assert result.stdout.splitlines()[1:] == ["-m", "evalsvc", "service", verb, "x"]
        else:
            assert "only root gives it commands" in result.stderr
        # Somebody who names an instance means that one.
        named = public_checkout.run(verb, "x", EVALSVC_INSTANCE="/srv/mine")
        assert named.stdout.splitlines()[1:] == ["-m", "evalsvc", verb, "x"]


@pytest.mark.parametrize("name", LISTS)
def test_every_locked_package_has_its_hash(name: str) -> None:
    locked = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    packages = [line for line in locked if line and not line.lstrip().startswith(("#", "-c"))]

    assert packages
    assert [line for line in packages if "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("name", LISTS)
def test_every_direct_dependency_has_its_reason(name: str) -> None:
    listed = (ROOT / name.replace(".txt", ".in")).read_text().splitlines()

    assert [line for line in listed if not re.search(r"# \S|^-c ", line)] == []


def test_no_file_names_a_registry() -> None:
    """Where packages come from is the machine's business: its pip, its mirror."""
    hosts = "|".join([r"pypi\.org/simple", r"pythonhosted\.org", r"registry\.npmjs", "/simple/?$"])
    found = subprocess.run(
        ["git", "grep", "-lE", hosts, "--", ".", f":!{Path(__file__).relative_to(ROOT)}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (found.returncode, found.stdout) == (1, "")


def _copy_into(root: Path) -> Checkout:
    (root / "benchmarks").mkdir(parents=True)
    for name in ["run", *LISTS]:
        shutil.copy(ROOT / name, root)
    _write_program(root / ".venv/bin/python", ECHOING_PYTHON)
    digest = sha256(b"".join((root / name).read_bytes() for name in LISTS)).hexdigest()
    copy = Checkout(root)
    copy.installed.write_text(f"dev {digest}\n")
    return copy


def _write_program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _as_nobody() -> list[str]:
    if os.geteuid():
        return []
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
