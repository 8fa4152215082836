"""Public rule books as schemes that were written from docs/schemes alone, and their figures."""
