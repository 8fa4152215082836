"""The answer to a constant sum: how many of the points a unit is given."""

from forms.number import NumberField


class SumField(NumberField):
    """A whole number; what is left to give is counted over the section."""

    template = "public/questions/sum.html"
