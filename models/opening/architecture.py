"""The plan of a network whose file holds weights alone: of another file, or a recipe of ConvLens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models import architectures
from models.graph.refusal import UnopenableError
from models.opening import plan
from models.opening.hdf5 import LONGEST

RECIPES = tuple(architectures.keys())
FORMS = (
    "name a file that has its layers: what model.to_json() gives, a .keras or an .h5 file, or one of "
    f"{', '.join(RECIPES)}"
)


def plan_of(named: str) -> Mapping[str, Any]:
    """Return the plan that is named.

    Args:
        named: A path, or the key of a recipe.

    Raises:
        UnopenableError: There is none; the sentence goes on where the file of the weights has been named.
    """
    path = Path(named)
    try:
        if named in RECIPES:
            return plan.parsed(architectures.find(named).build().to_json().encode())
        if path.suffix.lower() == ".json":
            return plan.parsed(_topology(path))
        if model := plan.read(path).model:
            return model
        raise UnopenableError(f"holds weights alone too: {FORMS}")
    except UnopenableError as error:
        raise UnopenableError(f"has weights alone, and its architecture, {path.name}, {error}") from error


def _topology(path: Path) -> bytes:
    """Return the plan in a JSON file: alone, without its class, or as TensorFlow.js has it."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST + 1)
        told = json.loads(content)
    except OSError as error:
        raise UnopenableError("cannot be read") from error
    except (ValueError, RecursionError) as error:
        raise UnopenableError(f"is no JSON: {FORMS}") from error
    for key in ("modelTopology", "model_config"):
        told = told.get(key, told) if isinstance(told, dict) else told
    if isinstance(told, dict) and "layers" in told and "class_name" not in told:
        told = {"class_name": "Functional" if "input_layers" in told else "Sequential", "config": told}
    return json.dumps(told).encode()
