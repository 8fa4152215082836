"""What full marks bind: that no part goes beyond those beside it, and that a mark says out of what.

`full: 20` beside a mark of 0 to 100 counts 90 as 18, since whoever answers gives a mark and no
points. What is entered or listed counts as it stands, so there the two must agree, or `out_of`
says how they do. A file that was taken earlier is read on as it was (`Reading.complains`).
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from analysis.score.rules import ByCategory, Rule, Tally
from analysis.score.span import HUNDRED, Span, span_of
from evalsvc.scheme.file.exact import read_exact
from evalsvc.scheme.file.reading import Reading, absent
from evalsvc.scheme.file.source import Field
from evalsvc.text import Text


def read_out_of(reading: Reading, child: Field) -> Fraction | None:
    """What a part's mark is out of, as its file says; None where it says nothing."""
    found = find_out_of(child)
    if found.content is None:
        return None
    number = read_exact(reading, found)
    # Nothing is a share of 0.
    if number <= 0:
        reading.report(found, Text("out_of 应大于 0", "expected out_of to be above 0"))
        return None
    return number


def find_out_of(child: Field) -> Field:
    """Where a part says what its mark is out of."""
    entries = child.content if isinstance(child.content, Mapping) else {}
    return entries.get("out_of") or absent(child, "out_of")


def settle_out_of(
    reading: Reading, child: Field, given: Fraction | None, full: Fraction, node: Rule
) -> Fraction | None:
    """What a part of a sum counts out of: None where its points count as they are."""
    spans = [span_of(each) for each in list_branches(node)]
    if not full:
        _check_extra(reading, child, given, [*zip(list_branches(node), spans, strict=True)])
        return None
    usual = {_usual(span, full) for span in spans}
    out_of = given if given is not None else usual.pop() if len(usual) == 1 else None
    if out_of is None:
        _report_unknown(reading, child, full, spans)
        return None
    for span in spans:
        _check_full(reading, child, full, span, out_of, stated=given is not None)
    return None if out_of == full else out_of


def check_scales(
    reading: Reading,
    found: Field,
    categories: Sequence[str],
    parts: Sequence[tuple[Fraction, Rule, Field]],
) -> None:
    """Weights mean something only among figures that have the same full marks."""
    for category in categories:
        listed = [
            (span_of(_in_category(node, category)), child)
            for weight, node, child in parts
            if weight
        ]
        stated = {span.full for span, _ in listed if span.full is not None}
        if not stated:
            continue
        full = HUNDRED if HUNDRED in stated else max(stated)
        for span, child in listed:
            known = span.full if span.full is not None else span.most
            beyond = known is not None and known > full and not span.stated
            if known is not None and (beyond if span.full is None else known != full):
                where = child if child.content is not None else found
                _complain(reading, where, _say_scales(full, known))


def _say_scales(full: Fraction, known: Fraction) -> Text:
    told = Text(
        f"这里其他部分满分是 {_say(full)}，这一部分是 {_say(known)}，加权前请用"
        f" rule: scaled 折算成同一满分（out_of: {_say(known)}",
        f"the other parts here have full marks of {_say(full)}, this one of "
        f"{_say(known)}: bring it to the same with rule: scaled (out_of: {_say(known)}",
    )
    if known < full:
        told += Text(
            f"；本来就是按 {_say(full)} 分定的，写 out_of: {_say(full)}",
            f", or {_say(full)} where its points are out of that already",
        )
    return told + Text("）", ") before it is weighted")


def list_branches(node: Rule) -> Iterator[Rule]:
    """A rule, or those of all categories where it differs between them."""
    if isinstance(node, ByCategory):
        for each in node.rules.values():
            yield from list_branches(each)
    else:
        yield node


def _in_category(node: Rule, category: str) -> Rule:
    while isinstance(node, ByCategory) and category in node.rules:
        node = node.rules[category]
    return node


def _usual(span: Span, full: Fraction) -> Fraction | None:
    """What a mark is out of where the scheme does not say; None where nobody can know."""
    if not span.rated:
        return full
    if span.full is not None:
        return span.full
    # Bands of 95, 85 and 75 may well be out of 100, and then nobody gets full marks.
    return full if span.most == full else None


def _check_extra(
    reading: Reading, child: Field, given: Fraction | None, listed: Sequence[tuple[Rule, Span]]
) -> None:
    if given is not None:
        reading.report(
            find_out_of(child),
            Text("额外分（full: 0）不写 out_of", "an extra (full: 0) takes no out_of"),
        )
    for rule, span in listed:
        # A hundred events may be entered; that is no bound of the points which they bring.
        if not span.stated and (span.most is None or isinstance(rule, Tally)):
            _complain(
                reading,
                child,
                Text(
                    "额外分没有上限，请给计分项写 to（tally 等规则写 most；文件不封顶的写 "
                    "most: none）",
                    "nothing bounds this extra: give the component “to” (a tally and the like "
                    "“most”, or most: none where the document sets no bound)",
                ),
            )


def _report_unknown(reading: Reading, child: Field, full: Fraction, spans: Sequence[Span]) -> None:
    most = "、".join(dict.fromkeys(_say(span.most) for span in spans))
    _complain(
        reading,
        child,
        Text(
            f"满分 {_say(full)}，评价最高 {most} 分：请写 out_of，说明是按多少分打的"
            "（如 out_of: 100）",
            f"full marks of {_say(full)}, and answers give {most} at most: say with out_of what a "
            "mark is out of, such as out_of: 100",
        ),
    )


def _check_full(
    reading: Reading, child: Field, full: Fraction, span: Span, out_of: Fraction, stated: bool
) -> None:
    if span.most is None:
        if not span.stated:
            _complain(
                reading,
                child,
                Text(
                    f"满分 {_say(full)}，这一部分却没有上限：请给计分项写 to: {_say(out_of)}"
                    "（tally 等规则写 most）",
                    f"full marks of {_say(full)}, but nothing bounds this part: give the component "
                    f"to: {_say(out_of)} (a tally and the like “most”)",
                ),
            )
        return
    known = span.most if span.full is None else span.full
    beyond = known > out_of and (span.full is not None or not span.stated)
    # With `out_of` written, less than that at best is what the scheme says.
    if beyond or (known < out_of and not stated):
        _complain(reading, child, _say_full(full, known))


def _say_full(full: Fraction, known: Fraction) -> Text:
    told = Text(
        f"满分 {_say(full)}，这一部分最高却是 {_say(known)}：",
        f"full marks of {_say(full)}, but this part goes to {_say(known)}: ",
    )
    # A table that ends at 90 of 100 is meant so; in proportion it would give other points.
    if known < full:
        told += Text(
            f"所列的分照旧计的写 out_of: {_say(full)}，",
            f"write out_of: {_say(full)} to count its points as they are, ",
        )
    return told + Text(
        f"按比例折算请写 out_of: {_say(known)}，否则请改 full 或它的上限",
        f"write out_of: {_say(known)} to count it in proportion, or change “full” or its bound",
    )


def _complain(reading: Reading, field: Field, text: Text) -> None:
    # Where some number could not be read, nobody knows how far a figure goes.
    if reading.complains and not reading.unread:
        reading.report_following(field, text)


def _say(bound: Fraction | None) -> str:
    return "—" if bound is None else f"{float(bound):g}"
