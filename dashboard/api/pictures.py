"""What the page paints has URLs that never change: a digit through two networks, and their kernels."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, Response, request

from dashboard import moments, picture, validation
from dashboard.ablation import Off, parse_off
from dashboard.api import parameters
from dashboard.api.responses import gzipped
from dashboard.api.weights import filters_of
from dashboard.errors import not_found
from dashboard.pair import Pair, of_pair, parse_pair, write_pair
from dashboard.query import knows
from dashboard.workspace import NOTHING, Workspace, run
from models.arrays import Floats
from models.engine.forward_pass import ForwardPass, Stage
from models.graph.description import is_large
from models.sketch.drawing import Change
from models.store.entry import Entry


@dataclass(frozen=True)
class Asked:
    """Which image a request wants painted, through which networks, and how.

    Attributes:
        pair: The two networks.
        index: Of the test image.
        stage: Of all layers.
        off: Channels that are switched off, as `ablation.parse_off` gives them.
        move: What is done to the image; its pixels then stand at the end of the picture.
        reference: Index of the test image, as it was written, from which the difference is shown.
        since: Another moment of the networks' training, from which it is; "" for the same.
        shown: Of large networks the layers whose maps are wanted, as "network.layer".
    """

    pair: Pair
    index: int
    stage: Stage = "post"
    off: Off = field(default_factory=lambda: NOTHING)
    move: Change | None = None
    reference: int | None = None
    since: str = ""
    shown: frozenset[str] = frozenset()

    def of(self, entry: Entry) -> frozenset[str] | None:
        """Return the layers of a network whose maps are wanted, None for all."""
        if not is_large(entry.layers):
            return None
        return frozenset(layer.name for layer in entry.layers if f"{entry.key}.{layer.name}" in self.shown)


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of pictures and kernels."""
    routes = Blueprint("pictures", __name__)

    @routes.get("/pictures/<version>/<pair>/<number>/<stage>.bin")
    @knows("off", "perturb", "reference", "since", "layers")
    def painted(version: str, pair: str, number: str, stage: str) -> Response:
        parameters.require_current(version, workspace)
        keys = parse_pair(pair, workspace.entries)
        asked = Asked(
            keys,
            parameters.image(number, workspace),
            off=parse_off(request.args.get("off", ""), of_pair(keys, workspace.entries)),
            stage=validation.stage({"stage": stage}),
            move=parameters.moved(workspace),
            reference=parameters.reference(workspace),
            since=parameters.since(),
            shown=frozenset(filter(None, request.args.get("layers", "").split(","))),
        )
        return gzipped(paint(workspace, asked))

    @routes.get("/kernels/<version>/<key>/<layer>/<part>.bin")
    @knows("since")
    def weighed(version: str, key: str, layer: str, part: str) -> Response:
        parameters.require_current(version, workspace)
        number = validation.whole_number(part, "part", workspace.layer(key, layer).channels)
        return gzipped(kernels(workspace, key, layer, number, parameters.since()))

    return routes


def paint(workspace: Workspace, asked: Asked) -> bytes:
    """Return one image through two networks, gzipped, as `picture.pack` writes it, or refuse.

    What somebody saw before is painted while the networks sleep, unless something is done to it: there is too
    much that can be.
    """
    large = any(asked.of(entry) is not None for entry in of_pair(asked.pair, workspace.entries))
    if large or asked.off or asked.move or asked.since or asked.reference is not None:
        return _painted(workspace, asked)
    name = f"digit/{write_pair(asked.pair)}/{asked.index}/{asked.stage}"
    return workspace.remembered(name, lambda: _painted(workspace, asked))


def _painted(workspace: Workspace, asked: Asked) -> bytes:
    pair, stage, off, reference = asked.pair, asked.stage, asked.off, asked.reference
    digit = workspace.digit(asked.index, asked.move)
    pixels = [picture.pack_image(digit, workspace.spec)] if asked.move else []
    entries = of_pair(pair, workspace.entries)
    wanted = [asked.of(entry) for entry in entries]
    differs = reference is not None or bool(asked.since)
    plain = not off and not differs and stage == "post" and wanted == [None] * len(pair)
    joint = workspace.networks.joint(pair, picture.LEVELS[stage]) if plain else None
    if shown := joint and joint.run(digit):
        return picture.squeeze(*picture.pack_joint(asked.index, *shown), *pixels, swift=True)
    at_once = [_needed(*each) for each in zip(entries, wanted, strict=True)]

    def passes(image: Floats) -> list[ForwardPass]:
        return [
            run(workspace.networks.probe(key), image, off.get(key), names)
            for key, names in zip(pair, at_once, strict=True)
        ]

    with moments.since(workspace, asked.since):
        other = digit if reference is None else workspace.digit(reference)
        others = passes(other) if differs else []
    layers = [entry.layers for entry in entries]
    packed = picture.pack(asked.index, [*zip(layers, passes(digit), strict=True)], stage, others, wanted)
    return picture.squeeze(*packed, *pixels, swift=stage == "post")


def _needed(entry: Entry, wanted: frozenset[str] | None) -> tuple[str, ...]:
    """Return the layers of which a picture needs the values, and the one that answers."""
    names = (layer.name for layer in picture.packed_panels(entry.layers, wanted))
    return (entry.graph.head.node, *names)


def kernels(workspace: Workspace, key: str, name: str, part: int, since: str = "") -> bytes:
    """Return a part of a layer's filters, gzipped, as `picture.pack_kernels` writes them, or refuse.

    Args:
        workspace: What is open.
        key: The network.
        name: Of the layer.
        part: Which part, from 0.
        since: Another moment of the training, from which it is the difference; "" for none.
    """
    if not 0 <= part * picture.PART < workspace.layer(key, name).channels:
        raise not_found("There is no such part.")
    chosen = slice(part * picture.PART, (part + 1) * picture.PART)

    def pack() -> bytes:
        found = moments.changed(workspace, since, lambda: filters_of(workspace, key, name)[chosen])
        return picture.squeeze(picture.pack_kernels(found))

    return pack() if since else workspace.remembered(f"kernels/{key}/{name}/{part}", pack)
