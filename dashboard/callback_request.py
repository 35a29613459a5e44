"""Which requests for a callback are answered: those that the page of this very server would send.

Dash takes what was sent as it is, and fails on what its page would not send.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, abort, request
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from dashboard.errors import RefusedError
from dashboard.security import MAX_BODY

PATH = "/_dash-update-component"
SENT = ConfigDict(strict=True, extra="ignore", defer_build=True)


@with_config(SENT)
@dataclass(frozen=True)
class Property:
    """A property of a component; its value is the callback's to read."""

    id: str
    property: str

    def __str__(self) -> str:
        """Return its name, as Dash writes it."""
        return f"{self.id}.{self.property}"


@with_config(SENT)
@dataclass(frozen=True)
class Request:
    """What the page sends for one callback, but for the values.

    Attributes:
        output: The callback's name.
        outputs: The property that it fills, or all of them in order.
        inputs: All that it is called for, in order.
        state: What it reads besides, in order.
        changedPropIds: Which of the inputs it is called for now.
    """

    output: str
    outputs: Property | tuple[Property, ...]
    inputs: tuple[Property, ...]
    state: tuple[Property, ...] = ()
    changedPropIds: tuple[str, ...] = ()  # noqa: N815 - Dash's word

    @classmethod
    def of(cls, output: str, callback: Mapping[str, Any]) -> Request:
        """Return the request for a callback of the app's list, as for the change of all inputs."""
        inputs, state = (
            tuple(Property(str(each["id"]), each["property"]) for each in callback[part])
            for part in ("inputs", "state")
        )
        return cls(output, _filled(output), inputs, state, tuple(map(str, inputs)))

    def fits(self, callback: Request) -> bool:
        """Whether the page would send this for a callback."""
        changed = set(self.changedPropIds) <= set(callback.changedPropIds)
        return changed and replace(self, changedPropIds=callback.changedPropIds) == callback


def _filled(output: str) -> Property | tuple[Property, ...]:
    """Return what a callback fills, by its name; that of several stands between dots.

    >>> [str(each) for each in _filled("..run.hidden...state.children..")]
    ['run.hidden', 'state.children']
    """
    if output.startswith(".."):
        return tuple(Property(*each.rsplit(".", 1)) for each in output[2:-2].split("..."))
    return Property(*output.rsplit(".", 1))


FORM = TypeAdapter(Request)


def check_callbacks(server: Flask, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse every request for a callback that the page of this server would not send.

    Args:
        server: Which has a route for callbacks.
        callbacks: By name, each with "inputs" and "state", lists of {"id", "property"}; those that run here
            and not in the browser also have a "callback".
    """
    here = {name: Request.of(name, each) for name, each in callbacks.items() if "callback" in each}

    def check() -> None:
        if request.path == PATH and request.method == "POST":
            if not request.is_json:
                abort(415)
            sent = request.get_data()
            if request.content_length is None and len(sent) >= MAX_BODY:
                abort(413)  # it was cut off there
            require_known(sent, here)

    server.before_request(check)


def require_known(sent: bytes, callbacks: Mapping[str, Request]) -> None:
    """Refuse a body unless it is the request for one of some callbacks.

    Args:
        sent: What should be JSON.
        callbacks: What the page sends, by the callback's name.

    Raises:
        RefusedError: 400; the page would not send it.
    """
    try:
        body = FORM.validate_json(sent)
    except ValidationError as error:
        raise _unknown() from error
    if body.output not in callbacks or not body.fits(callbacks[body.output]):
        raise _unknown()


def _unknown() -> RefusedError:
    return RefusedError(400, "malformed", "This page sends no such request for a callback.")
