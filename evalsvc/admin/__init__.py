"""The office's door: every route declares who may use it."""
