"""From a workspace and settings to an app; as many in one process as one likes."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, jsonify, request
from markupsafe import escape
from werkzeug.test import EnvironBuilder, run_wsgi_app

from dashboard import moments, security, unavailable
from dashboard.api.questions import EXPLANATIONS, LOOKS, QUESTIONS
from dashboard.base import answer_below
from dashboard.bundle import MAILED, STYLE, release, script_address, style_address
from dashboard.callback_request import check_callbacks
from dashboard.callbacks import register
from dashboard.colours import hues
from dashboard.compression import compress
from dashboard.errors import RefusedError, not_found
from dashboard.exhibits import listed, show
from dashboard.initial_state import for_page, initial_state
from dashboard.link import Reader
from dashboard.mailed.letter import Dress
from dashboard.mounted import mount, mount_each
from dashboard.pages import mailing, words
from dashboard.pages.page import page
from dashboard.pages.relative import ASSETS, ICON, MARKED, Relative
from dashboard.pages.train_app import train_app
from dashboard.query import check_queries
from dashboard.runs.before import before
from dashboard.runs.runs import Runs
from dashboard.runs.worlds import assembled
from dashboard.selection import PAGES
from dashboard.settings import Settings
from dashboard.words.glossary import glossary
from dashboard.workspace import Workspace
from jobs.engine import Jobs
from models.datasets.dataset import DataError, ImageSpec
from models.store.artefact import CheckpointError
from models.store.entry import Entry
from models.store.exhibits import Exhibit

log = logging.getLogger(__name__)

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="dark light">
<title>{%title%}</title>
<link rel="icon" href="{%icon%}">
{%css%}
<style>{%hues%}</style>
<link rel="preload" href="_dash-layout" as="fetch" crossorigin="anonymous">
<link rel="preload" href="_dash-dependencies" as="fetch" crossorigin="anonymous">
</head>
<body>
{%app_entry%}
{%templates%}
<script type="application/json" id="facts">{%facts%}</script>
<footer>{%config%}<script src="{%own%}"></script>{%scripts%}{%renderer%}</footer>
</body>
</html>"""


BROKEN = """<!DOCTYPE html>
<html lang="en">
<head><title>ConvLens cannot start</title><meta name="color-scheme" content="dark light"></head>
<body><h1>ConvLens cannot start</h1><p role="alert">{}</p>\
<p>Then stop ConvLens and start it again. Its log says the same.</p></body></html>"""


TRAIN, RUNS = "train", "runs"  # paths: of the page of trainings, and below it of their networks
WORLDS = 2  # of these networks that stay awake in each process
SOURCE = re.compile('src="([^"]+)"')
LATER = "/dash/dcc/"  # components that Compare alone uses, which loads them


class Page(Relative):
    """A Dash app whose first answer already carries what the browser has to know."""

    workspace: Workspace
    known: dict[str, Any]
    own: str
    templates: str

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        """Return the page with the facts and what its address selects."""
        query = request.args
        doubled = [part for part, values in query.lists() if len(values) > 1]
        reader = Reader(request.path, query, self.workspace.collection, self.workspace.opening_digit, doubled)
        selection = reader.read()
        scripts = parts["scripts"].splitlines()
        found = (SOURCE.search(each) for each in scripts if LATER in each)
        later = [MARKED.sub("./", each[1]) for each in found if each]
        parts["scripts"] = "\n".join(each for each in scripts if LATER not in each)
        known = for_page({**self.known, "later": later}, selection, reader.complaints)
        told = json.dumps(known, separators=(",", ":"))
        html = super().interpolate_index(**parts).replace("{%own%}", self.own)
        html = html.replace("{%templates%}", self.templates)
        html = html.replace("{%hues%}", own_rules(self.workspace.entries, self.workspace.spec))
        return html.replace("{%facts%}", told.replace("<", "\\u003c"))


def create_app(
    workspace: Workspace,
    settings: Settings,
    exhibits: Sequence[Exhibit] = (),
    shown: Exhibit | None = None,
    train: str = "",
) -> Page:
    """Return the app; the networks begin to wake as soon as it has been asked for its page once.

    Args:
        workspace: What is open.
        settings: What was set.
        exhibits: All that is shown at this server, the one at its root first.
        shown: The one of them that is open in this workspace.
        train: Where networks are trained, from its pages; "" where that is below them.
    """
    app = Page(INDEX, r".*\.js$|train\.css$")  # the page names its script itself
    app.workspace, app.known = workspace, initial_state(workspace)
    listing = listed(exhibits, shown)
    app.layout, app.templates = page(workspace.entries, workspace.test, listing, train or f"{TRAIN}/")
    register(app, workspace)
    server: Flask = app.server
    for question in QUESTIONS:
        server.register_blueprint(question(workspace))
    _add_pages(app, moments.register(server, workspace, LOOKS, EXPLANATIONS))
    keep_old_addresses(server)
    _guard(app, settings)
    if not train:
        mount(server, TRAIN, partial(_opened_trainings, settings, workspace))
    if exhibits and shown == exhibits[0]:
        show(server, exhibits[1:], partial(_opened, settings, exhibits))
    answer_below(server, settings.base_path)
    warm(server, settings)
    return app


