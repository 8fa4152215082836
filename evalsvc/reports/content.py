"""What all letters of a round share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from evalsvc.scheme.model import Group
from evalsvc.text import Text


@dataclass(frozen=True)
class LetterText:
    """`groups` are the scheme's, by code."""

    season_title: str
    office: str
    contact: str
    round_name: Text
    deadline: datetime | None
    public_url: str
    groups: Mapping[str, Group]
    language: str = "zh"
