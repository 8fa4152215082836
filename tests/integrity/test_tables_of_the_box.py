"""What the box's tables may hold, so that nobody "just adds created_at"."""

from evalsvc.models.tables import METADATA

ALLOWED = {
    "ballot": {"credential", "seq", "nonce", "sealed", "signature", "leaf"},
    "credential": {"key", "round_id", "group", "cell", "form", "void"},
    "invite": {"credential", "rater_id"},
    "dealt_form": {"round_id", "group", "form", "units"},
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
