"""The page of trainings as an app of its own, below a path of the server: Explore carries nothing of it."""

from __future__ import annotations

from dashboard.bundle import TRAIN, script_address
from dashboard.pages import train, train_callbacks
from dashboard.pages.relative import ASSETS, Relative
from dashboard.runs import routes
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
<footer>{%config%}{%scripts%}<script src="{%own%}"></script>{%renderer%}</footer>
</body>
</html>"""


def train_app(runs: Runs) -> Relative:
    """Return the app of all trainings of a server."""
    index = INDEX.replace("{%own%}", script_address(ASSETS, TRAIN))
    app = Relative(index.replace("{%words%}", glossary(IMAGE, 0).some(EXPLAINED)), r".*\.js$")
    app.layout = train.page(is_on=runs.is_on)
    train_callbacks.register(app, runs, Moments())
    name_visitors(app.server, "/")
    app.server.register_blueprint(routes.blueprint(runs))
    return app
