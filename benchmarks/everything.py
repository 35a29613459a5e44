"""Everything that can be asked of a server, in addresses that were not asked for before."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from benchmarks.servers import Server, version
from models.analysis.attribution import METHODS
from models.sketch.drawing import Drawing, write_pixels

Models = list[dict[str, Any]]  # as /api/models lists them


def models_of(server: Server) -> Models:
    """Return the networks that a server has, as it lists them."""
    connection = http.client.HTTPConnection(server.host, timeout=30)
    connection.request("GET", "/api/models")
    models: Models = json.loads(connection.getresponse().read())["models"]
    connection.close()
    return models


def _why(models: Models, digit: int, method: str) -> list[str]:
    return [f"/api/models/{model['key']}/images/{digit}/why/{method}" for model in models]


def _adversaries(models: Models, digit: int) -> list[str]:
    return [f"/api/models/{model['key']}/images/{digit}/adversary" for model in models]


def _illustrations(models: Models, digit: int) -> list[str]:
    return [
        f"/api/models/{model['key']}/layers/{layer['name']}/filters/0/illustration?seed={digit % 1000}"
        for model in models
        for layer in model["layers"]
        if layer["kind"] in ("Conv2D", "Dense")
    ]


def _without(models: Models, digit: int) -> list[str]:
    block, channel = digit % 40, digit // 40
    hidden = [(model["key"], model["layers"][-2]) for model in models]
    return [
        f"/api/models/{key}/without/{block}.bin?off={key}.{layer['name']}:{channel % layer['filters']}"
        for key, layer in hidden
    ]


SLOW: Mapping[str, Callable[[Models, int], list[str]]] = MappingProxyType(
    {
        "occlusion": lambda models, digit: _why(models, digit, "occlusion"),
        "integrated gradients": lambda models, digit: _why(models, digit, "integrated"),
        "adversaries": _adversaries,
        "illustrations": _illustrations,
        "digits without channels": _without,
    }
)  # what takes the processor longest, of one digit


def whole(server: Server, models: Models, digit: int) -> list[str]:
    """Return one round of everything that is read, of one digit and of a drawing that belongs to it."""
    pixels = np.zeros((28, 28), np.uint8)
    pixels[4:24, 12 + digit % 4] = pixels[digit % 24, 4:20] = 255
    drawn = f"perturb={Drawing(write_pixels(pixels), 'pixels').text}"
    of, pair = version(server), ",".join(model["key"] for model in models[:2])
    asked = [path for kind in SLOW.values() for path in kind(models, digit)]
    asked += ["/", "/compare", "/api/models", f"/api/images/{digit}", f"/api/readings?{drawn}"]
    asked += [
        f"/pictures/{of}/{pair}/{digit}/{stage}.bin{query}"
        for stage in ("post", "pre")
        for query in ("", f"?{drawn}", "?reference=7", "?perturb=rotation:15")
    ]
    asked += [f"/wall/{of}/{digit % 40}.bin", f"/wall/{of}/verdicts.bin"]
    for model in models:
        asked += _of_network(model, of, digit, drawn)
    return asked


def _of_network(model: dict[str, Any], version: str, digit: int, drawn: str) -> list[str]:
    root = f"/api/models/{model['key']}"
    its = f"{root}/images/{digit}"
    asked = [its, f"{its}?{drawn}", f"{its}/neighbours", f"{its}/adversary?{drawn}", f"{root}/weights.npz"]
    asked += [f"{root}/filters", f"{root}/filters.csv", f"/wall/{version}/unsure/{model['key']}.bin"]
    convolutions = [layer["name"] for layer in model["layers"] if layer["kind"] == "Conv2D"]
    for method in METHODS:
        for query in [f"layer={name}&{drawn}" for name in convolutions] if method == "gradcam" else [drawn]:
            asked += [f"{its}/why/{method}?{query}", f"{its}/why/{method}.npy?{query}"]
    for layer in model["layers"]:
        asked += [f"{its}/layers/{layer['name']}.npy?stage={stage}&{drawn}" for stage in ("pre", "post")]
        if layer["kind"] != "Flatten":
            channel = digit % layer["output_shape"][-1]
            asked += _of_channel(root, its, layer, channel)
            asked.append(f"/wall/{version}/strength/{model['key']}/{layer['name']}/{channel}.bin")
    return asked


def _of_channel(root: str, its: str, layer: dict[str, Any], channel: int) -> list[str]:
    name, kind = layer["name"], layer["kind"]
    cell = "&cell=2,2" if len(layer["output_shape"]) == 3 else ""
    asked = [f"{its}/layers/{name}/{part}?filter={channel}{cell}" for part in ("cell", "keras.py")]
    asked.append(f"{root}/layers/{name}/filters/{channel}")
    if kind == "Conv2D":
        asked.append(f"{its}/layers/{name}/partial.npy?filter={channel}")
        asked.append(f"{root}/layers/{name}/filters/{channel}/tuning")
    if kind == "Dense":
        asked.append(f"{its}/layers/{name}/terms.npy?filter={channel}")
    return asked
