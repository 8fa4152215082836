"""Repeatable chance: the demonstration invents the same figures whenever it is run."""

import random

SEED = "2018"


def draw(*about: str) -> random.Random:
    """A source of chance of its own for each thing that is invented."""
    return random.Random("/".join((SEED, *about)))  # noqa: S311 (made-up figures, no secrets)
