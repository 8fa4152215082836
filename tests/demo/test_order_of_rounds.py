"""A walk without a person finds a season's rounds in their order, whatever its page names first."""

from dataclasses import dataclass

from evalsvc.demo.office import list_rounds
from evalsvc.demo.page import Page


@dataclass(frozen=True)
class Showing:
    """A browser that has one page alone."""

    page: Page

    def open(self, _: str) -> Page:
        return self.page


def test_a_round_whose_turn_it_is_may_be_named_first() -> None:
    """Golmud's thirteenth round, the only one with a box, stands in the steps above the list."""
    links = [f"/office/rounds/{n}" for n in (13, *range(1, 14))]
    page = Page("http://here/office/seasons/1", 200, b"", links=tuple(links))
    assert list_rounds(Showing(page), 1) == list(range(1, 14))  # type: ignore[arg-type]
