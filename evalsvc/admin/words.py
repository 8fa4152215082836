"""The words of the office's pages for codes that rows carry, in Chinese; catalogues translate."""

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
}

IDENTITIES = {
    "named": "记名：答卷按人保存，只供计分和审计",
    "unit": "单位：答卷按单位保存，只在审计数据包中以代号出现",
    "counts": "匿名：只保存汇总数，任何人看不到个人答卷",
    "entries": "署名录入：以本单位名义录入，不密封",
}

QUESTIONS = {
    "forced_ratio": "按比例排序",
    "number": "打分",
    "levels": "分级评价",
}

JOBS = {
    "issue": "发码和印制评价信",
    "publish_anchor": "公布锚点",
    "open_box": "开箱计票",
    "compute": "计算结果",
    "workbook": "生成结果工作簿",
    "report": "生成考评报告",
    "csv": "生成结果表",
    "audit": "生成审计数据包",
    "public": "生成公开数据包",
}

# What each export is called, and what it holds and whom it is for.
EXPORTS = {
    "workbook": ("结果工作簿（XLSX）", "排名、各计分项、计分明细、满意度和说明，供本办使用。"),
    "report": ("考评报告（PDF）", "公文格式，可以直接送审、存档。"),
    "csv": ("结果表（CSV）", "每个单位一行，供别的系统读取。"),
    "audit": (
        "审计数据包（ZIP）",
        "全部事实、方案和票箱，供监督审计部门用一条命令重算。含记名答卷和代号，不得外传；每次导出记入日志。",
    ),
    "public": (
        "公开数据包（ZIP）",
        "没有评价人姓名，没有匿名群体的答卷，任何人都可以用它复算公布的得分。",
    ),
}

JOB_STATES = {
    "waiting": "等待开始",
    "running": "进行中",
    "done": "已完成",
    "failed": "没有完成",
}

VERBS = {
    "make_link": "发出一次性链接",
    "use_link": "启用账号",
    "sign_in": "登录",
    "suspend": "停用账号",
    "create_season": "新建考评年度",
    "change_scheme": "更换考评方案",
    "import_roster": "导入名册",
    "import_figures": "导入指标和加减分",
    "make_keys": "生成票箱密钥",
    "rehearse_opening": "演练开箱",
    "issue": "发码",
    "open_round": "开始轮次",
    "close_round": "截止轮次",
    "open_box": "开箱计票",
    "compute_result": "计算结果",
    "export_audit_package": "导出审计数据包",
    "export_public_package": "导出公开数据包",
}
