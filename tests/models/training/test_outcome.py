from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models.architectures.recipe.augmentation import Recolouring
from models.datasets import mnist
from models.store.artefact import write_whole
from models.store.entry import Score
from models.training import order as orders
from models.training.order import Order
from models.training.outcome import RESULT, Outcome, claim, known
from models.training.publication import plain
from models.watcher import WorkError

ORDER = Order(widths=(3, 5), dropout=0.2, augmentation="moved", learning_rate=1 / 300)
NETWORK = "model.keras"


@pytest.fixture
def written(tmp_path: Path) -> Outcome:
    """What came of a training, beside its network."""
    outcome = Outcome(
        ORDER,
        recipe=plain(ORDER.recipe),
        network=write_whole(tmp_path / NETWORK, b"weights"),
        chosen_epoch=2,
        parameters=1234,
        held_out=Score(5000, 4321, 1 / 3),
        test=Score(10_000, 8765, 0.1 + 0.2),
    )
    outcome.write(tmp_path)
    return outcome


def test_what_was_written_is_known(tmp_path: Path, written: Outcome) -> None:
    """To the last digit."""
    assert known(ORDER, tmp_path) == written
    assert written.told == {
        "chosen_epoch": 2,
        "parameters": 1234,
        "held_out": {"digits": 5000, "correct": 4321, "loss": 1 / 3},
        "test": {"digits": 10_000, "correct": 8765, "loss": 0.1 + 0.2},
    }


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    "other", [{"seed": 8}, {"epochs": 5}, {"optimizer": "sgd"}, {"share": 0.5}, {"widths": (5, 3)}]
)
def test_of_another_order_nothing_is_known(tmp_path: Path, other: dict[str, object]) -> None:
    """Whatever it differs in."""
    assert known(ORDER.model_copy(update=other), tmp_path) is None


@pytest.mark.usefixtures("written")
def test_of_another_recipe_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words may mean other changes of the images by now."""
    monkeypatch.setattr(orders, "MOVED", {mnist.KEY: Recolouring()})

    assert known(ORDER, tmp_path) is None


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / RESULT).unlink(),
        lambda folder: (folder / RESULT).write_bytes((folder / RESULT).read_bytes()[:-9]),
        lambda folder: (folder / RESULT).write_text("{}"),
        lambda folder: (folder / NETWORK).unlink(),
        lambda folder: (folder / NETWORK).write_bytes(b"weight"),
    ],
    ids=["no result", "a part of it", "no result in it", "no network", "another network"],
)
def test_of_what_is_not_all_there_nothing_is_known(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    """Result and network go together: another training may have taken the network's place."""
    damage(tmp_path)

    assert known(ORDER, tmp_path) is None


def test_a_folder_is_of_one_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same goes on; another seed is refused, and words that mean something else by now."""
    claim(ORDER, tmp_path)
    claim(ORDER, tmp_path)

    with pytest.raises(WorkError, match=f"^What lies in {tmp_path.name} is of a training by other settings"):
        claim(ORDER.model_copy(update={"seed": 8}), tmp_path)
    monkeypatch.setattr(orders, "MOVED", {mnist.KEY: Recolouring()})
    with pytest.raises(WorkError, match="by other settings"):
        claim(ORDER, tmp_path)


def test_who_claimed_a_folder_may_be_lost(tmp_path: Path) -> None:
    """What cannot be read keeps nobody away."""
    (tmp_path / "order.json").write_bytes(b'{"order": ')

    claim(ORDER, tmp_path)

    with pytest.raises(WorkError):
        claim(ORDER.model_copy(update={"epochs": 5}), tmp_path)
