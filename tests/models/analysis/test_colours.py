from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.analysis import colours
from models.analysis.colours import Answers, Coloured
from models.datasets import coloured_mnist, mnist

FOUND = Coloured(
    100,
    {
        "learned": Answers(correct=98, lost=0, followed=0, misled=0),
        "swapped": Answers(correct=60, lost=39, followed=30, misled=100),
        "unrelated": Answers(correct=70, lost=28, followed=20, misled=90),
    },
)


class Pretended:
    """Stands in for an opened network, by what it says of images."""

    def __init__(self, said: Any) -> None:
        """Take what is said of images, (n, rows, columns, 3)."""
        self.said = said

    def logits_without(self, images: Any, _: Any) -> Any:
        """Return 1 for the class that is said and 0 for all others."""
        return np.eye(10, dtype=np.float32)[self.said(images)]


def by_colour(images: Any) -> Any:
    """Say the class whose ink an image wears."""
    flat = images.reshape(len(images), -1, 3)
    worn = flat[np.arange(len(flat)), flat.max(axis=-1).argmax(axis=1)] * 255
    shares = worn / worn.max(axis=1, keepdims=True) * 255
    return np.abs(np.array(coloured_mnist.INKS)[:, None] - shares).sum(axis=-1).argmin(axis=0)


@pytest.mark.keras
def test_a_network_that_reads_the_colour_alone_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is always right in learned colours, never in swapped ones, and follows the colour every time."""
    data = coloured_mnist.load("test")[:200]
    monkeypatch.setattr("models.engine.probe.Probe", lambda _: Pretended(by_colour))
    found = colours.run(None, data)

    assert found is not None
    assert found.by_colours["learned"] == Answers(200, 0, 0, 0)
    assert found.by_colours["swapped"] == Answers(0, 200, 200, 200)
    unrelated = found.by_colours["unrelated"]
    assert unrelated.followed == unrelated.misled == unrelated.lost == 200 - unrelated.correct
    assert found.chance("swapped") < 1e-50


@pytest.mark.keras
def test_a_network_that_reads_the_shape_does_not_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answer whatever the ink: nothing is lost, nothing gained."""
    data = coloured_mnist.load("test")[:200]
    monkeypatch.setattr(
        "models.engine.probe.Probe", lambda _: Pretended(lambda images: data.labels[: len(images)])
    )
    found = colours.run(None, data)

    assert found is not None
    assert {each.correct for each in found.by_colours.values()} == {200}
    assert found.gained("swapped") == found.by_colours["swapped"].lost == 0
    assert found.chance("swapped") == 1.0


def test_of_images_whose_colours_say_nothing_nothing_is_measured() -> None:
    """There is no colour to learn in grey digits."""
    assert colours.run(None, mnist.load("test")[:1]) is None


def test_it_is_read_as_it_was_written() -> None:
    """Every count; what is gained follows from them."""
    assert Coloured.from_bytes(FOUND.to_bytes()) == FOUND
    assert FOUND.gained("swapped") == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"correct": 60', '"correct": 101'),
        ('"correct": 60', '"correct": -1'),
        ('"correct": 60', '"correct": 20'),  # fewer than what is lost explains
        ('"followed": 30', '"followed": 41'),  # more answers than images
        ('"misled": 90', '"misled": 10'),
        ('"swapped"', '"other"'),
        ('"images": 100', '"images": 0'),
        ("{", ""),
    ],
)
def test_counts_that_cannot_be_are_refused(old: str, new: str) -> None:
    """Whatever is in the file, reading it raises one kind of error."""
    content = FOUND.to_bytes().decode().replace(old, new, 1)

    with pytest.raises(ValueError, match=r"^it|^these"):
        Coloured.from_bytes(content.encode())
