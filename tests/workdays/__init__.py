"""Working days: published, entered, counted."""
