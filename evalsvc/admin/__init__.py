"""The office's door: every route declares who may use it."""

from evalsvc.admin import (  # noqa: F401  (importing a file of routes puts them on the door)
    approvals,
    box,
    diagnostics,
    exports,
    figures,
    jobs,
    log,
    pages,
    results,
    roster,
    rounds,
    satisfaction,
    seasons,
    signing_in,
    staff,
)
from evalsvc.admin.access import door

__all__ = ["door"]
