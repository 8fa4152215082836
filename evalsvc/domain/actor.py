"""Who is acting: the signed-in colleague that every verb of the office is told about."""

from dataclasses import dataclass

from evalsvc.models.staff import Staff


@dataclass(frozen=True)
class Actor:
    """A colleague as the log names them, with the roles that they hold at this moment."""

    staff_id: int
    login: str
    name: str
    roles: frozenset[str]

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


def build_actor(staff: Staff) -> Actor:
    """The colleague behind an account."""
    return Actor(staff.id, staff.login, staff.name, split_roles(staff.roles))


def build_outsider(login: str) -> Actor:
    """Who acts without an account, from the machine itself: the timer, the shell."""
    return Actor(0, login, login, frozenset())


def split_roles(roles: str) -> frozenset[str]:
    """An account's roles out of its row."""
    return frozenset(role for role in roles.split(",") if role)


TIMER = build_outsider("timer")
