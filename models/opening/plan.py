"""The plan in a stranger's model file: plain JSON, read before anything that it names is imported or made."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import h5py

from models.graph.refusal import UnopenableError
from models.opening.hdf5 import require_plain, require_small, text_of

DEEPEST = 200  # parts of a plan within parts
CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
MEMBERS = frozenset({"config.json", "metadata.json", "model.weights.h5"})
ZIP, HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"
SAVE = 'save the whole network with model.save("name.keras")'
OTHERS = {  # what else networks are kept in, by the end of a name
    ".json": "is a plan or a list of weights of TensorFlow.js or Keras, without the network's numbers",
    ".onnx": "is an ONNX file",
    ".pb": "is a SavedModel of TensorFlow, a program that nobody can look into",
    ".tflite": "is a TensorFlow Lite file, made for running and not for looking into",
    ".pt": "is a file of PyTorch",
    ".pth": "is a file of PyTorch",
    ".safetensors": "holds weights alone, without the network's layers, and not as Keras keeps them",
}


@dataclass(frozen=True)
class Plan:
    """What a file says of its network.

    Attributes:
        form: How its weights are kept: as Keras 3 does in an archive, or in HDF5 alone.
        model: The configuration: {"class_name", "config"}; {} where the file holds weights alone.
        loss: What it was trained by, as Keras calls it, None where that is not told.
    """

    form: Literal["keras", "hdf5"]
    model: Mapping[str, Any]
    loss: str | None = None


def read(path: Path) -> Plan:
    """Return the plan of a model file, told by what the file begins with.

    Raises:
        UnopenableError: It is no such file; the sentence says how to save one that opens.
    """
    if path.is_dir():
        raise UnopenableError(f"is a folder, perhaps a SavedModel, which nobody can look into: {SAVE}")
    try:
        with path.open("rb") as file:
            begins = file.read(8)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise UnopenableError("cannot be read") from error
    require_small(size)
    if begins.startswith(ZIP):
        return _of_archive(path)
    if begins == HDF5:
        return _of_hdf5(path)
    told = OTHERS.get(path.suffix.lower(), "is neither a .keras archive nor an .h5 file")
    raise UnopenableError(f"{told}: {SAVE}")


def _of_archive(path: Path) -> Plan:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            if len(sizes) < len(archive.infolist()) or not sizes.keys() <= MEMBERS:
                raise UnopenableError(f"holds files beside those of a network: {SAVE}")
            require_small(sum(sizes.values()), sizes.get("config.json", 0))
            model = parsed(archive.read("config.json"))
    except UnopenableError:
        raise
    except Exception as error:  # zipfile raises anything at all over a bad archive
        raise UnopenableError(f"is a damaged archive, or one of something else: {SAVE}") from error
    return Plan("keras", model, _loss(model.get("compile_config")))


def _of_hdf5(path: Path) -> Plan:
    try:
        with h5py.File(path, "r") as file:
            require_plain(file)
            content, trained = (text_of(file, name) for name in ("model_config", "training_config"))
    except UnopenableError:
        raise
    except Exception as error:  # h5py raises anything at all over a bad file
        raise UnopenableError("is a damaged HDF5 file") from error
    if content is None:
        return Plan("hdf5", {})
    try:
        compiled = json.loads(trained or b"{}")
    except (ValueError, RecursionError):  # it is not needed
        compiled = {}
    return Plan("hdf5", parsed(content), _loss(compiled))


def _loss(compiled: object) -> str | None:
    """Return the loss that a model was compiled with, by the name that Keras has for its function."""
    loss = compiled.get("loss") if isinstance(compiled, dict) else None
    while isinstance(loss, list | dict) and loss:
        if isinstance(loss, list):
            loss = loss[0] if len(loss) == 1 else None
        elif "class_name" in loss:
            named = loss["class_name"]
            loss = loss.get("config") if named == "function" else named
        else:
            loss = next(iter(loss.values())) if len(loss) == 1 else None
    return CAPITAL.sub("_", loss).lower() if isinstance(loss, str) else None


def parsed(content: bytes) -> Mapping[str, Any]:
    """Return a plan that is JSON.

    Raises:
        UnopenableError: It is none, or one of something else.
    """
    require_small(0, len(content))
    try:
        plan = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnopenableError("has a plan that is no JSON") from error
    _require_shallow(plan)
    if not isinstance(plan, dict) or not isinstance(plan.get("class_name"), str) or "config" not in plan:
        raise UnopenableError(f"has a plan of something that is no network of Keras: {SAVE}")
    return plan


def _require_shallow(plan: object) -> None:
    """Refuse a plan that lies deeper in itself than one of a network does."""
    level: list[object] = [plan]
    for _ in range(DEEPEST):
        parts = (
            each.values() if isinstance(each, dict) else each
            for each in level
            if isinstance(each, dict | list)
        )
        level = [part for each in parts for part in each]
    if level:
        raise UnopenableError("has a plan with parts within parts without an end")
