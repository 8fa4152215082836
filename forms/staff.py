"""What an administrator fills in to give a colleague an account."""

from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

ROLE_WORDS = (
    ("administrator", "账号管理员：开设账号，不看结果"),
    ("manager", "考评管理员：方案、名册、轮次、结果"),
    ("distributor", "发码员：印制和分发评价信"),
    ("custodian", "票箱保管员：掌握开箱口令"),
    ("auditor", "监督审计员：查看全部，不改动"),
    ("liaison", "单位联络员：看本单位结果，申请复核，报告任务"),
    ("assessor", "考核主体经办人：录入本主体负责的指标"),
    ("assistant", "代录员：凭本人的卡替人录入纸质票或口述的票，不发码"),
)


class ColleagueForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Login, name and roles."""

    login = StringField(
        "用户名",
        [
            InputRequired("请填写用户名。"),
            Regexp(r"^[A-Za-z0-9._-]{2,60}$", message="用户名用2至60个字母、数字、点、横线。"),
        ],
    )
    name = StringField(
        "姓名", [InputRequired("请填写姓名。"), Length(max=60, message="太长了，最多60个字。")]
    )
    roles = SelectMultipleField(
        "角色",
        [InputRequired("请至少选一个角色。")],
        choices=[SelectChoice(*each) for each in ROLE_WORDS],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
