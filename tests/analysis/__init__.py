"""Tests of the statistics: worked figures, published tables and random designs."""
