"""Networks as they were at a moment of their training, below an address of that moment's own.

What is asked of networks at `…` is asked of them as they were at `/at/<moment>/…`: by the very same routes,
to which another workspace was given. Each request has all networks at its moment while it is answered, and
others at other moments wait; it takes some milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, g

from dashboard.errors import RefusedError, not_found
from dashboard.memory import Forgetful
from dashboard.workspace import Workspace
from models.analysis.rewound import Rewound

PATH = "/at/<moment>"
Question = Callable[[Workspace], Blueprint]


def register(server: Flask, workspace: Workspace, looks: Sequence[Question]) -> None:
    """Answer questions of the networks at every moment that was kept; where none was, nothing is added.

    Args:
        server: Of the workspace's own page.
        workspace: What is open.
        looks: The questions.
    """
    known = workspace.collection
    if not known.timelines:
        return
    networks = Rewound(known.entries, workspace.networks.folder, known.timelines, workspace.networks)
    rewound = replace(workspace, networks=networks, memory=Forgetful())
    for look in looks:
        routes = look(rewound)
        routes.url_value_preprocessor(lambda _, values: _take(values))
        routes.before_request(lambda: _turn(networks))
        routes.teardown_request(_let_go)
        server.register_blueprint(routes, url_prefix=PATH, name=f"{routes.name} at a moment")


def since(workspace: Workspace, moment: str) -> AbstractContextManager[None]:
    """Return within what the networks are as they were at another moment, "" for this one; or refuse."""
    if not moment:
        return nullcontext()
    networks = workspace.networks
    if not isinstance(networks, Rewound):
        raise RefusedError(400, "bad_since", "since only makes sense below an address of a moment.")
    return _at(networks, moment)


def _at(networks: Rewound, moment: str) -> AbstractContextManager[None]:
    """Return within what networks are as they were at a moment, or refuse one that was not kept."""
    try:
        networks.require(moment)
    except KeyError as error:
        raise not_found("Nothing was kept of such a moment of the training.") from error
    return networks.at(moment)


def _take(values: dict[str, Any] | None) -> None:
    """Take the moment from what a route is given."""
    g.moment = (values or {}).pop("moment")


def _turn(networks: Rewound) -> None:
    """Have the networks at the moment that an address names, until it is answered; or refuse."""
    g.turned = ExitStack()
    g.turned.enter_context(_at(networks, g.moment))


def _let_go(_: BaseException | None) -> None:
    if "turned" in g:
        g.turned.close()
