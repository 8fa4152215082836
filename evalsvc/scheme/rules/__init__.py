"""The rules of a score as a scheme has them: each in a module of its own, and one list of all."""
