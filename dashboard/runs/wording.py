"""What is trained, in words and in a table."""

from __future__ import annotations

from collections.abc import Sequence

from models.training.order import NAMES, UNUSED, Order

KINDS = {"fcn": "FCN", "cnn": "CNN", "resnet": "ResNet"}
OPTIMIZERS = {"adam": "Adam", "sgd": "SGD with momentum 0.9", "rmsprop": "RMSprop"}
AUGMENTED = {"none": "none", "moved": "changed anew each time"}


def in_words(order: Order) -> str:
    """Return the shortest name that tells what is trained.

    >>> in_words(Order())
    'CNN 32-64 on MNIST'
    """
    widths = "-".join(map(str, order.widths))
    return f"{KINDS[order.architecture]} {widths} on {order.source.title}"


def told(order: Order) -> dict[str, str]:
    """Return every choice by its name, as people read both; a dash for what the network has no use for."""
    words = {
        "dataset": order.source.title,
        "architecture": KINDS[order.architecture],
        "widths": ", ".join(map(str, order.widths)),
        "optimizer": OPTIMIZERS[order.optimizer],
        "augmentation": AUGMENTED[order.augmentation],
        "dropout": f"{order.dropout:g}",
        "learning_rate": f"{order.learning_rate:g}",
        "share": f"{order.share:.4g}, {order.images:,} images",
        "kernel": f"{order.kernel}×{order.kernel}",
        "seed": str(order.seed),
    }
    chosen = {name: words.get(name) or _plain(getattr(order, name)) for name in NAMES}
    chosen |= dict.fromkeys(UNUSED.get(order.architecture, ()), "–")
    parameters = {"Parameters": f"{order.graph.parameters():,}"}
    return {NAMES[name]: word for name, word in chosen.items()} | parameters


def _plain(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def cost_words(orders: Sequence[Order]) -> str:
    """Return how large a network is, what it costs, how long it learns, and with which seeds."""
    order = orders[0]
    graph = order.graph
    cost = sum(graph.cost(node.name) for node in graph.nodes)
    epochs = "1 epoch" if order.epochs == 1 else f"{order.epochs} epochs"
    steps = "1 step" if order.steps == 1 else f"{order.steps:,} steps"
    seeds = f" {len(orders)} trainings, seeds {order.seed} to {orders[-1].seed}." if len(orders) > 1 else ""
    return (
        f"{graph.parameters():,} parameters, {cost:,} multiply-accumulates for one image; "
        f"{epochs} of {steps} over {order.images:,} images.{seeds}"
    )
