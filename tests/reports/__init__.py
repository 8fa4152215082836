"""Tests of the documents: what they say, and that they can be read back."""
