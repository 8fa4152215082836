"""What hands at a Chinese keyboard slip into: one message each, at its sign, with what to do."""

import codecs

import pytest

from evalsvc.questions.kinds import READERS as QUESTIONS
from evalsvc.questions.kinds import SEVERAL
from evalsvc.scheme.file.encoding import decode_scheme
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.file.reading import say_known
from evalsvc.scheme.file.slips import PROBLEMS, advise, list_wide_signs
from evalsvc.scheme.file.source import read_source
from evalsvc.scheme.outcome import SECTIONS
from evalsvc.scheme.presets import get_preset_text, list_presets, load_scheme
from evalsvc.scheme.reader import REQUIRED
from evalsvc.scheme.rules.kinds import READERS
from tests.scheme.test_errors import SMALL, errors

COLON = "a full-width colon stands here; write “:” and a space after it"
COMMA = "a full-width comma stands here; write “,” and a space after it"
BRACKET = "a full-width bracket stands here; write { } or [ ]"
QUOTES = (
    "inside braces a comma ends the text: put a text that holds a comma in quotes, as in "
    'en: "One, two"'
)

ONE_FAULT = [
    # Full-width signs, each told at the sign itself.
    ("code: small", "code：small", (1, 5, "code", "：", COLON)),
    ("title: {zh: 小", "title: {zh：小", (3, 11, "title.zh", "：", COLON)),
    ("小方案, en", "小方案，en", (3, 16, "en", "，", COMMA)),
    ("title: {zh: 小", "title: ｛zh: 小", (3, 8, "title", "｛", BRACKET)),
    ("categories:\n", "categories：\n", (7, 11, "categories", "：", COLON)),
    ("units: listed, roles", "units: listed，roles", (34, 51, "roles", "，", COMMA)),
    ("    - weight: 40", "    - weight：40", (55, 13, "weight", "：", COLON)),
    ("publication: {places", "publication：{places", (67, 12, "publication", "：", COLON)),
    (
        "roles: [in_charge]",
        "roles: [in_charge，helps]",
        (34, 61, "groups.leader.sees.town.roles[1]", "in_charge，helps", COMMA),
    ),
    (
        "weight: 40",
        "weight: ４０",
        (55, 15, "score.parts[2].weight", "４０", "write it in half width: 40"),
    ),
    (
        "weight: 40",
        "weight: 40％",
        (55, 15, "score.parts[2].weight", "40％", "a plain number stands here: 40"),
    ),
    (
        "weight: 40",
        "weight: 40%",
        (55, 15, "score.parts[2].weight", "40%", "a plain number stands here: 40"),
    ),
    # A comma that is the text's own.
    (
        "en: Small scheme",
        "en: A small, sound scheme",
        (3, 31, "title.sound scheme", "sound scheme", QUOTES),
    ),
    (
        "en: Small scheme",
        "en: A small, sound, plain scheme",
        (3, 31, "title.sound", "sound", QUOTES),
    ),
    # A misspelt name: what it leaves unused is no mistake of its own.
    (
        "component: tasks",
        "component: taks",
        (
            54,
            34,
            "score.parts[1].component",
            "taks",
            "there is no such component; declare it under components; did you mean tasks?",
        ),
    ),
    (
        "group: leader,",
        "group: leaders,",
        (
            61,
            96,
            "score.parts[2].parts[1].group",
            "leaders",
            "there is no such rater group; there are: leader、panel; did you mean leader?",
        ),
    ),
    (
        "sees: {dep: {units: all}, town: {units: listed",
        "sees: {dept: {units: all}, town: {units: listed",
        (
            34,
            18,
            "groups.leader.sees.dept",
            "dept",
            "there is no such category; there are: dep、town; did you mean dep?",
        ),
    ),
    (
        "weight: 40",
        "weight: $mots",
        (
            55,
            15,
            "score.parts[2].weight",
            "$mots",
            "there is no such parameter; declare it under parameters; did you mean most?",
        ),
    ),
    (
        "rule: weighted",
        "rule: weighed",
        (
            58,
            13,
            "score.parts[2].rule",
            "weighed",
            f"expected one of: {say_known(tuple(READERS))}; did you mean weighted?",
        ),
    ),
    # A section under a misspelt name is read, so that nothing in it is missed.
    (
        "components:\n",
        "componets:\n",
        (
            45,
            3,
            "componets",
            "componets",
            "there is no such name; known are "
            f"{'、'.join((*REQUIRED, 'adjustments', 'bodies', 'evaluates', *SECTIONS))}; "
            "did you mean components?",
        ),
    ),
    (
        "group: leader,",
        "groop: leader,",
        (
            61,
            96,
            "score.parts[2].parts[1].groop",
            "groop",
            "there is no such name; known are rule、name、group、question、code、round、trim、"
            "role、void_uniform、least_raters、by_place、share_of; did you mean group?",
        ),
    ),
    # A parameter that is missing is neither a wrong word nor a wrong number besides.
    (
        "missing: centred",
        "missing: $lacking",
        (
            59,
            16,
            "score.parts[2].missing",
            "$lacking",
            "there is no such parameter; declare it under parameters",
        ),
    ),
    # A kind that there is not has no settings of another one to miss.
    (
        "overall: {kind: number,",
        "overall: {kind: numeric,",
        (
            18,
            23,
            "questionnaires.marks.questions.overall.kind",
            "numeric",
            f"expected one of: {say_known((*QUESTIONS, *SEVERAL))}; did you mean number?",
        ),
    ),
    # A weight that is no number makes no sum.
    (
        "weight: 70}",
        "weight: seventy}",
        (
            42,
            50,
            "groups.panel.strata.a.weight",
            "seventy",
            "expected a number such as 30 or 0.5, with 12 digits at most before the point and "
            "6 after it",
        ),
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), ONE_FAULT, ids=[each[1] for each in ONE_FAULT])
def test_one_fault_is_told_once(old: str, new: str, told: tuple[int, int, str, str, str]):
    found = errors((old, new))
    assert [(e.line, e.column, e.field, e.found, e.expected.en) for e in found] == [told]


