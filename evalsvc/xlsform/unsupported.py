"""What XLSForm has and a questionnaire here has not, with what to do about each."""

from collections.abc import Mapping

from evalsvc.text import Text
from evalsvc.xlsform.limesurvey.unsupported import KINDS

_PLACE = Text(
    "本系统不采集位置；请删去这一行，或改为文字题（text）",
    "positions are not collected; please delete the row, or make it a text question",
)
_MEDIA = Text(
    "评价问卷不收图片、录音、录像和文件（会暴露评价人）；请删去这一行",
    "pictures, sound, video and files are not taken (they would betray the rater); "
    "please delete the row",
)
_DATE = Text(
    "没有日期和时间题；请改为文字题（text）或单选题（select_one）",
    "there are no questions for dates and times; please use text or select_one",
)
_OUTSIDE = Text(
    "选项要写在本工作簿的 choices 表里，不读取外部文件",
    "choices stand in the sheet “choices”; outside files are not read",
)
_TRACE = Text(
    "为了保密，本系统从不记录时间、设备、号码和姓名；这一行不读取",
    "to keep ballots secret, times, devices, numbers and names are never recorded; "
    "this row is not read",
)
_COMPUTED = Text(
    "问卷里不做计算，得分由方案计算；这一行不读取",
    "questionnaires compute nothing, the scheme does; this row is not read",
)

# Questions that would be lost: the workbook is refused until they are changed.
QUESTIONS: Mapping[str, Text] = {
    **dict.fromkeys(("geopoint", "geotrace", "geoshape", "start-geopoint"), _PLACE),
    **dict.fromkeys(("image", "photo", "audio", "video", "file", "background-audio"), _MEDIA),
    **dict.fromkeys(("date", "time", "datetime"), _DATE),
    **dict.fromkeys(("csv-external", "xml-external"), _OUTSIDE),
    "barcode": Text(
        "没有扫码题；请改为文字题（text）",
        "there is no question that scans a code; please use text",
    ),
    "acknowledge": Text(
        "没有“确认”题；请改为是否题：select_one 加一个只有 yes、no 的列表",
        "there is no acknowledgement; please use select_one with yes and no",
    ),
    "rank": Text(
        "只能给单位排序（rank units），不能给选项排序；请改为多选题（select_multiple）",
        "only units are put in order (rank units), not choices; please use select_multiple",
    ),
    **KINDS,
    "phone number": Text(
        "不收电话号码（会暴露评价人）；请删去这一行",
        "telephone numbers are not taken (they would betray the rater); please delete the row",
    ),
    "osm": Text("没有地图题；请改为文字题（text）", "there are no maps; please use text"),
}

# Rows that ask nobody anything: left out, with a remark.
SILENT: Mapping[str, Text] = {
    **dict.fromkeys(
        (
            "start",
            "end",
            "today",
            "deviceid",
            "phonenumber",
            "username",
            "email",
            "audit",
            "simserial",
            "subscriberid",
        ),
        _TRACE,
    ),
    **dict.fromkeys(("calculate", "hidden"), _COMPUTED),
}

