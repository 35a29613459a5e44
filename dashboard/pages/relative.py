"""A page of Dash whose addresses are all relative to its own, wherever a proxy puts it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, redirect

from dashboard.initial_state import PLOTLY

ASSETS = Path(__file__).parents[2] / "assets"
PLOTLY_OF_DASH = "/_dash-component-suites/plotly/package_data/plotly.min.js"  # of which ours is a third
EVERY_PATH = "/<path:path>"  # a rule of Dash's
# Dash writes addresses from the root of the server, with a prefix that it is told once. It is told this mark,
# in whose place the page has its own folder: so they lie under whatever prefix a proxy gives them (base.py).
MARK = "/.here/"
MARKED = re.compile(re.escape(MARK) + "|" + re.escape(MARK.replace("/", r"\u002f")))  # in HTML, and in JSON
# Together 0.15 MB (zstd) on a first visit of 0.50 MB, which may take 0.6; Dash has no setting for it.
UNUSED = ("/deps/polyfill@", "/dash_table/")  # what old browsers lack; components that are not used
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 6 6'%3E"
    "%3Cpath fill='%23101418' d='M0 0h6v6H0z'/%3E"
    "%3Cpath fill='%2356bdea' d='M1 1h2v2H1z'/%3E%3Cpath fill='%23f0953f' d='M3 3h2v2H3z'/%3E%3C/svg%3E"
)  # in the page itself: browsers ask for an icon's address anew at every step of the history


class PagesOnly(Flask):
    """Serves the pages that there are, and no folder of files.

    Dash adds a rule that answers every path with its page: a mistyped address would open Explore, and a wrong
    method at an address that nobody has would be refused for its method.
    """

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Add a rule, but not the one for every path."""
        if rule != EVERY_PATH:
            super().add_url_rule(rule, *args, **options)


class Relative(Dash):
    """A Dash app with a server of its own, whose page names nothing by its whole path."""

    def __init__(self, index: str, ignored: str) -> None:
        """Make it without a layout.

        Args:
            index: The document, with Dash's places.
            ignored: Names of files in `assets` that the document names itself, or has no use for.
        """
        super().__init__(
            "convlens",
            server=PagesOnly("convlens", static_folder=None),  # type: ignore[arg-type] # as Dash documents it
            assets_folder=str(ASSETS),
            assets_ignore=ignored,
            assets_path_ignore=["css"],  # of which the one sheet beside is made
            title="ConvLens",
            update_title="",
            compress=False,
            use_async=False,
            serve_locally=True,
            requests_pathname_prefix=MARK,
            routes_pathname_prefix="/",
            index_string=index,
            meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        )
        self.server.add_url_rule(PLOTLY_OF_DASH, "plotly", lambda: redirect(f"../../../{PLOTLY}"))

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        """Return the document."""
        parts = {name: MARKED.sub("./", part) for name, part in parts.items()}
        scripts = parts["scripts"].splitlines()
        parts["scripts"] = "\n".join(each for each in scripts if not any(part in each for part in UNUSED))
        html: str = super().interpolate_index(**parts)  # type: ignore[no-untyped-call]
        return html.replace("{%icon%}", ICON)
