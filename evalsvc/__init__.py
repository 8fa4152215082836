"""The evaluation service: sealed questionnaires in, explained scores out."""
