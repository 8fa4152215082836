"""Copies of the database and, apart from it, of its keys: made, checked, listed, put back."""
