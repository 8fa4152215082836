"""How many units of a category may be among those that a limit counts, whatever it counts."""

from analysis.score.rules import LevelLimit, NumberLimit
from evalsvc.text import Text


def say_bounds(limit: LevelLimit | NumberLimit) -> Text:
    """At least and at most how many, or which share."""
    bounds = []
    if limit.least is not None:
        bounds.append(Text(f"至少{limit.least}个", f"at least {limit.least}"))
    if limit.most is not None:
        bounds.append(Text(f"最多{limit.most}个", f"at most {limit.most}"))
    if limit.most_share is not None:
        share = limit.most_share * 100
        bounds.append(Text(f"最多占{share}%", f"at most {share}%"))
    return Text("、", " and ").join(bounds)
