"""The browser without scripts: it reads a page as a person does and posts only what it offers."""

import pytest

from evalsvc.demo.browser import Browser
from evalsvc.demo.page import Form, PageControl, Trouble, read_page

PAGE = """<!doctype html><html><head><script>var x = "<form action='/no'>";</script></head><body>
<a href="/office/rounds/7">半年</a>
<div class="notice bad" role="alert"><p>口令不对。<br>请再试一次。</p></div>
<form method="post" action="/check"><input type="hidden" name="csrf_token" value="t1">
<label><input type="radio" name="a.q.u1" value="A" checked><span>好</span></label>
<label><input type="radio" name="a.q.u1" value="B"><span>一般</span></label>
<input name="mark" type="text" value="80"><button class="main">核对</button></form>
<table><tr><th>县领导</th><td class="figure"> 9 </td><td>7</td></tr></table>
<p class="receipt">ABCD-EFGH</p><progress max="138" value="20"></progress>
</body></html>"""


def test_a_page_is_read_with_its_form_links_rows_and_warning() -> None:
    page = read_page("http://127.0.0.1:1/office/jobs/3?lang=zh", 422, PAGE.encode())
    assert page.forms == (
        Form(
            "/check",
            "post",
            [
                PageControl("csrf_token", "hidden", "t1"),
                PageControl("a.q.u1", "radio", "A", checked=True),
                PageControl("a.q.u1", "radio", "B"),
                PageControl("mark", "text", "80"),
            ],
        ),
    )
    assert page.links == ("/office/rounds/7",)
    assert page.rows == (("县领导", "9", "7"),)
    assert page.alerts == ("口令不对。 请再试一次。",)
    assert page.marked["receipt"] == "ABCD-EFGH"
    assert page.progress == (20, 138)
    assert page.path == "/office/jobs/3"


def test_trouble_says_where_what_and_what_the_page_says() -> None:
    page = read_page("http://127.0.0.1:1/answer", 422, PAGE.encode())
    with pytest.raises(Trouble) as found:
        page.expect("/receipt")
    assert str(found.value) == (
        "/answer (422)：应到 /receipt expected /receipt；"
        "页面说 the page says: 口令不对。 请再试一次。"
    )


def test_a_form_posts_only_what_it_offers() -> None:
    page = read_page("http://127.0.0.1:1/answer", 200, PAGE.encode())
    browser = Browser("http://127.0.0.1:1")
    with pytest.raises(Trouble, match=r"a\.q\.u1 C"):
        browser.submit(page, page.get_form("/check"), {"a.q.u1": "C"})
    with pytest.raises(Trouble, match=r"a\.q\.u2"):
        browser.submit(page, page.get_form("/check"), {"a.q.u2": "A"})
    with pytest.raises(Trouble, match="/submit"):
        page.get_form("/submit")


def test_a_file_is_a_page_with_nothing_to_fill_in() -> None:
    page = read_page("http://127.0.0.1:1/x.xlsx", 200, b"PK", is_html=False, filename="x.xlsx")
    assert (page.body, page.filename, page.forms) == (b"PK", "x.xlsx", ())
