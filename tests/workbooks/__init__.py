"""Tests of workbooks in: what is refused, what is read, and where each problem is said to be."""
