"""The office's door: every route declares who may use it."""

# Importing a file of routes puts them on the door.
from evalsvc.admin.assessing import (  # noqa: F401
    adjustments,
    assessments,
    attachments,
    tasks,
)
from evalsvc.admin.concluding import (  # noqa: F401
    diagnostics,
    exports,
    own_unit,
    publication,
    result_words,
    results,
    satisfaction,
)
from evalsvc.admin.door import (  # noqa: F401
    account,
    jobs,
    log,
    pages,
    signing_in,
    staff,
)
from evalsvc.admin.door.access import door
from evalsvc.admin.preparing import (  # noqa: F401
    figures,
    history,
    preview,
    questionnaires,
    roster,
    scheme_desk,
    seasons,
)
from evalsvc.admin.rounds import (  # noqa: F401
    approvals,
    assisted,
    box,
    comments,
    replies,
    rounds,
)

__all__ = ["door"]
