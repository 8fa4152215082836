"""What a reviewer posts on a page of comments: a choice for each, a reason or another wording."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_wtf import FlaskForm

CHOICE, REASON, WORDING = "choice", "reason", "wording"
REWORDED, WITHHELD = "reworded", "withheld"
CHOICES = ("public", REWORDED, "internal", WITHHELD)
LONGEST_WORDING = 500

CHOOSE = "请选公开、改写后公开、内部或不公开。"
REASON_EXPECTED = "不公开的要选一个理由。"
WORDING_EXPECTED = "请写改写后的话，最多500个字。"


class CommentsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Carries the token alone; the comments of a page come with `read_verdicts`."""


@dataclass(frozen=True)
class PostedVerdict:
    """What was chosen for one comment, as typed; `wrong` says what is missing."""

    round_id: int
    number: int
    choice: str
    reason: str
    wording: str
    wrong: str

    @property
    def state(self) -> str:
        return "public" if self.choice == REWORDED else self.choice


def name_field(part: str, round_id: int, number: int) -> str:
    """Under which name a page posts a part of a comment's verdict."""
    return f"{part}.{round_id}.{number}"


def read_verdicts(posted: Mapping[str, str]) -> tuple[PostedVerdict, ...]:
    """The comments for which something was chosen, in the order of the page."""
    return tuple(
        _read(posted, int(round_id), int(number))
        for part, _, place in (name.partition(".") for name in posted)
        for round_id, _, number in (place.partition("."),)
        if part == CHOICE and _is_number(round_id) and _is_number(number)
    )


def read_place(posted: str) -> tuple[int, int] | None:
    """Which comment a button was for; None for what no page of ours posts."""
    round_id, _, number = posted.partition(".")
    return (int(round_id), int(number)) if _is_number(round_id) and _is_number(number) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _read(posted: Mapping[str, str], round_id: int, number: int) -> PostedVerdict:
    choice, reason, wording = (
        posted.get(name_field(part, round_id, number), "").strip()
        for part in (CHOICE, REASON, WORDING)
    )
    # What stands in the fields of another choice was left there.
    reason = reason if choice == WITHHELD else ""
    wording = wording if choice == REWORDED else ""
    return PostedVerdict(
        round_id, number, choice, reason, wording, _find_fault(choice, reason, wording)
    )


def _find_fault(choice: str, reason: str, wording: str) -> str:
    if choice not in CHOICES:
        return CHOOSE
    if choice == WITHHELD and not reason:
        return REASON_EXPECTED
    if choice == REWORDED and not 0 < len(wording) <= LONGEST_WORDING:
        return WORDING_EXPECTED
    return ""
