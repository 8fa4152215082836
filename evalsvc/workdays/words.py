"""A counted period in words: how many days, which don't count and why, which weekends do."""

from evalsvc.text import AND, NOTHING, SEMICOLON, Text
from evalsvc.workdays.arrangement import Arrangement, show_short
from evalsvc.workdays.calendar import Counted, Run, join_runs

WEEKEND = Text("周末", "weekend")
_HOLIDAYS = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
    "国庆节、中秋节": "National Day and Mid-Autumn Festival",
    "中秋节、国庆节": "Mid-Autumn Festival and National Day",
}


def say_counted(counted: Counted) -> Text:
    """Such as: 5 个工作日；10月1日至7日（国庆节）不算；10月10日（调休上班）算."""
    parts = [Text("%(n)s 个工作日", "%(n)s working days").filled(n=counted.days)]
    if counted.off:
        told = AND.join(_say_run(run) for run in counted.off)
        parts.append(Text("%(days)s不算", "not counted: %(days)s").filled(days=told))
    if counted.worked:
        told = AND.join(show_short(day) for day in counted.worked)
        parts.append(
            Text("%(days)s调休上班，算", "worked weekends, counted: %(days)s").filled(days=told)
        )
    return SEMICOLON.join(parts)


def list_breaks(arrangement: Arrangement) -> tuple[Run, ...]:
    """An arrangement's days off, holiday by holiday."""
    return join_runs(sorted(arrangement.off.items()))


def say_holiday(name: str) -> Text:
    """A holiday's name as entered; English where it is one of the usual ones."""
    return Text(name, _HOLIDAYS.get(name, name)) if name else NOTHING


def say_days(run: Run) -> Text:
    """A run's days, the second month left out where it is the first."""
    first, last = run.first, run.last
    if first == last:
        return show_short(first)
    if first.month == last.month:
        return Text(
            f"{first.month}月{first.day}日至{last.day}日", f"{first.day}–{last.day} {last:%B}"
        )
    return Text("%(a)s至%(b)s", "%(a)s – %(b)s").filled(a=show_short(first), b=show_short(last))


def _say_run(run: Run) -> Text:
    name = say_holiday(run.name) or WEEKEND
    return say_days(run) + Text(f"（{name.zh}）", f" ({name.en})")
