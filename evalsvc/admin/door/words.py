"""The words of the office's pages for codes that rows carry, in Chinese; catalogues translate."""

from evalsvc.reports.documents.notes import FLAG_WORDS

STATES = {
    "preparing": "准备中",
    "issued": "已发码，未开始",
    "open": "进行中",
    "closed": "已截止，未开箱",
    "counted": "已开箱",
}

ROLES = {
    "administrator": "账号管理员",
    "manager": "考评管理员",
    "distributor": "发码员",
    "custodian": "票箱保管员",
    "auditor": "监督审计员",
    "liaison": "单位联络员",
    "assessor": "考核主体经办人",
    "assistant": "代录员",
}

IDENTITIES = {
    "named": "记名：答卷按人保存，只供计分和审计",
    "unit": "单位：答卷按单位保存，只在审计数据包中以代号出现",
    "counts": "匿名：只保存汇总数，任何人看不到个人答卷",
    "entries": "署名录入：以本单位名义录入，不密封",
}

JOBS = {
    "issue": "发码和印制评价信",
    "reissue": "换发编码、印制新信",
    "publish_anchor": "公布锚点",
    "open_box": "开箱计票",
    "compute": "计算结果",
    "workbook": "生成结果工作簿",
    "report": "生成考评报告",
    "csv": "生成结果表",
    "audit": "生成审计数据包",
    "public": "生成公开数据包",
    "archive": "归档",
    "notices": "生成各单位告知书",
    "letters": "印发带编码的告知书",
    "paper_form": "生成纸质问卷",
}

# What each export is called, and what it holds and whom it is for.
EXPORTS = {
    "workbook": (
        "结果工作簿（XLSX）",
        "排名、各计分项、计分明细、满意度和说明，供本办使用，不得外传。",
    ),
    "report": ("考评报告（PDF）", "公文格式，可以直接送审、存档，不得公布。"),
    "csv": ("结果表（CSV）", "每个单位一行、每个计分项一列，供别的系统读取，不得公布。"),
    "audit": (
        "审计数据包（ZIP）",
        "全部事实、方案和票箱，供监督审计部门用一条命令重算。含记名答卷和代号，不得外传；每次导出记入日志。",
    ),
    "public": (
        "公开数据包（ZIP）",
        "没有评价人姓名和答卷，也没有能推出某人评价的得分；从公开的一级起，任何人都可以复算，名次和等次可以核对。",
    ),
}

# How a line of an upload stands to what is there.
STANDINGS = {"gone": "删去", "renamed": "代码变了", "changed": "改动", "new": "新增"}

APPROVALS = {
    "open_round": "封存名册、开始接收答卷",
    "audit": "导出审计数据包",
    "reissue": "换发编码",
    "revoke": "作废编码",
    "exclude_ballot": "排除一张带标记的票",
    "restore_ballot": "恢复一张排除的票",
    "begin_publicity": "开始公示",
    "make_final": "定案",
    "archive_result": "归档",
    "destroy_keys": "销毁票箱密钥",
}

FLAGS = FLAG_WORDS

JOB_STATES = {"waiting": "等待开始", "running": "进行中", "done": "已完成", "failed": "没有完成"}

VERBS = {
    "make_link": "发出一次性链接",
    "use_link": "启用账号",
    "sign_in": "登录",
    "suspend": "停用账号",
    "change_password": "改密码",
    "create_season": "新建考评年度",
    "inherit_season": "沿用往年的名册和人员",
    "amend_season": "更改名称、主办单位或电话",
    "change_scheme": "更换考评方案",
    "import_roster": "导入名册",
    "import_figures": "导入指标和加减分",
    "correct_figures": "在页面上更正指标数",
    "overrule_figure": "改动别人报的数",
    "enter_arrangement": "录入放假安排",
    "attach": "添加佐证材料",
    "remove_attachment": "撤下佐证材料",
    "set_year": "填写考评年度是哪一年",
    "import_history": "导入历年结果",
    "take_over_season": "接续往年定案的结果",
    "take_over_package": "从证据包接续往年的结果",
    "make_keys": "生成票箱密钥",
    "rehearse_opening": "演练开箱",
    "issue": "发码",
    "open_round": "开始轮次",
    "close_round": "截止轮次",
    "lose_ballots": "恢复后读不出的票",
    "open_box": "开箱计票",
    "compute_result": "计算结果",
    "export_audit_package": "导出审计数据包",
    "propose": "提出，等第二人同意",
    "approve": "作为第二人同意",
    "refuse": "作为第二人不同意",
    "withdraw": "撤回提出的事项",
    "reissue": "换发编码",
    "revoke": "作废编码",
    "exclude_ballot": "排除票",
    "restore_ballot": "恢复排除的票",
    "publish_anchor": "公布锚点",
    "export_box": "取出密封的票箱文件",
    "destroy_keys": "销毁票箱密钥",
    "purge": "从数据库文件里清除已销毁的内容",
    "enrol_second_factor": "绑定动态码",
    "use_recovery_code": "使用恢复码",
    "export_public_package": "导出公开数据包",
    "set_terms": "设定公示和复核期限",
    "propose_result": "拟定公布的版本",
    "open_correction": "开启更正",
    "begin_publicity": "开始公示",
    "review_comments": "审阅群众留言",
    "take_back_comment": "撤回留言的审阅",
    "make_final": "定案",
    "archive_result": "归档",
    "bind_liaison": "绑定单位联络员",
    "unbind_liaison": "解除单位联络员",
    "issue_letters": "印发带编码的告知书",
    "read_letter": "凭告知书查看结果",
    "ask_review": "申请复核",
    "write_account": "填写述职",
    "answer_review": "答复复核申请",
    "bind_member": "绑定考核主体经办人",
    "unbind_member": "解除考核主体经办人",
    "ask_for_sheets": "要求报送评分表",
    "hand_in": "报送评分表",
    "return_sheet": "退回评分表",
    "accept_sheet": "采用评分表",
    "propose_task": "提出任务",
    "propose_plan": "提出任务清单",
    "decide_task": "审任务",
    "resubmit_task": "任务修改后再报",
    "note_finding": "登记督查、监察发现的问题",
    "rectify": "报告整改",
    "settle_finding": "办结督查、监察的问题",
    "self_check": "填写每周自查",
    "change_task": "修改、拆分、撤销任务或者免报",
    "reopen_tasks": "公示后重新打开任务",
    "carry_tasks": "接续上年的任务",
    "ask_for_reports": "要求报告任务",
    "report_task": "报告任务进展",
    "grade_report": "给任务报告评档",
    "count_grades": "任务档次计入成绩",
    "assist": "代录，按主体计数",
}

COMMENT_STATES = {"waiting": "待审", "public": "公开", "internal": "内部", "withheld": "不公开"}

WITHHOLDING_REASONS = {
    "personal": "涉及他人隐私",
    "writer": "能认出是谁写的",
    "abuse": "辱骂或人身攻击",
    "beside": "与评议无关",
    "unclear": "看不出意思",
}
