"""Who may use which route: declared for every one, and denied where it is not."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from evalsvc.admin.door.access import get_access
from evalsvc.models.staff import Staff
from tests.admin.conftest import Clerk
from tests.cast import Installation, add_panshan

pytestmark = pytest.mark.slow

ANYBODY = frozenset[str]()
STAFF = frozenset(
    {
        "administrator",
        "manager",
        "distributor",
        "custodian",
        "auditor",
        "liaison",
        "assessor",
        "assistant",
    }
)
MANAGER = frozenset({"manager"})
READERS = frozenset({"manager", "auditor"})
ROUND = frozenset({"manager", "distributor", "custodian", "auditor"})
ACCOUNTS = frozenset({"administrator", "manager"})
CUSTODIAN = frozenset({"custodian"})
LOG = frozenset({"manager", "auditor", "administrator"})
CONSENTING = frozenset({"manager", "distributor", "auditor"})

LIAISON = frozenset({"liaison"})
ASSESSOR = frozenset({"assessor"})
ASSISTANT = frozenset({"assistant"})
BOOKS = MANAGER | LIAISON | ASSESSOR

EXPECTED = {
    "sign_in_page": ANYBODY, "sign_in": ANYBODY, "sign_out": ANYBODY,
    "link_page": ANYBODY, "use_link": ANYBODY,
    "second_factor_page": ANYBODY, "give_number": ANYBODY,
    "proof_page": STAFF, "prove": STAFF,
    "account_page": STAFF, "change_password": STAFF, "stay_awake": STAFF,
    "end_own_session": STAFF, "end_other_sessions": STAFF,
    "board": STAFF, "season_page": STAFF, "scheme_page": STAFF, "scheme_file": STAFF,
    "new_season": MANAGER, "create_season": MANAGER, "change_scheme": MANAGER,
    "inherited_page": MANAGER, "names_page": MANAGER, "amend_season": MANAGER,
    "panel_plan_page": READERS,
    "roster_page": READERS, "roster_file": MANAGER, "upload_roster": MANAGER,
    "roster_dry_run": MANAGER, "import_roster": MANAGER, "discard_roster": MANAGER,
    "roster_lines_page": READERS, "roster_line_page": MANAGER,
    "unit_changes_page": READERS, "plan_unit_change": MANAGER, "change_unit": MANAGER,
    "relation_matrix_page": READERS, "plan_relations": MANAGER, "change_relations": MANAGER,
    "correct_roster_line": MANAGER, "remove_roster_line": MANAGER,
    "figures_page": READERS, "figures_file": MANAGER, "upload_figures": MANAGER,
    "figures_dry_run": MANAGER, "import_figures": MANAGER, "discard_figures": MANAGER,
    "figures_table_page": READERS, "correct_figures": MANAGER,
    "figure_page": READERS, "correct_figure": MANAGER,
    "bulletin": READERS, "adjustments_page": READERS | LIAISON,
    "attach": MANAGER | ASSESSOR | LIAISON,
    "remove_attachment": MANAGER | ASSESSOR | LIAISON,
    "fetch_attachment": READERS | ASSESSOR | LIAISON,
    "history_page": READERS, "history_file": MANAGER, "upload_history": MANAGER,
    "history_dry_run": MANAGER, "import_history": MANAGER, "discard_history": MANAGER,
    "set_year": MANAGER, "take_over_season": MANAGER, "upload_package": MANAGER,
    "package_dry_run": MANAGER, "import_package": MANAGER, "discard_package": MANAGER,
    "questionnaires_page": STAFF, "questionnaire_file": STAFF, "upload_questionnaire": MANAGER,
    "questionnaire_dry_run": MANAGER, "import_questionnaire": MANAGER,
    "discard_questionnaire": MANAGER,
    "replies_page": READERS, "preview_page": READERS, "preview_step": READERS,
    "make_paper_form": READERS,
    "assisted_page": ASSISTANT, "assisted_step": ASSISTANT, "end_sitting": ASSISTANT,
    "round_page": ROUND, "issue": frozenset({"manager", "distributor"}),
    "open_round": MANAGER, "begin_with_letters": MANAGER, "close_round": MANAGER,
    "make_keys": CUSTODIAN, "rehearse": CUSTODIAN, "open_box": CUSTODIAN,
    "make_keys_for_three": CUSTODIAN, "take_public_key": CUSTODIAN, "test_text": CUSTODIAN,
    "box_file": CUSTODIAN, "destroy_keys": CUSTODIAN | MANAGER,
    "propose_card": frozenset({"manager", "distributor"}),
    "decide": CONSENTING, "withdraw": CONSENTING, "carry_out": CONSENTING,
    "job_page": ROUND, "fetch_file": ROUND, "delete_file": ROUND,
    "results_page": READERS, "compute_result": MANAGER, "unit_page": READERS,
    "satisfaction_page": READERS, "exports_page": READERS, "start_export": READERS,
    "staff_page": ACCOUNTS, "make_link": ACCOUNTS, "suspend": ACCOUNTS,
    "log_page": LOG, "log_table": LOG, "log_records": LOG,
    "diagnostics_page": READERS, "round_diagnostics_page": READERS,
    "propose_exclusion": MANAGER, "propose_restoration": MANAGER,
    "scheme_check": STAFF, "check_scheme": STAFF,
    "scheme_tree": STAFF, "scheme_trial": STAFF, "scheme_comparison": STAFF,
    "scheme_edition": MANAGER, "edit_scheme": MANAGER,
    "days_off_page": READERS, "enter_days_off": MANAGER,
    "publication_page": READERS, "open_correction": MANAGER,
    "propose_result": MANAGER, "begin_publicity": MANAGER,
    "make_final": MANAGER, "archive_result": MANAGER, "make_notices": MANAGER,
    "issue_letters": MANAGER,
    "set_terms": MANAGER, "bind_liaison": ACCOUNTS, "unbind_liaison": ACCOUNTS,
    "comments_page": READERS, "review_comments": MANAGER, "take_back_comment": MANAGER,
    "reviews_page": READERS, "answer_review": MANAGER,
    "own_page": LIAISON, "own_sheet": LIAISON, "own_notice": LIAISON, "ask_review": LIAISON,
    "write_account": LIAISON,
    "bodies_page": READERS, "ask_for_sheets": MANAGER, "bind_member": ACCOUNTS,
    "unbind_member": ACCOUNTS, "return_sheet": MANAGER, "accept_sheet": MANAGER,
    "own_sheets": ASSESSOR, "sheet_page": READERS | ASSESSOR, "sheet_file": READERS | ASSESSOR,
    "save_sheet": ASSESSOR, "upload_sheet": ASSESSOR,
    "tasks_page": READERS | LIAISON | ASSESSOR, "propose_task": MANAGER | LIAISON,
    "resubmit_task": MANAGER | LIAISON, "decide_task": MANAGER | ASSESSOR,
    "task_page": READERS | LIAISON | ASSESSOR, "decide_tasks": MANAGER | ASSESSOR,
    "ask_for_reports": MANAGER, "count_grades": MANAGER, "carry_tasks": MANAGER,
    "report_task": LIAISON, "grade_report": MANAGER | ASSESSOR,
    "report_tasks": LIAISON, "grade_reports": MANAGER | ASSESSOR,
    "settle_missed": MANAGER,
    "task_places_page": READERS, "supervision_page": READERS | LIAISON,
    "note_finding": MANAGER, "rectify": LIAISON, "settle_finding": MANAGER,
    "write_self_check": LIAISON,
    "mend_task": MANAGER, "split_task": MANAGER, "withdraw_task": MANAGER,
    "exempt_report": MANAGER, "restore_report": MANAGER, "reopen_tasks": MANAGER,
    "task_plan_file": MANAGER | LIAISON, "upload_task_plan": MANAGER | LIAISON,
    "task_plan_dry_run": MANAGER | LIAISON, "import_task_plan": MANAGER | LIAISON,
    "discard_task_plan": MANAGER | LIAISON,
    "task_books_page": BOOKS, "task_reports_file": BOOKS, "upload_task_reports": BOOKS,
    "task_reports_dry_run": BOOKS, "import_task_reports": BOOKS, "discard_task_reports": BOOKS,
}  # a table, read by rows  # fmt: skip

LOGINS = {"admin": "administrator", "plain": "manager", "dist": "distributor",
          "custodian": "custodian", "auditor": "auditor", "liaison": "liaison",
          "assessor": "assessor", "counter": "assistant"}  # a table, read by rows  # fmt: skip

# For anybody, but only on the way through signing in or out: others are sent to its beginning.
HALF_WAY = {"second_factor_page", "give_number", "sign_out"}

# Acts of weight, before which the password is asked for again: exactly these.
FRESH = {
    "open_round", "begin_with_letters", "open_box", "box_file", "destroy_keys",
    "propose_card", "decide", "carry_out", "start_export",
    "propose_exclusion", "propose_restoration",
    "open_correction",
    "enter_days_off", "propose_result", "begin_publicity", "make_final", "archive_result",
    "issue_letters",
    "end_own_session", "end_other_sessions",
}  # a table, read by rows  # fmt: skip
# Whoever holds the box may have no part in the cards.
NEVER = {"issue", "propose_card", "decide", "withdraw", "carry_out"}


def list_routes(app: Flask) -> list[tuple[str, str, str]]:
    """Every route of the office: endpoint, method, a path."""
    return [
        (rule.endpoint.removeprefix("admin."), method, _fill(rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        for method in sorted(rule.methods or ())
        if method in {"GET", "POST"}
    ]


def _fill(rule: str) -> str:
    """A place for each name; nothing stands there, so that no verb is really done."""
    rule = re.sub(r"<int:\w+>", "99", rule)
    return re.sub(r"<\w+>", "none", rule).removeprefix("/office")


def test_every_route_declares_exactly_these_roles(app: Flask) -> None:
    with app.app_context():
        declared = {name: get_access(f"admin.{name}").roles for name, _, _ in list_routes(app)}
    assert declared == EXPECTED


def test_acts_of_weight_and_excluded_roles_are_declared_too(app: Flask) -> None:
    with app.app_context():
        declared = {name: get_access(f"admin.{name}") for name, _, _ in list_routes(app)}
    assert {name for name, access in declared.items() if access.fresh} == FRESH
    assert {name for name, access in declared.items() if access.never} == NEVER


@pytest.mark.parametrize("login", LOGINS)
def test_each_role_reaches_its_routes_and_no_other(
    app: Flask, seat: Callable[[str], Clerk], login: str
) -> None:
    clerk = seat(login)
    wrong = []
    for name, method, path in list_routes(app):
        if name == "sign_out":
            continue
        page = clerk.get(path) if method == "GET" else clerk.post(path)
        allowed = EXPECTED[name] == ANYBODY or LOGINS[login] in EXPECTED[name]
        # Suspending and links of a colleague who does not exist are answered, not refused.
        if (page.status == 403) is allowed:
            wrong.append((name, method, page.status))
    assert wrong == []


def test_nobody_gets_in_without_signing_in(app: Flask, stranger: Clerk) -> None:
    wrong = []
    for name, method, path in list_routes(app):
        page = stranger.get(path) if method == "GET" else stranger.post(path)
        sent_away = page.status == 302 and page.location.startswith("/office/sign-in")
        if sent_away is (EXPECTED[name] == ANYBODY and name not in HALF_WAY):
            wrong.append((name, method, page.status))
    assert wrong == []


def test_a_route_that_declares_nothing_is_refused(app: Flask, manager: Clerk) -> None:
    app.view_functions["admin.board"] = lambda: "secret"
    with pytest.raises(KeyError):
        manager.get("/")


def test_posts_without_the_forms_token_are_refused(manager: Clerk) -> None:
    assert manager.post_without_token("/seasons/new").status == 400


def test_whoever_holds_the_box_issues_no_codes(
    installation: Installation, seat: Callable[[str], Clerk]
) -> None:
    """A manager may issue, a custodian may not: one who is both may not either."""
    add_panshan(installation)
    with installation.database.writing() as session:
        both = session.scalars(select(Staff).where(Staff.login == "plain")).one()
        both.roles = "manager,custodian"
    page = seat("plain").post("/rounds/1/invitations")
    assert page.status == 422
    assert page.has("发码员和票箱保管员不能是同一个人")


def test_says_which_role_is_needed(seat: Callable[[str], Clerk]) -> None:
    page = seat("auditor").get("/staff")
    assert page.has("您的角色不能做这一步（需要：账号管理员、考评管理员）。")
    assert seat("auditor").get("/staff?lang=en").has("(needed: administrator, manager)")


def test_a_page_that_is_not_there(manager: Clerk, stranger: Clerk) -> None:
    assert manager.get("/seasons/99").status == 404
    assert stranger.get("/nowhere").status == 404
