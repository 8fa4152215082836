"""Who is acting: the signed-in colleague that every verb of the office is told about."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A colleague as the log names them, with the roles that they hold at this moment."""

    staff_id: int
    login: str
    name: str
    roles: frozenset[str]

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)