def test_a_file_in_full_width_throughout_is_told_line_by_line():
    with pytest.raises(SchemeErrors) as caught:
        load_scheme(SMALL.replace(":", "："))
    assert caught.value.more
    assert {e.expected.en for e in caught.value.errors} == {COLON}
    assert [e.line for e in caught.value.errors][:4] == [1, 2, 3, 3]
    assert caught.value.errors[0].message.zh == (
        "第 1 行第 5 列，code：现为“：”，这里是全角冒号，请改成半角“:”，后面空一格"
    )


def test_full_width_signs_inside_texts_are_the_texts_own():
    for text in map(get_preset_text, list_presets()):
        assert list_wide_signs(text) == ()
    own = (
        "# zh：x\na: \"b：c，d: e\"\nb: 'x：y'\n"
        "c: |\n  note：this\n\n  too：that\nd: 说明：好，行\n"
    )
    assert list_wide_signs(own) == ()
    assert [f.content for f in read_source(own).content.values()] == [
        "b：c，d: e",
        "x：y",
        "note：this\n\ntoo：that\n",
        "说明：好，行",
    ]


def test_a_fault_of_yaml_is_told_in_words_of_ours():
    with pytest.raises(SchemeErrors) as caught:
        read_source("a: 1\n\tb: 2\n")
    (error,) = caught.value.errors
    assert (error.line, error.found) == (2, "b: 2")
    assert error.expected.zh == "缩进用空格，不用制表符"


@pytest.mark.parametrize(("said", "advice"), PROBLEMS)
def test_every_problem_has_its_own_advice(said: str, advice):
    assert advise(f"while parsing: {said}, but found something") == advice
    assert advise("something new").en == (
        "expected correct YAML (check indentation, colons and quotes)"
    )


@pytest.mark.parametrize(
    ("content", "line", "found", "looks_like"),
    [
        ("code: x\ntitle: 盘县\n".encode("gbk"), 2, "title: 盘县", "GBK (ANSI)"),
        ("code: x\ntitle: 盘县\n".encode("gb18030"), 2, "title: 盘县", "GBK (ANSI)"),
        ("code: 县\n".encode("utf-16"), 1, "code: 县", "UTF-16 (Unicode)"),
        (codecs.BOM_UTF16_BE + "code: 县\n".encode("utf-16-be"), 1, "code: 县", "UTF-16 (Unicode)"),
        ("code: x\n".encode("utf-16-le"), 1, "code: x", "UTF-16 (Unicode)"),
    ],
)
def test_another_encoding_is_named_with_what_to_do(
    content: bytes, line: int, found: str, looks_like: str
):
    with pytest.raises(SchemeErrors) as caught:
        decode_scheme(content)
    (error,) = caught.value.errors
    assert (error.line, error.found) == (line, found)
    assert error.expected.zh == (
        f"文件不是 UTF-8 编码（像是 {looks_like}）。请在编辑器里“另存为”，编码选 UTF-8"
    )


def test_utf_8_is_read_with_and_without_its_mark():
    assert decode_scheme("code: 县\n".encode("utf-8-sig")) == "code: 县\n"
    assert decode_scheme("code: 县\n".encode()) == "code: 县\n"


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xdf\xa4\xd2l",  # of a workbook
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\nstream\nx\x01\x02\xff\nendstream",
    ],
)
def test_a_file_of_another_program_is_told_as_no_text(content: bytes) -> None:
    """Not as a text in another encoding, which no editor could save as UTF-8."""
    with pytest.raises(SchemeErrors) as raised:
        decode_scheme(content)
    (only,) = raised.value.errors
    assert only.expected.zh.startswith("这不是文本文件")
