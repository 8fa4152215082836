"""Schemes: rule books as data, read from YAML with errors that name line and field."""
