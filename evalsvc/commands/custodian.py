"""`custodian make|rehearse|open|again`: the box's keys on a machine that never sees the network."""

import itertools
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from evalsvc.box.keys import (
    MODERATE,
    Cost,
    WrongPassphrase,
    new_box_keys,
    read_wrapped,
    rehearse,
    unwrap_with,
    wrap_for_pairs,
    write_wrapped,
)
from evalsvc.box.round_keys import SeasonKeys, is_round_key, make_season_keys
from evalsvc.box.sealing import CannotOpen, unseal
from evalsvc.counting.count import BoxCount, build_outcome, count_ballots
from evalsvc.domain.sealing.custody import CUSTODIANS, LEAST_PASSPHRASE, write_public_key
from evalsvc.domain.sealing.offline import BoxFile, compare_opening, read_box, write_opened
from evalsvc.evidence.opening import Opening
from evalsvc.reports.documents.key_sheets import render_key_sheets

PUBLIC, WRAPPED, SHEETS = "public-key.json", "wrapped-keys.json", "key-sheets.pdf"
COST: Cost = MODERATE


@click.group()
def custodian() -> None:
    """三人保管票箱密钥，在不联网的电脑上使用 / Three custodians' keys, off the network.

    \b
    1. make      三人依次输入口令，写出公钥、加密的私钥、密钥单
    2. rehearse  用任意两人的口令读验证文件，得到验证词
    3. open      两人输入口令，打开票箱文件，写出开箱结果
    4. again     两人再开一次，与第一次的 opening.json 对照
    """


@custodian.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", "names", multiple=True, help="保管人姓名，三次 / a name, three times")
@click.option("--round", "rounds", multiple=True, help="轮次代码，每轮一次 / a round's code, each")
def make(folder: Path, names: tuple[str, ...], rounds: tuple[str, ...]) -> None:
    """制作一轮或一个年度的密钥，写入 FOLDER / Make a round's or a season's keys into FOLDER."""
    holders = names or tuple(
        click.prompt(f"第{place}位保管人姓名 custodian {place}") for place in (1, 2, 3)
    )
    if len(set(holders)) != CUSTODIANS or any("、" in name for name in holders):
        raise click.ClickException("要三位不同的保管人 / three different custodians are needed")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / WRAPPED).exists():
        raise click.ClickException(f"{folder / WRAPPED} 已存在，不覆盖 / exists, left alone")
    passphrases = {name: _ask_new(name) for name in holders}
    keys = new_box_keys()
    wrapped = wrap_for_pairs(keys.private, passphrases, cost=COST)
    for pair in itertools.combinations(holders, 2):  # what was written down must open it again
        opened = unwrap_with(wrapped, {name: passphrases[name] for name in pair})
        if not rehearse(keys.public, opened):
            raise click.ClickException("自检没有通过，请重做 / the self-test failed; start again")
    season = make_season_keys(keys.public, wrapped, rounds) if rounds else None
    own = {code: each.public for code, each in season.rounds.items()} if season else None
    sealed = {code: each.sealed.hex() for code, each in season.rounds.items()} if season else {}
    _write(folder / WRAPPED, (season.to_json() if season else write_wrapped(wrapped)).encode())
    _write(folder / PUBLIC, write_public_key(keys.public, holders, own).encode())
    _write(folder / SHEETS, render_key_sheets(keys.public, wrapped, holders, rounds=sealed))
    click.echo(
        f"写好了 written: {folder}\n"
        f"{PUBLIC}  交到轮次页 / hand in on the round's page\n"
        f"{WRAPPED}  留在这台电脑和备份上 / stays on this machine and on a copy\n"
        f"{SHEETS}  打印，各自封入信封 / print, seal into three envelopes"
    )


