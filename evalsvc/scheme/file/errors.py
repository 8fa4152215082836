"""What is wrong with a scheme's file, told by line and field, in Chinese and English."""

from dataclasses import dataclass

from evalsvc.text import Text


@dataclass(frozen=True)
class SchemeError:
    """One thing to correct: where it stands, what was found there and what is expected."""

    line: int
    column: int
    field: str
    found: str
    expected: Text

    def message(self, language: str = "zh") -> str:
        if language == "en":
            return (
                f"line {self.line}, column {self.column}, {self.field or 'the file'}: "
                f"found “{self.found}”; {self.expected.en}"
            )
        return (
            f"第 {self.line} 行第 {self.column} 列，{self.field or '整个文件'}："
            f"现为“{self.found}”，{self.expected.zh}"
        )


class SchemeErrors(Exception):  # noqa: N818  # it holds many
    """What is wrong with a scheme's file, in the order of its lines; all of it, unless `more`."""

    def __init__(self, errors: tuple[SchemeError, ...], more: bool = False) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.line, error.column)))
        self.more = more
        super().__init__("\n".join(error.message() for error in self.errors))
