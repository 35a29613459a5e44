"""What is done to the digit before the networks see it, as it stands in an address: `rotation:15`.

A digit that was drawn takes the place of the test digit: `ink:eNpj…`, and moved too: `ink:eNpj…,rotation:15`.
So does one whose 28×28 pixels are given as they are: `pixels:eNpj…`.
"""

from __future__ import annotations

import re

from dashboard.errors import RefusedError
from models.datasets.perturbation import PERTURBATIONS, Move
from models.sketch.drawing import WAYS, Change, Drawing

NOT_DRAWN = "No drawing can stand in the place of these images: they are no ink on paper."
AMOUNT = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,3})?")


def parse_move(text: str, *, drawn: bool = True) -> Change | None:
    """Return what is done to an image, None for an empty text.

    Args:
        text: Key of a perturbation, colon, amount; or "ink", "raw" or "pixels", colon, a drawing as text,
            and behind a comma what is done to it.
        drawn: Whether a drawing can stand in the place of these images.

    Raises:
        RefusedError: 400 where the text is none such, or the amount is out of range or between two steps; its
            message is a sentence that is shorter than 200 characters.
    """
    way, _, rest = text.partition(":")
    if way in WAYS:
        if not drawn:
            raise RefusedError(400, "bad_perturb", NOT_DRAWN)
        ink, comma, move = rest.partition(",")
        return _checked(Drawing(ink, way, _move(move) if comma else None))
    return _move(text) if text else None


def _checked(drawing: Drawing) -> Drawing:
    try:
        drawing.pixels  # noqa: B018 - which reads it
    except ValueError as error:
        points = WAYS[drawing.way]
        allowed = f"its text must be that of {points}×{points} points, whole and unchanged"
        raise RefusedError(400, "bad_perturb", f"The drawing cannot be read: {allowed}.") from error
    return drawing


def _move(text: str) -> Move:
    key, _, amount = text.partition(":")
    if key not in PERTURBATIONS or not AMOUNT.fullmatch(amount):
        known = ", ".join(PERTURBATIONS)
        raise RefusedError(
            400, "bad_perturb", f"perturb must be one of {known}, with an amount: rotation:15."
        )
    way, number = PERTURBATIONS[key], float(amount) + 0.0  # no -0
    if not way.accepts(number):
        allowed = f"from {way.low:g} to {way.high:g} in steps of {way.step:g}"
        raise RefusedError(400, "bad_perturb", f"The amount of {key} must be {allowed} ({way.unit}).")
    return Move(key, number)


def write_move(move: Change | None) -> str:
    """Return the text of what is done to the image, "" for nothing that was named."""
    return move.text if move else ""
