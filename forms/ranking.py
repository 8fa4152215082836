"""The answer to a full ranking: a unit's place in its category."""

from forms.number import NumberField


class RankingField(NumberField):
    """A place to type; the script moves rows up and down and fills the places in."""

    template = "public/questions/ranking.html"
