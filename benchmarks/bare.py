"""只有框架的四个请求，供比较 / the framework's four requests alone, to compare with.

The same page as text, the same fields read, a cookie and two redirects; no template, no database.
"""

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

PAGE = f'<input name="csrf_token" type="hidden" value="{"0" * 64}">' + "<p>x</p>" * 4000

application = Flask("bare")


@application.get("/")
def home() -> str:
    return "ready"


@application.post("/start")
def start() -> Response:
    answer = redirect("/answer", 303)
    answer.set_cookie("visit", request.form["code"])
    return answer


@application.get("/answer")
def answer() -> str:
    assert request.cookies["visit"]
    return PAGE


@application.post("/submit")
def submit() -> Response:
    assert len(request.form) > 20
    return redirect("/receipt", 303)


@application.get("/receipt")
def receipt() -> str:
    return request.cookies["visit"]
