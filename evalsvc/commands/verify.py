"""`verify PACKAGE`: box, log, anchors and result of an evidence package, checked offline."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from qrcode.main import QRCode

from evalsvc.evidence.archive import open_package
from evalsvc.evidence.editions import ANCHORS
from evalsvc.evidence.model import PackageErrors
from evalsvc.evidence.verify.findings import Finding, Verdict
from evalsvc.evidence.verify.verdict import verify

UNREADABLE = 2
FAILED = 1


@click.command("verify")
@click.argument("package", type=click.Path(path_type=Path))
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    metavar="OLDER",
    help="以前的包，或以前下载的锚点 / an older package, or anchors downloaded earlier",
)
@click.option("--receipt", metavar="CODE", help="查一张回执 / look for a receipt")
@click.option(
    "--public",
    type=click.Path(path_type=Path),
    metavar="PACKAGE",
    help="与发出的公开版逐字节比较 / compare with the public package, byte for byte",
)
@click.option(
    "--anchors",
    type=click.Path(path_type=Path),
    metavar="FILE",
    multiple=True,
    help="自己从公示页下载的锚点，每轮一个文件，可给几个"
    " / the anchors that you fetched from the public page, a file for each round",
)
@click.option("--key", metavar="KEY", help="公告上的签名公钥 / the signing key on the notice")
def command(
    package: Path,
    previous: Path | None,
    receipt: str | None,
    public: Path | None,
    anchors: tuple[Path, ...],
    key: str | None,
) -> None:
    """查验一个数据包，不需要数据库和服务器 / Verify an evidence package, offline.

    退出码 0：全部通过；1：有一项不通过；2：数据包无法读取。
    Exit code 0: every check passes; 1: one does not; 2: the package is unreadable.
    """
    try:
        verdict = verify(
            open_package(package),
            previous=_open_older(previous) if previous else None,
            receipt=receipt,
            public=open_package(public) if public else None,
            published=[_open_older(path) for path in anchors],
            key=key,
        )
    except PackageErrors as found:
        for error in found.errors:
            click.echo(f"{error.message.zh}\n  {error.message.en}", err=True)
        sys.exit(UNREADABLE)
    click.echo("\n".join(_report(verdict)))
    sys.exit(0 if verdict.passed else FAILED)


def _open_older(path: Path) -> dict[str, bytes]:
    """A package, or the file of anchors that the public page gives away."""
    if path.suffix == ".json" and path.is_file():
        return {ANCHORS: path.read_bytes()}
    return open_package(path)


def _report(verdict: Verdict) -> Iterator[str]:
    for finding in verdict.findings:
        yield from _lines(finding)
    yield ""
    if verdict.key:
        yield "签名公钥（与公示的对照）/ signing key (compare with the notice):"
        yield f"  {verdict.key}"
        yield from _draw(verdict.key)
    for note in verdict.notes:
        yield f"注意：{note.zh}"
        yield f"Note: {note.en}"
    if verdict.passed:
        yield "全部通过 / every check passes"
    else:
        yield f"不通过 / FAILED: {', '.join(verdict.failed)}"


def _draw(key: str) -> Iterator[str]:
    """The key as a QR code that a telephone reads off the screen."""
    code, drawn = QRCode(border=2), io.StringIO()
    code.add_data(key.replace(" ", "").upper())
    code.print_ascii(out=drawn)
    yield from drawn.getvalue().rstrip("\n").split("\n")


def _lines(finding: Finding) -> Iterator[str]:
    name = f"{finding.name.zh} / {finding.name.en} ({finding.check})"
    if finding.skipped:
        yield f"—       {name}：{finding.skipped.zh} / {finding.skipped.en}"
        return
    yield f"{'通过 ok' if finding.passed else '不符 NO'} {name}"
    for wrong in finding.wrong:
        yield f"          {wrong.zh}"
        yield f"          {wrong.en}"
