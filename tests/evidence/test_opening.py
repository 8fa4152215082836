"""Which rows of a season's files the opening of one round commits to."""

from evalsvc.evidence.opening import rows_of_round

HEADER = b"round,group,rater,unit,role\n"
OF_YEAR_END = b"year_end,leader,L1,u1,in_charge\n"


def test_a_relation_without_a_round_is_in_no_opening() -> None:
    rows = HEADER + b",leader,L1,u2,contact\nhalf_year,leader,L1,u1,contact\n" + OF_YEAR_END
    assert rows_of_round(rows, "relations.csv", "year_end") == HEADER + OF_YEAR_END
