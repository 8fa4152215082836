"""`scheme check` and `scheme explain`: a scheme alone, without a season and without a package."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from evalsvc.scheme.explanation import explain
from evalsvc.scheme.file.encoding import decode_scheme
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.presets import list_presets, load_preset, load_scheme

WRONG = 1
INDENT = "  "


@click.group()
def scheme() -> None:
    """检查、解释一个考评方案 / Check or explain a scheme."""


@scheme.command()
@click.argument("named", metavar="FILE")
def check(named: str) -> None:
    """一次指出方案文件的全部错误 / Name everything that is wrong with a scheme's file.

    退出码 0：没有错误；1：有错误。
    Exit code 0: nothing is wrong; 1: something is.
    """
    found = read_or_tell(named)
    click.echo(f"没有发现错误 / Nothing is wrong: {found.title.zh} / {found.title.en}")
    click.echo(f"{found.code}, {found.version}, SHA-256 {found.sha256}")


@scheme.command("explain")
@click.argument("named", metavar="FILE")
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    help="中文或英文 / Chinese or English",
)
def explain_command(named: str, language: str) -> None:
    """用文字说明方案：计分树、最低最高、权重、等次 / Say in words what a scheme decides."""
    click.echo("\n".join(_list_lines(read_or_tell(named), language)))


def read_or_tell(named: str) -> Scheme:
    """The scheme of a file or a preset; what is wrong with it is told, and the program ends."""
    try:
        return read_scheme(named)
    except SchemeErrors as found:
        tell(found)
        sys.exit(WRONG)


def read_scheme(named: str) -> Scheme:
    """A preset by its code, or a file; raises `SchemeErrors` with what is wrong."""
    if named in list_presets():
        return load_preset(named)
    path = Path(named)
    if not path.is_file():
        known = "、".join(list_presets())
        raise click.BadParameter(
            f"没有这个预设或文件，预设有：{known} / no such preset or file; presets: {known}"
        )
    return load_scheme(decode_scheme(path.read_bytes()))


def tell(found: SchemeErrors) -> None:
    """Each mistake in both languages, and whether there may be more."""
    for error in found.errors:
        click.echo(f"{error.message.zh}\n  {error.message.en}", err=True)
    if found.more:
        click.echo(
            "可能还有：改好这些再检查，会列出其余的 / "
            "There may be more: correct these and check again",
            err=True,
        )


def _list_lines(found: Scheme, language: str) -> Iterator[str]:
    yield f"{found.title.in_language(language)} ({found.code}, {found.version})"
    yield found.source
    for section in explain(found):
        yield ""
        yield section.title.in_language(language)
        for line in section.lines:
            yield INDENT * (line.depth + 1) + line.text.in_language(language)
