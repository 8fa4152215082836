"""The list of cards as a workbook, for offices that send codes by message."""

import io
from collections.abc import Sequence

import xlsxwriter

from evalsvc.box.cards import Card
from evalsvc.box.tokens import format_token
from evalsvc.language import show_moment
from evalsvc.reports.content import LetterText
from evalsvc.reports.documents.cells import neutral_text
from evalsvc.reports.documents.printing import build_link
from evalsvc.text import Text

WIDTHS = (18, 22, 24, 56, 90)
HEADS = (
    Text("评价主体", "Rater group"),
    Text("评价人或席位", "Rater or seat"),
    Text("评价码", "Code"),
    Text("链接", "Link"),
    Text("短信内容", "Message"),
)


def render_card_list(cards: Sequence[Card], letter: LetterText) -> bytes:
    """One row a card: group, addressee, code, link and a ready message."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(Text("评价码", "Code").in_language(letter.language))
    bold = book.add_format({"bold": True, "bottom": 1})
    rows = [_build_row(card, letter) for card in cards]
    for column, (heading, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, neutral_text(heading.in_language(letter.language)), bold)
        for line, row in enumerate(rows, start=1):
            sheet.write_string(line, column, neutral_text(row[column]))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(WIDTHS) - 1)
    book.close()
    return out.getvalue()


def _build_row(card: Card, letter: LetterText) -> tuple[str, ...]:
    link = build_link(letter.public_url, card.token)
    return (
        letter.groups[card.group].name.in_language(letter.language),
        card.addressee,
        format_token(card.token),
        link,
        _build_message(card, letter, link).in_language(letter.language),
    )


def _build_message(card: Card, letter: LetterText, link: str) -> Text:
    return Text(
        "%(addressee)s：请于%(deadline)s前完成%(season)s（%(round)s）评价："
        "%(link)s 评价码%(code)s，请勿转发。咨询：%(contact)s",
        "%(addressee)s: please answer before %(deadline)s for %(season)s, %(round)s: "
        "%(link)s Code %(code)s; please do not pass it on. Questions: %(contact)s",
    ).filled(
        addressee=card.addressee,
        deadline=show_moment(letter.deadline),
        season=letter.season_title,
        round=letter.round_name,
        link=link,
        code=format_token(card.token),
        contact=letter.contact,
    )
