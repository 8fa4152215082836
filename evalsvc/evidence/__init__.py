"""The evidence package: what a result follows from, as files that anyone can recompute."""
