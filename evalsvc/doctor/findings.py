"""What a check may find: the fault, in plain words, and what to do about it."""

from dataclasses import dataclass
from enum import Enum

from evalsvc.text import Text


class Gravity(Enum):
    """How much a finding weighs; only what is wrong makes the doctor's exit code 1."""

    WRONG = Text("不对", "WRONG")
    HINT = Text("提示", "hint")


@dataclass(frozen=True)
class Fault:
    """One kind of finding, with places for its figures."""

    code: str
    level: Gravity
    said: Text
    remedy: Text


@dataclass(frozen=True)
class FoundFault:
    """A fault found here, in both languages."""

    fault: Fault
    said: Text
    remedy: Text

    @property
    def is_wrong(self) -> bool:
        return self.fault.level is Gravity.WRONG


def find(fault: Fault, **figures: object) -> FoundFault:
    """A fault with its figures put in."""
    return FoundFault(fault, fault.said.filled(**figures), fault.remedy.filled(**figures))
