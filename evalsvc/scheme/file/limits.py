"""How much a scheme may hold: the one place of its bounds, which docs/schemes state as a table.

Without them a file of some kB holds a worker for minutes, or is taken and fails when the result
is computed, after the vote.
"""

from dataclasses import dataclass

from evalsvc.text import Text, same

MOST_BYTES = 256 * 1024
MOST_DEPTH = 24
MOST_ENTRIES = 500
"""In any one list or section."""
MOST_FIELDS = 30_000
"""Places in a file; each knows its path."""
MOST_MISTAKES = 50
"""Whoever has more to correct sees them after these."""
MOST_NAMED = 12
"""Names that a message lists of those that there are."""

WHOLE_DIGITS = 12
DECIMALS = 6
MOST_PLACES = 6
LONGEST_PERIOD = 60
MOST_UNITS = 1_000
"""Of a category; what counts units or raters is bounded by it."""
MOST_TOTAL = 999_999
"""What a rater spreads over units; answers have six digits."""
MOST_YEAR = 9999
MOST_YEARS = 20

# What columns and fields of files hold; PostgreSQL would refuse more, after the votes are cast.
LONGEST_CODE = 80
LONGEST_SHORT_CODE = 40
LONGEST_ADJUSTMENT = 60
LONGEST_KEY = 120
LONGEST_NAME = 500
LONGEST_TEXT = 3_000
LONGEST_LINE = 1_000
LONGEST_VALUE = 500
LONGEST_ANSWER = 2_000
MOST_WORDS_TOGETHER = 10_000

MOST_PARAMETERS = 400
MOST_CATEGORIES = 40
MOST_ROUNDS = 24
MOST_QUESTIONNAIRES = 60
MOST_QUESTIONS = 100
MOST_OPTIONS = 50
MOST_GROUPS = 60
MOST_ROLES = 20
MOST_STRATA = 40
MOST_COMPONENTS = 400
MOST_BODIES = 100
MOST_ADJUSTMENTS = 200
MOST_OUTCOMES = 50
MOST_NODES = 5_000
"""Parts of the score, written out for every category and round."""


@dataclass(frozen=True)
class Limit:
    """One line of the table: of what, and how much at most."""

    what: Text
    most: Text


def list_limits() -> tuple[Limit, ...]:
    """All bounds, as docs/schemes states them."""
    return tuple(
        Limit(what, same(f"{most:,}") if isinstance(most, int) else most) for what, most in _TABLE
    )


_TABLE: tuple[tuple[Text, int | Text], ...] = (
    (Text("文件", "the file"), Text(f"{MOST_BYTES // 1024} kB", f"{MOST_BYTES // 1024} kB")),
    (Text("嵌套层数", "levels of nesting"), MOST_DEPTH),
    (Text("一个列表或一节里的条目", "entries of one list or section"), MOST_ENTRIES),
    (Text("全文件的条目", "entries of the whole file"), MOST_FIELDS),
    (Text("一次列出的错误", "mistakes told at once"), MOST_MISTAKES),
    (
        Text("数字", "a number"),
        Text(
            f"小数点前 {WHOLE_DIGITS} 位、后 {DECIMALS} 位",
            f"{WHOLE_DIGITS} digits before the point, {DECIMALS} after it",
        ),
    ),
    (
        Text("结果的小数位（places、node_places）", "decimals of results (places, node_places)"),
        MOST_PLACES,
    ),
    (
        Text(
            "公示、申请复核、答复的天数（periods）",
            "days of publicity, asking and answering (periods)",
        ),
        LONGEST_PERIOD,
    ),
    (
        Text(
            "单位或评价人的个数（count、enforce_from、form_size、trim、least_raters 等）",
            "numbers of units or raters (count, enforce_from, form_size, trim, least_raters …)",
        ),
        MOST_UNITS,
    ),
    (
        Text(
            "打分题的 from 和 to，分配题的 total，min_valid",
            "from and to of a number, total of a sum, min_valid",
        ),
        MOST_TOTAL,
    ),
    (
        Text("文字题的 longest", "longest of a text question"),
        Text(f"{LONGEST_ANSWER:,} 字", f"{LONGEST_ANSWER:,} characters"),
    ),
    (
        Text("整张票的字数（words_together）", "characters of a whole paper (words_together)"),
        Text(f"{MOST_WORDS_TOGETHER:,} 字", f"{MOST_WORDS_TOGETHER:,} characters"),
    ),
    (Text("参数（parameters）", "parameters"), MOST_PARAMETERS),
    (Text("类别（categories）", "categories"), MOST_CATEGORIES),
    (Text("轮次（rounds）", "rounds"), MOST_ROUNDS),
    (Text("问卷（questionnaires）", "questionnaires"), MOST_QUESTIONNAIRES),
    (
        Text(
            "一份问卷的问题，矩阵题按小题计",
            "questions of a questionnaire, a matrix counted by its items",
        ),
        MOST_QUESTIONS,
    ),
    (Text("一题的选项、档次或等级", "options, bands or levels of a question"), MOST_OPTIONS),
    (Text("评价主体（groups）", "rater groups"), MOST_GROUPS),
    (Text("一个主体的层别（strata）", "strata of a group"), MOST_STRATA),
    (Text("一个主体对一类单位的关系（roles）", "roles of a group towards a category"), MOST_ROLES),
    (
        Text("计分项（components），按轮次展开后", "components, written out by round"),
        MOST_COMPONENTS,
    ),
    (Text("考核主体（bodies）", "assessing bodies"), MOST_BODIES),
    (Text("加减分（adjustments）", "adjustments"), MOST_ADJUSTMENTS),
    (
        Text(
            "等次、表彰、限制、职务、后果、核实，各",
            "grades, awards, bars, posts, consequences, confirmations, each",
        ),
        MOST_OUTCOMES,
    ),
    (
        Text(
            "计分树的部分，按类别和轮次展开后",
            "parts of the score, written out by category and round",
        ),
        MOST_NODES,
    ),
    (
        Text("名称、标题、选项", "a name, title or option"),
        Text(f"{LONGEST_NAME} 字", f"{LONGEST_NAME} characters"),
    ),
    (
        Text("引言、说明（introduction、note、about）", "introduction, note, about"),
        Text(f"{LONGEST_TEXT:,} 字", f"{LONGEST_TEXT:,} characters"),
    ),
    (Text("source", "source"), Text(f"{LONGEST_LINE:,} 字", f"{LONGEST_LINE:,} characters")),
    (
        Text("参数的值，version", "a parameter's value, version"),
        Text(f"{LONGEST_VALUE} 字", f"{LONGEST_VALUE} characters"),
    ),
)
