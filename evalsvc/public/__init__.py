"""The raters' door: from a code to a receipt."""
