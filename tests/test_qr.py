"""QR codes: one path, and a text comes back from it."""

import zxingcpp
from PIL import Image, ImageDraw

from evalsvc.qr import QUIET, render_qr

LINK = "https://kaoping.example.gov.cn/r#ABCDEFGHJKMNPQRS"


def draw(svg: str, scale: int = 4) -> Image.Image:
    """The picture as its path says, stroke by stroke."""
    size = int(svg.split('viewBox="')[1].split('"')[0].split()[2])
    picture = Image.new("L", (size * scale, size * scale), 255)
    pen = ImageDraw.Draw(picture)
    for stroke in svg.split(' d="M')[1].split('"')[0].split("M"):
        start, length = stroke.split("h")
        x, y = (int(float(part)) + QUIET for part in start.split())
        right = (x + int(length)) * scale - 1
        pen.rectangle((x * scale, y * scale, right, (y + 1) * scale - 1), fill=0)
    return picture


def test_the_link_comes_back():
    found = zxingcpp.read_barcodes(draw(render_qr(LINK)))
    assert [(each.text, each.ec_level) for each in found] == [(LINK, "M")]


def test_the_finder_pattern_is_seven_modules_wide_and_four_from_the_edge():
    svg = render_qr(LINK)
    assert 'viewBox="-4 -4 ' in svg
    assert ' d="M0 0.5h7' in svg


def test_a_text_stays_out_of_the_markup():
    assert "kaoping" not in render_qr(LINK)
