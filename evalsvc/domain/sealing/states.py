"""What a round's states are called, and the refusal of a step that another state does not allow."""

from evalsvc.errors import WRONG_STATE, Problem
from evalsvc.models.season import Round
from evalsvc.text import Text

STATE_NAMES = {
    "preparing": Text("准备中", "being prepared"),
    "issued": Text("已发码", "issued"),
    "open": Text("进行中", "open"),
    "closed": Text("已截止", "closed"),
    "counted": Text("已开箱", "counted"),
}


def require_state(row: Round, states: tuple[str, ...], needed: Text) -> None:
    """Refuse a step in any other state, saying what is needed first."""
    if row.state not in states:
        raise refuse(row, needed)


def refuse(row: Round, needed: Text) -> Problem:
    """The problem to raise where a round is not ready for a step."""
    return Problem(WRONG_STATE, state=STATE_NAMES[row.state], needed=needed)
