"""Verifying a package offline: every check by its name, none of them trusting another's word."""
