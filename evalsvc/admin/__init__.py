"""The office's door: every route declares who may use it."""

from evalsvc.admin import (  # noqa: F401  (importing a file of routes puts them on the door)
    account,
    adjustments,
    approvals,
    assessments,
    assisted,
    attachments,
    box,
    comments,
    diagnostics,
    exports,
    figures,
    history,
    jobs,
    log,
    own_unit,
    pages,
    preview,
    publication,
    questionnaires,
    replies,
    result_words,
    results,
    roster,
    rounds,
    satisfaction,
    scheme_desk,
    seasons,
    signing_in,
    staff,
    tasks,
)
from evalsvc.admin.access import door

__all__ = ["door"]
