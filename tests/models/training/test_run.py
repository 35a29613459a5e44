from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from models.training.run import CURVES, Run


def holding(number: int) -> Any:
    """Return what stands for a model with a single weight."""
    return SimpleNamespace(get_weights=lambda: [np.float32(number)])


Epochs = list[tuple[float, float]]  # accuracy and loss on the held-out digits


def noted(*epochs: tuple[float, float]) -> Run:
    """Return a run over 1,000 held-out digits with these (accuracy, loss) on them; epoch n holds weight n."""
    run = Run(digits=1000)
    for number, (accuracy, loss) in enumerate(epochs, start=1):
        point = dict.fromkeys(CURVES, 0.5) | {"val_accuracy": accuracy, "val_loss": loss}
        run.note(point, holding(number))
    return run


@pytest.mark.parametrize(
    ("epochs", "chosen"),
    [
        ([(0.9, 0.3)], 1),
        ([(0.9, 0.3), (0.95, 0.4), (0.93, 0.1)], 2),
        ([(0.9, 0.3), (0.9, 0.2), (0.9, 0.25)], 2),
        ([(0.9, 0.3), (0.9, 0.3)], 1),
    ],
    ids=["only one", "most right answers", "a tie goes to the smaller loss", "a full tie to the earlier"],
)
def test_the_held_out_digits_choose_the_epoch(epochs: Epochs, chosen: int) -> None:
    """Most right answers, then the smallest loss, then the earliest; its weights and its score are kept."""
    run = noted(*epochs)

    accuracy, loss = epochs[chosen - 1]
    assert run.chosen == chosen
    assert run.weights[0] == chosen
    assert (run.held_out.correct, run.held_out.loss) == (accuracy * 1000, loss)
    assert run.held_out.digits == 1000


def test_every_epoch_has_a_point_on_every_curve() -> None:
    """The history is plain numbers, as many as there were epochs, in their order."""
    run = noted((0.9, 0.3), (0.95, 0.2))

    assert {len(points) for points in run.history.values()} == {2}
    assert run.history["val_loss"] == [0.3, 0.2]
    assert set(run.history) == set(CURVES)
