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

    @property
    def message(self) -> Text:
        return Text(
            "第 %(line)s 行第 %(column)s 列，%(field)s：现为“%(found)s”，%(expected)s",
            "line %(line)s, column %(column)s, %(field)s: found “%(found)s”; %(expected)s",
        ).filled(
            line=self.line,
            column=self.column,
            field=self.field or Text("整个文件", "the file"),
            found=self.found,
            expected=self.expected,
        )


class SchemeErrors(Exception):  # noqa: N818  # it holds many
    """What is wrong with a scheme's file, in the order of its lines; all of it, unless `more`."""

    def __init__(self, errors: tuple[SchemeError, ...], more: bool = False) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.line, error.column)))
        self.more = more
        super().__init__("\n".join(error.message.zh for error in self.errors))
