"""Reads documents back as a person would: pages as pictures, codes, text, tables."""

import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image

from tests.capability import get_program


def list_codes(pdf: bytes, folder: Path, dpi: int = 110) -> list[list[str]]:
    """The texts of all QR codes of each page, from top left to bottom right."""
    return [
        [found.text for found in sorted(zxingcpp.read_barcodes(page), key=_place)]
        for page in list_pictures(pdf, folder, dpi)
    ]


def list_pictures(pdf: bytes, folder: Path, dpi: int) -> list[Image.Image]:
    (folder / "document.pdf").write_bytes(pdf)
    program = get_program("pdftoppm", "poppler-utils")
    command = [program, "-r", str(dpi), "-gray", "document.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True)
    return [Image.open(path) for path in sorted(folder.glob("page-*.pgm"))]


def list_texts(pdf: bytes, folder: Path) -> list[str]:
    """The text of each page, without any white space."""
    (folder / "document.pdf").write_bytes(pdf)
    program = get_program("pdftotext", "poppler-utils")
    done = subprocess.run(
        [program, "document.pdf", "-"], cwd=folder, check=True, capture_output=True
    )
    return ["".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def _place(found: zxingcpp.Barcode) -> tuple[int, int]:
    corner = found.position.top_left
    return round(corner.y / 50), corner.x
