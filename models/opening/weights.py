"""The weights of a network: its plan and its file agree on all shapes before room is made for any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from models.graph.refusal import UnopenableError
from models.opening.hdf5 import names_of

if TYPE_CHECKING:
    import keras

Shape = tuple[int, ...]
DONE = "its training went wrong; save it from before that"


def weighted(build: Callable[[], keras.Model], file: Path) -> keras.Model:
    """Return a model with the weights of its file.

    What it declares is compared with what the file holds while none of its variables has any room yet: a
    layer of a million units costs nothing until it is known to have its numbers.

    Args:
        build: Makes the model.
        file: Its weights as HDF5, in the way of Keras 3 or of Keras 2, and called after that.

    Raises:
        UnopenableError: They do not go together; the sentence names the layer and both shapes.
    """
    with _without_room():
        model = build()
        if is_by_layer(file):
            _require_layers(model, file)
        else:
            _require_variables(model, file)
    model.load_weights(str(file))
    _require_finite(model)
    return model


def is_by_layer(file: Path) -> bool:
    """Whether an HDF5 file lists its layers, as Keras 2 and the .h5 files of Keras 3 do."""
    with h5py.File(file, "r") as opened:
        return "layer_names" in _listing(opened).attrs or "layer_names0" in _listing(opened).attrs


@contextmanager
def _without_room() -> Iterator[None]:
    """Have variables made without values, which they get at the end, unless something is in the way."""
    import keras  # noqa: PLC0415 - takes seconds

    scope = keras.StatelessScope()
    try:
        with scope:
            try:
                yield
            except BaseException:
                scope.initialize_variables = False
                raise
    except BaseException:
        keras.utils.clear_session(free_memory=False)  # which lets go of what waits for a value
        raise


def _listing(file: h5py.File) -> h5py.Group:
    return file["model_weights"] if "layer_names" not in file.attrs and "model_weights" in file else file


def _require_layers(model: keras.Model, file: Path) -> None:
    """Compare layer by layer, in order, as Keras loads them."""
    with h5py.File(file, "r") as opened:
        listing = _listing(opened)
        held = [(name, names_of(listing[name], "weight_names")) for name in names_of(listing, "layer_names")]
        held = [(name, weights) for name, weights in held if weights]
        asking = [layer for layer in model.layers if layer.weights]
        if len(asking) != len(held):
            raise UnopenableError(
                f"its plan has {len(asking)} layers with weights, and its file holds those of {len(held)}"
            )
        for layer, (name, weights) in zip(asking, held, strict=True):
            variables = layer.trainable_weights + layer.non_trainable_weights
            if len(variables) != len(weights):
                raise UnopenableError(
                    f"its layer {layer.name!r} has {len(variables)} arrays of weights by its plan, and its "
                    f"file holds {len(weights)}"
                )
            for variable, weight in zip(variables, weights, strict=True):
                _require_same(model, variable, tuple(listing[name][weight].shape))


def _require_variables(model: keras.Model, file: Path) -> None:
    """Compare variable by variable, by having Keras load them into none of them."""
    wrong: list[UnopenableError] = []

    def compared(variable: Any) -> Callable[[Any], None]:
        def assign(value: Any) -> None:
            try:
                _require_same(model, variable, tuple(value.shape))
            except UnopenableError as error:
                wrong.append(error)

        return assign

    for variable in model.variables:
        variable.assign = compared(variable)
    try:
        model.load_weights(str(file))
    except Exception:
        if not wrong:  # else the first of those says more
            raise
    finally:
        for variable in model.variables:
            del variable.assign
    if wrong:
        raise wrong[0]


def _names(model: keras.Model, variable: Any) -> tuple[str, str]:
    """Return what a variable's layer is called in its model, and the variable in its layer."""
    layer, _, name = variable.path.rpartition("/")
    return layer.removeprefix(f"{model.name}/"), name


def _require_same(model: keras.Model, variable: Any, held: Shape) -> None:
    if tuple(variable.shape) != held:
        layer, name = _names(model, variable)
        raise UnopenableError(
            f"its layer {layer!r} has a {name} of {tuple(variable.shape)} by its plan, and its file holds "
            f"one of {held}"
        )


def _require_finite(model: keras.Model) -> None:
    """Refuse weights of which nothing can be computed."""
    for variable in model.weights:
        values = np.asarray(variable)
        if values.dtype.kind == "f" and (wrong := int((~np.isfinite(values)).sum())):
            layer, name = _names(model, variable)
            raise UnopenableError(
                f"its layer {layer!r} has a {name} in which {wrong:,} of {values.size:,} numbers are "
                f"infinite or none (NaN), so that it answers nothing: {DONE}"
            )
