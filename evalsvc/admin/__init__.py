"""The office's door: every route declares who may use it."""

# Importing a file of routes puts them on the door.
from evalsvc.admin.assessing import (  # noqa: F401
    adjustments,
    assessments,
    attachments,
    supervision,
    task_books,
    task_changes,
    task_places,
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
from evalsvc.admin.door import account, jobs, log, pages, signing_in, staff  # noqa: F401
from evalsvc.admin.door.access import door as blueprint
from evalsvc.admin.preparing import (  # noqa: F401
    days_off,
    figure_table,
    figures,
    history,
    panel_plan,
    preview,
    questionnaires,
    relation_matrix,
    roster,
    roster_lines,
    scheme_check,
    scheme_desk,
    seasons,
    unit_changes,
)
from evalsvc.admin.rounds import approvals, assisted, box, comments, replies, rounds  # noqa: F401

# Not called door here: that is the name of a room.
__all__ = ["blueprint"]
