"""Drawings as SVG: one finding above each, the same for pages and paper."""
