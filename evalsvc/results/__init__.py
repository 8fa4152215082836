"""A result as values: what the domain fills, and pages, documents and packages read."""
