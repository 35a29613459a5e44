"""How many test digits a network still names right when all of them are changed, for every perturbation.

`python -m models.robustness` measures every network of the manifest anew, or those that are named; training
does it for its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models import registry
from models.digits import PERTURBATIONS, perturb
from models.evaluate import Labels, answers
from models.forward_pass import Floats
from models.registry import CHECKPOINTS, Entry, File

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Robustness:
    """Right answers of one network.

    Attributes:
        digits: Number of digits that each amount was measured on.
        correct: By perturbation, for each of its measured amounts, in their order.
    """

    digits: int
    correct: Mapping[str, tuple[int, ...]]

    def to_bytes(self) -> bytes:
        """Return JSON, such as `from_bytes` reads."""
        curves = {
            key: {"amounts": PERTURBATIONS[key].amounts, "correct": correct}
            for key, correct in self.correct.items()
        }
        return json.dumps({"digits": self.digits, "curves": curves}).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes) -> Robustness:
        """Return what `to_bytes` wrote.

        Raises:
            ValueError: The content is nothing of the kind, or was measured at other amounts.
        """
        try:
            told = json.loads(content)
            amounts = {key: tuple(curve["amounts"]) for key, curve in told["curves"].items()}
            correct = {key: tuple(curve["correct"]) for key, curve in told["curves"].items()}
            digits = told["digits"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError("This is no table of right answers.") from error
        if amounts != {key: each.amounts for key, each in PERTURBATIONS.items()}:
            raise ValueError("This was measured at other amounts.")
        for key, counts in correct.items():
            if len(counts) != len(amounts[key]) or not all(_counts(number, digits) for number in counts):
                raise ValueError(f"These are no counts for {key}.")
        return cls(digits, correct)


def _counts(number: object, digits: object) -> bool:
    return type(number) is int and type(digits) is int and 0 <= number <= digits


def read(entry: Entry, folder: Path = CHECKPOINTS) -> Robustness | None:
    """Return the table beside a checkpoint, after comparing it with its hash; None where none was measured.

    Raises:
        CheckpointError: The file is missing, is not the one that the manifest names, or makes no sense.
    """
    if entry.robustness is None:
        return None
    content = registry.checked(entry.robustness, folder, entry.key)
    try:
        return Robustness.from_bytes(content)
    except ValueError as error:
        raise registry.unusable(entry.robustness, entry.key, "is no table of this network") from error


def write(found: Robustness, checkpoint: File, folder: Path) -> File:
    """Write what was found beside its checkpoint."""
    return registry.write_beside(checkpoint, found.to_bytes(), "robustness.json", folder)


def run(model: keras.Model, digits: Floats, labels: Labels) -> Robustness:
    """Count right answers to digits, (n, 28, 28, 1) in [0, 1], for every amount of every perturbation."""
    from models.probe import Probe  # noqa: PLC0415 - takes seconds; reading a table must not

    probe = Probe(model)

    def right(changed: Floats) -> int:
        return int((answers(probe.logits_without(changed, {})) == labels).sum())

    untouched, correct = right(digits), {}
    for key, each in PERTURBATIONS.items():
        correct[key] = tuple(
            untouched if amount == each.neutral else right(perturb(digits, key, amount))
            for amount in each.amounts
        )
        print(f"{model.name}, {each.title}: {min(correct[key])} to {max(correct[key])}", flush=True)
    return Robustness(len(labels), correct)


def main(arguments: Sequence[str]) -> None:
    """Measure the networks that are named, or all, and write what was found beside their checkpoints."""
    from models import measuring  # noqa: PLC0415 - reading needs none of it

    measuring.command("robustness", __doc__, arguments, run, write)


if __name__ == "__main__":
    import os
    import sys

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(sys.argv[1:])
