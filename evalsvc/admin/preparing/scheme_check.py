"""A scheme looked at alone: what is wrong with a file, or what it decides; nothing is kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template

from evalsvc.admin.door.access import allowed_to_staff, door
from evalsvc.scheme.explanation import (
    SharedTree,
    list_sections,
    list_trees,
    say_how,
    say_range,
    say_share,
    say_weight,
)
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.reader import load_scheme
from evalsvc.text import Text
from forms.season import SchemeCheckForm

DEEPEST = 5
"""Parts that lie deeper are not indented further: a phone has no room for it."""


@dataclass(frozen=True)
class Row:
    """One part of a score tree in the page's table."""

    depth: int
    name: Text
    code: str
    weight: Text
    share: Text
    range: Text
    how: Text


@door.get("/schemes/check")
@allowed_to_staff
def scheme_check() -> str:
    return _render(SchemeCheckForm())


@door.post("/schemes/check")
@allowed_to_staff
def check_scheme() -> str | tuple[str, int]:
    form = SchemeCheckForm()
    if not form.validate():
        return _render(form), 422
    try:
        return _render(form, load_scheme(form.read_text()))
    except SchemeErrors as wrong:
        return _render(form, wrong=wrong), 422
    except ValueError as wrong:
        form.file.errors = [str(wrong)]
        return _render(form), 422


def _render(
    form: SchemeCheckForm, scheme: Scheme | None = None, wrong: SchemeErrors | None = None
) -> str:
    return render_template(
        "admin/scheme_check.html",
        form=form,
        scheme=scheme,
        trees=[(tree, [*_list_rows(tree, scheme)]) for tree in list_trees(scheme)]
        if scheme
        else (),
        sections=list_sections(scheme) if scheme else (),
        wrong=wrong,
    )


def _list_rows(tree: SharedTree, scheme: Scheme) -> Iterator[Row]:
    for depth, each in tree.root.walk_down():
        yield Row(
            min(depth, DEEPEST),
            each.name,
            each.code,
            say_weight(each),
            say_share(each),
            say_range(each),
            say_how(each, scheme),
        )
