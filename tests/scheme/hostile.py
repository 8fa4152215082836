"""Schemes that would hold or break a service that reads them without bounds, by what they do.

Run as a program it reads each of them and prints, as JSON, what the reader said.
"""

import json
import time
from collections.abc import Callable

from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.reader import load_scheme
from tests.scheme.test_errors import SMALL

TEXT = "{zh: 一, en: One}"


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def number(new: str) -> str:
    """The highest number of a question."""
    return changed("en: Overall}}", f"en: Overall}}, to: {new}}}")


def weight(new: str) -> str:
    return changed("weight: 40", f"weight: {new}")


def places(new: str) -> str:
    return changed("publication: {places: 2}", f"publication: {{places: {new}}}")


def part(code: str) -> str:
    return changed("code: lead,", f"code: {code},")


def component(code: str) -> str:
    return changed("  tasks: {", f"  {code}: {{name: {TEXT}, round: r1}}\n  tasks: {{")


def many(section: str, entry: str, count: int) -> str:
    """A section with so many entries more, `{n}` in an entry for its number."""
    lines = "".join(f"  {entry.replace('{n}', str(n))}\n" for n in range(count))
    return changed(f"{section}:\n", f"{section}:\n{lines}")


def nested(depth: int) -> str:
    """Rounds inside rounds: two readings of what is below, at each of so many levels."""
    rule = "code: x, name: {zh: 一, en: One}, rule: rounds, rounds: [r1, r2], missing: centred"
    tree = "tasks"
    for _ in range(depth):
        tree = f"{{{rule}, each: {tree}}}"
    return changed(
        "    - {weight: $most, component: tasks}", f"    - {{weight: $most, {rule}, each: {tree}}}"
    )


def branched(depth: int) -> str:
    """Weights that differ by category at each of so many levels write out 3 ** levels branches."""
    differing = "weight: {dep: 40, town: 50, v: 45}"
    tree = f"{{{differing}, component: tasks}}"
    for n in range(depth):
        other = f"{{weight: {{dep: 60, town: 50, v: 55}}, component: k{n}}}"
        tree = (
            f"{{{differing}, rule: weighted, code: m{n}, name: {TEXT}, missing: centred, "
            f"parts: [{tree}, {other}]}}"
        )
    top = tree.replace(differing, "weight: $most", 1)
    text = changed("    - {weight: $most, component: tasks}", f"    - {top}")
    components = "".join(f"  k{n}: {{name: {TEXT}, round: r2}}\n" for n in range(depth))
    text = text.replace("categories:\n", f"categories:\n  v: {TEXT}\n")
    text = text.replace("sees: {", "sees: {v: {units: all}, ")
    return text.replace("components:\n", f"components:\n{components}")


def misspelt() -> str:
    """References that are like every name and are none: each is compared with all of them."""
    name = "ab" * 14
    names = "".join(f"  {name}{n}: {{name: {TEXT}, round: r1}}\n" for n in range(399))
    parts = "".join(f"    - {{weight: 0, component: {name}x{n}}}\n" for n in range(399))
    text = changed("components:\n", f"components:\n{names}")
    return text.replace("    - {weight: $most", f"{parts}    - {{weight: $most")


def contradicting() -> str:
    """Fifty limits each on as many questions as a questionnaire has, no two of which agree."""
    limits = ", ".join(f"{{from: {n}, below: {n + 1}, least: 1}}" for n in range(49))
    question = f"kind: number, title: {TEXT}, counts: [{limits}, {{from: 0, most: 48}}]"
    lines = "".join(f"      q{n}: {{{question}}}\n" for n in range(99))
    return changed("      overall: {", f"{lines}      overall: {{")


