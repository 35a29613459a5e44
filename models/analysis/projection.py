"""How a network arranges the test digits: its last hidden layer, which only a linear one reads, in the plane.

`python -m models.measure arrangement` arranges them anew. It takes scikit-learn, which
`make tools` installs; what it has written takes nothing.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.analysis.measurement import Measurement
from models.arrays import Floats, Labels, Rows
from models.graph.node import IMAGE
from models.store.lazy_npz import Packed, archive_of

if TYPE_CHECKING:
    import keras

METHODS = ("pca", "tsne")
SEED = 7  # of t-SNE
NEIGHBOURS = 10  # that a label or a picture is held against
NEAREST = 50  # that are kept of every image
LEVELS = 1 << 16  # places along each side of the square
BATCH = 250  # images
MOST = 20_000  # images: of more, all distances between two are too many to wait for


@dataclass(frozen=True)
class Arrangement:
    """Places of the test images by what a layer makes of them, and how far these can be believed.

    Attributes:
        planes: By method, (images, 2) uint16: to the right and down, on a square of 65,536 places a side.
        explained: Share of the layer's variance along the two directions of "pca", in [0, 1].
        alike: Share of the ten images nearest to one in the layer itself that have its label, on average.
        kept: By method, what share of the ten images nearest to one in the plane are among its 10 nearest
            in the layer, and what share are among its 50 nearest there, on average.
        nearest: (images, 50) uint16, the images nearest to each in the layer, nearest first, then by index,
            itself left out; fewer where there are not so many; packed where it was read from a file.
    """

    planes: Mapping[str, NDArray[np.uint16]]
    explained: float
    alike: float
    kept: Mapping[str, tuple[float, float]]
    nearest: NDArray[np.uint16] | Packed

    def to_bytes(self) -> bytes:
        """Return an `.npz` archive, such as `from_bytes` reads."""
        arrays = {
            "numbers": np.array([self.explained, self.alike]),
            "kept": np.array([self.kept[method] for method in METHODS]),
            "nearest": np.asarray(self.nearest),
        }
        return archive_of({**arrays, **self.planes})

    @classmethod
    def from_bytes(cls, content: bytes, images: int | None = None) -> Arrangement:
        """Return what `to_bytes` wrote, of so many images, or of however many it is.

        Raises:
            ValueError: The content is nothing of the kind, is of the older form that has no neighbours, or is
                of another number of images.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                explained, alike = archive["numbers"].astype(np.float64).tolist()
                shares = archive["kept"].astype(np.float64)
                planes = {method: archive[method] for method in METHODS}
                nearest = Packed.found(content, "nearest", archive.zip)
        except (EOFError, KeyError, TypeError, OSError, zipfile.BadZipFile) as error:
            raise ValueError("This is no arrangement.") from error
        images = len(planes[METHODS[0]]) if images is None else images
        if any((plane.dtype, plane.shape) != (np.uint16, (images, 2)) for plane in planes.values()):
            raise ValueError(f"This does not arrange {images} digits.")
        if nearest.dtype != np.uint16 or nearest.shape != (images, neighbours(images)):
            raise ValueError(f"These are no neighbours of {images} digits.")
        kept = {method: (ten, fifty) for method, (ten, fifty) in zip(METHODS, shares.tolist(), strict=True)}
        return cls(planes, explained, alike, kept, nearest)

    def near(self, image: int) -> list[int]:
        """Return the images nearest to one in the layer, nearest first; this unpacks what is packed."""
        found: list[int] = np.asarray(self.nearest)[image].tolist()
        return found


def neighbours(images: int) -> int:
    """Return how many neighbours are kept of each of so many images."""
    return min(NEAREST, images - 1)


def run(model: keras.Model, images: Rows, labels: Labels) -> Arrangement:
    """Arrange images, (n, rows, columns, channels), by the model's last hidden layer."""
    return arranged(last_hidden(model, images), labels)


