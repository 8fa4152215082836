"""Publishing a result: propose a version, show it for its period, make it final.

A version that was published stays as it was. What has to be put right becomes another version,
which says what changed and why.
"""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.outcome.season_outcome import season_outcome
from evalsvc.box.log_words import Verb, about_season
from evalsvc.domain.acting import Act
from evalsvc.domain.changing import close_correction, read_correction
from evalsvc.domain.concluding.disclosure import check_populations
from evalsvc.domain.concluding.facts import is_current, list_facts
from evalsvc.domain.concluding.missing import read_missing
from evalsvc.domain.concluding.notices import build_notice, hash_notice, write_notice
from evalsvc.domain.concluding.periods import Period, settle, write_counted
from evalsvc.domain.concluding.publications import get_current, list_rows, read_results
from evalsvc.domain.concluding.result_files import bind_comments
from evalsvc.domain.office_days import office_day
from evalsvc.domain.people import approvals
from evalsvc.domain.sealing.anchors import anchor_season
from evalsvc.domain.seasons import find_result_head, freeze_scheme, get_season_row, read_scheme
from evalsvc.domain.words.voices import release_comments
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED
from evalsvc.models.publication import Publication, ReviewRequest
from evalsvc.settings import Settings
from evalsvc.text import Text

LONGEST_REASON = 2_000
_PROVISIONAL = Text(
    "结果还是暂定的：%(missing)s。请先补齐、重新计算，再拟定公布的版本；确实报不来的，按方案写明的办法处理",
    "the result is provisional: %(missing)s. Please complete it and compute again before a version "
    "is proposed; what will not come is settled as the scheme says",
)


def propose(act: Act, season_id: int, reason: str) -> int:
    """Put the newest computation forward; after a shown one this is a correction with a reason."""
    with act.writing() as session:
        return write_proposal(session, season_id, reason, act)


def write_proposal(session: Session, season_id: int, reason: str, act: Act) -> int:
    """The proposal inside somebody's transaction: an answered review makes one, too."""
    season = get_season_row(session, season_id)
    scheme = read_scheme(season)
    head = find_result_head(session, season_id)
    if head is None:
        raise ACT_REFUSED.because(Text("还没有计算结果", "there is no result yet"))
    if session.get(Publication, (season_id, head.version)):
        raise ACT_REFUSED.because(
            Text(
                "最新一次计算已经拟定过；有变化请先重新计算",
                "the newest computation has been proposed already; compute again first",
            )
        )
    facts = list_facts(session, season_id)
    # The notice is of a computation; figures that have changed since would be proposed unseen.
    if not is_current(facts, scheme, season.scheme, head.facts_sha256):
        raise ACT_REFUSED.because(
            Text(
                "计算之后数据有了变化，请先重新计算",
                "figures have changed since the computation; please compute again first",
            )
        )
    # Only what people have read needs a reason to change; a proposal that nobody has seen does not.
    shown = next((row for row in list_rows(session, season_id) if row.state != "proposed"), None)
    open_ = read_correction(session, season_id)
    reason = check_reason(reason or (open_.reason if open_ else "")) if shown else ""
    left_out = _require_whole(session, season_id, shown.left_out if shown else "")
    categories = {unit.code: unit.category for unit in facts.units}
    results = read_results(session, season_id, head.version, categories)
    outcome = season_outcome(scheme.outcome, facts, results, scheme.publication.places)
    # Written once and kept: what is shown stays these words.
    text = write_notice(build_notice(outcome, facts, secrets.token_hex(16)))
    session.add(
        Publication(
            season_id=season_id,
            version=head.version,
            corrects=shown.version if shown else None,
            reason=reason,
            left_out=left_out,
            notice=text,
            notice_sha256=hash_notice(text),
            proposed_by=act.actor.login,
            proposed_at=act.moment,
        )
    )
    detail = {
        "version": str(head.version),
        "notice_sha256": hash_notice(text),
        "reason": reason,
        **({"left_out": left_out} if left_out else {}),
    }
    act.tell(session, Verb.PROPOSE_RESULT, about_season(season_id), detail)
    return head.version


def check_publicity(act: Act, season_id: int, version: int, period: Period) -> None:
    """Refuse now what would be refused when the second person agrees."""
    with act.database.reading() as session:
        get_current(session, season_id, version, "proposed")
        settle(session, season_id, period, office_day(act.moment))


