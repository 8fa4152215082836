"""The mathematics of an evaluation: arrays and frozen values in, the same out.

Pure functions on NumPy, SciPy and exact fractions; nothing here reads a clock, a file, the
environment or global randomness. The flat names below are the public ones.
"""
