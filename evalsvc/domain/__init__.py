"""The verbs of the office and of raters: the only writers of the database."""
