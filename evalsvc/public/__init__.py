"""The raters' door: from a code to a receipt."""

from evalsvc.public.routes import door

__all__ = ["door"]
