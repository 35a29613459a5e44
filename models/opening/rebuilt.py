"""A stranger's network, built again from its plan and given its weights; nothing that it names is run."""

from __future__ import annotations

import inspect
import math
import tempfile
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import h5py

from models.graph.refusal import UnopenableError
from models.graph.requirements import require_readable
from models.opening import plan
from models.opening.plan import Plan
from models.opening.tidied import Size, tidied

if TYPE_CHECKING:
    import keras

COLOURS = (1, 3)
UNNAMED = MappingProxyType({"LayerNormalization": frozenset({"rms_scaling"})})  # settings that Keras takes so


def rebuilt(path: Path, size: Size | None = None) -> keras.Model:
    """Return the network of a model file, reading images of rows, columns and channels.

    Args:
        path: A `.keras` archive, or HDF5 as Keras 2 and 3 write it.
        size: Rows and columns of the images, where the file leaves them open.

    Raises:
        UnopenableError: It cannot be built, or cannot be shown rightly; the sentence goes on where the file
            has been named.
    """
    whole = _reading_images(network(path, size), size)
    require_readable(whole)
    return whole


def network(path: Path, size: Size | None = None) -> keras.Model:
    """Return the network of a model file as it is there, whatever it reads and gives.

    Raises:
        UnopenableError: It cannot be built.
    """
    read = plan.read(path)
    model = _built(read, size)
    _weighted(model, read, path)
    return model


def _built(read: Plan, size: Size | None) -> keras.Model:
    import keras  # noqa: PLC0415 - takes seconds

    config = tidied(read.model, _settings, size)
    kind = keras.Sequential if config["class_name"] == "Sequential" else keras.Model
    try:
        with keras.saving.CustomObjectScope({}):
            model: keras.Model = kind.from_config(config["config"])
    except MemoryError:
        raise
    except Exception as error:  # Keras raises anything at all over a plan that makes no sense
        if type(error).__name__ == "ResourceExhaustedError":
            raise MemoryError from error
        raise UnopenableError(f"its layers do not go together: {_first_line(error)}") from error
    return model


@cache
def _settings(kind: str) -> frozenset[str]:
    """Return what a class of layers can be told, its base class left out."""
    import keras  # noqa: PLC0415

    made = getattr(keras.layers, kind, None)
    told = inspect.signature(made.__init__).parameters if made else ()
    return frozenset(told) - {"self", "kwargs"} | UNNAMED.get(kind, frozenset())


def _weighted(model: keras.Model, read: Plan, path: Path) -> None:
    """Give a model the weights of its file."""
    try:
        if read.form == "hdf5":
            model.load_weights(str(path) if path.suffix in (".h5", ".hdf5") else _renamed(path))
            return
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            member = Path(archive.extract("model.weights.h5", folder))
            with h5py.File(member, "r") as file:
                plan.require_plain(file)
            model.load_weights(str(member))
    except (UnopenableError, MemoryError):
        raise
    except Exception as error:  # h5py, zipfile and Keras raise anything at all over a bad file
        raise UnopenableError(f"its weights do not go with its layers: {_first_line(error)}") from error


def _reading_images(model: keras.Model, size: Size | None) -> keras.Model:
    """Return a model that reads (rows, columns, channels), whatever else this one reads."""
    import keras  # noqa: PLC0415

    inputs: Sequence[Any] = getattr(model, "inputs", None) or ()
    shape = tuple(inputs[0].shape[1:]) if len(inputs) == 1 else ()
    if None in shape:
        raise UnopenableError(
            f"it reads images of any size, {shape}: say which with --size, such as --size 224x224"
        )
    sides = _image_of(shape, size)
    if sides == shape or not shape:
        return model  # what is wrong with it is said where it is read
    image = keras.Input(sides, name="image")
    return keras.Model(image, model(keras.layers.Reshape(shape, name="reshaped")(image)), name=model.name)


def _image_of(shape: tuple[int, ...], size: Size | None) -> tuple[int, ...]:
    """Return the image whose numbers have this shape: grey, or of as many colours as make it square."""
    if len(shape) != 1:
        return (*shape, 1) if len(shape) == 2 else shape
    numbers = math.prod(shape)
    for channels in COLOURS:
        if size and size[0] * size[1] * channels == numbers:
            return (*size, channels)
        side = math.isqrt(numbers // channels)
        if not size and side * side * channels == numbers:
            return side, side, channels
    raise UnopenableError(
        f"it reads {numbers} numbers in a row, which make no square image: say which image it is with "
        "--size, such as --size 12x20"
    )


def _renamed(path: Path) -> str:
    raise UnopenableError(f"is HDF5 and is not called so: rename it to {path.stem}.h5")


def _first_line(error: Any) -> str:
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__
