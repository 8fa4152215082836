"""What everybody must be able to do with a page: read it, press what can be pressed."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SMALL_TARGETS = """() => Array.from(document.querySelectorAll("a, button, input, .choices label"))
    .filter((one) => one.type !== "hidden" && one.offsetParent !== null)
    .map((one) => one.getBoundingClientRect())
    .filter((box) => box.width < 44 || box.height < 44).length"""
TOO_WIDE = "() => document.documentElement.scrollWidth > window.innerWidth"


def list_violations(page: Page) -> list[str]:
    """Every rule of axe that is broken, with the first place where it is."""
    answer = Axe().run(page).response
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in answer["violations"]]
