from __future__ import annotations

import pytest

from models.training.run import CURVES, Run, chosen

Epochs = list[tuple[float, float]]  # accuracy and loss on the held-out images


def over(*epochs: tuple[float, float]) -> Run:
    """Return a run over 1,000 held-out images with these (accuracy, loss) on them."""
    history = {curve: [0.5] * len(epochs) for curve in CURVES}
    history["val_accuracy"], history["val_loss"] = (list(points) for points in zip(*epochs, strict=True))
    return Run(digits=1000, history=history, weights=())


@pytest.mark.parametrize(
    ("epochs", "best"),
    [
        ([(0.9, 0.3)], 1),
        ([(0.9, 0.3), (0.95, 0.4), (0.93, 0.1)], 2),
        ([(0.9, 0.3), (0.9, 0.2), (0.9, 0.25)], 2),
        ([(0.9, 0.3), (0.9, 0.3)], 1),
    ],
    ids=["only one", "most right answers", "a tie goes to the smaller loss", "a full tie to the earlier"],
)
def test_the_held_out_images_choose_the_epoch(epochs: Epochs, best: int) -> None:
    """Most right answers, then the smallest loss, then the earliest; its score is told."""
    run = over(*epochs)

    accuracy, loss = epochs[best - 1]
    assert chosen(run.history) == run.chosen == best
    assert (run.held_out.correct, run.held_out.loss) == (accuracy * 1000, loss)
    assert run.held_out.digits == 1000