def begin_publicity(
    act: Act,
    settings: Settings,
    season_id: int,
    version: int,
    period: Period,
    approval_id: int | None = None,
) -> None:
    """Show a proposed version from its first day to its last, with what is public of comments."""
    with act.writing() as session:
        people = approvals.spend(
            session, settings, approval_id, "begin_publicity", season_id=season_id
        )
        row = get_current(session, season_id, version, "proposed")
        settled = settle(session, season_id, period, office_day(act.moment))
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        freeze_scheme(season, act.moment)
        # Before it is shown, since nothing takes back what has been read.
        check_populations(session, season_id, version, scheme)
        row.state = "shown"
        # Where some grades' holders alone are public, their figures never are.
        extent = period.extent if scheme.publication.shows is None else "grades"
        row.audience, row.extent = period.audience, extent
        row.first_day = period.first_day.isoformat()
        row.last_day = period.last_day.isoformat()
        row.review_until = settled.review_until.isoformat()
        row.counted = write_counted(settled.counted)
        detail = {
            "version": str(version),
            "first_day": row.first_day,
            "last_day": row.last_day,
            "review_until": row.review_until,
            "audience": period.audience,
            **people,
            # Comments are copied on this day (decision 0007): what is out can't be taken back, and
            # later decisions change no published version.
            **release_comments(session, season_id, version),
            **bind_comments(session, settings, season_id, version),
        }
        act.tell(session, Verb.BEGIN_PUBLICITY, about_season(season_id), detail)
        # In the same transaction (decision 0013): what people read is bound before they read it.
        anchor_season(act, session, settings, season_id)


def check_final(act: Act, season_id: int, version: int) -> None:
    """Refuse now what would be refused when the second person agrees."""
    with act.database.reading() as session:
        _get_finalizable(session, season_id, version, act.moment)


def make_final(
    act: Act, settings: Settings, season_id: int, version: int, approval_id: int | None = None
) -> None:
    """Make a version final once its periods are over and every unit has its answer."""
    with act.writing() as session:
        row = _get_finalizable(session, season_id, version, act.moment)
        people = approvals.spend(session, settings, approval_id, "make_final", season_id=season_id)
        row.state, row.final_by, row.final_at = "final", act.actor.login, act.moment
        close_correction(session, season_id, act.moment)
        detail = {"version": str(version), "notice_sha256": row.notice_sha256, **people}
        act.tell(session, Verb.MAKE_FINAL, about_season(season_id), detail)
        anchor_season(act, session, settings, season_id)


def check_reason(reason: str) -> str:
    """A reason that says something."""
    reason = reason.strip()
    if not reason:
        raise ENTRY_REFUSED.because(Text("请写明理由", "please give the reason"))
    if len(reason) > LONGEST_REASON:
        raise ENTRY_REFUSED.because(
            Text(
                f"理由最多 {LONGEST_REASON} 个字",
                f"the reason has {LONGEST_REASON} characters at most",
            )
        )
    return reason


def _get_finalizable(
    session: Session, season_id: int, version: int, moment: datetime
) -> Publication:
    row = get_current(session, season_id, version, "shown")
    # Both ends belong to the period, so the day after it is the first on which it is over.
    until = max(row.last_day or "", row.review_until or "")
    if office_day(moment).isoformat() <= until:
        raise ACT_REFUSED.because(
            Text(
                f"公示和复核期到 {until} 才结束", f"the publicity and review periods end on {until}"
            )
        )
    # Of all versions: a question about one that has been corrected is still a question.
    waiting = session.scalars(
        select(ReviewRequest.unit).where(
            ReviewRequest.season_id == season_id, ReviewRequest.state == "waiting"
        )
    ).all()
    if waiting:
        raise ACT_REFUSED.because(
            Text(
                f"还有 {len(waiting)} 件复核申请没有答复",
                f"{len(waiting)} review requests wait for an answer",
            )
        )
    return row


def _require_whole(session: Session, season_id: int, left_out: str) -> str:
    """Where nothing is known of a part, the others stand in for the whole: nobody's result yet.

    What was shown without a round, before that was refused, is corrected without it.
    """
    missing = read_missing(session, season_id).told
    if missing and not left_out:
        raise ACT_REFUSED.because(_PROVISIONAL.filled(missing=missing))
    return left_out if missing else ""
