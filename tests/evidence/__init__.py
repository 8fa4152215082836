"""Tests of evalsvc.evidence."""
