"""Templates, styles and scripts are read in lines of 160 characters at most, without exception.

A line may end inside a tag and inside `{{ }}`; `{{-` keeps words together over a line's end; a
literal goes on in a second one right after it.
"""

from pathlib import Path

from evalsvc.settings import PROJECT

LONGEST = 160
FOLDERS = ("templates", "static")
KINDS = {".html", ".css", ".js", ".svg", ".txt"}


def list_long_lines(folder: Path) -> list[str]:
    """File, number and length of each line that is too long."""
    return [
        f"{path.relative_to(folder)}:{number}: {len(line)}"
        for path in sorted(folder.rglob("*"))
        if path.suffix in KINDS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]


def test_no_line_is_too_long() -> None:
    assert [line for folder in FOLDERS for line in list_long_lines(PROJECT / folder)] == []


def test_a_long_line_is_found(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(f"<p>\n{'字' * 161}\n{'字' * 160}\n", encoding="utf-8")

    assert list_long_lines(tmp_path) == ["page.html:2: 161"]
