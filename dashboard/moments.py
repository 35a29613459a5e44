"""Networks as they were at a moment of their training, below an address of that moment's own.

What is asked of networks at `…` is asked of them as they were at `/at/<moment>/…`: by the very same routes,
to which another workspace was given. Each request has all networks at its moment while it is answered, and
others at other moments wait; it takes some milliseconds. What takes seconds is asked of networks of its own,
so that nobody who looks waits for it, and in turn, as it is of networks as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, g

from dashboard.errors import RefusedError, not_found
from dashboard.memory import Forgetful, Memory
from dashboard.turns import Turns
from dashboard.workspace import Workspace
from models.analysis.rewound import Rewound
from models.arrays import Floats

PATH = "/at/<moment>"
ASKING = "asking networks of earlier moments"
Question = Callable[[Workspace], Blueprint]


class Apart(Memory):
    """What is remembered of networks at a moment, which is of no other one."""

    def __init__(self, memory: Memory, networks: Rewound) -> None:
        """Keep it in a memory, for networks at whatever moment they are when it is asked."""
        self._memory, self._networks = memory, networks

    def recall(self, name: str) -> bytes | None:
        """Return what was remembered under a name at this moment, None where there is nothing to be had."""
        return self._memory.recall(f"{name}{self._networks.mark}")

    def remember(self, name: str, content: bytes) -> None:
        """Keep content under a name at this moment."""
        self._memory.remember(f"{name}{self._networks.mark}", content)


def register(
    server: Flask, workspace: Workspace, looks: Sequence[Question], explanations: Sequence[Question]
) -> Workspace:
    """Answer questions of the networks at every moment that was kept; where none was, nothing is added.

    Returns what is open with networks that `since` puts at a moment; where none was kept, as it is.

    Args:
        server: Of the workspace's own page.
        workspace: What is open.
        looks: Questions that are answered at once.
        explanations: Questions that take long.
    """
    known = workspace.collection
    if not known.timelines:
        return workspace
    quick, slow = (
        Rewound(known.entries, workspace.networks.folder, known.timelines, workspace.networks)
        for _ in range(2)
    )
    rewound = replace(workspace, networks=quick, memory=Forgetful())
    _answer(server, rewound, quick, looks, nullcontext)
    apart = replace(workspace, networks=slow, memory=Apart(workspace.memory, slow), turns=Turns())
    _answer(server, apart, slow, explanations, lambda: workspace.turns.taken(ASKING))
    return rewound


def _answer(
    server: Flask,
    rewound: Workspace,
    networks: Rewound,
    questions: Sequence[Question],
    turn: Callable[[], AbstractContextManager[None]],
) -> None:
    """Answer questions of a workspace whose networks are at a moment, each within a turn."""
    for question in questions:
        routes = question(rewound)
        routes.url_value_preprocessor(lambda _, values: _take(values))
        routes.before_request(lambda: _turn(networks, turn()))
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


def changed(workspace: Workspace, moment: str, read: Callable[[], Floats]) -> Floats:
    """Return weights less what they were at another moment, as they are for "" in its place; or refuse."""
    now = read()
    if not moment:
        return now
    with since(workspace, moment):
        return now - read()


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


def _turn(networks: Rewound, turn: AbstractContextManager[None]) -> None:
    """Have a turn, and the networks at the moment that an address names, until it is answered; or refuse."""
    moment = _at(networks, g.moment)
    g.turned = ExitStack()
    g.turned.enter_context(turn)
    g.turned.enter_context(moment)


def _let_go(_: BaseException | None) -> None:
    if "turned" in g:
        g.turned.close()
