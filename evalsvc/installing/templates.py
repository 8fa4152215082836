"""The files of `deploy/`: whole and valid with the usual places, other places put in by word."""

from evalsvc.installing.choices import Choices, UsualPlaces
from evalsvc.settings import PROJECT

FOLDER = PROJECT / "deploy"
EXAMPLE_HOST = "pingyi.example.gov.cn"


def list_units() -> tuple[str, ...]:
    """The names of all units, services before the timers that start them."""
    return tuple(
        path.name for kind in ("service", "timer") for path in sorted(FOLDER.glob(f"*.{kind}"))
    )


def render_template(name: str, choices: Choices) -> str:
    """A file of `deploy/` for this installation."""
    usual, here = UsualPlaces(), choices.places
    text = (FOLDER / name).read_text(encoding="utf-8")
    for old, new in (
        (usual.app, here.app),
        (usual.instance, here.instance),
        # The longer name first: the shorter one is its beginning.
        (usual.key_backups, here.key_backups),
        (usual.backups, here.backups),
        (usual.certificate, here.certificate),
        (usual.certificate_key, here.certificate_key),
        (EXAMPLE_HOST, choices.host),
    ):
        text = text.replace(str(old), str(new))
    return text
