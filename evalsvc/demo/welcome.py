"""What the demonstration says when it is ready: addresses, links, codes, the pass-phrase."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalsvc.box.cards import Card
from evalsvc.box.tokens import format_token
from evalsvc.demo.season import Office
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

# What stands in the kept text for things that are other ones the next time.
ADDRESS = "{address}"
LINK = "{link of %s}"


@dataclass(frozen=True)
class OpenTrial:
    """An open round of a season in which codes may be tried."""

    title: str
    about: Text
    scheme: Scheme
    cards: Sequence[Card]


def write_welcome(office: Office, trials: Sequence[OpenTrial]) -> str:
    """The welcome to keep: its codes and pass-phrase are good as long as the demonstration is."""
    return "\n".join(_list_lines(office, trials)) + "\n"


def say_welcome(kept: str, address: str, links: Mapping[str, str]) -> str:
    """The welcome for a server at this address, with new one-time links by login."""
    said = kept.replace(ADDRESS, address)
    for login, secret in links.items():
        said = said.replace(LINK % login, secret)
    return said


def _list_lines(office: Office, trials: Sequence[OpenTrial]) -> Iterator[str]:
    yield "演示系统：单位名称取自公开文件，人员、答卷、指标和结果全部为虚构"
    yield "A demonstration: units as in public documents; people, answers and results invented"
    yield ""
    yield f"  评价人入口  raters   {ADDRESS}/"
    yield f"  考评办入口  office   {ADDRESS}/office/"
    yield ""
    yield "工作人员：一次性链接，打开后自己定密码（7 天内有效，只能用一次；重新运行即换新链接）"
    yield "Staff: one-time links to choose a password with (7 days, once; each run makes new ones)"
    for actor in (office.manager, office.custodian):
        yield f"  {actor.login:<10} {actor.name}"
        yield f"             {ADDRESS}/office/link#{LINK % actor.login}"
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
