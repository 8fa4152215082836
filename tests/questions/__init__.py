"""Kinds of questions: each has all its parts, and nobody else knows which kinds there are."""
