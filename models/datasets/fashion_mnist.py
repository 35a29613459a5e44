"""Fashion-MNIST as arrays: pieces of clothing in the form of MNIST, compared with their checksums.

The test images come with ConvLens. The training images, 26 MB that only training and measuring it need, come
with Debian's package `dataset-fashion-mnist`, or are put beside the others by whoever has them.
"""

from __future__ import annotations

from pathlib import Path

from models.datasets.dataset import Dataset, ImageSpec, Noun, Part
from models.datasets.idx import IdxFolder

KEY = "fashion-mnist"
SPEC = ImageSpec(28, 28, 1)  # light pieces on black
LEARNABLE = 60_000  # pieces to learn from
CLASSES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
NOUN = Noun("image", "images")
DATA = Path(__file__).parents[1] / "data" / KEY
DEBIAN = Path("/usr/share/datasets") / KEY  # of the package dataset-fashion-mnist
FETCHED = (
    "It does not come with ConvLens, as only training and measuring need it. "
    "Bring it: apt-get install dataset-fashion-mnist"
)
TITLE = "Fashion-MNIST"
ORIGIN = "Xiao, Rasul & Vollgraf (2017), Fashion-MNIST, arXiv:1708.07747"
LICENCE = "MIT"


def files(folder: Path = DATA) -> IdxFolder:
    """Return where the files lie."""
    return IdxFolder(folder, DATA, beside=DEBIAN, fetched=FETCHED)


def load(part: Part, folder: Path = DATA) -> Dataset:
    """Return the 60,000 training or the 10,000 test images.

    Raises:
        DataError: A file is missing, or is not the one that CHECKSUMS names.
    """
    images, labels = files(folder).part(part, (SPEC.rows, SPEC.columns), len(CLASSES), NOUN.many)
    return Dataset(
        images,
        labels,
        SPEC,
        CLASSES,
        NOUN,
        key=KEY,
        title=TITLE,
        split=part,
        origin=ORIGIN,
        licence=LICENCE,
    )
