"""Which release left the tables at which migration; the one place where the version stands."""

from dataclasses import dataclass

# What this program is. Between releases it bears the next one's number with "-dev".
VERSION = "0.2.0-dev"


@dataclass(frozen=True)
class Release:
    """A version that somebody may have installed, and the newest migration it came with."""

    version: str
    day: str
    migration: str


# Oldest first. CHANGELOG.md has a heading for each, tests/data/releases a database of each.
RELEASES = (Release("0.1.0", "2026-11-20", "0001"),)


def name_migration(number: str) -> str:
    """A migration as people know it: by the newest release that has it, where one has."""
    named = [release.version for release in RELEASES if release.migration == number]
    return f"{number}（v{named[-1]}）" if named else number
