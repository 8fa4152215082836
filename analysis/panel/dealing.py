"""Dealing units onto questionnaires, so that a large panel rates many units a few at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.panel.small_cells import merged_cells
from analysis.statistics.findings import Flag
from analysis.statistics.ratings import FloatArray, IntArray

# More lists than this would make too few people share one for them to hide among each other.
MOST_FORMS = 120
# Enough for nearly all of the efficiency there is to be had, at five people a form.
USUAL_FORMS = 60
# Fewer lists cost efficiency; right only where the panel is too small for more.
ENOUGH_FORMS = 30


@dataclass(frozen=True)
class FormFigures:
    """How even a set of forms is, and how well it compares the units.

    `occurrences`: on how many forms each unit stands. `pair_range`: how often the rarest and the
    commonest pair of units stand together. `efficiency`: harmonic A-efficiency, 1 for complete
    forms; None where the forms do not link all units. `bound`: the best that any design of this
    size can reach, (1 − 1/k)/(1 − 1/v).
    """

    occurrences: tuple[int, ...]
    pair_range: tuple[int, int]
    efficiency: float | None
    bound: float
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class DealtCell:
    """One weighting cell: the strata it joins, its people, and how many forms they share."""

    strata: tuple[str, ...]
    people: int
    n_forms: int

    @property
    def fewest_per_form(self) -> int:
        return self.people // self.n_forms


def deal_cells(
    people: Mapping[str, int], n_units: int, size: int, per_form: int
) -> tuple[DealtCell, ...]:
    """Weighting cells of a panel, so that nobody is alone with a form in a cell.

    `people`: by stratum in the declared order; strata without people are in no cell. A cell has
    `per_form` people for each form, and forms enough for all units to stand on one of them:
    else a cell would judge some units only. Smaller strata are joined by `merged_cells`. Where
    the whole panel is too small for that, it is one cell, and as many forms as that many go into
    it. Raises ValueError for fewer than `per_form` people, or unless 1 ≤ size ≤ n_units.
    """
    total = sum(people.values())
    if total < per_form or min(people.values()) < 0:
        raise ValueError(f"deal to {per_form} people or more, got {dict(people)}")
    needed = fewest_in_cell(n_units, size, per_form)
    there = [stratum for stratum, n in people.items() if n]
    cells = merged_cells(there, lambda strata: _people_in(people, strata) >= needed)
    return tuple(
        # Where everybody sees all units there is one list, and nobody stands out by it.
        DealtCell(strata, n, 1 if size == n_units else min(USUAL_FORMS, n // per_form))
        for strata in cells
        for n in (_people_in(people, strata),)
    )


def fewest_in_cell(n_units: int, size: int, per_form: int) -> int:
    """From how many people on a stratum is a cell of its own: `per_form` for each form that it
    takes to show every unit."""
    if not 1 <= size <= n_units:
        raise ValueError(f"a form holds 1 to {n_units} units (all of them), got {size}")
    # Rounded up: each unit has to stand on one of them.
    return per_form * min(USUAL_FORMS, -(-n_units // size))


def deal_forms(
    n_units: int, size: int, n_forms: int, rng: np.random.Generator | int
) -> tuple[tuple[int, ...], ...]:
    """Forms of `size` different units each, dealt from a shuffled deck that is reshuffled when
    it runs out.

    Every unit stands on as many forms as any other, give or take one. Positions 0 … n_units−1,
    in dealt (random) order. rng: a seeded generator, or a seed for one; the same seed deals the
    same forms. At 60 units, 8 a form and 60 forms the A-efficiency is about .87 of a bound of .89.
    Raises ValueError unless 1 ≤ size ≤ n_units and 1 ≤ n_forms ≤ MOST_FORMS.
    """
    if not 1 <= size <= n_units:
        raise ValueError(f"a form holds 1 to {n_units} units (all of them), got {size}")
    if not 1 <= n_forms <= MOST_FORMS:
        raise ValueError(f"deal 1 to {MOST_FORMS} forms, got {n_forms}")
    generator = np.random.default_rng(rng)
    deck: list[int] = []
    forms = []
    for _ in range(n_forms):
        form, deck = deck[:size], deck[size:]
        if len(form) < size:
            fresh = [int(j) for j in generator.permutation(n_units)]
            # A unit that is on this form already goes to a later form of the same deck.
            taken = [j for j in fresh if j not in form][: size - len(form)]
            form = form + taken
            deck = [j for j in fresh if j not in taken]
        forms.append(tuple(form))
    return tuple(forms)


def deal_people(n_people: int, n_forms: int, rng: np.random.Generator | int) -> tuple[int, ...]:
    """A form number for each person in random order, every form used equally often (±1).

    Call it once per weighting cell, so that each cell × form holds enough people.
    Raises ValueError for fewer than 0 people or 1 form.
    """
    if n_people < 0 or n_forms < 1:
        raise ValueError(f"need 0 or more people and 1 or more forms, got {n_people}, {n_forms}")
    generator = np.random.default_rng(rng)
    # In an order by chance, so that it is no fixed form that has one person more.
    order = generator.permutation(n_forms)
    return tuple(int(f) for f in generator.permutation(order[np.arange(n_people) % n_forms]))


def form_figures(forms: Sequence[Sequence[int]], n_units: int) -> FormFigures:
    """Occurrences, pairs and A-efficiency of forms, each taken as filled in once.

    Efficiency (v − 1)/(r̄·tr C⁺), C the information matrix of the units after the raters'
    leniency is taken out, C⁺ its pseudo-inverse, r̄ the mean occurrence (John & Williams 1995,
    Cyclic and Computer Generated Designs, ch. 2). Raises ValueError without units or forms.
    """
    if n_units < 1 or not forms or not all(forms):
        raise ValueError("need one unit and one form with a unit on it")
    shown = np.zeros((len(forms), n_units))
    for row, form in enumerate(forms):
        shown[row, list(form)] = 1.0
    together = (shown.T @ shown).astype(np.int64)
    occurrences = np.diag(together)
    pairs = together[~np.eye(n_units, dtype=bool)]
    size = shown.sum() / len(forms)
    efficiency = _efficiency(shown, occurrences)
    return FormFigures(
        occurrences=tuple(int(r) for r in occurrences),
        pair_range=(int(pairs.min()), int(pairs.max())) if pairs.size else (0, 0),
        efficiency=efficiency,
        bound=float((1 - 1 / size) / (1 - 1 / n_units)) if n_units > 1 else 1.0,
        flags=_flags(len(forms), efficiency, n_units),
    )


def _people_in(people: Mapping[str, int], strata: Sequence[str]) -> int:
    return sum(people[stratum] for stratum in strata)


def _efficiency(shown: FloatArray, occurrences: IntArray) -> float | None:
    n_units = shown.shape[1]
    information = np.diag(occurrences) - shown.T @ (shown / shown.sum(axis=1, keepdims=True))
    # Without the first: levels of units are only known against each other.
    values = np.linalg.eigvalsh(information)[1:]
    if values.size == 0 or values[0] < 1e-9 * values[-1] or values[-1] <= 0:
        return None
    return float((n_units - 1) / (occurrences.mean() * (1.0 / values).sum()))


def _flags(n_forms: int, efficiency: float | None, n_units: int) -> tuple[Flag, ...]:
    if n_units == 1:
        return (Flag.SINGLE_UNIT,)
    found = (Flag.THIN,) if n_forms < ENOUGH_FORMS else ()
    return (*found, Flag.DISCONNECTED) if efficiency is None else found
