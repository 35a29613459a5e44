"""Every tensor has a URL: JSON for what is named, NumPy's `.npy` for what is measured."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from flask import Blueprint, Response, abort, jsonify, request

from dashboard import validation, wall
from dashboard.errors import not_found
from dashboard.inspector import Inspector
from dashboard.moving import parse_move
from dashboard.off import Off, parse_off
from dashboard.pair import of_pair, parse_pair
from dashboard.query import knows
from models.analysis.metrics import answers, margins
from models.arrays import Floats
from models.datasets import disputed
from models.graph.description import Layer
from models.sketch.drawing import Change
from models.store.manifest import Entry

FOR_EVER = "public, max-age=31536000, immutable"
REVALIDATE = "public, no-cache"


def blueprint(inspector: Inspector) -> Blueprint:
    """Return the routes for programs (`/api/…`) and for the page (`/pictures/…`, `/wall/…`, `/kernels/…`)."""
    routes = Blueprint("api", __name__)
    _add_networks(routes, inspector)
    _add_digits(routes, inspector)
    _add_pictures(routes, inspector)
    _add_health(routes, inspector)
    return routes


def _add_networks(routes: Blueprint, inspector: Inspector) -> None:
    @routes.get("/api/models")
    @knows()
    def models() -> Response:
        return revalidated(jsonify({"models": [describe(entry) for entry in inspector.entries]}))

    @routes.get("/api/models/<key>/layers/<layer>/kernel.npy")
    @knows("filter")
    def kernel(key: str, layer: str) -> Response:
        weights, _ = inspector.weights(key, layer)
        chosen = channel(key, inspector.layer(key, layer)) if "filter" in request.args else slice(None)
        return npy(np.ascontiguousarray(weights[..., chosen]))

    @routes.get("/api/models/<key>/layers/<layer>/bias.npy")
    @knows()
    def bias(key: str, layer: str) -> Response:
        return npy(inspector.weights(key, layer)[1])

    @routes.get("/api/models/<key>/weights.npz")
    @knows()
    def weights(key: str) -> Response:
        return npz(inspector.arrays(key))


def _add_digits(routes: Blueprint, inspector: Inspector) -> None:
    count = len(inspector.images)

    @routes.get("/api/digits/<number>")
    @knows()
    def digit(number: str) -> Response:
        index = validation.whole_number(number, "test digit", count)
        label = int(inspector.labels[index])
        told = {"index": index, "label": label, "split": "test", "disputed": dispute(index, label)}
        return revalidated(jsonify(told))

    @routes.get("/api/digits/<number>.npy")
    @knows("perturb", "reference")
    def pixels(number: str) -> Response:
        index = validation.whole_number(number, "test digit", count)
        digit, other = inspector.digit(index, moved()), reference(count)
        return npy((digit if other is None else digit - inspector.digit(other))[..., 0])

    @routes.get("/api/models/<key>/digits/<number>")
    @knows("off", "perturb")
    def verdict(key: str, number: str) -> Response:
        index = validation.whole_number(number, "test digit", count)
        move = moved()
        forward = inspector.forward_pass(key, index, switched_off(inspector), move)
        return revalidated(
            jsonify(
                {
                    "model": key,
                    "sha256": inspector.entry(key).sha256,
                    "digit": index,
                    "label": inspector.label(index, move),
                    "answer": int(answers(forward.logits)),
                    "margin": float(margins(forward.logits)),
                    "logits": forward.logits.tolist(),
                    "probabilities": forward.probabilities.tolist(),
                }
            )
        )

    @routes.get("/api/models/<key>/digits/<number>/layers/<layer>.npy")
    @knows("stage", "filter", "off", "perturb", "reference")
    def tensor(key: str, number: str, layer: str) -> Response:
        stage = validation.stage(request.args)
        index = validation.whole_number(number, "test digit", count)
        described = inspector.layer(key, layer)
        chosen = channel(key, described) if "filter" in request.args else slice(None)
        off, other = switched_off(inspector), reference(count)
        forward = inspector.forward_pass(key, index, off, moved())
        if other is not None:
            forward = forward.minus(inspector.forward_pass(key, other, off))
        return npy(np.ascontiguousarray(forward.tensor(described.name, stage)[..., chosen]))


def _add_pictures(routes: Blueprint, inspector: Inspector) -> None:
    @routes.get("/pictures/<version>/<pair>/<number>/<stage>.bin")
    @knows("off", "perturb", "reference")
    def picture(version: str, pair: str, number: str, stage: str) -> Response:
        require_current(version, inspector)
        keys = parse_pair(pair, inspector.entries)
        count = len(inspector.images)
        index = validation.whole_number(number, "test digit", count)
        off = parse_off(request.args.get("off", ""), of_pair(keys, inspector.entries))
        shown = validation.stage({"stage": stage})
        return gzipped(inspector.picture(keys, index, shown, off, moved(), reference=reference(count)))

    @routes.get("/kernels/<version>/<key>/<layer>/<part>.bin")
    @knows()
    def kernels(version: str, key: str, layer: str, part: str) -> Response:
        require_current(version, inspector)
        number = validation.whole_number(part, "part", inspector.layer(key, layer).channels)
        return gzipped(inspector.kernels(key, layer, number))

    @routes.get("/wall/<version>/verdicts.bin")
    @knows()
    def verdicts(version: str) -> Response:
        require_current(version, inspector)
        return gzipped(inspector.verdicts)

    @routes.get("/wall/<version>/unsure/<key>.bin")
    @knows()
    def unsure(version: str, key: str) -> Response:
        require_current(version, inspector)
        return gzipped(inspector.least_sure(inspector.entry(key).key))

    @routes.get("/wall/<version>/<number>.bin")
    @knows()
    def block(version: str, number: str) -> Response:
        require_current(version, inspector)
        blocks = -(-len(inspector.images) // wall.BLOCK)
        return gzipped(inspector.block(validation.whole_number(number, "block of digits", blocks)))


def _add_health(routes: Blueprint, inspector: Inspector) -> None:
    @routes.get("/healthz")
    @knows()
    def healthz() -> Response:
        return _uncached(jsonify({"status": "alive"}))

    @routes.get("/readyz")
    @knows()
    def readyz() -> Response:
        inspector.ready()
        return _uncached(jsonify({"status": "ready"}))


def switched_off(inspector: Inspector) -> Off:
    """Return the channels that the query switches off, or refuse."""
    return parse_off(request.args.get("off", ""), inspector.entries)


def moved() -> Change | None:
    """Return what the query does to the digit, or refuse."""
    return parse_move(request.args.get("perturb", ""))


def reference(count: int) -> int | None:
    """Return the test digit from which the query asks for the difference, None for none, or refuse."""
    if "reference" not in request.args:
        return None
    return validation.whole_number(request.args["reference"], "test digit to compare with", count)


def dispute(index: int, label: int) -> dict[str, Any] | None:
    """Return what is said against a test digit's label, and by whom; None where nothing is."""
    found = disputed.of(index, label)
    if found is None:
        return None
    return {**asdict(found), "words": found.words, "source": disputed.SOURCE, "doi": disputed.DOI}


