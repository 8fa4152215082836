"""docs/operations is true when typed: every verb, option, file, unit and variable in it exists."""

import re
import shlex
from pathlib import Path

import click
import pytest

from evalsvc.__main__ import Commands, main
from evalsvc.installing.choices import Choices
from evalsvc.installing.plan import Addresses, build_plan
from evalsvc.installing.steps import File
from evalsvc.settings import PROJECT, build_environment, read_settings
from tests.operations.documents import PAGES, list_inline, read_blocks

RUN = (PROJECT / "run").read_text(encoding="utf-8")
VERBS = set(re.findall(r"^#: ([a-z-]+)", RUN, re.MULTILINE))
# Verbs that are no command of Python's.
SHELL_VERBS = VERBS - set(Commands.places)


def list_lines(page: Path) -> list[str]:
    return [line for block in read_blocks(page) for line in block.commands]


def list_runs(text: str) -> list[list[str]]:
    """The arguments of every `./run` or `…/app/run` of a command line."""
    return [
        shlex.split(words, comments=True)
        for words in re.findall(r"(?:\./|/srv/evalsvc/app/)run +([^;|&<>…\n]+)", text)
    ]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_verb_takes_what_the_page_gives_it(page: Path) -> None:
    given = [run for text in (*list_lines(page), *list_inline(page)) for run in list_runs(text)]
    assert len(given) > 8
    context = click.Context(main)
    for verb, *arguments in given:
        assert verb in VERBS
        if verb in SHELL_VERBS:
            continue
        command = Commands().get_command(context, verb)
        assert command is not None
        if "--help" not in arguments:
            parse(command, arguments)


def parse(command: click.Command, arguments: list[str]) -> None:
    """As click reads them before it acts: a missing argument or an unknown option is an error."""
    if isinstance(command, click.Group):
        inner = command.get_command(click.Context(command), arguments[0])
        assert inner is not None
        command, arguments = inner, arguments[1:]
    try:
        command.make_context(command.name, list(arguments))
    except click.BadParameter as error:
        # The files of an example lie on the reader's machine.
        if isinstance(error, click.MissingParameter) or "does not exist" not in str(error):
            raise


def test_a_command_that_lacks_something_would_be_noticed() -> None:
    command = Commands().get_command(click.Context(main), "first-staff")
    assert command is not None
    with pytest.raises(click.MissingParameter):
        parse(command, [])
    with pytest.raises(click.UsageError):
        parse(command, ["--no-such-option"])


def test_both_languages_hold_the_same_commands() -> None:
    zh, en = ([(one.section, one.commands) for one in read_blocks(page)] for page in PAGES.values())
    assert zh == en


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_option_in_a_sentence_is_one_of_a_verb(page: Path) -> None:
    known = {
        option
        for name in Commands.places
        if isinstance(command := Commands().get_command(click.Context(main), name), click.Command)
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    named = {
        option
        for code in list_inline(page)
        if code.startswith("--")
        for option in re.findall(r"(?<!\S)--[a-z-]+", code)
    }
    assert named - known == set()


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_variable_unit_and_file_of_ours_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    variables = set(re.findall(r"EVALSVC_[A-Z_]+", text))
    assert variables - set(build_environment(read_settings())) == set()
    units = set(re.findall(r"evalsvc[a-z-]*\.(?:service|timer)", text))
    assert units
    assert [unit for unit in units if not (PROJECT / "deploy" / unit).exists()] == []
    linked = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    assert [one for one in linked if "://" not in one and not (page.parent / one).exists()] == []


def test_both_languages_describe_the_same_settings() -> None:
    zh, en = (
        re.findall(r"^\| `(EVALSVC_[A-Z_]+)`", page.read_text(encoding="utf-8"), re.MULTILINE)
        for page in PAGES.values()
    )
    assert zh == en
    assert len(zh) >= 9


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_file_that_an_update_replaces_is_one_that_the_plan_places(page: Path) -> None:
    plan = build_plan(Choices("pingyi.example.gov.cn"), Addresses("sqlite://", "sqlite://"))
    placed = {str(step.path) for step in plan if isinstance(step, File)}
    named = re.findall(r"--replace (/\S+)", page.read_text(encoding="utf-8"))
    # What the first release's page had people place by hand.
    assert len(named) == 5
    assert set(named) <= placed
