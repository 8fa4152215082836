"""How far the raters of a table agree, by the coefficients that readers know, side by side."""

from dataclasses import dataclass
from typing import Literal

from analysis.statistics.agreement import KendallW, KrippendorffAlpha, kendall_w, krippendorff_alpha
from analysis.statistics.intraclass import IntraclassCorrelation, icc
from analysis.statistics.methods import Kind
from analysis.statistics.ratings import FloatArray

Metric = Literal["ordinal", "interval"]


@dataclass(frozen=True)
class AgreementFigures:
    """Kendall's W, Krippendorff's α and ICC(3,k) of one table.

    W and ICC need every rater to have rated every unit, and have no value elsewhere. On a
    complete table ICC(3,k) is the relative reliability, and tells how sure that is.
    """

    w: KendallW
    alpha: KrippendorffAlpha
    metric: Metric
    mean_of_all: IntraclassCorrelation


def agreement_figures(points: FloatArray, figures: FloatArray, kind: Kind) -> AgreementFigures:
    """Of the points (raters, units) as given, and of the figures that the model is fitted to.

    Forced grades are levels in an order, free marks are numbers: α takes them as such.
    """
    metric: Metric = "ordinal" if kind == "bands" else "interval"
    return AgreementFigures(
        kendall_w(points), krippendorff_alpha(points, metric=metric), metric, icc(figures).icc3k
    )
