"""How each network was trained, epoch by epoch."""

from __future__ import annotations

from dashboard.figures import curves
from dashboard.figures.curves import Curve
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Chart, Drawing, Panel
from dashboard.panels.sentences import unknown_training
from dashboard.panels.wording import listed, loss, percent


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return the loss and the accuracy from epoch to epoch."""
    losses, accuracies = _curves(comparison, "loss"), _curves(comparison, "accuracy")
    if not losses:
        return (unknown_training(),)
    return (
        Chart(
            caption="Loss per epoch",
            summary=_summary([f"loss of {loss(_kept(each))}" for each in losses], losses),
            figure=curves.draw(losses, "loss in nats", comparison.theme),
        ),
        Chart(
            caption="Accuracy per epoch",
            summary=_summary([f"accuracy of {percent(_kept(each))}" for each in accuracies], accuracies),
            figure=curves.draw(accuracies, comparison.right, comparison.theme, percent=percent),
        ),
    )


def _curves(comparison: Comparison, measure: str) -> list[Curve]:
    return [
        Curve(
            name=entry.name,
            hue=comparison.hues[entry.key],
            training=entry.training.history[measure],
            held_out=entry.training.history[f"val_{measure}"],
            chosen_epoch=entry.training.chosen_epoch,
        )
        for entry in comparison.entries
        if entry.training
    ]


def _summary(measured: list[str], drawn: list[Curve]) -> str:
    return listed(
        [
            f"{each.name} keeps epoch {each.chosen_epoch} of {len(each.held_out)} with a held-out {number}"
            for number, each in zip(measured, drawn, strict=True)
        ]
    )


def _kept(curve: Curve) -> float:
    return curve.held_out[curve.chosen_epoch - 1]


PANEL = Panel(
    key="history",
    question="How did they learn?",
    how_to_read=(
        "Dashed is the training, averaged while the network learns from those {images}, which are harder "
        "where they are moved each time anew; solid are held-out {images} at the end of each epoch; the "
        "marker is "
        "the epoch that was kept: the one with the most held-out {images} right, then the smallest loss."
    ),
    draw=draw,
    asks_labels=False,
)
