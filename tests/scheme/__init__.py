"""Tests of evalsvc.scheme."""
