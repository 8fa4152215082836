"""Workbooks in: templates to fill in, and what comes back read cell by cell, in a jail."""
