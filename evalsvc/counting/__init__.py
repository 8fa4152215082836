"""Opened ballots become counts, sums and tests: pure, without a database."""
