"""What the demonstration's pages say differently today than the kept ones, and why.

The kept ones are of the day before the house was rebuilt room by room, which was to change no word.
`./run pages` keeps today's instead; then nothing here is needed any more, and a test says so.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.data.releases.changed_pages import Change

Pages = Mapping[str, Sequence[str]]

CHANGES: tuple[Change, ...] = (
    Change(
        r".. /office/seasons/\d+/(results|publication)",
        r"名额|Places|本类名额：.*|Places in the category: .*"
        r"|.*\d+个单位：.*个.*。|.*, \d+ units: .*\(.*%\).*",
        "how many places each grade has is told before anything is computed, and when proposing",
    ),
    Change(
        r".. /office/seasons/\d",
        r".*改名称、单位、电话|.*Change title, office, telephone|.*(联系电话|elephone).*",
        "a season's names can be put right",
    ),
    Change(
        r".. /office/seasons/new",
        r"沿用哪一年度|选了以后，名册、.*|不沿用|与所沿用的年度相同.*|.*（(演示|试填)）"
        r"|Take over from which season|Its roster, relations, .*|from none"
        r"|The same as the season taken over.*",
        "a new season can take over an earlier one",
    ),
    Change(
        r".. /office/.*",
        r"指标数一览|逐个看、改指标数|Figures at a glance|See and correct single figures",
        "the way to the table of entered figures, where each is seen and corrected",
    ),
    Change(
        r".. /office/seasons/\d+/roster",
        r"谁评谁|打开是一张表：.*|Who rates whom|A table: a row for each rater, .*"
        r"|县领导|County leaders|市领导|City leaders",
        "the way to the table of who rates whom",
    ),
    Change(
        r".. /office/seasons/\d+/roster",
        r"单位变动|年中改名、并入、分设、.*|Changes of units|Units renamed, merged, split, .*",
        "the way to changes of units in mid-year",
    ),
    Change(
        r".. /office/seasons/\d+/tasks",
        r"牵头单位就是责任单位的，由考评办评档。|目标低于上年的理由|目标数低于上年的必须写，由考评办同意。"
        r"|Where the lead is the unit itself, the office grades\."
        r"|Why the target is below last year's|Needed where the target is below last year's; .*",
        "the office grades where a unit leads its own task, and a lowered target needs a reason",
    ),
    Change(
        r".. /office/seasons/\d+/tasks",
        r"督查和自查|Supervision and self-checks"
        r"|在哪几轮报告|不勾的，每轮都报；.*|用工作簿提出一份清单|半年|年终"
        r"|Reported in|With none marked it is reported on .*|Propose a plan by workbook"
        r"|Half-year|Year-end",
        "a task may be due in some rounds only, and a year's tasks are proposed as one plan",
    ),
    Change(
        r".. /office/seasons/\d+/figures",
        r"下载模板|下载模板，里面每个单位一行.*|下载工作簿（带现有的数）|下载的工作簿里每个单位一行.*"
        r"|Download the template.*|The template has .*|Download the workbook .*"
        r"|The workbook has a row for each unit.*",
        "the workbook comes with the figures as they stand, and leaves what it does not name",
    ),
    Change(
        r".. /office/.*",
        r"程序版本 .*|program version .*",
        "the foot of the office's pages names the version",
    ),
    Change(
        r".. /office/log", r".*", "the log has more entries, and the page shows the newest of them"
    ),
    Change(
        r".. /box/[12]",
        r"2026年.* 16:00|\d+ \w+ 2026, 16:00|69|‹figures›",
        "an anchor more: when a round closes, what waits on the tray goes into the box",
    ),
    Change(
        r".. /box/\d+",
        r"请拍照或者抄下全部64位，.*|Photograph it or copy all 64 digits,.*",
        "the signing key is shown whole, and the page says what for",
    ),
    Change(
        r".. /office/rounds/[12]",
        r"按下后立即从数据库删除；.*|从.*之间做的数据库备份、.*|本系统没有记录到这段时间的备份。|另外做的备份：.*"
        r"|It is deleted from the database at once;.*|Every backup, snapshot or other copy .*"
        r"|No backup of this time is recorded here\.|Backups made elsewhere: .*",
        "the round's page says what destroying leaves behind, and where copies lie",
    ),
    Change(
        r"en /office/rounds/5",
        r"In every cell each form is dealt to (five|5) people at least,.*",
        "a figure of the rules is put in where it is said",
    ),
    Change(
        r".. /office/seasons/1/diagnostics/half_year",
        r"与其他人差别最大的是匿名\d+号（.*|最前面的8个单位分不出高低：.*"
        r"|Anonymous \d+ differs most from the others .*|The first 8 units can't be told apart: .*",
        "ballots lie in the box in another order since they wait on the tray, and so do equals",
    ),
    Change(
        r".. /office/seasons/1/diagnostics/half_year",
        r"每个单位平均.*位评价人，(相对)?信度.*|With .* raters per unit the (relative )?reliab.*",
        "one coefficient says how reliable scores are, at every penalty",
    ),
    Change(
        r".. /office/seasons/1/diagnostics/half_year",
        r".*",
        "two tables more, with every unit's name: agreement in each coefficient, places counted",
    ),
    Change(
        r".. /office/seasons/\d/roster",
        r"评议卡够不够|Are there enough cards",
        "the way to the panel's planning page",
    ),
    Change(
        r".. /office/(seasons/\d)?",
        r"没有等您办的事。|Nothing is waiting for you\.|([·→] )?(\S+ .* · )?拟定公布的版本.*"
        r"|([·→] )?(\S+ .* · )?导入指标和加减分.*"
        r"|· (公示期和复核|定案|开始公示|归档|销毁票箱密钥) .*"
        r"|([·→] )?(\S+ .* · )?(P|p)ropose a version.*"
        r"|([·→] )?(\S+ .* · )?Import indicators and adjustments.*"
        r"|· (Archive|Begin the publicity|Keys of the box|Make it final|Publicity period).*",
        "boards and lists of steps go on from the result to the archive and the destroyed keys",
    ),
    Change(
        r".. /office/rounds/\d",
        r"还没有交答卷的：.*|No answers yet from:.*",
        "closing says how many of each group have not answered",
    ),
    Change(
        r".. /office/seasons/\d/publication",
        r"结果还不完整：|“.*”的票箱还没有打开，.*|“.*”还有 \d+ 个指标数没有录入|去录入"
        r"|The result is not whole yet:|The box of “.*” is not opened, .*"
        r"|\d+ figures of “.*” are not entered|Enter them",
        "what a result lacks is named before it is published",
    ),
    Change(
        r".. /office/seasons/\d+/results(/.*)?",
        r".*",
        "half a result is provisional: without grades and what follows from them",
    ),
    Change(
        r".. /office/seasons/\d+/publication",
        r"结果还不完整，是暂定的，不能公布：|The result is not whole yet; it is provisional .*",
        "half a result can't be published",
    ),
    Change(
        r".. /office/seasons/\d+/history",
        r".*",
        "nothing follows from half a result, nor over years from a year that nobody has said",
    ),
    Change(
        r".. /office/seasons/\d+/satisfaction/.*",
        r"这里是不加权的比例：.*|满意率(（不加权）)?|满意和基本满意率(（不加权）)?|.*最高的是.*"
        r"|.* 答卷太少，不计分"
        r"|These are unweighted shares: .*|Satisfied( or basically( satisfied)?)?( \(unweighted\))?"
        r"|Satisfied or basically satisfied: .*|.* too few answers for a score",
        "rates say that they are unweighted, and the strata's weights stand beside them",
    ),
    Change(
        r".. /office/seasons/\d/roster",
        r"下载模板，.*|填好的工作簿（xlsx）.*|或者粘贴评价人名单|在 Excel 或 WPS 里连同标题行.*"
        r"|Download the template, .*|Filled-in workbook.*|Or paste a list of raters|Copy it in .*",
        "raters come as a list, too: a CSV file or pasted rows",
    ),
    Change(
        r".. /office/seasons/\d/roster",
        r"下载名册模板|下载现有名册|逐行查看、修改|单位|评价人|评价关系|评议团"
        r"|Download the roster('s template| as it is| template)?"
        r"|Look through and change line by line|Units|Raters|Relations|Panel",
        "the roster comes out as it is, and each of its lines can be changed",
    ),
    Change(
        r".. /office/seasons/1/exports",
        r"公文格式，.*|工作簿、报告、结果表和.*|排名、各计分项、.*|每个单位一行.*|没有评价人姓名.*"
        r"|In the form of an official paper, .*|The workbook, the report, the table and .*"
        r"|Ranking, components, unit sheets, .*|(One|A) row for each unit.*"
        r"|(No|Without) raters' names.*",
        "what holds every group's score is internal, and the page says so",
    ),
    Change(
        r".. /office/seasons/1/publication",
        r"公开数据包从哪一级起：.*|The public package starts at: .*",
        "no answer follows from what is public: the page says where it starts",
    ),
    Change(
        r".. /office/seasons/1/publication",
        r"什么时候还能排除或恢复票|排除或恢复某张票，.*"
        r"|When ballots can still be excluded or restored|Exclude or restore ballots before .*",
        "two public versions differ by no ballot or by five",
    ),
    Change(
        r"en /office/seasons/\d/publication",
        r"[Ll]iaison",
        "a role's name begins with a capital here as everywhere",
    ),
    Change(
        r".. /office/seasons/\d/scheme",
        r"从哪一级起公开|从“.*”起|各单位在这一主体的得分|答卷按人或单位保存的主体，.*"
        r"|Public from|“.*” on|Each unit's score by this group|For groups whose answers .*",
        "no answer follows from what is public: the scheme's page says the lowest level",
    ),
    Change(
        r".. /office/seasons/(new|\d/(questionnaires|scheme.*))",
        r"检查别的方案文件|先单独检查一个方案文件"
        r"|Check another scheme's file|Check a scheme's file by itself first",
        "a scheme's file can be checked alone",
    ),
    Change(
        r".. /office/seasons/\d/scheme(/tree)?",
        r"(下列各项加权|总分 加总|the parts below, weighted|Total total).*",
        "full marks bind, and the pages say the most that a figure can be",
    ),
    Change(
        r".. /office/seasons/3/scheme",
        r"千人评议团：各层满意度按权重合计.*|Thousand-member panel: satisfaction by strata, .*",
        "strata can be weighed in two ways, and the page says which",
    ),
    Change(
        r".. \d answer",
        r"公开的数只从“.*”起，.*|Public figures start at .*",
        "no answer follows from what is public: a named rater is told where it starts",
    ),
    Change(
        r".. \d answer",
        r"这是实名测评：.*|This appraisal carries your name: .*"
        r"|以单位名义填写：.*|You answer for your unit: .*",
        "who can see one's answers is said in whole sentences",
    ),
    Change(
        r"zh /office/seasons/\d/scheme/tree",
        r".* (录入|填报)( [\d.]+%.*)?|.* (评价打分|评价) · .*|总分 (总分|加总)",
        "a rule of the score has one name on all pages",
    ),
)


def list_unexpected(before: Pages, now: Pages, changes: Sequence[Change] = CHANGES) -> list[str]:
    """Each line that came or went without being named; a page that is gone is a line, too."""
    found = [f"{page} is gone" for page in before.keys() - now.keys()]
    for page, sign, line in _list_lines(before, now):
        if not any(_names(change, page, line) for change in changes):
            found.append(f"{page} {sign} {line}")
    return sorted(found)


def list_unused(before: Pages, now: Pages) -> list[str]:
    """What is named and has not changed."""
    lines = [(page, line) for page, _, line in _list_lines(before, now)]
    return [
        change.why
        for change in CHANGES
        if not any(_names(change, page, line) for page, line in lines)
    ]


def _list_lines(before: Pages, now: Pages) -> Iterator[tuple[str, str, str]]:
    # How often and not only whether: a cell of a table says again what others say.
    for page in before.keys() & now.keys():
        was, has = Counter(before[page]), Counter(now[page])
        yield from ((page, "-", line) for line in was - has)
        yield from ((page, "+", line) for line in has - was)


def _names(change: Change, page: str, line: str) -> bool:
    return bool(re.fullmatch(change.page, page) and re.fullmatch(change.line, line))
