"""What is done to the digit before the networks see it, as it stands in an address: `rotation:15`."""

from __future__ import annotations

import re

from dashboard.errors import RefusedError
from models.digits import PERTURBATIONS, Move

AMOUNT = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,3})?")


def parse_move(text: str) -> Move | None:
    """Return what is done to the digit, None for an empty text.

    Args:
        text: Key of a perturbation, colon, amount.

    Raises:
        RefusedError: 400 where the text is none such, or the amount is out of range or between two steps; its
            message is a sentence that is shorter than 200 characters.
    """
    if not text:
        return None
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


def write_move(move: Move | None) -> str:
    """Return the text of what is done to the digit, "" for nothing that was named."""
    return move.text if move else ""
