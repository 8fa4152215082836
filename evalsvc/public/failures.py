"""What a network hears from which many codes fail: wait a little. A right code never waits.

The code is always looked up first: a village or an office building is one address, and its
raters must get in during a flood from it. What keeps guessing hopeless is the code's 74 bits.
"""

from math import ceil
from time import monotonic

from flask import request

from evalsvc.errors import LETTER_UNKNOWN, SLOW_DOWN, TOKEN_MISTYPED, TOKEN_UNKNOWN, Problem
from evalsvc.extensions import current_service


def slow_failures(problem: Problem) -> Problem:
    """The problem to show for a code that was refused."""
    if problem.kind not in (TOKEN_MISTYPED, TOKEN_UNKNOWN, LETTER_UNKNOWN):
        return problem
    codes, name, at = current_service().codes, (request.remote_addr or "",), monotonic()
    wait = codes.get_wait(name, at)
    if wait > 0:
        return Problem(SLOW_DOWN, seconds=ceil(wait))
    codes.note_failure(name, at)
    return problem
