"""The page of trainings as an app of its own, below a path of the server: Explore carries nothing of it."""

from __future__ import annotations

from dashboard.bundle import TRAIN, script_address
from dashboard.pages import train, train_callbacks
from dashboard.pages.relative import ASSETS, Relative
from dashboard.runs import routes
from dashboard.runs.runs import Runs
from dashboard.runs.visitor import name_visitors
from models.training.moments import Moments

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
<footer>{%config%}{%scripts%}<script src="{%own%}"></script>{%renderer%}</footer>
</body>
</html>"""


def train_app(runs: Runs) -> Relative:
    """Return the app of all trainings of a server."""
    app = Relative(INDEX.replace("{%own%}", script_address(ASSETS, TRAIN)), r".*\.js$")
    app.layout = train.page(is_on=runs.is_on)
    train_callbacks.register(app, runs, Moments())
    name_visitors(app.server, "/")
    app.server.register_blueprint(routes.blueprint(runs))
    return app
