"""`anchor`: publishes the next anchor of every open round; a timer calls it at fixed hours."""

import click

from evalsvc.clock import now
from evalsvc.commands.saying import Saying
from evalsvc.domain.sealing.anchors import publish_anchors
from evalsvc.settings import prepare_instance, read_settings
from evalsvc.standing import opened


@click.command("anchor", cls=Saying)
def anchor() -> None:
    """公布进行中各轮次的锚点 / Publish the next anchor of every open round.

    新票不足20张的轮次跳过。 A round with fewer than 20 new ballots is passed over.
    """
    settings = read_settings()
    prepare_instance(settings)
    with opened(settings.database_url, settings.peppers) as database:
        published = publish_anchors(database, settings, now())
    for code, signed in published:
        made = signed.anchor
        click.echo(f"{code}: {made.short}  {made.ballots} 张 ballots  {made.at}")
    if not published:
        click.echo("没有可公布的锚点  nothing to publish")