@custodian.command(name="rehearse")
@click.argument("wrapped", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("test_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def rehearse_command(wrapped: Path, test_file: Path) -> None:
    """三人的口令逐对试开验证文件 / Open the test file with every pair's pass-phrases."""
    keys = _read_keys(wrapped)
    holders = list(dict.fromkeys(name for key in keys.wrapped for name in key.holders))
    passphrases = {name: _ask(name) for name in holders}
    words = set()
    for pair in itertools.combinations(holders, 2):
        privates = _unlock(keys, {name: passphrases[name] for name in pair})
        words.add(_open(privates.values(), test_file.read_bytes()))
        click.echo(f"{'、'.join(pair)}  打开了 opened", err=True)
    click.echo(f"验证词 the word: {' '.join(sorted(words))}")


@custodian.command(name="open")
@click.argument("wrapped", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("box", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None)
@click.option("--name", "names", multiple=True, help="到场的两位 / the two who are present")
def open_command(wrapped: Path, box: Path, out: Path | None, names: tuple[str, ...]) -> None:
    """两人打开票箱文件，写出开箱结果 / Two custodians open a box file and write its count."""
    sealed, count = _count(wrapped, box, names)
    target = out or box.with_name(f"opened-{box.name.split('.')[0]}.json.gz")
    _write(target, write_opened(sealed.plan, build_outcome(sealed.plan, count)))
    click.echo(
        f"计入 counted {count.counted}，不计 rejected {count.rejected.total()}\n"
        f"写好了 written: {target}  交到轮次页 / hand in on the round's page"
    )


@custodian.command(name="again")
@click.argument("wrapped", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("box", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("opening", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", "names", multiple=True, help="到场的两位 / the two who are present")
def again_command(wrapped: Path, box: Path, opening: Path, names: tuple[str, ...]) -> None:
    """再开一次，与审计包里的 opening.json 对照 / Open once more, and compare with opening.json."""
    try:
        first = Opening.from_json(opening.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{opening}: {error}") from error
    sealed, count = _count(wrapped, box, names)
    second, changed = compare_opening(sealed.plan, build_outcome(sealed.plan, count), first)
    click.echo(
        f"开箱记录的散列 the hash that the log's open_box should have:\n  {second.hash.hex()}"
    )
    if second.hash != first.hash:
        told = "、".join(name for name in changed if name not in first.estimated) or "round_uid"
        raise click.ClickException(f"与第一次开箱不同 not as opened first: {told}")
    click.echo("与第一次开箱完全相同 the same as opened first")
    # None of them decides a score, and another version of a program may end a digit elsewhere.
    if changed:
        told = "、".join(changed)
        click.echo(
            f"另有估计值末位不同：{told}；用 manifest.json 里 program 所写的版本再开，应当一样\n"
            f"estimates that end otherwise: {told}; with the version that manifest.json names as "
            "program they are the same"
        )


def _count(wrapped: Path, box: Path, names: tuple[str, ...]) -> tuple[BoxFile, BoxCount]:
    """Two custodians open a box file in memory."""
    keys = _read_keys(wrapped)
    try:
        sealed = read_box(box.read_bytes())
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    present = names or tuple(
        click.prompt(f"第{place}位到场的保管人 custodian present {place}") for place in (1, 2)
    )
    privates = _unlock(keys, {name: _ask(name) for name in present})
    # Of a season's keys the one of this box's round; a round's own are the only ones there.
    private = privates.get(sealed.public)
    if private is None or not rehearse(sealed.public, private):
        raise click.ClickException("这把密钥不是这只票箱的 / these keys are another box's")
    count = count_ballots(
        sealed.plan,
        private,
        iter(sealed.ballots),
        sealed.total,
        lambda done, total: None,  # noqa: ARG005 (nobody watches)
    )
    return sealed, count


def _ask_new(name: str) -> str:
    while True:
        typed = _hidden(f"{name}，请选一个口令（至少{LEAST_PASSPHRASE}个字）your new pass-phrase")
        if len(typed.strip()) < LEAST_PASSPHRASE:
            click.echo(f"至少{LEAST_PASSPHRASE}个字 / at least {LEAST_PASSPHRASE} characters")
        elif _hidden(f"{name}，再输一次 once more") == typed:
            return typed
        else:
            click.echo("两次不一样，请重来 / not the same; again, please")


def _ask(name: str) -> str:
    return _hidden(f"{name}的口令 pass-phrase")


def _hidden(text: str) -> str:
    # Not on a terminal (a rehearsal by script): click would still ask it to hide the typing.
    typed: str = click.prompt(text, hide_input=sys.stdin.isatty(), err=True)
    return typed


def _read_keys(path: Path) -> SeasonKeys:
    """A season's keys, or a round's alone, which are the season's without others."""
    try:
        text = path.read_text(encoding="utf-8")
        return SeasonKeys.from_json(text) if is_round_key(text) else SeasonKeys(read_wrapped(text))
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error


def _unlock(keys: SeasonKeys, passphrases: dict[str, str]) -> dict[bytes, bytes]:
    """Every round's private key by its public one."""
    try:
        return keys.unlock(passphrases)
    except WrongPassphrase as error:
        raise click.ClickException(str(error)) from error


def _open(privates: Iterable[bytes], sealed: bytes) -> str:
    """The word inside, by whichever round's key opens it."""
    told = CannotOpen()
    for private in privates:
        try:
            return str(unseal(private, sealed))
        except CannotOpen as error:
            told = error
    raise click.ClickException(str(told)) from told


def _write(path: Path, content: bytes) -> None:
    """Readable by this user alone, and never over something that is there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{path} 已存在，不覆盖 / exists, left alone") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
