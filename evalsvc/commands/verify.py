"""`verify PACKAGE`: box, log, anchors and result of an evidence package, checked offline."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

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
def command(package: Path, previous: Path | None, receipt: str | None, public: Path | None) -> None:
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
        )
    except PackageErrors as found:
        for error in found.errors:
            click.echo(f"{error.message('zh')}\n  {error.message('en')}", err=True)
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
        yield f"签名公钥 / signing key: {verdict.key}（与公示的对照 / compare with the notice）"
    if verdict.passed:
        yield "全部通过 / every check passes"
    else:
        yield f"不通过 / FAILED: {', '.join(verdict.failed)}"


def _lines(finding: Finding) -> Iterator[str]:
    name = f"{finding.name.zh} / {finding.name.en} ({finding.check})"
    if finding.skipped:
        yield f"—       {name}：{finding.skipped.zh} / {finding.skipped.en}"
        return
    yield f"{'通过 ok' if finding.passed else '不符 NO'} {name}"
    for wrong in finding.wrong:
        yield f"          {wrong.zh}"
        yield f"          {wrong.en}"
