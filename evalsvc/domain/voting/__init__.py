"""A rater in front of a paper: admitted, drafting, casting; and the office's preview of it."""
