"""Tests of the sealed ballot box's cryptographic core."""
