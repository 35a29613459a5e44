"""What would raise a channel most has a URL: a picture climbed from noise, an illustration and no digit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, request

from dashboard import validation
from dashboard.api.channels import plain
from dashboard.api.responses import npy, revalidated
from dashboard.errors import RefusedError, not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import feature_visualisation, makers
from models.analysis.feature_visualisation import SEED, SEEDS, Illustration, illustrate, middle, sight
from models.arrays import Floats
from models.graph.description import Layer
from models.sketch.drawing import Drawing, write_pixels

ILLUSTRATING = "having illustrations made"
ROOT = "/api/models/<key>/layers/<layer>/filters/<number>/illustration"
Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """Of which channel a request wants an illustration, and from which noise.

    Attributes:
        key: The network.
        layer: Of that network.
        channel: Map or unit of that layer.
        seed: Of the noise to begin with.
    """

    key: str
    layer: Layer
    channel: int
    seed: int


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of illustrations."""
    routes = Blueprint("feature_visualisation", __name__)

    @routes.get(f"{ROOT}.npy")
    @knows("seed")
    def pixels(key: str, layer: str, number: str) -> Response:
        asked = _asked(workspace, key, layer, number)
        found = illustration(workspace, asked)
        if found.pixels is None:
            silent = f"{key} {layer} {asked.channel} does not respond to any step from seed {asked.seed}"
            raise not_found(f"{silent}: there is no illustration. Try another seed.")
        spec = workspace.spec
        return npy(spec.prepare(found.pixels).reshape(spec.sides))

    @routes.get(ROOT)
    @knows("seed")
    def told(key: str, layer: str, number: str) -> Response:
        asked = _asked(workspace, key, layer, number)
        return revalidated(jsonify(_told(workspace, asked, illustration(workspace, asked))))

    return routes


def illustration(workspace: Workspace, asked: Asked) -> Illustration:
    """Return what would raise a channel of a layer most, or refuse; the same for the same seed."""
    key, layer, channel = asked.key, asked.layer, asked.channel
    place = (*(middle(layer) or ()), channel)
    low, high = workspace.surveys[key].ranges[layer.name, "pre"][:, channel].tolist()
    name = f"illustration/{feature_visualisation.RECIPE}/{key}/{layer.name}/{channel}/{asked.seed}"

    def draw() -> bytes:
        probe, slopes = workspace.probe(key), workspace.networks.built(key, makers.slopes)
        spec = workspace.spec
        slope = partial(slopes.at, name=layer.name, channel=channel)

        def value(picture: Floats) -> float:
            return float(probe.run(picture).pre[layer.name][place])

        with workspace.turns.taken(ILLUSTRATING):
            made = workspace.recalled(name)  # by now: a class asks for the same one at once
            return made or illustrate(layer, asked.seed, high - low, slope, value, spec=spec).to_bytes()

    return Illustration.from_bytes(workspace.remembered(name, draw))


def _told(workspace: Workspace, asked: Asked, found: Illustration) -> Json:
    """Return the illustration, how it came about, and how strong the strongest test image is beside it."""
    spec = workspace.spec
    rows, columns = sight(asked.layer, spec)
    drawn = None
    if found.pixels is not None and workspace.test.is_drawn:
        drawn = Drawing(write_pixels(found.pixels), "pixels").text
    return {
        "model": asked.key,
        "sha256": workspace.entry(asked.key).sha256,
        "layer": asked.layer.name,
        "filter": asked.channel,
        "seed": asked.seed,
        "seeds": SEEDS,
        "steps": feature_visualisation.STEPS,
        "regulariser": {
            "total_variation": feature_visualisation.VARIATION,
            "squares": feature_visualisation.SQUARES,
        },
        "definition": feature_visualisation.DEFINITION,
        "source": feature_visualisation.SOURCE,
        "cell": middle(asked.layer),
        "sight": [rows.start, columns.start, rows.stop, columns.stop],
        "noise": found.noise,
        "value": found.value,
        "levels": None if found.pixels is None else found.pixels.tolist(),
        "perturb": drawn,
        "strongest": _strongest(workspace, asked),
    }


def _strongest(workspace: Workspace, asked: Asked) -> Json:
    """Return the largest pre-activation over all test images, of a class its logit, and whose it is.

    That is the survey's strongest image: a ReLU keeps the order, and where an activation saturates the survey
    ranks before it.
    """
    name, channel = asked.layer.name, asked.channel
    survey = workspace.surveys[asked.key]
    value = plain(survey.ranges[name, "pre"][1, channel])
    if channel in survey.dead(name) and not asked.layer.saturates:  # nobody wrote down whose that is
        return {"value": value, "digit": None, "label": None, "row": None, "column": None}
    measured = survey.layers[name]
    place = int(measured.places[channel, 0]) if asked.layer.has_maps else None
    return {"value": value, **_named(workspace, int(measured.strongest[channel, 0]), asked.layer, place)}


def _named(workspace: Workspace, image: int, layer: Layer | None = None, place: int | None = None) -> Json:
    row, column = (None, None) if layer is None or place is None else divmod(place, layer.output_shape[1])
    return {"digit": image, "label": workspace.label(image), "row": row, "column": column}


def _asked(workspace: Workspace, key: str, name: str, number: str) -> Asked:
    """Return what a request asks for, or refuse."""
    layer = workspace.surveyed_layer(key, name)
    channel = validation.whole_number(number, f"filter of {key} {layer.name}", layer.channels)
    seed = request.args.get("seed", str(SEED))
    if not (seed.isascii() and seed.isdigit() and len(seed) <= 9 and int(seed) < SEEDS):
        raise RefusedError(400, "bad_seed", f"seed must be a whole number from 0 to {SEEDS - 1}.")
    return Asked(key, layer, channel, int(seed))
