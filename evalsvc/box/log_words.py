"""The closed table of what the log says: which acts there are, and what an act may be about.

Both are hashed and published as they are written here: a word may be added, none may be changed.
"""

from enum import StrEnum
from typing import NewType

Subject = NewType("Subject", str)

SERVICE = Subject("service")


class Verb(StrEnum):
    """Every act that the log can tell of."""

    # People.
    MAKE_LINK = "make_link"
    USE_LINK = "use_link"
    SIGN_IN = "sign_in"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 (an act, not a password)
    SUSPEND = "suspend"
    ENROL_SECOND_FACTOR = "enrol_second_factor"
    USE_RECOVERY_CODE = "use_recovery_code"
    BIND_LIAISON = "bind_liaison"
    UNBIND_LIAISON = "unbind_liaison"
    BIND_MEMBER = "bind_member"
    UNBIND_MEMBER = "unbind_member"
    PROPOSE = "propose"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    # Preparing.
    CREATE_SEASON = "create_season"
    INHERIT_SEASON = "inherit_season"
    AMEND_SEASON = "amend_season"
    CHANGE_SCHEME = "change_scheme"
    IMPORT_ROSTER = "import_roster"
    IMPORT_FIGURES = "import_figures"
    CORRECT_FIGURES = "correct_figures"
    OVERRULE_FIGURE = "overrule_figure"
    ENTER_ARRANGEMENT = "enter_arrangement"
    ATTACH = "attach"
    REMOVE_ATTACHMENT = "remove_attachment"
    # Assessing.
    ASK_FOR_SHEETS = "ask_for_sheets"
    HAND_IN = "hand_in"
    RETURN_SHEET = "return_sheet"
    ACCEPT_SHEET = "accept_sheet"
    PROPOSE_TASK = "propose_task"
    PROPOSE_PLAN = "propose_plan"
    DECIDE_TASK = "decide_task"
    RESUBMIT_TASK = "resubmit_task"
    NOTE_FINDING = "note_finding"
    RECTIFY = "rectify"
    SETTLE_FINDING = "settle_finding"
    SELF_CHECK = "self_check"
    CHANGE_TASK = "change_task"
    REOPEN_TASKS = "reopen_tasks"
    CARRY_TASKS = "carry_tasks"
    ASK_FOR_REPORTS = "ask_for_reports"
    REPORT_TASK = "report_task"
    GRADE_REPORT = "grade_report"
    COUNT_GRADES = "count_grades"
    # Voting.
    WRITE_ACCOUNT = "write_account"
    ASSIST = "assist"
    # Sealing.
    MAKE_KEYS = "make_keys"
    REHEARSE_OPENING = "rehearse_opening"
    ISSUE = "issue"
    OPEN_ROUND = "open_round"
    REISSUE = "reissue"
    REVOKE = "revoke"
    PUBLISH_ANCHOR = "publish_anchor"
    LOSE_BALLOTS = "lose_ballots"
    CLOSE_ROUND = "close_round"
    EXPORT_BOX = "export_box"
    OPEN_BOX = "open_box"
    DESTROY_KEYS = "destroy_keys"
    PURGE = "purge"
    # Words.
    REVIEW_COMMENTS = "review_comments"
    TAKE_BACK_COMMENT = "take_back_comment"
    # Concluding.
    SET_YEAR = "set_year"
    IMPORT_HISTORY = "import_history"
    TAKE_OVER_SEASON = "take_over_season"
    TAKE_OVER_PACKAGE = "take_over_package"
    COMPUTE_RESULT = "compute_result"
    EXCLUDE_BALLOT = "exclude_ballot"
    RESTORE_BALLOT = "restore_ballot"
    EXPORT_AUDIT_PACKAGE = "export_audit_package"
    EXPORT_PUBLIC_PACKAGE = "export_public_package"
    SET_TERMS = "set_terms"
    PROPOSE_RESULT = "propose_result"
    OPEN_CORRECTION = "open_correction"
    BEGIN_PUBLICITY = "begin_publicity"
    ISSUE_LETTERS = "issue_letters"
    READ_LETTER = "read_letter"
    ASK_REVIEW = "ask_review"
    ANSWER_REVIEW = "answer_review"
    MAKE_FINAL = "make_final"
    ARCHIVE_RESULT = "archive_result"


def about_season(season_id: int) -> Subject:
    return Subject(f"season {season_id}")


def about_round(round_id: int, code: str = "") -> Subject:
    """A round; what two people are asked about it has its number alone."""
    # Without a code no space stays at the end: the text is hashed.
    return Subject(f"round {round_id} {code}".rstrip())


def about_staff(login: str) -> Subject:
    return Subject(f"staff:{login}")
