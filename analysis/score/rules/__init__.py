"""The rules that a score tree is built from: each in a module of its own, as a frozen value.

A rule says its `kind` and which rules lie `below` it, and gives each unit its node (`nodes`). Every
rule has `places`: its value is rounded half up to so many decimals before it enters what is above
it; None, the rule of all presets, keeps it exact until the total is shown.

A new rule is a module here and its name in this list.
"""

from analysis.score.adjustments import AdjustmentRule, Cap
from analysis.score.aggregation import Trim
from analysis.score.composite import Missing
from analysis.score.place_points import ByPlace, PlaceMethod
from analysis.score.quotas import BandQuota, LevelLimit, NumberLimit
from analysis.score.rules.adjusted import Adjusted
from analysis.score.rules.all_or_nothing import AllOrNothing
from analysis.score.rules.banded import Band, Banded
from analysis.score.rules.by_category import ByCategory
from analysis.score.rules.comments_only import CommentsOnly
from analysis.score.rules.completion import Completion
from analysis.score.rules.deviation import Deviation, Slope
from analysis.score.rules.distance import Distance
from analysis.score.rules.extreme import Extreme
from analysis.score.rules.given import Given
from analysis.score.rules.graded import Graded, ShareCap
from analysis.score.rules.limited import Condition, Limited
from analysis.score.rules.mean import Mean
from analysis.score.rules.placed import Order, Placed, Ties
from analysis.score.rules.rated import Rated, Relation
from analysis.score.rules.rated_items import ItemShare, RatedItems
from analysis.score.rules.satisfaction import Few, Satisfaction, Weighing
from analysis.score.rules.scaled import Scaled
from analysis.score.rules.segments import Segment, Segments
from analysis.score.rules.summed import Summed
from analysis.score.rules.tally import EventPoints, Tally
from analysis.score.rules.task_grades import TaskGrades
from analysis.score.rules.to_best import ToBest
from analysis.score.rules.total import Total
from analysis.score.rules.weighted import Part, Weighted

Rule = (
    Given
    | Weighted
    | Summed
    | Mean
    | Tally
    | Completion
    | AllOrNothing
    | Placed
    | ToBest
    | Graded
    | TaskGrades
    | Segments
    | Scaled
    | Banded
    | Deviation
    | Extreme
    | Limited
    | CommentsOnly
    | Rated
    | RatedItems
    | Distance
    | Satisfaction
    | Adjusted
    | Total
    | ByCategory
)

__all__ = [
    "Adjusted", "AdjustmentRule", "AllOrNothing", "Band", "BandQuota", "Banded", "ByCategory",
    "ByPlace", "Cap", "CommentsOnly", "Completion", "Condition", "Deviation", "Distance",
    "EventPoints", "Extreme", "Few", "Given", "Graded", "ItemShare", "LevelLimit", "Limited",
    "Mean", "Missing", "NumberLimit", "Order", "Part", "PlaceMethod", "Placed", "Rated",
    "RatedItems", "Relation", "Rule", "Satisfaction", "Scaled", "Segment", "Segments", "ShareCap",
    "Slope", "Summed", "Tally", "TaskGrades", "Ties", "ToBest", "Total", "Trim", "Weighing",
    "Weighted",
]  # a table, read by rows  # fmt: skip