HOSTILE: dict[str, tuple[Callable[[], str], str]] = {
    # Numbers.
    "exponent down": (lambda: number("1e-30000000"), "questionnaires.marks.questions.overall.to"),
    "exponent up": (lambda: number("1e9999999"), "questionnaires.marks.questions.overall.to"),
    "small exponent": (lambda: number("1e3"), "questionnaires.marks.questions.overall.to"),
    "not a number": (lambda: number("NaN"), "questionnaires.marks.questions.overall.to"),
    "signalling": (lambda: number("sNaN123"), "questionnaires.marks.questions.overall.to"),
    "infinite": (lambda: number("-Infinity"), "questionnaires.marks.questions.overall.to"),
    "YAML's infinity": (lambda: number(".inf"), "questionnaires.marks.questions.overall.to"),
    "underscores": (lambda: number("1_000"), "questionnaires.marks.questions.overall.to"),
    "octal": (lambda: number("0100"), "questionnaires.marks.questions.overall.to"),
    "hexadecimal": (lambda: number("0x64"), "questionnaires.marks.questions.overall.to"),
    "sexagesimal": (lambda: number("1:30"), "questionnaires.marks.questions.overall.to"),
    "other digits": (lambda: number("١٢"), "questionnaires.marks.questions.overall.to"),
    "wide digits": (lambda: number("１２"), "questionnaires.marks.questions.overall.to"),
    "no digits before the point": (
        lambda: number(".5"),
        "questionnaires.marks.questions.overall.to",
    ),
    "thousands": (lambda: number('"1,000"'), "questionnaires.marks.questions.overall.to"),
    "digits without end": (
        lambda: number("9" * 2_900),
        "questionnaires.marks.questions.overall.to",
    ),
    "decimals without end": (
        lambda: number("1." + "3" * 2_900),
        "questionnaires.marks.questions.overall.to",
    ),
    "more digits than a figure has": (
        lambda: number("1234567890123"),
        "questionnaires.marks.questions.overall.to",
    ),
    "a mark beyond all": (lambda: number("1000000"), "questionnaires.marks.questions.overall.to"),
    "places beyond reason": (lambda: places("999999999"), "publication.places"),
    "places that fail at computing": (lambda: places("100000"), "publication.places"),
    "seven places": (lambda: places("7"), "publication.places"),
    "node places": (
        lambda: changed("{places: 2}", "{places: 2, node_places: 99999}"),
        "publication.node_places",
    ),
    "a weight with an exponent": (lambda: weight("4e1"), "score.parts[2].weight"),
    "a share with an exponent": (
        lambda: (
            SMALL
            + "grading: {grades: {a: {name: "
            + TEXT
            + ", share: 1e9}, b: {name: "
            + TEXT
            + "}}}\n"
        ),
        "grading.grades.a.share",
    ),
    "a fraction with a long bottom": (
        lambda: (
            SMALL
            + "grading: {grades: {a: {name: "
            + TEXT
            + ", share: 1/"
            + "9" * 2_000
            + "}, b: {name: "
            + TEXT
            + "}}}\n"
        ),
        "grading.grades.a.share",
    ),
    "a count of grades": (
        lambda: (
            SMALL
            + "grading: {grades: {a: {name: "
            + TEXT
            + ", count: 99999999}, b: {name: "
            + TEXT
            + "}}}\n"
        ),
        "grading.grades.a.count",
    ),
    "a question's places": (
        lambda: changed("en: Overall}}", "en: Overall}, places: 400}"),
        "questionnaires.marks.questions.overall.places",
    ),
    "a form's size": (
        lambda: changed("form_size: 8", "form_size: 1000000000"),
        "groups.panel.form_size",
    ),
    "least answers": (
        lambda: changed("min_valid: 30", "min_valid: 99999999999"),
        "score.parts[2].parts[2].min_valid",
    ),
    "a year": (lambda: SMALL + "year: 999999999999\n", "year"),
    "a parameter's number": (lambda: changed("value: 60", "value: 6e1"), "score.parts[1].weight"),
    # Lengths.
    "a long key": (lambda: component("a" * 200_000), "components"),
    "a long name": (
        lambda: changed("{zh: 小方案, en: Small scheme}", "{zh: 小方案, en: " + "x" * 2_000 + "}"),
        "title.en",
    ),
    "a text without end": (
        lambda: changed("source: 自拟\npara", f"source: {'长' * 60_000}\npara"),
        "source",
    ),
    "a long parameter": (
        lambda: changed("value: 60", f"value: {'6' * 1_500}"),
        "parameters.most.value",
    ),
    "a name that grows with the round's": (
        lambda: changed("  r1: {zh: 一季度,", f"  r1: {{zh: {'季' * 400},").replace(
            "components:\n",
            'components:\n  "{round}.x": {name: {zh: \''
            + "{round}" * 60
            + "', en: One}, rounds: [r1, r2]}\n",
        ),
        "components.{round}.x",
    ),
    "a large file": (lambda: SMALL + "#" * 300_000, ""),
    # Counts.
    "unknown names": (lambda: SMALL + "".join(f"unknown{n}: 1\n" for n in range(15_000)), ""),
    "unknown names inside": (
        lambda: changed(
            "adjustments:\n",
            "adjustments:\n  odd: {" + ", ".join(f"n{n}: 1" for n in range(450)) + "}\n",
        ),
        "adjustments.odd.n0",
    ),
    "many categories": (lambda: many("categories", f"c{{n}}: {TEXT}", 60), "categories"),
    "many rounds": (lambda: many("rounds", f"q{{n}}: {TEXT}", 60), "rounds"),
    "many adjustments": (
        lambda: many("adjustments", f"k{{n}}: {{name: {TEXT}, points: 1}}", 300),
        "adjustments",
    ),
    "many components": (
        lambda: many("components", f"k{{n}}: {{name: {TEXT}, round: r1}}", 450),
        "components",
    ),
    "many parameters": (
        lambda: many(
            "parameters", f"k{{n}}: {{value: 1, about: {TEXT}, source: x, open: true}}", 450
        ),
        "parameters",
    ),
    "many levels": (
        lambda: changed(
            "          good: {",
            "".join(f"          l{n}: {{name: {TEXT}, points: 1}}\n" for n in range(60))
            + "          good: {",
        ),
        "questionnaires.panel.questions.satisfaction.levels",
    ),
    "many questions": (
        lambda: changed(
            "      overall: {",
            "".join(f"      q{n}: {{kind: number, title: {TEXT}}}\n" for n in range(150))
            + "      overall: {",
        ),
        "questionnaires.marks.questions",
    ),
    "a long list": (
        lambda: changed("roles: [in_charge]", f"roles: [{'a, ' * 40_000}b]"),
        "groups.leader.sees.town.roles",
    ),
    "rounds inside rounds": (
        lambda: nested(9),
        "score.parts[1].each.each.each.each.each.each.each.each.each",
    ),
    "branches inside branches": (lambda: branched(8), "score"),
    "names misspelt by the hundred": (misspelt, "score.parts[1].component"),
    "full-width colons on one line": (lambda: "]" + "{a：" * 50_000, "a"),
    "full-width colons on every line": (lambda: "]\n" + "a：b\n" * 40_000, ""),
    "full-width commas on one line": (lambda: "]" + "，a" * 60_000 + ":", "a"),
    "quotes that open": (lambda: "]\n" + 'a："' * 50_000, ""),
    "counts that contradict in the end": (
        contradicting,
        "questionnaires.marks.questions.q0.counts[50]",
    ),
    # Codes.
    "a code that is a script": (
        lambda: part('"<script>alert(1)</script>"'),
        "score.parts[2].parts[1].code",
    ),
    "a code that climbs": (lambda: part("../x"), "score.parts[2].parts[1].code"),
    "a code of dots": (lambda: part('".."'), "score.parts[2].parts[1].code"),
    "a code with a line break": (lambda: part(r'"a\nb"'), "score.parts[2].parts[1].code"),
    "a code that begins as a formula": (lambda: part('"-1+1"'), "score.parts[2].parts[1].code"),
    "a code with a blank": (lambda: component("a b"), "components.a b"),
    "a code with a mark of direction": (lambda: component('"a\\u202eb"'), "components.a\u202eb"),
    "a long code": (lambda: part("x" * 90), "score.parts[2].parts[1].code"),
    "a role's code": (
        lambda: changed("roles: [in_charge]", "roles: ['a/b']"),
        "groups.leader.sees.town.roles[1]",
    ),
    "a default role's code": (
        lambda: changed("roles: [in_charge]", "default_role: '<b>'"),
        "groups.leader.sees.town.default_role",
    ),
    "the scheme's own code": (lambda: changed("code: small", "code: ../../x"), "code"),
    # What is clever in YAML.
    "an anchor": (lambda: changed("source: 自拟\npara", "source: &a 自拟\npara"), "source"),
    "laughing a billion times": (
        lambda: "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n" + SMALL,
        "a",
    ),
    "a merged key": (lambda: changed("components:\n", "components:\n  <<: *x\n"), "components.<<"),
    "a tag": (lambda: changed("source: 自拟\npara", "source: !!float 1\npara"), "source"),
    "a name twice": (lambda: SMALL + "code: other\n", "code"),
    "a hundred names twice": (lambda: SMALL + "code: other\n" * 100, "code"),
    "a list as a name": (lambda: SMALL + "? [a]\n: 1\n", ""),
    "deep lists": (lambda: SMALL + "x: " + "[" * 100_000, "x" + "[1]" * 23),
    "deep mappings": (lambda: SMALL + "x: " + "{a: " * 30_000, "x" + ".a" * 23),
    "a control character": (
        lambda: changed("source: 自拟\npara", 'source: "a\\0b"\npara'),
        "source",
    ),
    "half a pair": (lambda: changed("source: 自拟\npara", 'source: "a\\ud800b"\npara'), "source"),
}


def read_all() -> dict[str, list[object]]:
    """By name: line, field, Chinese and English of each mistake; and the processor's seconds."""
    found: dict[str, list[object]] = {}
    for name, (build, _) in HOSTILE.items():
        text = build()
        begin = time.process_time()
        try:
            load_scheme(text)
            found[name] = []
        except SchemeErrors as wrong:
            found[name] = [[e.line, e.field, e.message.zh, e.message.en] for e in wrong.errors]
        found[name].append(time.process_time() - begin)
    return found


if __name__ == "__main__":
    print(json.dumps(read_all()))