def last_hidden(model: keras.Model, images: Rows) -> Floats:
    """Return what the last layer reads: (n, units), after the activation of the layer before it."""
    from models.engine.opened import Opened  # noqa: PLC0415 - takes seconds; reading must not

    opened = Opened.of(model)
    hidden = opened.graph.node(opened.graph.head.node).reads[0]
    parts = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
    return np.concatenate([opened.values({IMAGE: part}, [hidden])[hidden][1].numpy() for part in parts])


def arranged(values: Floats, labels: Labels) -> Arrangement:
    """Arrange rows of numbers, (n, units), in the plane.

    Source: t-SNE: van der Maaten & Hinton (2008), JMLR 9:2579, as scikit-learn has it, begun from the two
    directions of largest variance, perplexity 30.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # or t-SNE's threads spin
    from sklearn.decomposition import PCA  # noqa: PLC0415 - takes seconds; reading must not
    from sklearn.manifold import TSNE  # noqa: PLC0415

    directions = PCA(n_components=2, svd_solver="full")
    flat = directions.fit_transform(values)
    embedded = TSNE(init="pca", perplexity=30, random_state=SEED).fit_transform(values)
    planes = {"pca": squared(flat), "tsne": squared(embedded)}
    near = nearest(values, neighbours(len(values)))
    return Arrangement(
        planes=planes,
        explained=float(directions.explained_variance_ratio_.sum()),
        alike=alike(near, labels),
        kept={method: kept(plane, near) for method, plane in planes.items()},
        nearest=near,
    )


def nearest(points: Floats | NDArray[np.uint16], count: int) -> NDArray[np.uint16]:
    """Return for every point, (n, axes), the others nearest to it, nearest first, equal ones by index.

    Returns:
        (n, count) uint16, by Euclidean distance in float64.
    """
    from scipy.spatial.distance import cdist  # noqa: PLC0415 - takes a second; reading must not

    exact = points.astype(np.float64)
    found = np.empty((len(exact), count), np.uint16)
    for start in range(0, len(exact), BATCH):
        block = exact[start : start + BATCH]
        for own, far in enumerate(cdist(block, exact, "sqeuclidean"), start):
            far[own] = np.inf
            enough = np.flatnonzero(far <= np.partition(far, count - 1)[count - 1])
            found[own] = enough[far[enough].argsort(kind="stable")[:count]]
    return found


def alike(near: NDArray[np.uint16], labels: Labels) -> float:
    """Return what share of the ten images nearest to an image has its label, on average.

    Args:
        near: (images, at least 10), nearest first.
        labels: (images,).
    """
    return float((labels[near[:, :NEIGHBOURS]] == labels[:, None]).mean())


def kept(plane: NDArray[np.uint16], near: NDArray[np.uint16]) -> tuple[float, float]:
    """Return what share of the ten points nearest to a point in a plane are near in the layer, on average.

    Args:
        plane: (images, 2).
        near: (images, at most 50), the images nearest to each in the layer, nearest first.

    Returns:
        The share that are among the 10 nearest in the layer, and that among all that `near` has.
    """
    seen = nearest(plane, min(NEIGHBOURS, near.shape[1]))[:, :, None]
    ten, fifty = ((seen == part[:, None]).any(axis=2).mean() for part in (near[:, :NEIGHBOURS], near))
    return float(ten), float(fifty)


def squared(points: Floats) -> NDArray[np.uint16]:
    """Return points, (n, 2), on the square that just holds them, distances in one unit along both sides."""
    low, high = points.min(axis=0), points.max(axis=0)
    side = float((high - low).max()) or 1.0
    middle = (low + high) / 2
    placed = np.rint(((points - middle) / side + 0.5) * (LEVELS - 1))
    return np.ascontiguousarray(placed, np.uint16)


MEASUREMENT = Measurement[Arrangement](
    name="arrangement",
    form="npz",
    finds="where each network puts the test images in the plane",
    run=lambda model, data, _: run(model, data.fed, data.labels) if len(data) <= MOST else None,
    pack=lambda found, _: found.to_bytes(),
    parse=lambda content, _, images: Arrangement.from_bytes(content, images),
    fault="is no arrangement of the images, or one of an older form",
    in_training=False,  # it takes scikit-learn, which training does without
)
