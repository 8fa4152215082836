"""Fills in a questionnaire the way a rater would, without script."""

from tests.public.pages import Page

# Panshan's quota by hand: of 6 units 30% are 1 (1.8), 50% are 3, the rest 2; of 4 units 1, 2, 1;
# a leader's 5 departments 1, 2 (2.5), 2.
QUOTAS = {6: "ABBBCC", 5: "ABBCC", 4: "ABBC"}


def fill_bands(page: Page) -> dict[str, str]:
    """Bands in the official order, the proportions kept in each category (u01-u06, u07-u10)."""
    names = list(dict.fromkeys(page.choices))
    departments = [name for name in names if name[-2:] <= "06"]
    towns = [name for name in names if name[-2:] > "06"]
    bands: dict[str, str] = {}
    for group in (departments, towns):
        if group:
            bands |= dict(zip(group, QUOTAS[len(group)], strict=True))
    return page.fields.to_dict() | bands


def fill_numbers(page: Page, number: str = "80") -> dict[str, str]:
    return {name: number if name.startswith("a.") else value for name, value in page.fields.items()}


def fill_levels(page: Page, level: str) -> dict[str, str]:
    return page.fields.to_dict() | dict.fromkeys(page.choices, level)
