"""Kinds of questions: one module each that answers `Question`, and their list in `kinds`."""