NESTED_REPEAT = Text(
    "重复里不能再有重复：一次重复就是逐个单位回答",
    "a repeat can't hold another one: a repeat goes through the units",
)
NUMBER_OUTSIDE = Text(
    "数字题只能逐个单位回答，请放进 begin_repeat 和 end_repeat 之间",
    "numbers are asked about every unit; please put the row between begin_repeat and end_repeat",
)
NUMBER_AS_CHOICE = Text(
    "整份问卷只答一次的题没有数字题，按单选题读取，每个数一个选项",
    "of what is asked once nothing is a number; read as a choice with an option for each number",
)
NUMBER_AS_WORDS = Text(
    "整份问卷只答一次的题没有数字题，按文字题读取（最多%(most)s个字），不查是不是数、在不在范围内",
    "of what is asked once nothing is a number; read as words (%(most)s characters at most), which "
    "are not checked to be a number or to lie within bounds",
)
NO_QUESTION = Text(
    "说明后面没有问题，无处可放；请移到一个问题的上面",
    "no question follows this text; please move it above one",
)
SHOWN_SUM = Text(
    "分配总分的题在页面上自己显示合计；这一行不读取",
    "where points add up, pages show the sum themselves; this row is not read",
)
LAST_NOTE = Text(
    "最后一题的后面不放说明，移到了“%(name)s”的上面（最后一道总会问到的题）；不需要的请删去这一行",
    "nothing stands below the last question, so this text was moved above “%(name)s”, the last one "
    "that is always asked; please delete the row if it isn't wanted there",
)
RANKING_INSIDE = Text(
    "给单位排序的题要放在重复之外", "a ranking of units stands outside the repeat"
)
OUTSIDE_FILE = _OUTSIDE
FILTERED = Text(
    "选项不能随前面的回答变化；请去掉 choice_filter，或分成几个有 relevant 的问题",
    "choices can't depend on earlier answers; please remove the filter, or ask several "
    "questions with “relevant”",
)
PRESELECTED = Text(
    "本系统从不预先选好答案；默认值不读取",
    "nothing is ever chosen beforehand; the default is not read",
)
READ_ONLY = Text(
    "只读的题没有人能答；要给评价人看的话请用 note",
    "nobody could answer what is read-only; please use a note for what raters should see",
)
REPEAT_COUNT = Text(
    "重复的次数由评价人看到的单位决定，这里的次数不读取",
    "how often is decided by the units a rater sees; the count is not read",
)
MESSAGE = Text(
    "提示语由系统给出，这里的不读取", "messages are the system's own; this one is not read"
)
DISABLED = Text(
    "这一行标为停用（disabled），不读取", "the row is marked as disabled and is not read"
)
COMPUTES = Text(
    "这一题的答案是算出来的，不由评价人填；请删去这一行，或删去 calculation",
    "the answer would be computed and not given by the rater; please delete the row, or its "
    "calculation",
)
LOOKS = Text(
    "页面的样子由系统决定，这里写的不读取", "how pages look is decided here; this is not read"
)
PARAMETERS = Text(
    "这里写的没有对应的设置，不读取",
    "nothing here corresponds to these parameters; they are not read",
)
FOREIGN_LIMIT = Text(
    "这种题没有这样的限制；请删去它，或换一种题",
    "this kind of question has no such limit; please delete it, or use another kind",
)
BOUNDS_BESIDE_SUM = Text(
    "分配总分的题不能再限制每个单位的分数；请删去 . >= 或 . <= 的部分，或改用打分题",
    "points that add up can't be limited for each unit, too; please delete the part with . >= or "
    ". <=, or ask for plain numbers",
)
FOREIGN_UNITS = Text(
    "每个重复里只能有一行选被评单位，只能单选",
    "a repeat has one row that chooses the unit, and it chooses one",
)
NOT_THE_UNIT = Text(
    "这不是单位的类别；取类别写成 instance('units')/root/item[name=${unit}]/category",
    "this is not the unit's category, which is instance('units')/root/item[name=${unit}]/category",
)
NOTE_NARROWER = Text(
    "这段说明的条件和下面那一题的不一样，说明只能跟着题目出现；请把条件改成一样，或删去",
    "the condition differs from that of the question below, with which a text is shown; please "
    "make it the same, or delete it",
)
NOTE_WIDER = Text(
    "这段说明跟着下面那一题（%(name)s）出现，那一题不问时它也不出现",
    "this text is shown with the question below (%(name)s), and not where that is not asked",
)
INTRODUCTION_CONDITION = Text(
    "问卷的说明总在最前面，不能有条件", "the introduction always comes first, without a condition"
)
SOME_CATEGORIES = Text(
    "要求对每一类单位各自成立，不能只管几类；请把缺的类别补上，或删去这一行",
    "a rule holds in every category by itself, not in some; please add those that are missing, or "
    "delete the row",
)
EACH_CATEGORY = Text(
    "这里对全部单位合在一起核对；在本系统里，要求对每一类单位各自成立",
    "this checks all units together; here a rule holds in every category by itself",
)
NOTES_DIFFER = Text(
    "和后面核对合计、个数的说明（note）不一致，请改成一样",
    "this and the notes further down, which check sums and counts, say different things; please "
    "make them the same",
)
