"""What there is of a training has URLs: its network, what it told, and what it sees at a moment."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, jsonify

from dashboard.api.responses import gzipped, uncached
from dashboard.errors import RefusedError, not_found
from dashboard.query import knows
from dashboard.runs import seen
from dashboard.runs.runs import Run, Runs
from models.training import work
from models.training.moments import Moments
from models.training.snapshots import SnapshotError


def blueprint(runs: Runs, moments: Moments) -> Blueprint:
    """Return the routes of trainings, whose networks are opened by `moments`."""
    routes = Blueprint("runs", __name__)

    @routes.get("/api/runs/<run>/network.keras")
    @knows()
    def network(run: str) -> Response:
        found = runs.get(run)
        response = Response(network_of(found), mimetype="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="convlens-{found.job.id[:8]}.keras"'
        return uncached(response)

    @routes.get("/api/runs/<run>/events")
    @knows()
    def events(run: str) -> Response:
        return uncached(jsonify({"events": list(runs.get(run).events)}))

    @routes.get("/api/runs/<run>/moments/<step>/<number>.bin")
    @knows()
    def moment(run: str, step: str, number: str) -> Response:
        return uncached(gzipped(seen.body(runs.get(run), moments, step, number)))

    return routes


def network_of(run: Run) -> bytes:
    """Return the network that was kept, or the newest snapshot while there is none; or refuse."""
    try:
        return (run.folder / work.MODEL).read_bytes()
    except FileNotFoundError:
        kept = run.snapshots
    if kept is None:
        raise not_found("Nothing is written down of this training yet.")
    try:
        with TemporaryDirectory() as folder:
            return kept.pack(kept.at(), Path(folder)).read_bytes()
    except SnapshotError as error:
        raise RefusedError(503, "snapshot", str(error)) from error
