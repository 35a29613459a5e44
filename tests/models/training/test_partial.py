from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.architectures.recipe import Recipe
from models.training.partial import DamagedError, Partial
from models.training.run import CURVES

RECIPE = Recipe(epochs=3, batch_size=8, learning_rate=0.1)
HEAD = "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\n"


def written(folder: Path, text: str) -> Partial:
    """Return a training of which Keras has written this down."""
    partial = Partial.of(folder, "cnn", RECIPE, 7, None)
    partial.folder.mkdir(parents=True)
    partial.log.write_text(text)
    return partial


def test_every_training_has_its_own_place(tmp_path: Path) -> None:
    """Another recipe, seed, network or number of images is another training, which is not gone on with."""
    places = {
        Partial.of(tmp_path, key, recipe, seed, limit)
        for key in ("cnn", "cnn-augmented")
        for recipe in (RECIPE, replace(RECIPE, learning_rate=0.2), replace(RECIPE, dropout={"output": 0.2}))
        for seed in (1, 2)
        for limit in (None, 64)
    }

    assert len({each.folder for each in places}) == 2 * 3 * 2 * 2
    assert all(each.folder.relative_to(tmp_path).parts[0].startswith(".") for each in places)


def test_the_curves_are_read_as_they_were_written(tmp_path: Path) -> None:
    """To the last digit, in the order of the epochs; of one that is there twice, the second time."""
    partial = written(
        tmp_path,
        f"{HEAD}0,0.1,0.002,2.5,0.2,{1 / 3!r}\r\n1,9,9,9,9,9\r\n1,0.5,0.001,1.5,0.25,1e-05\r\n",
    )

    history = partial.history(2)

    assert set(history) == set(CURVES)
    assert history["val_loss"] == [1 / 3, 1e-05]
    assert history["accuracy"] == [0.1, 0.5]
    assert partial.history(1)["loss"] == [2.5]


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        f"{HEAD}1,1,1,1,1,1\n",
        f"{HEAD}0,1,1,1,x,1\n",
        f"{HEAD}0,1,1",
        "epoch,loss\n0,1\n",
        f"{HEAD}\0",
    ],
)
def test_curves_that_are_not_whole_are_refused(tmp_path: Path, text: str) -> None:
    """Cut, of other epochs, of other columns, no numbers: the training cannot be gone on with."""
    with pytest.raises(DamagedError):
        written(tmp_path, text).history(1)


def test_what_is_over_is_forgotten(tmp_path: Path) -> None:
    """Its own place, or that of all settings that were tried with its seed; other seeds stay."""
    one, other = (written(tmp_path / name, HEAD) for name in "ab")
    with_another_rate = Partial.of(tmp_path / "a", "cnn", replace(RECIPE, learning_rate=0.2), 7, None)
    with_another_rate.folder.mkdir()
    with_another_seed = Partial.of(tmp_path / "a", "cnn", RECIPE, 1, None)
    with_another_seed.folder.mkdir(parents=True)

    other.forget()
    other.forget()  # nothing is there any more
    one.forget_all()

    assert not other.folder.exists()
    assert [path.name for path in (tmp_path / "a").iterdir()] == [with_another_seed.folder.parent.name]