def _guard(app: Relative, settings: Settings) -> None:
    """Refuse in a sentence what cannot be answered, and press what can."""
    server: Flask = app.server
    unavailable.say_so(server, settings.discreet)
    server.register_error_handler(InvalidResourceError, _no_such_file)
    server.register_error_handler(DependencyException, _no_such_file)
    security.protect(server, settings.trusted_hosts, app.csp_hashes(), settings.frame_ancestors)
    check_callbacks(server, app.callback_map)
    check_queries(server)
    compress(server)


def _add_pages(app: Page, rewound: Workspace) -> None:
    """Answer for every page, and for what it is made of; one to mail may be of networks at a moment."""
    server, test = app.server, app.workspace.test
    app.own = script_address(ASSETS)
    for path in PAGES:
        if path != "/":  # which Dash has itself
            server.add_url_rule(path, path, app.index)
    told = glossary(test.noun, len(test))
    server.add_url_rule(words.PATH, "words", words.view(told, style_address(ASSETS), ICON))
    made = mailing.view(app.workspace, rewound, app.known, lambda: dress(app.workspace))
    server.add_url_rule(mailing.PATH, "page to mail", made)


def _opened(settings: Settings, exhibits: Sequence[Exhibit], shown: Exhibit) -> Flask:
    """Return the server of an exhibit that is not at the root; its networks begin to wake."""
    within = replace(settings, checkpoints=shown.folder, base_path="/")  # which the first one takes away
    try:
        workspace = Workspace.open(within)
        app = create_app(workspace, within, exhibits, shown, train=f"../{TRAIN}/")
    except (CheckpointError, DataError) as error:
        log.error("exhibit not opened", extra={"exhibit": shown.key, "fault": str(error)})
        return broken_server(settings.discreet(str(error)), settings)
    workspace.networks.wake()
    server: Flask = app.server
    return server


def _opened_trainings(settings: Settings, workspace: Workspace) -> Flask:
    """Return the server of the page on which networks are trained."""
    within = replace(settings, base_path="/")  # which the server in front takes away
    runs = Runs(Jobs(settings.jobs_dir, settings.jobs), is_on=settings.training and settings.jobs.is_open)
    app = train_app(runs, before(workspace.collection, workspace.networks.folder))
    _guard(app, within)
    warm(app.server, within, ("/",))
    server: Flask = app.server
    mount_each(server, RUNS, partial(_opened_run, within, workspace, runs), most=WORLDS)
    return server


def _opened_run(settings: Settings, workspace: Workspace, runs: Runs, name: str) -> Flask:
    """Return the server of networks of trainings beside the shipped ones, which begin to wake."""
    within = replace(settings, checkpoints=assembled(runs, name, settings.cache_dir), opened=None)
    own = replace(Workspace.open(within, workspace.memory), turns=workspace.turns)
    own.networks.wake()
    server: Flask = create_app(own, within, train="../../").server
    return server


def keep_old_addresses(server: Flask) -> None:
    """Answer under `/digits/` too what is answered under `/images/`: links of before go on working."""
    for rule in [*server.url_map.iter_rules()]:
        if "/images/" in rule.rule:
            before = rule.rule.replace("/images/", "/digits/")
            server.add_url_rule(before, f"{rule.endpoint} of images", server.view_functions[rule.endpoint])


def dress(workspace: Workspace) -> Dress:
    """Return what pages to mail look and work by."""
    script, style = ((ASSETS / name).read_text(encoding="utf-8") for name in (MAILED, STYLE))
    return Dress(script, (style, own_rules(workspace.entries, workspace.spec)), ICON, release(ASSETS))


def own_rules(entries: Sequence[Entry], spec: ImageSpec) -> str:
    """Return the CSS that gives what belongs to a network its hue, and pictures the form of the images."""
    named = hues(entry.key for entry in entries)
    form = f":root{{--rows:{spec.rows};--columns:{spec.columns}}}"
    return form + "".join(
        f'[data-model="{key}"]{{--hue:light-dark({hue.light},{hue.dark})}}' for key, hue in named.items()
    )


def warm(server: Flask, settings: Settings, pages: Iterable[str] = PAGES) -> None:
    """Ask for the page once: two first requests at the same time gave a blank page (plotly/dash#3971)."""
    host = [("Host", next(iter(settings.trusted_hosts), "localhost"))]
    for path in (*pages, "/_dash-layout", "/_dash-dependencies"):
        run_wsgi_app(server, EnvironBuilder(path, headers=host).get_environ())


def broken_server(sentence: str, settings: Settings) -> Flask:
    """Return a server that can only say what is missing and which command mends it."""
    server = Flask("convlens", static_folder=None)
    server.add_url_rule("/healthz", "healthz", lambda: jsonify({"status": "alive"}))

    def refuse() -> Response | None:
        if request.path in PAGES:
            return Response(BROKEN.format(escape(sentence)), status=503)
        if request.path != "/healthz":
            raise RefusedError(503, "broken", sentence)
        return None

    security.protect(server, settings.trusted_hosts, (), settings.frame_ancestors)
    server.before_request(refuse)
    answer_below(server, settings.base_path)
    return server


def _no_such_file(_: Exception) -> Any:
    return security.refused(not_found("There is no such file."))
