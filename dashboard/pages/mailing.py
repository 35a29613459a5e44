"""A page to mail is made at an address of its own, from what a link to Explore selects."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, request
from werkzeug.test import EnvironBuilder

from dashboard.api.responses import uncached
from dashboard.errors import RefusedError
from dashboard.initial_state import for_page
from dashboard.link import Reader
from dashboard.link_parts import PARTS
from dashboard.mailed import letter
from dashboard.mailed.contents import parcels
from dashboard.mailed.letter import Dress
from dashboard.mailed.view import View
from dashboard.pages import mailed
from dashboard.query import knows
from dashboard.workspace import Workspace

PATH = "/api/page.html"
SLACK = 20_000  # bytes for what is said of the parcels once they are packed
ADDRESSES = ("plotly", "image_types")  # facts of what such a page has not
LAYERS = "layers"  # of large networks, that were in sight
PICTURE = "the picture"


def view(
    workspace: Workspace, rewound: Workspace, known: Mapping[str, Any], dress: Callable[[], Dress]
) -> Callable[[], Response]:
    """Return the view of the address at which pages to mail are made.

    Args:
        workspace: What is open.
        rewound: The same with networks that can be put at a moment.
        known: The facts of every page.
        dress: Returns program and style as they are now.
    """

    @knows(*PARTS, LAYERS)
    def made() -> Response:
        shown = replace(_read(workspace, request.args), rewound=rewound)
        html = write(shown, known, dress(), ask)
        response = Response(html, mimetype="text/html")
        response.headers["Content-Disposition"] = f'attachment; filename="{mailed.file_name(shown)}"'
        return uncached(response)

    return made


def _read(workspace: Workspace, query: Mapping[str, str]) -> View:
    """Return the view that a request asks for, or refuse what makes no sense in it."""
    link = {part: text for part, text in query.items() if part != LAYERS}
    reader = Reader("/", link, workspace.collection, workspace.opening_digit)
    selection = reader.read()
    if reader.complaints:
        raise RefusedError(400, "bad_view", reader.complaints[0])
    return View.of(workspace, selection, tuple(filter(None, query.get(LAYERS, "").split(","))))


def write(view: View, known: Mapping[str, Any], dress: Dress, ask: Callable[[str], bytes]) -> str:
    """Return a page to mail, or refuse one whose picture alone would be too large.

    Args:
        view: What it shows.
        known: The facts of every page.
        dress: Program and style.
        ask: Returns the body of the answer at an address.
    """
    day, title = datetime.now(UTC).date(), f"{mailed.title(view)} · ConvLens"

    def page(marks: Mapping[str, Any], left_out: Mapping[str, Sequence[str]], texts: Sequence[str]) -> str:
        body = mailed.body(view, left_out, day, dress.release)
        return letter.write(title, body, facts(view, known, marks), texts, dress)

    room = letter.MOST - SLACK - len(page({}, {}, ()).encode())
    found = letter.pack(parcels(view, ask), room)
    if PICTURE in found.left_out:
        raise RefusedError(400, "too_large", f"This view alone takes more than {letter.MOST / 1e6:g} MB.")
    return page(found.marks, {"maps": view.without, **found.left_out}, found.parcels)


def facts(view: View, known: Mapping[str, Any], explained: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the script of a page to mail has to know: the networks shown, and what it holds of them.

    Args:
        view: What it shows.
        known: The facts of every page.
        explained: Of which channels it holds the arithmetic, by layer.
    """
    selection, labels = view.selection, view.workspace.labels
    images = {selection.digit, *(() if selection.reference is None else (selection.reference,))}
    nothing = replace(selection, layer="", filter=None, cell=None, slice=None, against=None)
    kept = selection if selection.layer in explained else nothing
    told = {each: value for each, value in known.items() if each not in ADDRESSES}
    return {
        **for_page(told, kept, []),
        "block": 1,  # each image has an address of its own
        "models": [model for model in known["models"] if model["key"] in selection.pair],
        "disputed": {image: words for image, words in known["disputed"].items() if image in images},
        "mailed": {
            "explained": explained,
            "layers": view.layers,
            "labels": {image: int(labels[image]) for image in images},
        },
    }


def ask(address: str) -> bytes:
    """Return the body of this server's own answer at an address, without the slash at the root; or refuse."""
    server, asked = current_app, EnvironBuilder(f"/{address}", base_url=request.host_url)
    with server.app_context(), server.request_context(asked.get_environ()):
        refused = server.preprocess_request()  # which has the networks at the moment of the address
        response = server.make_response(server.dispatch_request() if refused is None else refused)
    body = response.get_data()
    return gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body
