"""What LimeSurvey has and a questionnaire here has not, with what to do about each."""

from collections.abc import Mapping

from evalsvc.text import Text

# Before a type of question, as a form's reader is given it.
PREFIX = "limesurvey-"
KINDS: Mapping[str, Text] = {
    f"{PREFIX}1": Text(
        "没有双量表的题；请分成两道数组题", "there are no dual scales; please make two arrays of it"
    ),
    f"{PREFIX}:": Text(
        "没有数字表格；要逐个单位打分的，请用“多个数字”题，每个单位一行",
        "there are no tables of numbers; to mark every unit, please use multiple numerical input "
        "with a row a unit",
    ),
    f"{PREFIX};": Text(
        "没有文字表格；请分成几道文字题", "there are no tables of texts; please use text questions"
    ),
    f"{PREFIX}i": Text(
        "不用选语言的题：页面都有中文和英文；请删去这道题",
        "no question about the language is needed, all pages have both; please delete it",
    ),
}
COMMENTS = Text(
    "多选题的每个选项不能另写说明；请改成多选题，再加一道文字题",
    "options of a multiple choice take no comments; please use a multiple choice and a text",
)
SUM = Text(
    "合计的要求只能是逐个单位分配分数；各行要是名册里的单位",
    "a sum is asked of points spread over the units only; the rows have to be the roster's units",
)
PART_RELEVANCE = Text(
    "子问题不能各有各的条件；请分成几道题",
    "subquestions have no conditions of their own; please make several questions of it",
)
PLACEHOLDER = Text(
    "花括号里的内容在本系统里不会替换，会原样显示；请改写",
    "what stands in braces is not replaced here and would be shown as it is; please rewrite it",
)
HTML = Text(
    "图片、链接、表格和脚本不读取，只留文字",
    "pictures, links, tables and scripts are not read; only the words stay",
)
SOFT = Text(
    "“软性必答”在本系统里没有，按可不答读取",
    "there is no soft mandatory here; it is read as optional",
)
POINTS = Text(
    "只有逐个单位评价的题有分值；答案的评估分不读取",
    "only questions about every unit have points; the answers' assessment values are not read",
)
UNITS = Text(
    "各行是名册里的单位，读作逐个单位回答的题",
    "the rows are the roster's units; it is read as a question about every unit",
)
SETTINGS = Text(
    "这些设置在本系统里没有对应，不读取",
    "nothing here corresponds to these settings; they are not read",
)
_FILTER = Text(
    "选项和子问题不能随前面的回答增减；请去掉筛选，或分成几道有条件的题",
    "options and subquestions can't depend on earlier answers; please remove the filter, or use "
    "several questions with conditions",
)
_VALIDATION = Text(
    "没有自定义的校验；请去掉", "there are no validation expressions here; please remove it"
)
# Without them the question would be another one.
CHANGES: Mapping[str, Text] = {
    **dict.fromkeys(("array_filter", "array_filter_exclude"), _FILTER),
    **dict.fromkeys(("em_validation_q", "em_validation_sq"), _VALIDATION),
    "min_answers": Text(
        "不能要求至少选几项；请去掉，或把题设为必答",
        "there is no least number of choices; please remove it, or make the question mandatory",
    ),
    "exclude_all_others": Text(
        "没有“选了它就不能选其他”的选项；请改成单选题，或去掉",
        "no option excludes the others; please use a list, or remove it",
    ),
    "multiflexible_checkbox": _VALIDATION,
}
# What only changes how it looks or goes, but perhaps not to everybody.
LOOSE = frozenset(
    (
        "random_order", "random_group", "answer_order", "subquestion_order", "prefix", "suffix",
        "other_replace_text", "other_numbers_only", "other_comment_mandatory", "time_limit",
        "numbers_only", "min_num_value", "max_num_value", "equation", "slider_layout",
    )
)  # a table, read by rows  # fmt: skip
LANGUAGES = Text(
    "只读中文和英文（都没有的，读第一种语言）；其余语言不读取",
    "Chinese and English are read (without either, the first language); others are not",
)
END = Text(
    "结束语由系统给出，这里的不读取",
    "the words at the end are the system's own; these are not read",
)
TABLES: Mapping[str, Text] = {
    "quota": Text("没有配额，不读取", "there are no quotas; they are not read"),
    "assessments": Text(
        "得分由方案计算，评估规则不读取", "scores are the scheme's; assessment rules are not read"
    ),
    "defaultvalues": Text(
        "本系统从不预先选好答案；默认值不读取",
        "nothing is ever chosen beforehand; defaults are not read",
    ),
    "survey_url_parameters": Text(
        "不从网址里读取答案，网址参数不读取",
        "no answers come from an address; URL parameters are not read",
    ),
}
