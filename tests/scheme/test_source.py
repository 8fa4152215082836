"""What of YAML is read, with places, and what is refused."""

import pytest

from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.file.source import MOST_BYTES, MOST_DEPTH, Field, read_source


def refusal(text: str) -> tuple[int, int, str]:
    with pytest.raises(SchemeErrors) as caught:
        read_source(text)
    (error,) = caught.value.errors
    return error.line, error.column, error.expected.en


def test_every_field_knows_its_place():
    assert read_source("a: 1\nb:\n  - {c: on}\n") == Field(
        "",
        1,
        1,
        {
            "a": Field("a", 1, 4, "1"),
            "b": Field("b", 3, 3, (Field("b[1]", 3, 5, {"c": Field("b[1].c", 3, 9, "on")}),)),
        },
    )


def test_values_stay_text():
    text = "[012, 1e3, no, NA, ~, '']"
    assert [f.content for f in read_source(text).content] == ["012", "1e3", "no", "NA", "~", ""]


def test_a_text_is_the_same_however_it_is_written():
    text = "- a b # remark\n- 'a b'\n- \"a b\"\n- |-\n  a b\n- >-\n  a\n  b\n-\n"
    assert [f.content for f in read_source(text).content] == ["a b"] * 5 + [""]


def test_an_empty_file_is_an_empty_scheme():
    assert read_source("# nothing\n").content == {}


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "expected each name once on its level"),
        (
            "a: &x [1]\nb: *x\n",
            1,
            4,
            "anchors and aliases (& and *) are not read; write the content out",
        ),
        ("b: *x\n", 1, 4, "anchors and aliases (& and *) are not read; write the content out"),
        ("a: !!python/object:os.system x\n", 1, 4, "tags (!) are not read; write the content out"),
        ("a: 1\n---\nb: 2\n", 2, 1, "expected one scheme a file"),
        (
            "a: [1\nb: 2\n",
            2,
            2,
            "brackets or braces are not complete: a comma, “]” or “}” is missing, or a text with "
            "such signs has no quotes",
        ),
        ("? [a]\n: 1\n", 1, 3, "expected a plain name before the colon"),
        ("a: \x07\n", 1, 1, "expected UTF-8 text without control characters"),
        (
            "[" * (MOST_DEPTH + 1),
            1,
            MOST_DEPTH + 1,
            f"expected at most {MOST_DEPTH} levels of nesting",
        ),
        ("#" * (MOST_BYTES + 1), 1, 1, f"expected at most {MOST_BYTES} bytes"),
    ],
)
def test_refused(text: str, line: int, column: int, expected: str):
    assert refusal(text) == (line, column, expected)
