"""The State Council's published arrangements, in the words of its notices, each with its number.

Another year is entered by the office itself, or here once its notice is out: never before.
`tests/workdays` holds every day of them against the notices and against two packages.
"""

from functools import cache

from evalsvc.workdays.arrangement import Arrangement, read_arrangement

_NOTICES = (
    (
        2024,
        "国办发明电〔2023〕7号，2023年10月25日",
        "元旦：1月1日；春节：2月10日至17日；清明节：4月4日至6日；劳动节：5月1日至5日；"
        "端午节：6月10日；中秋节：9月15日至17日；国庆节：10月1日至7日",
        "2月4日、2月18日、4月7日、4月28日、5月11日、9月14日、9月29日、10月12日",
    ),
    (
        2025,
        "国办发明电〔2024〕12号，2024年11月12日",
        "元旦：1月1日；春节：1月28日至2月4日；清明节：4月4日至6日；劳动节：5月1日至5日；"
        "端午节：5月31日至6月2日；国庆节、中秋节：10月1日至8日",
        "1月26日、2月8日、4月27日、9月28日、10月11日",
    ),
    (
        2026,
        "国办发明电〔2025〕7号，2025年11月4日",
        "元旦：1月1日至3日；春节：2月15日至23日；清明节：4月4日至6日；劳动节：5月1日至5日；"
        "端午节：6月19日至21日；中秋节：9月25日至27日；国庆节：10月1日至7日",
        "1月4日、2月14日、2月28日、5月9日、9月20日、10月10日",
    ),
)


@cache
def list_published() -> tuple[Arrangement, ...]:
    """All that this version of the program knows."""
    return tuple(read_arrangement(*notice) for notice in _NOTICES)
