"""`install` into a folder: what it places, what it leaves alone, and what it says."""

import re
from pathlib import Path

from click.testing import CliRunner, Result

from evalsvc.commands.install import install
from evalsvc.installing.choices import Choices
from evalsvc.installing.machine import Machine, read_memory
from evalsvc.installing.plan import Addresses, build_plan, choose_addresses
from evalsvc.installing.steps import Deed, File, State
from evalsvc.installing.templates import FOLDER, render_template
from evalsvc.settings import PROJECT, read_settings_file

HOST = "kp.panshan.example"
NOTHING_YET = Addresses("", "")


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(install, ["--root", str(root), *arguments])


def read_files(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def test_a_dry_run_places_nothing_and_says_everything(tmp_path: Path) -> None:
    said = run(tmp_path, "--host", HOST, "--dry-run")
    assert said.exit_code == 0, said.output
    assert list(tmp_path.iterdir()) == []
    assert "什么都没有改动。  Nothing was changed." in said.output
    for part in (f"EVALSVC_PUBLIC_URL=https://{HOST}", "OnCalendar=", f"server_name {HOST};"):
        assert f"| {part}" in re.sub(r"\| +", "| ", said.output)


def test_files_are_placed_once_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "--host", HOST).exit_code == 0
    first = read_files(tmp_path)
    again = run(tmp_path)
    assert (again.exit_code, read_files(tmp_path)) == (0, first)
    assert "+" not in {line[:1] for line in again.output.splitlines()}
    assert (tmp_path / "etc/evalsvc.env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "srv/evalsvc/instance").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "var/backups/evalsvc").stat().st_mode & 0o777 == 0o700


def test_the_settings_are_the_ones_that_the_program_reads(tmp_path: Path) -> None:
    run(tmp_path, "--host", HOST)
    assert read_settings_file(tmp_path / "etc/evalsvc.env") == {
        "EVALSVC_INSTANCE": "/srv/evalsvc/instance",
        "EVALSVC_BACKUPS": "/var/backups/evalsvc",
        "EVALSVC_DATABASE_URL": "sqlite:////srv/evalsvc/instance/evalsvc.sqlite",
        "EVALSVC_PUBLIC_URL": f"https://{HOST}",
        "EVALSVC_TRUSTED_HOSTS": HOST,
        "EVALSVC_BEHIND_PROXY": "1",
    }


def test_what_somebody_changed_by_hand_is_shown_and_left_alone(tmp_path: Path) -> None:
    run(tmp_path, "--host", HOST)
    unit = tmp_path / "etc/systemd/system/evalsvc.service"
    changed = unit.read_text().replace("--workers 2", "--workers 8")
    unit.write_text(changed)
    said = run(tmp_path)
    assert unit.read_text() == changed
    assert "手工改过，保留 changed by hand, left alone" in said.output
    assert re.search(r"^ +-ExecStart=.*--workers 8", said.output, re.MULTILINE)
    assert re.search(r"^ +\+ExecStart=.*--workers 2", said.output, re.MULTILINE)


def test_on_request_it_is_overwritten_and_the_old_one_kept(tmp_path: Path) -> None:
    run(tmp_path, "--host", HOST)
    unit = tmp_path / "etc/systemd/system/evalsvc.service"
    ours = unit.read_text()
    unit.write_text("[Service]\n")
    run(tmp_path, "--replace", "/etc/systemd/system/evalsvc.service")
    assert unit.read_text() == ours
    assert unit.with_name("evalsvc.service.before").read_text() == "[Service]\n"


def test_a_file_that_nobody_touched_follows_the_choices(tmp_path: Path) -> None:
    run(tmp_path, "--host", HOST)
    run(tmp_path, "--host", "other.example")
    site = (tmp_path / "etc/nginx/sites-available/evalsvc").read_text()
    assert ("other.example" in site, HOST in site) == (True, False)


def test_passwords_are_made_once_and_never_shown(tmp_path: Path) -> None:
    first = run(tmp_path, "--host", HOST, "--database", "postgresql")
    service, owner = (
        read_settings_file(tmp_path / "etc" / name)["EVALSVC_DATABASE_URL"]
        for name in ("evalsvc.env", "evalsvc-owner.env")
    )
    passwords = [re.sub(r".*:(.*)@127.*", r"\1", url) for url in (service, owner)]
    assert len({*passwords}) == 2
    assert min(map(len, passwords)) >= 32
    before = read_files(tmp_path)
    changed = before["etc/evalsvc.env"] + "EVALSVC_SMALL_OFFICE=1\n"
    (tmp_path / "etc/evalsvc.env").write_text(changed)
    second = run(tmp_path, "--dry-run")
    assert "EVALSVC_SMALL_OFFICE" in second.output
    for password in passwords:
        assert password not in first.output + second.output
    assert choose_addresses(Choices(HOST, "postgresql"), Addresses(service, owner)) == Addresses(
        service, owner
    )


def test_the_kind_of_database_does_not_change_in_passing(tmp_path: Path) -> None:
    run(tmp_path, "--host", HOST)
    before = read_files(tmp_path)
    said = run(tmp_path, "--database", "postgresql")
    assert (said.exit_code, read_files(tmp_path)) == (1, before)
    assert "uses sqlite and was not changed to postgresql" in said.output


def test_the_service_never_reads_the_owners_address(tmp_path: Path) -> None:
    run(tmp_path, "--host", HOST, "--database", "postgresql")
    unit = (tmp_path / "etc/systemd/system/evalsvc.service").read_text()
    assert "EnvironmentFile=/etc/evalsvc.env" in unit
    assert "owner" not in unit
    owner = tmp_path / "etc/evalsvc-owner.env"
    assert (owner.stat().st_mode & 0o777, "evalsvc_owner" in owner.read_text()) == (0o600, True)


def test_without_a_host_nothing_begins(tmp_path: Path) -> None:
    said = run(tmp_path)
    assert said.exit_code == 1
    assert "--host pingyi.example.gov.cn" in said.output
    assert list(tmp_path.iterdir()) == []


def test_another_front_server_leaves_nginx_out(tmp_path: Path) -> None:
    run(tmp_path, "--host", HOST, "--no-nginx")
    assert not (tmp_path / "etc/nginx").exists()
    run(tmp_path)  # remembered
    assert not (tmp_path / "etc/nginx").exists()


def test_a_certificate_of_ones_own_is_named_and_none_is_made(tmp_path: Path) -> None:
    given = ["--tls-certificate", "/etc/ssl/mine.pem", "--tls-key", "/etc/ssl/mine.key"]
    said = run(tmp_path, "--host", HOST, *given)
    site = (tmp_path / "etc/nginx/sites-available/evalsvc").read_text()
    assert re.findall(r"ssl_certificate\w* +(\S+);", site) == [
        "/etc/ssl/mine.pem",
        "/etc/ssl/mine.key",
    ]
    assert "openssl" not in said.output
    assert read_memory(tmp_path / "srv/evalsvc/installed.json")["choices"] == {
        "host": HOST,
        "database": "sqlite",
        "owner_database": "",
        "nginx": True,
        "certificate": "/etc/ssl/mine.pem",
        "certificate_key": "/etc/ssl/mine.key",
    }


def test_every_template_names_the_usual_places_and_no_others() -> None:
    """Rendered for the usual places, a template is itself; so it is valid as it stands."""
    for path in FOLDER.iterdir():
        text = path.read_text()
        assert render_template(path.name, Choices("pingyi.example.gov.cn")) == text
        elsewhere = set(re.findall(r"/(?:srv|home|opt|root|work)/[\w/.-]+", text))
        assert {one for one in elsewhere if not one.startswith("/srv/evalsvc/")} == set()


def test_every_command_of_a_unit_exists() -> None:
    from evalsvc.__main__ import Commands

    for path in FOLDER.glob("*.service"):
        (command,) = re.findall(r"^ExecStart=\S+ -m (.*)", path.read_text(), re.MULTILINE)
        module, *words = command.split()
        if module == "evalsvc":
            assert words[0] in Commands.places
        else:
            assert (module, words[-1]) == ("gunicorn", "wsgi:application")
    for path in FOLDER.glob("*.timer"):
        assert path.with_suffix(".service").exists()


def test_programs_run_on_a_whole_machine_only(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    plan = build_plan(
        Choices(HOST, "postgresql"), choose_addresses(Choices(HOST, "postgresql"), NOTHING_YET)
    )
    deeds = [step for step in plan if isinstance(step, Deed)]
    assert {step.look(machine) for step in deeds} == {State.SKIPPED}
    assert all(list(step.show(machine)) for step in deeds)
    assert {step.mode for step in plan if isinstance(step, File) and step.secret} == {0o600}
    assert PROJECT / "deploy" == FOLDER
