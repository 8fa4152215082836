"""Where a rater's pages stand: their addresses, and the cookie that carries the visit.

Both doors know it, for the office shows the raters' own pages at desks of its own.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Front:
    """The raters' own door; `address` stands before the address of every page."""

    address: str = ""
    home: str = "/"
    cookie: str = "visit"

    def switch(self, page: str, language: str) -> str:
        """The address of a page in a language."""
        return f"{self.address}{page}?lang={language}"


OWN_DOOR = Front()


@dataclass(frozen=True)
class PreviewFront(Front):
    """The language stands in the address: two frames may show one page in both."""

    cookie: str = "preview"

    def switch(self, page: str, language: str) -> str:
        before, _, _ = self.address.rpartition("/")
        return f"{before}/{language}{page}"
