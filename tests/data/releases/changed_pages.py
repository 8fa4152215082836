"""What pages say differently today than the release that made the database, and why.

A page's address and a line of it are patterns; a difference that none of them names fails.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """Lines that may have come or gone on the pages of an address."""

    page: str
    line: str
    why: str


# Addresses whose status is another one now, as "who address before after".
STATUSES: Mapping[str, str] = {
    r"\w+ /box/\w+/(leaves|receipts)\.txt 200 302": "a list's address names the root it belongs to",
    r"(?!manager)\w+ /box/\w+/(leaves|receipts)\.txt \d+ None": "both are one kind of page now",
}
_DIAGNOSTICS = r"/office/seasons/\d+/diagnostics/\w+"
_PURGED = "the round's page says what destroying leaves behind, and where copies lie"
_NO_BOX = "a round without questionnaires has no ballot box, and no place among those that have"
CHANGES: tuple[Change, ...] = (
    Change(
        r"/office/seasons/\d+/(results(/\w+)?|publication|own/\w+)",
        r"名额|名额：|本类名额：.*|.*\d+个单位：.*个.*。|“.*”.*：(不能得|定为).*|.*（“.*”.*：(不能得|定为).*）?",
        "places are told before and when proposing, and bars with the fact behind them",
    ),
    Change(
        r"/office/seasons/\d+",
        r".*改名称、单位、电话|.*联系电话.*",
        "a season's names can be put right",
    ),
    Change(r"/office/.*", r"程序版本 .*", "the foot of the office's pages names the version"),
    Change(
        r"/office/",
        r"\S+ · .*|(\S+ )?看公示页|city|.*没有问卷的 \d+ 轮|.*准备中.*",
        "boards go on from the result to the archive; what has no ballot box is counted",
    ),
    Change(
        r"/office/seasons/\d+",
        r"[·→✓] .*|看公示页|\S+ (没有问卷，不设票箱|准备中)|预览问卷",
        "the list of steps goes on from the result to the archive and the destroyed keys",
    ),
    Change(
        r"/office/seasons/\d+/satisfaction/.*",
        r"这里是不加权的比例：.*|满意率(（不加权）)?|满意和基本满意率(（不加权）)?|.*最高的是.*"
        r"|.* 答卷太少，不计分",
        "rates say that they are unweighted, and the strata's weights stand beside them",
    ),
    Change(
        r"/office/seasons/\d+/results(/.*)?",
        r".*",
        "half a result is provisional: without grades and what follows from them",
    ),
    Change(
        r"/office/seasons/\d+/publication",
        r"结果还不完整，是暂定的，不能公布：",
        "half a result can't be published",
    ),
    Change(
        r"/office/seasons/\d+/history",
        r".*",
        "nothing follows from half a result, nor over years from a year that nobody has said",
    ),
    Change(
        r"/office/seasons/\d+/publication",
        r"开启更正|结果公示以后，算进去的数.*|要更正什么，为什么",
        "what is shown stands, and a correction opens it",
    ),
    Change(
        r"/office/seasons/\d+/publication",
        r"结果还不完整：|.*的票箱还没有打开，.*|.*个指标数没有录入.*|去录入|为什么不等这些轮次就公布"
        r"|正常情况请先开箱、.*",
        "what a result lacks is named before it is published",
    ),
    Change(
        r"/office/rounds/\d+",
        r"还没有交答卷的：.*",
        "closing says how many of each group have not answered",
    ),
    Change(
        r"/office/seasons/\d+/roster",
        r"下载名册模板|下载现有名册|逐行查看、修改|单位|评价人|评价关系|评议团",
        "the roster comes out as it is, and each of its lines can be changed",
    ),
    Change(
        r"/office/rounds/\d+",
        r"下载票箱文件|再开一次，对一对|有人要求核对计票时，保管人可以.*",
        "the sealed box of a counted round can be fetched again, for a second opening",
    ),
    Change(
        r"/office/seasons/\d+/history",
        r"(连续\d+年，每年)?(低于|不低于|等次为|为本类|发生“).*",
        "each case of a consequence is said in words, with its “or”",
    ),
    Change(
        r"/office/seasons/(new|\d+/(scheme.*|questionnaires))",
        r"先单独检查一个方案文件|检查别的方案文件",
        "a scheme can be looked at alone, and these pages lead there",
    ),
    Change(
        r"/office/seasons/\d+/scheme.*",
        r"(.*[；· ])?(最高[\d.]+分|不封顶|满分[\d.]+分；满分以外：.*)",
        "a total's full marks are said, and apart from them what may be added",
    ),
    Change(
        r"/box/\w+|/results/\d+(/\d+)?",
        r"签名公钥.*|[0-9a-f]{64}|[0-9a-f]{4}( [0-9a-f]{4})*|请拍照或者抄下全部64位，.*",
        "the signing key is shown whole, in groups, with a QR code",
    ),
    Change(
        r"/office/seasons/\d+/publication",
        r"最新一次计算早于公开起点的验算：.*",
        "a public package from before lists scores from which single answers can be worked out",
    ),
    Change(
        r"/office/seasons/\d+/exports",
        r"排名、各计分项、计分明细、满意度和说明，供本办使用.*|公文格式，可以直接送审、存档.*|"
        r"每个单位一行.*，供别的系统读取.*|没有评价人姓名.*|工作簿、报告、结果表和各单位的计分明细列有.*",
        "what holds every group's score is internal, and the page says so",
    ),
    Change(
        _DIAGNOSTICS,
        r".*位评价人，(相对)?信度.*",
        "the coefficient of reliability is named, and no longer understated",
    ),
    *(
        Change(_DIAGNOSTICS, line, "agreement in every known coefficient, and places to count")
        for line in (
            r"评价人之间有多一致|系数|数值|说明什么|相对信度：.*|组内相关系数.*|肯德尔.*|克里彭多夫.*",
            r"换一批同样合格的人来评，.*|由一位评价人评所有单位时的.*|人人评了所有单位时，.*|各人排出的次序有多像.*|"
            r"各人给的分有多一致，.*|评分不全",
            r"数一数票上的先后.*|平均名次|排第一的票|胜、平、负|胜率|票数",
            r"[\d.]+ \(p [<=] [\d.]+\)|[\d.]+（[\d.]+到[\d.]+）|[\d.%]+|\d+ : \d+ : \d+|—",
        )
    ),
    *(
        Change(_DIAGNOSTICS, line, "a range of each place without assumptions")
        for line in (r"n = \d+个单位。横条为可能的名次.*", r"最稳妥的范围", r"\d+(–\d+)?")
    ),
    *(
        Change(_DIAGNOSTICS, line, "satisfied rates have an interval, and few people are named")
        for line in (r"[\d.]+%(（\d+–\d+）)?", r".*的得分其实由少数人决定.*")
    ),
    Change(r"/office/seasons/\d+/roster", r"评议卡够不够", "the way to the panel's planning page"),
    Change(
        r"/office/seasons/\d+/roster",
        r"下载模板，.*|填好的工作簿（xlsx）.*|或者粘贴评价人名单|在 Excel 或 WPS 里连同标题行.*",
        "raters come as a list, too: a CSV file or pasted rows",
    ),
    *(
        Change(r"/office/(rounds|seasons)/\d+.*", line, _NO_BOX)
        for line in (
            r"(一|二|三|四|五|六|七|八|九|十|十一|十二)月|半年|年终",
            r"录入这一轮的数据|没有问卷，不设票箱|这一轮只有录入的数据：.*",
            r"\d+ *项指标要录入，.*|要求了 *\d+ *张评分表，.*",
            r"[·→] *(发码、印制评价信|开始接收答卷|截止|打开票箱|演练开箱|生成票箱密钥).*",
            r"下一步：生成票箱密钥|准备中|等票箱保管员登录后生成密钥。.*|这一轮的步骤",
        )
    ),
    Change(
        r"/office/seasons/\d+/figures",
        r"下载(工作簿（带现有的数）|模板)|下载的工作簿里每个单位一行，.*|下载模板，里面每个单位一行；.*",
        "the workbook of figures comes with what stands, and an empty cell leaves it",
    ),
    Change(r"/office/seasons/\d+/roster", r"单位 *评价人.*", "lines to correct in place"),
    Change(
        r"/office/seasons/\d+/tasks",
        r"用工作簿填报、评档",
        "reports and grades go by workbook, too",
    ),
    Change(r"/office/.*", r"指标数一览|逐个看、改指标数", "the way to the table of figures"),
    Change(
        r"/office/seasons/\d+/tasks",
        r"应报、已报、逾期和评档情况，.*|一轮任务的应报、.*|督查和自查",
        "bulletins come by unit, too, and for quarters and half-years",
    ),
    *(
        Change(r"/office/(seasons/\d+/tasks|tasks/\d+)", line, "tasks are changed with a trail")
        for line in (
            r"变动记录|改动任务|修改|修改的理由|拆分|撤销任务|免报(这一轮)?|理由",
            r"第 *\d *项|任务|目标|权重|目标数.*|上年目标数|牵头单位.*|评档|档次|评语",
            r"评过档的.*照当时的权重计，.*|拆成几项，.*|撤销以后不再报：.*|.*这一轮的任务量由.*",
            r"第 *\d+ *版结果已经公示，任务.*|确有错误，为更正重新打开|重新打开|去任务页",
            r"打开以后到更正公示前可以改；.*",
        )
    ),
    Change(
        r"/office/(seasons/\d+/tasks|tasks/\d+)",
        r"在哪几轮报告|不勾的，每轮都报；.*|用工作簿提出一份清单|半年|年终|半年 *年终",
        "a task may be due in some rounds only, and a year's tasks are proposed as one plan",
    ),
    Change(
        r"/office/seasons/\d+/roster",
        r"谁评谁|(.*)?打开是一张表：.*",
        "the way to the table of who rates whom",
    ),
    Change(
        r"/office/seasons/\d+/roster",
        r"单位变动( 年中改名、并入、.*)?|年中改名、并入、分设、.*",
        "the way to changes of units in mid-year",
    ),
    Change(
        r"/office/seasons/\d+/publication",
        r"计算之后数据有了变化，请先重新计算。 去计算",
        "a forbidden figure paid by the law of before",
    ),
    Change(
        r"/office/seasons/\d+/tasks",
        r"到期没有报告的|有正当理由的，在任务自己的页上免报。.*|按最低档计",
        "reports that never came can be settled",
    ),
    *(
        Change(r"/office/seasons/\d+/tasks", line, "tasks are lists by state, and go on next year")
        for line in (
            r"从哪一年接续|把往年审定的任务重新提出，.*|接续(上年的任务)?|测试年度",
            r"全年任务 *年终|全部 *\d+ *等我办.*|全部单位|筛选",
            r".*；牵头：.*；权重.*|改造农村公路.*|目标数.*|目标低于上年的理由",
            r"牵头单位就是责任单位的，由考评办评档。|已评档",
            r"[·›✓](牵头单位|考评办|分管领导|领导小组)(等审)?|优 *好 *牵头单位同事|同意.*|完成.*",
        )
    ),
    *(
        Change(r"/office/rounds/\d+", line, _PURGED)
        for line in (
            r"已销毁的内容",
            r".*已删除：加密保存的私钥，和“谁拿到哪个席位”的对应关系。.*",
            r"按下后立即从数据库删除；.*",
            r"正在清除。删除的内容还可能留在数据库的文件和日志里，.*",
            r"从.*之间做的数据库备份、快照和其他副本里都还有这些内容，.*",
            r"本系统没有记录到这段时间的备份。",
            r"另外做的备份：本系统不知道的，.*",
        )
    ),
)


def list_unexpected(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Each difference that nobody has named, in a line."""
    return [*_list_statuses(before, now), *_list_lines(before, now)]


def _list_statuses(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for path, page in before.items():
        for who, status in page["status"].items():
            after = now.get(path, {"status": {}})["status"].get(who)
            line = f"{who} {path} {status} {after}"
            if after != status and not any(re.fullmatch(known, line) for known in STATUSES):
                yield line


def _list_lines(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for path, page in before.items():
        after = now.get(path, {}).get("text")
        if "text" not in page or after is None:
            continue
        for sign, lines, others in (("-", page["text"], after), ("+", after, page["text"])):
            for line in dict.fromkeys(lines):
                if line not in others and not _is_known(path, line):
                    yield f"{path} {sign} {line}"


def _is_known(path: str, line: str) -> bool:
    return any(
        re.fullmatch(change.page, path) and re.fullmatch(change.line, line) for change in CHANGES
    )
