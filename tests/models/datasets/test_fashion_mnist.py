import hashlib
import shutil
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from models.datasets import fashion_mnist
from models.datasets.dataset import DataError, Part
from models.datasets.idx import CHECKSUMS

TRAINING = "train-images-idx3-ubyte.gz"


def test_the_test_images_load_whole() -> None:
    """10,000 images of ten named classes, as many of each."""
    loaded = fashion_mnist.load("test")

    assert loaded.images.shape == (10_000, 28, 28)
    assert np.bincount(loaded.labels).tolist() == [1_000] * 10
    assert loaded.classes[0] == "T-shirt/top"
    assert loaded.classes[9] == "Ankle boot"
    assert (loaded.key, loaded.split, loaded.licence) == ("fashion-mnist", "test", "MIT")


def test_images_stand_upright_and_go_with_their_labels() -> None:
    """Test image 0 is an ankle boot, whose sole is wider than its shaft; 2 is trousers, with a gap."""
    boot, _, trousers = fashion_mnist.load("test")[:3].images
    rows = np.flatnonzero(boot.any(axis=1))
    labels = fashion_mnist.load("test").labels

    assert [fashion_mnist.CLASSES[label] for label in labels[[0, 2]]] == ["Ankle boot", "Trouser"]
    assert np.count_nonzero(boot[rows[-2]]) > np.count_nonzero(boot[rows[0]])
    assert trousers[26, 14] < trousers[26, [11, 17]].min()


def test_the_licence_lies_beside_the_files() -> None:
    """It is carried along, as it asks, and names who holds the copyright."""
    text = (fashion_mnist.DATA / "LICENSE").read_text()

    assert "Zalando SE" in text
    assert "The above copyright notice and this permission notice shall be included" in text


def test_checksums_are_of_all_four_files() -> None:
    """Those of the training images too, which do not come with ConvLens but are compared where they are."""
    lines = (fashion_mnist.DATA / CHECKSUMS).read_text().split()

    assert TRAINING in lines
    assert len(lines) == 8
    for sha256, name in zip(lines[::2], lines[1::2], strict=True):
        if (path := fashion_mnist.DATA / name).exists():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def test_missing_training_images_are_named_with_the_package_that_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are no damage of the tree: what brings them is said instead of what restores it."""
    folder = shutil.copytree(fashion_mnist.DATA, tmp_path / "data")
    monkeypatch.setattr(fashion_mnist, "DEBIAN", tmp_path / "nowhere")

    with pytest.raises(DataError, match=rf"{TRAINING} is missing.*apt-get install dataset-fashion-mnist"):
        fashion_mnist.load("train", folder)
    parts: tuple[Part, ...] = get_args(Part)
    for part in parts:
        assert said(folder, part) == fashion_mnist.files(folder).lack(part)
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(
        DataError, match=r"t10k-labels.* is missing.*git checkout -- models/data/fashion-mnist"
    ):
        fashion_mnist.load("test", folder)
    assert said(folder, "test") == fashion_mnist.files(folder).lack("test")


def said(folder: Path, part: Part) -> str:
    """Return why a part cannot be read, "" where it can."""
    try:
        fashion_mnist.load(part, folder)
    except DataError as error:
        return str(error)
    return ""


def test_training_images_of_the_package_are_compared_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies where the package puts it is read from there, and refused where it is another file."""
    monkeypatch.setattr(fashion_mnist, "DEBIAN", tmp_path)
    (tmp_path / TRAINING).write_bytes(b"another")

    with pytest.raises(DataError, match=f"{TRAINING} is not the file that CHECKSUMS names"):
        fashion_mnist.load("train")


@pytest.mark.skipif(
    not fashion_mnist.DEBIAN.exists(), reason="the package with the training images is not here"
)
def test_the_training_images_load_whole() -> None:
    """60,000, as many of each class."""
    assert np.bincount(fashion_mnist.load("train").labels).tolist() == [6_000] * 10
