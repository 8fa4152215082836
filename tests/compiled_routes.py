"""Addresses compiled once in a test process, however many applications it makes."""

from collections.abc import Callable

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def compile_routes_once() -> None:
    """A route's builder takes the route as an argument: routes that read the same may share it.

    An application has some two hundred routes, and compiling them is most of what making it takes.
    """
    compile_one = Rule._compile_builder
    kept: dict[tuple[object, ...], Builder] = {}

    def compile_once(self: Rule, append_unknown: bool = True) -> Builder:
        if self.defaults:  # these are written into the builder
            return compile_one(self, append_unknown)
        read = (self.rule, append_unknown, *self._trace)
        if read not in kept:
            kept[read] = compile_one(self, append_unknown)
        return kept[read]

    Rule._compile_builder = compile_once
