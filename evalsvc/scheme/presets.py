"""The rule books that come with the product, one file each in `schemes/`."""

from functools import cache
from pathlib import Path

from evalsvc.scheme.model import Scheme
from evalsvc.scheme.reader import load_scheme

FOLDER = Path(__file__).parents[2] / "schemes"

__all__ = ["get_preset_text", "list_presets", "load_preset", "load_scheme"]


def list_presets() -> tuple[str, ...]:
    """The codes of all presets, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def get_preset_text(code: str) -> str:
    """The exact file of a preset, for an office to copy and edit; `KeyError` for another code."""
    if code not in list_presets():
        raise KeyError(code)
    return (FOLDER / f"{code}.yaml").read_text(encoding="utf-8")


@cache
def load_preset(code: str) -> Scheme:
    """A preset as a scheme; `KeyError` for a code that `list_presets` does not have."""
    return load_scheme(get_preset_text(code))
