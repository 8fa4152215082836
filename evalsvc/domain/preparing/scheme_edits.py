"""A season's scheme changed in the page: single values, through the same reader as any file."""

from collections.abc import Mapping

from evalsvc.domain import seasons
from evalsvc.domain.acting import Act
from evalsvc.errors import ACT_REFUSED, ENTRY_REFUSED
from evalsvc.scheme.editing import LONGEST_VALUE, edit
from evalsvc.text import Text


def edit_scheme(act: Act, season_id: int, shown_sha256: str, values: Mapping[str, str]) -> int:
    """Change values of the scheme that the page showed; how many differ from before.

    Raises `SchemeErrors` where the changed file is wrong, and changes nothing then.
    """
    season = seasons.get_season(act.database, season_id)
    # By its hash: values would be put into another text than the one that was looked at.
    if season.scheme.sha256 != shown_sha256:
        raise ACT_REFUSED.because(
            Text(
                "方案在您修改的时候已经换过，请在新的方案上再改",
                "the scheme was replaced meanwhile; please change the new one",
            )
        )
    if any(len(value) > LONGEST_VALUE or "\n" in value.strip() for value in values.values()):
        raise ENTRY_REFUSED.because(
            Text("每个值写一行，最多 500 个字", "a value is one line of 500 characters at most")
        )
    try:
        text = edit(season.scheme_text, values)
    except (KeyError, ValueError) as error:
        raise ENTRY_REFUSED.because(
            Text(
                "有的值不能在页面里改，请下载方案文件修改",
                "some of these values can only be changed in the file",
            )
        ) from error
    if text == season.scheme_text:
        return 0
    # Through the reader like any file, so that nothing passes here that a file would not.
    seasons.change_scheme(act, season_id, text)
    before = season.scheme_text.splitlines()
    return sum(old != new for old, new in zip(before, text.splitlines(), strict=False))
