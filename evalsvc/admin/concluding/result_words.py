"""The words of pages about published results, assessing bodies, tasks and schemes."""

from evalsvc.admin.door.access import door
from evalsvc.domain.assessing.figure_trail import list_changes
from evalsvc.extensions import current_service

PUBLICATION = {"proposed": "拟定", "shown": "公示", "final": "定案", "archived": "已归档"}

REVIEWS = {"waiting": "等待答复", "upheld": "维持原结果", "corrected": "已更正"}

AUDIENCES = {"public": "向社会公示", "units": "只发给各单位"}
EXTENTS = {"all": "名次、总分和等次", "grades": "只公布等次和表彰"}

SHEETS = {
    "unasked": "还没有要求报送",
    "open": "填报中",
    "handed_in": "已报送，待审核",
    "returned": "已退回",
    "accepted": "已采用",
}

TASKS = {"waiting": "等审", "standing": "已审定", "returned": "已退回"}
# Where a task is no more.
ENDED_TASKS = {"withdrawn": "已撤销", "split": "已拆分"}
FINDINGS = {
    "open": "等整改",
    "rectified": "已报整改",
    "cleared": "办结，不扣分",
    "deducted": "办结，扣分",
}
FINDING_KINDS = {"supervision": "督查", "e_monitoring": "电子监察"}
TASK_CHANGES = {
    "mended": "修改",
    "split": "拆分",
    "withdrawn": "撤销任务",
    "exempted": "免报",
    "missed": "到期未报，按最低档计",
    "restored": "恢复报告",
}
TASK_PARTS = {
    "lead": "牵头单位",
    "title": "任务",
    "target": "目标",
    "figure": "目标数",
    "weight": "权重",
    "rounds": "在哪几轮报告",
    "volume": "本单位这一轮的任务量",
    "grade": "档次",
}
TASK_FILTERS = {
    "all": "全部",
    "mine": "等我办",
    **TASKS,
    "late": "逾期的",
    "unreported": "未报",
    "ungraded": "待评档",
    "graded": "已评档",
}
LEVELS = {"lead": "牵头单位", "office": "考评办", "leader": "分管领导", "leading_group": "领导小组"}


# What waits on the board, and the page where it is done.
PENDING = {
    "reviews": "%(n)s 件复核申请等待答复",
    "sheets": "%(n)s 张评分表已报送，等审核",
    "late_sheets": "%(n)s 张评分表过了截止时间还没有报送",
    "late_reports": "%(n)s 个任务报告逾期未报",
    "own_sheets": "本主体有 %(n)s 张评分表要报送",
    "tasks": "%(n)s 项任务等审",
    "grades": "%(n)s 个任务报告等评档",
    "own_reports": "本单位有 %(n)s 个任务报告要交",
}
PENDING_PAGES = {
    "reviews": "admin.reviews_page",
    "sheets": "admin.bodies_page",
    "late_sheets": "admin.bodies_page",
    "late_reports": "admin.tasks_page",
    "own_sheets": "admin.own_sheets",
    "tasks": "admin.tasks_page",
    "grades": "admin.tasks_page",
    "own_reports": "admin.tasks_page",
}
# As which list of that page.
PENDING_LISTS = {
    "late_reports": {"round": "every", "show": "late"},
    "tasks": {"show": "mine"},
    "grades": {"round": "every", "show": "mine"},
    "own_reports": {"round": "every", "show": "mine"},
}


@door.context_processor
def offer_result_words() -> dict[str, object]:
    return {
        "publication_words": PUBLICATION,
        "review_words": REVIEWS,
        "audience_words": AUDIENCES,
        "extent_words": EXTENTS,
        "sheet_words": SHEETS,
        "task_words": {**TASKS, **ENDED_TASKS},
        "task_filter_words": TASK_FILTERS,
        "task_change_words": TASK_CHANGES,
        "finding_words": FINDINGS,
        "finding_kind_words": FINDING_KINDS,
        "task_part_words": TASK_PARTS,
        "level_words": LEVELS,
        "pending_words": PENDING,
        "pending_pages": PENDING_PAGES,
        "pending_lists": PENDING_LISTS,
        "figure_changes": lambda season_id, unit: list_changes(
            current_service().database, season_id, unit
        ),
    }
