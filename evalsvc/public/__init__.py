"""The raters' door: from a code to a receipt, and the public box in which it is found again."""

from evalsvc.public import box  # noqa: F401  (importing it hangs its pages on the door)
from evalsvc.public.routes import door

__all__ = ["door"]
