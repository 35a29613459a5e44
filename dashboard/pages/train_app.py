"""The page of trainings as an app of its own, below a path of the server: Explore carries nothing of it."""

from __future__ import annotations

import json

from dashboard.bundle import TRAIN, script_address
from dashboard.pages import train, train_callbacks
from dashboard.pages.relative import ASSETS, Relative
from dashboard.palettes import DIVERGING, DIVERGING_ON_DARK, SEQUENTIAL
from dashboard.runs import routes
from dashboard.runs.before import Before
from dashboard.runs.runs import Runs
from dashboard.runs.visitor import name_visitors
from dashboard.words.glossary import glossary
from models.datasets.dataset import IMAGE
from models.training.moments import Moments

EXPLAINED = (
    *(
        "epoch",
        "seed",
        "held-out",
        "accuracy",
        "loss",
        "augmentation",
        "dropout",
        "kernel",
        "unit",
        "parameter",
    ),
    *("multiply-accumulate", "batch", "optimiser", "learning rate", "snapshot", "activation function"),
)  # words that are dotted here
COLOURS = {"sequential": SEQUENTIAL, "diverging": DIVERGING, "diverging_on_dark": DIVERGING_ON_DARK}
INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="dark light">
<title>Train · ConvLens</title>
<link rel="icon" href="{%icon%}">
{%css%}
</head>
<body data-page="train">
{%app_entry%}
{%words%}
<script type="application/json" id="facts">{%facts%}</script>
<footer>{%config%}{%scripts%}<script src="{%own%}"></script>{%renderer%}</footer>
</body>
</html>"""


def train_app(runs: Runs, before: Before | None = None) -> Relative:
    """Return the app of all trainings of a server, and of how the networks of its other pages learned."""
    index = INDEX.replace("{%own%}", script_address(ASSETS, TRAIN)).replace("{%facts%}", json.dumps(COLOURS))
    layout, templates = train.page(is_on=runs.is_on, before=before)
    words = glossary(IMAGE, 0).some(EXPLAINED)
    app = Relative(index.replace("{%words%}", templates + words), r".*\.js$")
    app.layout = layout
    train_callbacks.register(app, runs, before)
    name_visitors(app.server, "/")
    app.server.register_blueprint(routes.blueprint(runs, Moments()))
    return app
