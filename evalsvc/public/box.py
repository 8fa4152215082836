"""The public box: anchors, numbers, and the list in which everybody finds their own receipt."""

from flask import Response, render_template, request

from evalsvc.domain.sealing import public_box
from evalsvc.extensions import current_service
from evalsvc.public.routes import door

# Lists of closed boxes never change; an hour spares the server a whole office looking at once.
_KEPT_FOR = "public, max-age=3600"


@door.get("/box")
def boxes() -> str:
    """Every box that has opened, with its newest anchor."""
    found = public_box.list_boxes(current_service().database)
    return render_template("public/boxes.html", boxes=found)


@door.get("/box/<uid>")
def box(uid: str) -> str:
    """One box, to read, to print and post, and to look up a receipt in."""
    service = current_service()
    found = public_box.get_box(service.database, uid)
    address = f"{service.settings.public_url}{request.path}"
    return render_template("public/box.html", box=found, address=address)


@door.get("/box/<uid>/leaves.txt")
def leaves(uid: str) -> Response:
    """The sorted list over which the closing anchor's root is."""
    return _give_lines(public_box.get_leaves(current_service().database, uid))


@door.get("/box/<uid>/receipts.txt")
def receipts(uid: str) -> Response:
    """The same list as receipts; whoever looks one up takes all, so nobody learns which."""
    return _give_lines(public_box.get_receipts(current_service().database, uid))


@door.get("/box/<uid>/anchors.json")
def anchors(uid: str) -> Response:
    """The anchors to keep, for `verify --previous` on a later day."""
    return _give(public_box.get_anchors_file(current_service().database, uid), "application/json")


def _give_lines(lines: list[str]) -> Response:
    response = _give("".join(f"{line}\n" for line in lines), "text/plain")
    response.headers["Cache-Control"] = _KEPT_FOR
    return response


def _give(content: str, kind: str) -> Response:
    return Response(content, content_type=f"{kind}; charset=utf-8")
