"""The list of codes for messages."""

import io

from python_calamine import CalamineWorkbook

from evalsvc.box.tokens import format_token, new_token
from evalsvc.reports.documents.card_list import render_card_list
from tests.reports.samples import LETTER, MadeCard

TOKEN = new_token()
LINK = f"https://kaoping.example.gov.cn/r#{TOKEN}"


def test_one_row_a_card_with_a_ready_message():
    book = render_card_list([MadeCard("leader", "张三", TOKEN)], LETTER)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("评价码")
    code = format_token(TOKEN)
    assert sheet.to_python() == [
        ["评价主体", "评价人或席位", "评价码", "链接", "短信内容"],
        [
            "县领导",
            "张三",
            code,
            LINK,
            f"张三：请于2026年12月15日 18:00前完成2026年度考评（年终）评价：{LINK} "
            f"评价码{code}，请勿转发。咨询：考评办 0427-1234567",
        ],
    ]


def test_a_name_that_looks_like_a_formula_is_text():
    book = render_card_list([MadeCard("leader", "＝1+1", TOKEN)], LETTER)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0)
    row = sheet.to_python()[1]
    assert (row[1], row[4][:5]) == ("'＝1+1", "'＝1+1")
