"""A colleague's browser: whoever is long at it is asked for the password again, and gives it."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from evalsvc.demo.browser import Browser, Values
from evalsvc.demo.page import Form, Page

PROOF = "/office/proof"
SIGN_IN = "/office/sign-in"


class OfficeBrowser(Browser):
    """A browser of the office, and the account that is used in it."""

    def __init__(self, address: str, login: str, password: str) -> None:
        super().__init__(address)
        self.login = login
        self.password = password

    def open(self, path: str) -> Page:
        """Load a page; after signing in again, the office goes on to it by itself."""
        page = super().open(path)
        return self._come_in(page) if self._is_at_the_door(page) else page

    def submit(
        self,
        page: Page,
        form: Form,
        values: Values | None = None,
        smuggled: Iterable[tuple[str, str]] = (),
    ) -> Page:
        """Post a form; where the office asks who is there, say so and post once more.

        On a slow machine a walk takes longer than a password is good for. The session is a new one
        then, which the old page's token does not fit: the page is loaded again.
        """
        smuggled = list(smuggled)
        answer = super().submit(page, form, values, smuggled)
        if not self._is_at_the_door(answer):
            return answer
        self._come_in(answer)
        page = super().open(page.path)
        form = page.get_form(urlsplit(form.action).path)
        return super().submit(page, form, values, smuggled)

    def _is_at_the_door(self, page: Page) -> bool:
        return page.path in (PROOF, SIGN_IN)

    def _come_in(self, door: Page) -> Page:
        values = {"password": self.password}
        if door.path == SIGN_IN:
            values["login"] = self.login
        page = super().submit(door, door.get_form(door.path), values)
        if self._is_at_the_door(page):
            raise page.trouble("密码没有被接受 the password was not taken")
        return page
