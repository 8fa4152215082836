"""Puts the application together: doors, language, headers, and problems turned into pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, before_render_template, g, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import StrictUndefined
from nacl.secret import SecretBox
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from evalsvc import admin, log_filter, public
from evalsvc.db import connect
from evalsvc.delivery import speed_up
from evalsvc.errors import FORM_EXPIRED, NOT_FOUND, SCHEME_UNREADABLE, Kind, Problem
from evalsvc.extensions import Service, csrf
from evalsvc.figures import show_figure
from evalsvc.language import LANGUAGES, build_saying, show_date, show_moment, translate
from evalsvc.office_sessions import OFFICE, OfficeSessions
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.settings import PROJECT, Settings, load_secret_key, prepare_instance, read_settings
from evalsvc.text import Text, speak_of

if TYPE_CHECKING:  # the names of WSGI's parts exist for checkers only
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_UPLOAD = 12 * 1024 * 1024

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class RowNumber(IntegerConverter):
    """A row's number in an address; what no database could hold is no page of ours."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": 2**31 - 1, **kwargs})


class _Guarded:
    """Puts the headers that never change on every answer, unless it has its own.

    Around the application, because seven headers set one by one cost a rater's request more than
    the check of its code.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(
            status: str, headers: list[tuple[str, str]], *exc_info: Any
        ) -> Callable[[bytes], object]:
            given = {name for name, _ in headers}
            missing = [pair for pair in HEADERS.items() if pair[0] not in given]
            return start_response(status, headers + missing, *exc_info)

        return self._application(environ, start)


def create_app(settings: Settings | None = None) -> Flask:
    """The application for an installation; without settings, as the environment describes it."""
    settings = settings or read_settings()
    prepare_instance(settings)
    log_filter.install()
    secret = load_secret_key(settings)
    app = Flask(
        __name__, template_folder=str(PROJECT / "templates"), static_folder=str(PROJECT / "static")
    )
    app.config.update(
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SESSION_COOKIE_NAME="__Host-office" if settings.secure_cookies else "office",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it wants the Referer that our Referrer-Policy withholds
    )
    database = connect(settings.database_url, settings.peppers)
    app.extensions["evalsvc"] = Service(settings, database, SecretBox(secret))
    app.session_interface = OfficeSessions()
    # Before the check of posted tokens: its refusal is said in a language, too.
    app.before_request(_choose_language)
    csrf.init_app(app)
    _teach_templates(app)
    _answer_problems(app)
    # Flask asks in reverse order: whatever takes an answer's place is guarded, too.
    app.after_request(_guard)
    speed_up(app, settings.outgoing)
    app.url_map.converters["int"] = RowNumber
    app.register_blueprint(public.door)
    app.register_blueprint(admin.blueprint, url_prefix=OFFICE)
    app.wsgi_app = _Guarded(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way
    if settings.behind_proxy:
        # Exactly one hop: what a client itself writes into these headers is never believed.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # Flask's own way
    return app


def _teach_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["_"] = build_saying(lambda: g.language)
    # Asked of every value on a page, a hundred times for a check: the request's language is looked
    # up for a text alone, for that costs ten times the rest.
    app.jinja_env.finalize = lambda value: (
        value.in_language(g.language) if isinstance(value, Text) else value
    )
    app.jinja_env.filters["text"] = lambda text: text.in_language(g.language)
    app.jinja_env.filters["drawn"] = lambda drawing: drawing.draw(g.language)
    # For words that were not written by us, such as a form's message that quotes what was typed:
    # a percent sign in them stands for itself.
    app.jinja_env.filters["translated"] = lambda text: translate(str(text), g.language)
    app.jinja_env.filters["moment"] = lambda moment: show_moment(moment).in_language(g.language)
    app.jinja_env.filters["date"] = lambda day: show_date(day).in_language(g.language)
    app.jinja_env.filters["figure"] = show_figure
    app.context_processor(lambda: {"language": g.language, "large": g.large})
    before_render_template.connect(_speak_of_persons, app)


def _speak_of_persons(_app: Flask, context: dict[str, Any], **_told: object) -> None:
    """A page about a season speaks of persons where its scheme evaluates them."""
    season = context.get("season")
    if season is not None:
        g.language = speak_of(season.scheme.evaluates, g.language)
        context["language"] = g.language


def _choose_language() -> None:
    asked = request.args if request.query_string else {}
    wished = asked.get("lang") or request.cookies.get("lang") or "zh"
    g.language = wished if wished in LANGUAGES else "zh"
    g.large = (asked.get("text") or request.cookies.get("text")) == "large"


def _guard(response: Response) -> Response:
    if request.is_secure:
        response.headers.setdefault(
            "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
        )
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return _remember(response) if request.query_string else response


def _remember(response: Response) -> Response:
    """Keep the language and the size of letters that somebody has just asked for."""
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie("lang", request.args["lang"], max_age=31_536_000, samesite="Lax")
    if request.args.get("text") in ("large", "normal"):
        response.set_cookie("text", request.args["text"], max_age=31_536_000, samesite="Lax")
    return response


def _answer_problems(app: Flask) -> None:
    def show(text: str, code: str, status: int) -> tuple[str, int]:
        door = "admin" if request.path.startswith(OFFICE) else "public"
        return render_template(f"{door}/problem.html", text=text, code=code), status

    @app.errorhandler(Problem)
    def problem(error: Problem) -> tuple[str, int]:
        return show(error.text.in_language(g.language), error.kind.code, error.kind.status)

    @app.errorhandler(SchemeErrors)
    def unreadable(wrong: SchemeErrors) -> tuple[str, int]:
        """A season that an earlier version took; uploads say what is wrong on their own page."""
        first = wrong.errors[0].message.in_language(g.language)
        return problem(Problem(SCHEME_UNREADABLE, reason=first))

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError) -> tuple[str, int]:
        return show(_say(FORM_EXPIRED), FORM_EXPIRED.code, FORM_EXPIRED.status)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int]:
        if not hasattr(g, "language"):  # refused before the language was chosen
            g.language, g.large = "zh", False
        kind = HTTP_KINDS.get(error.code or 500, HTTP_KINDS[500])
        return show(_say(kind), kind.code, error.code or 500)


def _say(kind: Kind) -> str:
    return kind.text.in_language(g.language)


HTTP_KINDS = {
    404: NOT_FOUND,
    405: NOT_FOUND,
    400: Kind(
        "bad_request",
        400,
        Text("请求不完整。请返回重试。", "The request is incomplete. Go back and retry."),
    ),
    413: Kind(
        "too_large",
        413,
        Text(
            "文件太大，最多12兆（佐证材料每份10兆）。工作簿请只保留模板里的工作表，图片请压缩后再上传。",
            "The file is too large, 12 MB at most (10 for evidence). Keep only the template's "
            "sheets of a workbook, shrink pictures, and upload again.",
        ),
    ),
    500: Kind(
        "server_fault",
        500,
        Text(
            "服务器出了问题，已经记录。请稍后再试；已提交的内容不会丢失。",
            "The server has a fault, which is logged. Please try again; what was submitted is "
            "safe.",
        ),
    ),
}
