"""How clearly a filter prefers one direction of a family of strokes, and the word for what it prefers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.analysis.stimuli import BANK, DIRECTIONS, FAMILIES, PLAIN, Stimulus, part
from models.arrays import Floats

INK = "ink"  # what is said to prefer no direction, only ink
KINDS = (*(family.key for family in FAMILIES), INK)
WHITE = BANK.index(Stimulus("white"))
PERCENTILE = 99.0  # of untrained filters that must stay below a filter with a word
NEAR = 2  # steps of a direction that the strongest stroke may be away from the preferred direction
NEARLY = 0.9  # of what raises a filter most in all of the bank: what a word is of must raise it by so much
DEFINITION = (
    "Selectivity of a family is the length of the vector sum of what its strokes raise the filter by, each "
    "in its direction (of bars at twice their angle), divided by the sum of all that they raise and lower it "
    "by: 1 where a single direction raises it and nothing lowers it, 0 where all directions raise it alike, "
    "or none does. That is one less the circular variance, but that what lowers counts below the line: "
    "without it, a filter that strokes hardly raise seems the most selective. Selectivity of ink is what "
    "white paper raises it by, divided by the most that anything raises it by plus the most that anything "
    "lowers it by."
)
CLEAR = (
    f"A word is given for a selectivity that {PERCENTILE:g} % of the untrained filters of the same layer "
    "stay below, if the preferred direction moves by at most one of the sixteen steps from place to place, "
    f"is at most {NEAR} steps from the strongest stroke's, and this stroke raises the filter by at least "
    f"{100 * NEARLY:g} % of what anything in the bank does. Of several families that pass it names the one "
    "that is farthest above its threshold, as a ratio."
)
SOURCE = (
    "Circular variance: Ringach, Shapley & Hawken (2002), doi:10.1523/JNEUROSCI.22-13-05639.2002; tuning to "
    "curves: Cammarata, Goh, Carter, Schubert, Petrov & Olah (2020), doi:10.23915/distill.00024.003"
)
SIDES = ("right", "top right", "top", "top left", "left", "bottom left", "bottom", "bottom right")
BARS = ("horizontal bar", "bar rising to the right", "vertical bar", "bar falling to the right")


@dataclass(frozen=True)
class Word:
    """What a filter prefers clearly enough to be said in a word.

    Attributes:
        kind: Key of a family, or INK.
        degrees: The direction that it prefers, None of ink.
        text: What a person reads.
        selectivity: In [0, 1].
        threshold: What PERCENTILE of untrained filters stay below.
    """

    kind: str
    degrees: float | None
    text: str
    selectivity: float
    threshold: float


def selectivities(raised: Floats, lowered: Floats) -> Floats:
    """Return how selective filters are, (kinds, filters) in [0, 1], as DEFINITION says.

    Args:
        raised: (stimuli, filters), how far each of the bank raises them above empty paper, 0 or more.
        lowered: (stimuli, filters), how far it lowers them below it, 0 or more.
    """
    found = []
    for family in FAMILIES:
        chosen = part(family.key)
        pulls, all_of_it = np.abs(_vector(raised[chosen])), (raised[chosen] + lowered[chosen]).sum(axis=0)
        found.append(_share(pulls, all_of_it))
    found.append(_share(raised[WHITE], raised.max(axis=0) + lowered.max(axis=0)))
    return np.stack(found).astype(np.float32)


def preferred(raised: Floats) -> Floats:
    """Return the direction of the vector sum over each family, (families, filters), degrees.

    Args:
        raised: (stimuli, filters), 0 or more.
    """
    turns = [
        np.angle(_vector(raised[part(family.key)])) / (2 * np.pi) % 1 * family.turn for family in FAMILIES
    ]
    return np.stack(turns).astype(np.float32)


def drift(raised: Floats) -> Floats:
    """Return how far the preferred direction of one place is from that of all, at most: (families, filters).

    Args:
        raised: (stimuli, places, filters), 0 or more.

    Returns:
        Degrees, 90 at most of bars, else 180.
    """
    all_places = preferred(raised.mean(axis=1))
    each = np.stack([preferred(raised[:, place]) for place in range(raised.shape[1])])
    return np.asarray(_apart(each, all_places).max(axis=0), np.float32)


def words(raised: Floats, lowered: Floats, drifts: Floats, thresholds: Floats) -> tuple[Word | None, ...]:
    """Return the word of every filter, None where its tuning is not clear, as CLEAR says.

    Args:
        raised: (stimuli, filters), how far each of the bank raises them above empty paper, 0 or more.
        lowered: (stimuli, filters), how far it lowers them below it, 0 or more.
        drifts: (families, filters), as `drift` gives them.
        thresholds: (kinds,), what PERCENTILE of untrained filters stay below.
    """
    found, directions = selectivities(raised, lowered), preferred(raised)
    ahead = found / np.maximum(thresholds, np.finfo(np.float32).tiny)[:, np.newaxis]
    clear = np.where(
        (found > thresholds[:, np.newaxis]) & (_peaks(raised) >= NEARLY * raised.max(axis=0)), ahead, 0
    )
    clear[:-1] *= _agreeing(raised, directions) & (drifts <= _steps())
    return tuple(
        _word(kind, directions[:, place], found[kind, place], thresholds[kind])
        if clear[kind, place]
        else None
        for place, kind in enumerate(clear.argmax(axis=0).tolist())
    )


def _peaks(raised: Floats) -> Floats:
    """Return the most that each kind raises filters by, (kinds, filters)."""
    return np.stack([*(raised[part(family.key)].max(axis=0) for family in FAMILIES), raised[WHITE]])


def _agreeing(raised: Floats, directions: Floats) -> NDArray[np.bool_]:
    """Return whether the strongest direction of a family is near the preferred one, (families, filters)."""
    strongest = np.stack([raised[part(family.key)].argmax(axis=0) for family in FAMILIES]) * _steps()
    return _apart(strongest, directions) <= NEAR * _steps()


def _apart(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return degrees between directions, (..., families, filters), the shorter way round."""
    turns = _steps() * DIRECTIONS
    away = np.abs(one - other) % turns
    return np.minimum(away, turns - away)


