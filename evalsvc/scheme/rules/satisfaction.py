"""How satisfied a panel of citizens is."""

from analysis.score.rules import Satisfaction
from evalsvc.scheme.answered_rules import read_satisfaction
from evalsvc.scheme.rules.kind import Kind, always
from evalsvc.text import Text

SATISFACTION = Kind(
    Satisfaction,
    name=Text("满意度", "satisfaction"),
    how=always(Text("各层满意度按权重合计", "satisfaction by strata, weighted")),
    readers={"satisfaction": read_satisfaction},
    groups=lambda rule, _category: (rule.group,),
)
