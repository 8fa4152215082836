"""The public box: anchors, numbers, and the list in which everybody finds their own receipt."""

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from evalsvc.box.statements import show_key
from evalsvc.domain.sealing import public_box, public_lists
from evalsvc.extensions import current_service
from evalsvc.public.routes import door
from evalsvc.qr import render_qr

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
    return render_template(
        "public/box.html",
        box=found,
        address=address,
        key=show_key(bytes.fromhex(found.newest.key)),
        drawing=render_qr(found.newest.key.upper()),
    )


@door.get("/box/<uid>/parts")
def parts(uid: str) -> str:
    """The parts of a closed box's list, for browsers without scripts."""
    found = public_box.get_box(current_service().database, uid)
    return render_template("public/box_parts.html", box=found)


@door.get("/box/<uid>/<any('leaves.txt', 'receipts.txt'):name>")
def newest_list(uid: str, name: str) -> AnyResponse:
    """Where a closed box's list is: its address says what is in it, so it is kept for good."""
    root = public_box.get_listed_root(current_service().database, uid)
    return redirect(url_for("public.whole_list", uid=uid, root=root, name=name))


@door.get("/box/<uid>/<root>/<any('leaves.txt', 'receipts.txt'):name>")
def whole_list(uid: str, root: str, name: str) -> AnyResponse:
    """The sorted list over which the closing anchor's root is, or the same as receipts."""
    return _give_list(uid, root, name)


@door.get("/box/<uid>/<root>/receipts/<int:part>.txt")
def part_of_list(uid: str, root: str, part: int) -> AnyResponse:
    """The receipts among which one stands: whoever asks for the part names none of them."""
    return _give_list(uid, root, f"receipts/{part}.txt")


@door.get("/box/<uid>/anchors.json")
def anchors(uid: str) -> Response:
    """The anchors to keep, for `verify --previous` on a later day."""
    return _give(public_box.get_anchors_file(current_service().database, uid), "application/json")


def _give_list(uid: str, root: str, name: str) -> AnyResponse:
    """What the front server gives out itself, as soon as it has been written."""
    service = current_service()
    path = public_lists.find_list(service.database, service.settings, uid, root, name)
    response = _give(path.read_bytes(), "text/plain")
    response.headers["Cache-Control"] = _KEPT_FOR
    return response


def _give(content: str | bytes, kind: str) -> Response:
    return Response(content, content_type=f"{kind}; charset=utf-8")
