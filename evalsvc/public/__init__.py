"""The public door: from a code to a receipt, the public box, and notices of results."""

from evalsvc.public import box, letter, notice  # noqa: F401  (importing hangs their pages on the door)
from evalsvc.public.routes import door

__all__ = ["door"]
