"""What the box's tables may hold, so that nobody "just adds created_at"."""

from evalsvc.models.tables import METADATA

ALLOWED = {
    "ballot": {"credential", "seq", "nonce", "sealed", "signature", "leaf"},
    "credential": {"key", "round_id", "group", "cell", "form", "void"},
    "pending_ballot": {"tag", "round_id", "batch", "place", "content"},
    "invite": {"credential", "rater_id"},
    "dealt_form": {"round_id", "group", "form", "units"},
    "draft": {"id", "sealed"},
    "card_report": {"round_id", "group", "day", "n"},
    "assistance": {"round_id", "group", "reported", "counted"},
    "comment_text": {"round_id", "number", "text"},
    "opened_comment": {"round_id", "group", "item", "unit", "position", "number"},
    "ballot_exclusion": {
        "id",
        "round_id",
        "group",
        "ballot",
        "flag",
        "reason",
        "decided_by",
        "agreed_by",
        "decided_at",
        "restored_reason",
        "restored_by",
        "restored_at",
    },
    "favour_test": {
        "round_id",
        "kind",
        "forth",
        "back",
        "givers",
        "takers",
        "cells",
        "effect",
        "z",
        "p",
    },
    "plain_figure": {"season_id", "version", "unit", "published", "rank"},
    "box_opening": {"round_id", "content", "keys"},
    "opened_reply": {"round_id", "group", "item", "unit", "position", "rater", "value"},
}


def test_the_boxs_tables_have_exactly_their_columns() -> None:
    assert {
        name: {column.name for column in METADATA.tables[name].columns} for name in ALLOWED
    } == ALLOWED


def test_only_the_boxs_own_tables_point_at_a_credential() -> None:
    pointing = {
        table.name
        for table in METADATA.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("credential", "ballot")
    }
    assert pointing == {"ballot", "invite"}


def test_a_drafts_table_keeps_no_order_of_arrival() -> None:
    assert METADATA.tables["draft"].dialect_options["sqlite"]["with_rowid"] is False
