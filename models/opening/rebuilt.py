"""A stranger's network, built again from its plan and given its weights; nothing that it names is run."""

from __future__ import annotations

import copy
import inspect
import math
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import h5py

from models.gc_freeze import load_keras
from models.graph.head import BINARY, head_of
from models.graph.reading import graph_of
from models.graph.refusal import UnopenableError
from models.graph.requirements import require_readable
from models.opening import plan
from models.opening.architecture import plan_of
from models.opening.hdf5 import require_plain
from models.opening.plan import Plan
from models.opening.preprocessing import Preprocessing, behind
from models.opening.tidied import Size, tidied
from models.opening.weights import is_by_layer, weighted

if TYPE_CHECKING:
    import keras

COLOURS = (1, 3)
NOTHING = Preprocessing()
WRAPPED = ("could not be deserialized", "Error when deserializing")  # Keras' words around a reason
UNNAMED = MappingProxyType({"LayerNormalization": frozenset({"rms_scaling"})})  # settings that Keras takes so


def rebuilt(
    path: Path,
    size: Size | None = None,
    architecture: str = "",
    preprocessing: Preprocessing = NOTHING,
) -> keras.Model:
    """Return the network of a model file, reading images of rows, columns and channels.

    Args:
        path: A `.keras` archive, or HDF5 as Keras 2 and 3 write it.
        size: Rows and columns of the images, where the file leaves them open.
        architecture: What has its layers, where the file holds weights alone: a path, or a recipe's key.
        preprocessing: What is done to images first.

    Raises:
        UnopenableError: It cannot be built, or cannot be shown rightly; the sentence goes on where the file
            has been named.
    """
    read = _planned(path, architecture)
    whole = _telling(_reading_images(_network(read, path, size), size), read.loss)
    require_readable(whole)
    return behind(preprocessing, whole)


def network(path: Path, size: Size | None = None, architecture: str = "") -> keras.Model:
    """Return the network of a model file as it is there, whatever it reads and gives.

    Raises:
        UnopenableError: It cannot be built.
    """
    return _network(_planned(path, architecture), path, size)


def _planned(path: Path, architecture: str) -> Plan:
    """Return the plan of a file, or that which was named for it."""
    read = plan.read(path)
    if read.model:
        return read
    if not architecture:
        raise UnopenableError(
            f"holds weights alone, without the network's layers: {plan.SAVE}, or name what has its layers "
            "with --architecture, such as the file of model.to_json()"
        )
    return replace(read, model=plan_of(architecture))


def _network(read: Plan, path: Path, size: Size | None) -> keras.Model:
    config = tidied(read.model, _settings, size)
    with _weights_of(read, path) as weights:
        try:
            return weighted(lambda: _built(config), weights)
        except (UnopenableError, MemoryError):
            raise
        except Exception as error:  # h5py, zipfile and Keras raise anything at all over a bad file
            raise UnopenableError(f"its weights do not go with its layers: {_first_line(error)}") from error


def _built(config: Mapping[str, Any]) -> keras.Model:
    """Return the model of a tidied plan, with variables as they happen to begin."""
    import keras  # noqa: PLC0415 - takes seconds

    kind = keras.Sequential if config["class_name"] == "Sequential" else keras.Model
    try:
        with keras.saving.CustomObjectScope({}), _unfiltered():
            model: keras.Model = kind.from_config(copy.deepcopy(config["config"]))
    except MemoryError:
        raise
    except Exception as error:  # Keras raises anything at all over a plan that makes no sense
        if type(error).__name__ == "ResourceExhaustedError":
            raise MemoryError from error
        layer = _layer_of(error)
        who = f"its layer {layer!r} cannot be built" if layer else "its layers do not go together"
        raise UnopenableError(f"{who}: {_first_line(error)}") from error
    return model


@contextmanager
def _unfiltered() -> Iterator[None]:
    """Have errors tell where in Keras they came from."""
    import keras  # noqa: PLC0415

    was = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        yield
    finally:
        if was:
            keras.config.enable_traceback_filtering()


def _layer_of(error: BaseException) -> str:
    """Return the name of the innermost layer that an error came out of, "" if it came from none."""
    import keras  # noqa: PLC0415

    found, trace = "", error.__traceback__
    while trace:
        names = trace.tb_frame.f_locals
        layer = names.get("self")
        if isinstance(layer, keras.Layer) and not isinstance(layer, keras.Model):
            found = getattr(layer, "name", None) or found
        config = names.get("inner_config") or names.get("config")  # of a layer that is not there yet
        if isinstance(config, Mapping) and isinstance(config.get("name"), str) and "layers" not in config:
            found = config["name"]
        trace = trace.tb_next
    return found


@cache
def _settings(kind: str) -> frozenset[str]:
    """Return what a class of layers can be told, its base class left out."""
    load_keras()
    import keras  # noqa: PLC0415

    made = getattr(keras.layers, kind, None)
    told = inspect.signature(made.__init__).parameters if made else ()
    return frozenset(told) - {"self", "kwargs"} | UNNAMED.get(kind, frozenset())


@contextmanager
def _weights_of(read: Plan, path: Path) -> Iterator[Path]:
    """Give the weights of a file as HDF5, under a name that Keras tells its form by."""
    with tempfile.TemporaryDirectory() as folder:
        if read.form == "hdf5":
            named = Path(folder) / ("layers.h5" if is_by_layer(path) else "network.weights.h5")
            named.symlink_to(path.absolute())
        else:
            try:
                with zipfile.ZipFile(path) as archive:
                    named = Path(archive.extract("model.weights.h5", folder))
                with h5py.File(named, "r") as file:
                    require_plain(file)
            except UnopenableError:
                raise
            except Exception as error:  # as above
                raise UnopenableError(f"has weights that are no HDF5, or are damaged: {plan.SAVE}") from error
        yield named


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


def _telling(model: keras.Model, loss: str | None) -> keras.Model:
    """Return a model whose end means what it was trained for.

    Logits of a loss of sigmoids get these; a regression is refused, for it has no classes.
    """
    import keras  # noqa: PLC0415

    graph = graph_of(model)
    last = graph.last
    if last.activation is None and loss in BINARY:
        ended = keras.layers.Activation("sigmoid", name="probability")(model.outputs[0])
        return keras.Model(model.inputs, ended, name=model.name)
    head_of(last, loss)
    return model


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


def _first_line(error: BaseException) -> str:
    while error.__context__ and any(words in str(error) for words in WRAPPED):
        error = error.__context__
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__
