"""The answer in words: as typed, with one kind of line end and no space around it."""

from forms.answer import AnswerField


class TextField(AnswerField):
    """A field of several lines. Emoji, rare characters and any script are kept as they are."""

    @classmethod
    def clean(cls, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
