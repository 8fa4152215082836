"""Every public verb that writes is recorded, or is declared here with the reason why it is not."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evalsvc.admin.door.words import VERBS
from evalsvc.box.log_words import Verb

DOMAIN = Path(__file__).parents[2] / "evalsvc" / "domain"

# Writing verbs without an event of their own, and why.
UNRECORDED = {
    # Raters' actions are not events: their times would tell who answered when.
    "casting.cast": "a rater's act",
    "drafts.save_draft": "a rater's act",
    "card_reports.report_card": "a rater's act, of which group and day are counted",
    # Ballots on their way into the box: the anchor that follows is recorded.
    "tray.begin_batch": "the anchor that follows is recorded",
    "tray.mend_batch": "a rater's act; what was lost is recorded at closing",
    "emptying.turn_tray": "the anchor that follows is recorded",
    "emptying.empty_before_closing": "closing is recorded",
    "mixing.mix_small_boxes": "writes the same ballots in another order",
    "mixing.mix_closed_boxes": "writes the same ballots in another order",
    # What a job says of itself; the act that it does is recorded by its own verb.
    "jobs.start_job": "the verb that the job does is recorded",
    "jobs.report_progress": "progress of a job",
    "jobs.finish_job": "progress of a job",
    "jobs.fail_job": "progress of a job",
    # Figures in the making: each keeps its own trail, and handing them in is recorded.
    "assessments.save_entries": "every entry keeps who and when; handing in is recorded",
    # Reading matter is kept for the next page, and computed again where it is not.
    "contents.get_content": "keeps diagnostics that it has computed",
    "diagnostics.get_diagnostics": "keeps diagnostics that it has computed",
    "diagnostics.find_round_diagnostics": "keeps diagnostics that it has computed",
    "diagnostics.list_flagged": "keeps diagnostics that it has computed",
    # Sessions: signing in is recorded, being asked again and leaving change nothing of weight.
    "sessions.sign_out": "ends one's own session",
    "sessions.end_own_session": "ends one's own session",
    "sessions.end_other_sessions": "ends one's own sessions",
    "sessions.note_seen": "says that a session is in use",
    "sessions.note_browser": "signing in is recorded",
    "staff.prove_identity": "the act that follows is recorded",
    "second_factor.offer_enrolment": "confirming it is recorded",
    "second_factor.pass_second_factor": "signing in is recorded",
}


@dataclass(frozen=True)
class Function:
    """One function of the domain, and the names that it uses."""

    module: str
    name: str
    uses: frozenset[str]

    @property
    def place(self) -> str:
        return f"{self.module}.{self.name}"


# How a function begins to write; `act.database.writing` is told by its last word.
WRITING = frozenset({"database.writing", "database.casting", "act.writing", "writing"})
TELLING = frozenset({"events.record", "act.tell"})


def list_functions() -> Iterator[Function]:
    for path in sorted(DOMAIN.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield Function(path.stem, node.name, frozenset(_list_uses(node)))


def _list_uses(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute):
            yield f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def list_imported() -> dict[str, dict[str, str]]:
    """By module: the functions of other modules that it imports by name, and where they stand."""
    return {
        path.stem: {
            alias.name: f"{node.module.rpartition('.')[2]}.{alias.name}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith("evalsvc.domain.")
            for alias in node.names
        }
        for path in DOMAIN.rglob("*.py")
    }


FUNCTIONS = list(list_functions())
IMPORTED = list_imported()


def reaches(function: Function, ends: frozenset[str]) -> bool:
    """Whether a function comes to one of these names by way of functions of the domain."""
    seen: set[str] = set()
    waiting = [function]
    while waiting:
        here = waiting.pop()
        if here.uses & ends:
            return True
        seen.add(here.place)
        waiting += [
            other
            for other in FUNCTIONS
            if other.place not in seen
            and (
                (other.name in here.uses and other.module == here.module)
                or other.place in here.uses
                or (
                    other.name in here.uses and IMPORTED[here.module].get(other.name) == other.place
                )
            )
        ]
    return False


def is_writing_verb(function: Function) -> bool:
    public = not function.name.startswith("_")
    return public and reaches(function, WRITING)


def test_every_writing_verb_records_an_event_or_says_why_not() -> None:
    writing = [one for one in FUNCTIONS if is_writing_verb(one)]
    assert len(writing) > 35
    silent = {one.place for one in writing if not reaches(one, TELLING)}
    forgotten = sorted(silent - UNRECORDED.keys())
    assert forgotten == [], "record an event, or say in UNRECORDED why there is none"


def test_no_reason_outlives_its_verb() -> None:
    writing = {one.place for one in FUNCTIONS if is_writing_verb(one)}
    assert sorted(UNRECORDED.keys() - writing) == []


def test_every_verb_has_a_name_on_the_page() -> None:
    assert sorted(verb.value for verb in Verb if verb.value not in VERBS) == []
