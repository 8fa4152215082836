"""Tests of what opened ballots leave."""
