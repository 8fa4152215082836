"""A code as people type and paste it."""

import pytest
from flask import Flask

from evalsvc.box.tokens import check_code, format_token
from forms.code import CodeForm

TOKEN = "ABCDEFGHJKMNPQR" + check_code("ABCDEFGHJKMNPQR")


def read(typed: str) -> tuple[str, str]:
    app = Flask(__name__)
    with app.test_request_context("/start", method="POST", data={"code": typed}):
        form = CodeForm()
        return form.token(), form.shown()


def test_typed_code_is_handed_on_as_it_is() -> None:
    assert read("abcd-efgh") == ("abcd-efgh", "abcd-efgh")


@pytest.mark.parametrize(
    "link", ["https://host/r#{}", "https://host/r#{}?from=chat", "看这里 https://host/r%23{}"]
)
def test_pasted_link_gives_its_code(link: str) -> None:
    assert read(link.format(TOKEN)) == (TOKEN, format_token(TOKEN))


def test_good_code_is_shown_in_groups_of_four() -> None:
    assert read(TOKEN.lower())[1] == format_token(TOKEN)


def test_nothing_typed_shows_nothing() -> None:
    app = Flask(__name__)
    with app.test_request_context("/"):
        assert CodeForm().shown() == ""
