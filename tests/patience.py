"""How long a test waits for what is sure to come: only one that fails waits to the end of it.

Other work on the machine must not fail a test, and so no test has a shorter limit of its own.
"""

PATIENCE_S = 300.0
PATIENCE_MS = PATIENCE_S * 1000
