"""Attached files: their bytes must be what their names say, and may carry no surprise."""
