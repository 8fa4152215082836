"""What the demonstration says when it is ready: addresses, links, codes, the pass-phrase."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalsvc.box.tokens import format_token
from evalsvc.demo.season import Office
from evalsvc.domain.rounds import Card
from evalsvc.scheme.model import Scheme, Text

# Stands for the server's address, which may be another one the next time.
ADDRESS = "{address}"


@dataclass(frozen=True)
class Trial:
    """An open round of a season in which codes may be tried."""

    title: str
    about: Text
    scheme: Scheme
    cards: Sequence[Card]


def write_welcome(office: Office, links: Mapping[str, str], trials: Sequence[Trial]) -> str:
    """The welcome with a placeholder for the address; all its secrets are made up."""
    return "\n".join(_list_lines(office, links, trials)) + "\n"


def say_welcome(welcome: str, address: str) -> str:
    """The welcome for a server at this address."""
    return welcome.replace(ADDRESS, address)


def _list_lines(
    office: Office, links: Mapping[str, str], trials: Sequence[Trial]
) -> Iterator[str]:
    yield "演示系统  The demonstration"
    yield ""
    yield f"  评价人入口  raters   {ADDRESS}/"
    yield f"  考评办入口  office   {ADDRESS}/office/"
    yield ""
    yield "工作人员：一次性链接，打开后自己定密码（7 天内有效，只能用一次）"
    yield "Staff: one-time links, choose a password there (valid for 7 days, once)"
    for actor in (office.manager, office.custodian):
        yield f"  {actor.login:<10} {actor.name}"
        yield f"             {ADDRESS}/office/link#{links[actor.login]}"
    yield f"  票箱口令 the custodian's pass-phrase:  {office.passphrase}"
    for trial in trials:
        yield ""
        yield trial.title
        yield f"  {trial.about.zh}"
        yield f"  {trial.about.en}"
        for card in trial.cards:
            yield from _list_card_lines(trial.scheme, card)
    yield ""


def _list_card_lines(scheme: Scheme, card: Card) -> Iterator[str]:
    group = scheme.get_group(card.group).name
    who = card.addressee if card.addressee == group.zh else f"{group.zh} · {card.addressee}"
    yield f"  {format_token(card.token)}   {who}  ({group.en})"
    yield f"                        {ADDRESS}/r#{card.token}"
