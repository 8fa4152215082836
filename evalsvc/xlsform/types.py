"""What a row of the survey says it is, in the many spellings of the standard."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_BOUNDARY = re.compile(r"(begin|end)[ _]*(group|repeat|lgroup|looped group)")
_LOOPS = {"lgroup": "repeat", "looped group": "repeat"}
_SELECT = re.compile(
    r"(?P<kind>select[ _]one|select1|select[ _]multiple|select all that apply|rank"
    r"|add select (?:one|multiple) prompt)"
    r"(?P<file>[ _]from[ _]file|[ _]external)?(?:\s+(?:from|using))?\s+(?P<list>\S+)"
    r"(?P<other>\s+or[ _](?:specify[ _])?other)?",
    re.IGNORECASE,
)
_ONE = ("select_one", "select1", "add_select_one_prompt")
# Each kind's other names, as programs before the standard wrote them.
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "note": ("add note prompt", "q note"),
    "text": ("string", "q string", "add text prompt"),
    "integer": ("int", "q int", "add integer prompt"),
    "decimal": ("q decimal", "add decimal prompt"),
    "calculate": ("q calculate", "add calculate prompt"),
    "acknowledge": ("trigger", "q acknowledge", "add acknowledge prompt"),
    "barcode": ("q barcode", "add barcode prompt"),
    "date": ("q date", "add date prompt"),
    "datetime": ("date time", "q date time", "q datetime", "add date time prompt",
                 "add datetime prompt"),
    "geopoint": ("gps", "location", "q location", "q geopoint", "add location prompt",
                 "background-geopoint"),
    "geotrace": ("q geotrace",),
    "geoshape": ("q geoshape",),
    "image": ("photo", "q image", "q picture", "add image prompt", "add photo prompt"),
    "audio": ("q audio", "add audio prompt"),
    "video": ("q video", "add video prompt"),
    "file": ("add file prompt",),
    "start": ("start time", "get start time"),
    "end": ("end time", "get end time"),
    "today": ("get today",),
    "deviceid": ("device id", "get device id", "uri:deviceid", "imei"),
    "phonenumber": ("get phone number", "uri:phonenumber"),
    "simserial": ("sim id", "get sim id", "uri:simserial"),
    "subscriberid": ("subscriber id", "get subscriber id", "uri:subscriberid"),
    "username": ("uri:username",),
    "email": ("uri:email",),
}  # a table, read by rows  # fmt: skip
_KINDS = {other: kind for kind, others in _ALIASES.items() for other in others}


@dataclass(frozen=True)
class RowType:
    """A row's kind in the spelling used here; what chooses also has a list."""

    kind: str
    list_name: str = ""
    from_file: bool = False
    other: bool = False


def read_type(text: str) -> RowType:
    plain = text.lower()
    boundary = _BOUNDARY.fullmatch(plain)
    if boundary:
        return RowType(f"{boundary[1]}_{_LOOPS.get(boundary[2], boundary[2])}")
    chosen = _SELECT.fullmatch(text)
    if chosen:
        return RowType(
            _name_select(chosen["kind"]),
            chosen["list"],
            bool(chosen["file"]),
            bool(chosen["other"]),
        )
    return RowType(_KINDS.get(plain, plain))


def _name_select(word: str) -> str:
    word = word.lower().replace(" ", "_")
    if word == "rank":
        return word
    return "select_one" if word in _ONE else "select_multiple"