def _steps() -> NDArray[np.float64]:
    """Return degrees from one direction to the next, (families, 1)."""
    return np.array([[family.step] for family in FAMILIES])


def _word(kind: int, directions: Floats, selectivity: np.float32, threshold: np.float32) -> Word:
    degrees = float(directions[kind]) if kind < len(FAMILIES) else None
    return Word(KINDS[kind], degrees, wording(KINDS[kind], degrees), float(selectivity), float(threshold))


def wording(kind: str, degrees: float | None) -> str:
    """Return what a stroke is called, by its family, or what is plain, and its direction.

    >>> wording("edge", 180)
    'edge: light on the left'
    >>> wording("tight", 280)
    'arc of radius 4, open to the bottom (top curvature)'
    """
    if degrees is None:
        return "any ink" if kind == INK else PLAIN[kind]
    if kind == "bar":
        return BARS[round(degrees / 45) % 4]
    side, opposite = (SIDES[(round(degrees / 45) + half) % 8] for half in (0, 4))
    if kind == "edge":
        return f"edge: light {'on' if side in ('left', 'right') else 'at'} the {side}"
    if kind == "end":
        return f"line end, to the {side}"
    title = {family.key: family.title for family in FAMILIES}[kind].replace("arcs", "arc")
    return f"{title}, open to the {side} ({opposite} curvature)"


def _vector(raised: Floats) -> NDArray[np.complex128]:
    """Return the sum of all directions of a family, (directions, filters), one turn of it a whole circle."""
    circle = np.exp(2j * np.pi * np.arange(DIRECTIONS) / DIRECTIONS)
    return np.asarray(circle @ raised.astype(np.float64), np.complex128)


def _share(part_of_it: NDArray[np.floating], all_of_it: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return a quotient, 0 where there is nothing to divide by."""
    return np.asarray(np.divide(part_of_it, all_of_it, out=np.zeros_like(all_of_it), where=all_of_it > 0))