def describe(entry: Entry) -> dict[str, Any]:
    """Return what a program wants to know of a network."""
    return {
        "key": entry.key,
        "title": entry.title,
        "architecture": entry.architecture,
        "sha256": entry.sha256,
        "parameters": entry.parameters,
        "multiply_accumulates": sum(layer.multiply_accumulates for layer in entry.layers),
        "checkpoint_bytes": entry.checkpoint.bytes,
        "test": {**asdict(entry.test), "accuracy": entry.test.accuracy},
        "layers": [
            {**layer.to_json(), "filters": layer.channels if layer.kernel_shape else 0}
            for layer in entry.layers
        ],
    }


def require_current(version: str, inspector: Inspector) -> None:
    """Refuse an address that was made for other networks."""
    if version != inspector.version:
        raise not_found("The networks have changed since this page was opened. Reload it.")


def channel(key: str, layer: Layer, part: str = "filter") -> int:
    """Return the map or unit that a part of the request's query names, or refuse."""
    return validation.whole_number(
        request.args.get(part, ""), f"filter of {key} {layer.name}", layer.channels
    )


def npy(values: Floats) -> Response:
    """Return an array as NumPy writes it, which a client may keep as long as it asks again."""
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return revalidated(Response(buffer.getvalue(), mimetype="application/octet-stream"))


def npz(arrays: Mapping[str, Floats]) -> Response:
    """Return arrays in one archive, as NumPy writes it, the same bytes for the same arrays.

    It is not deflated: that takes a fifth to two fifths of a second and saves 7 %.
    """
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return revalidated(Response(buffer.getvalue(), mimetype="application/zip"))


def gzipped(content: bytes) -> Response:
    """Return what is gzipped already and never changes under its address."""
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOR_EVER
    return response


def revalidated(response: Response) -> Response:
    """Give a response the hash of its bytes, and leave the bytes out where the client has them."""
    response.headers["Cache-Control"] = REVALIDATE
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    if response.status_code == 412:
        abort(412)
    return response


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
