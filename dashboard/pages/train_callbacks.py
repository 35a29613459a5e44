"""The wires of the page on which networks are trained; what happens at their ends is elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, get_args

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from flask import request

from dashboard.colours import Theme
from dashboard.pages import train_view
from dashboard.pages.train_form import FIELDS, PRESET, field_id, place_id, preset, settings_of
from dashboard.pages.train_view import NOBODY, known
from dashboard.runs import worlds
from dashboard.runs.address import Address, index
from dashboard.runs.before import Before
from dashboard.runs.following import MEASURES, charts, pause
from dashboard.runs.runs import CAN_GO_ON, Action, Run, Runs
from dashboard.runs.visitor import visitor_of
from dashboard.runs.wording import cost_words
from models.training.order import OrderError, seeded

ACTIONS: dict[str, Action] = {"pause": "pause", "go-on": "go_on", "cancel": "cancel"}
MEASURING = {"measure": worlds.ask, "stop": worlds.stop}
FIXED = (
    *("address.search", "digit.value", "with.options", "with.value", "run.hidden", "nothing.hidden"),
    *("name.value", "command.children", "download.href"),
)  # of the training that is chosen, in the order of `turned`
LIVE = (
    *("runs.children", "state.children", "settings.children"),
    *("pause.disabled", "go-on.disabled", "cancel.disabled", "delete.disabled", "name.disabled"),
    *(f"{name}.{part}" for part in ("figure", "extendData") for name in MEASURES),
    *("measure.children", "measure.disabled", "opened.hidden", "opened.children", "opened.href"),
    *("stop.hidden", "both.hidden", "both.href", "download.hidden"),
    *("seen.data", "moment.data", "tick.interval"),
)  # what changes while it goes on, in the order of `followed`
Values = tuple[Any, ...]


def register(app: Dash, runs: Runs, before: Before | None) -> None:
    """Attach every callback to this app, and to no other."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("convlens", "paper"), Output("paper", "data"), Input("paper", "id")
    )
    app.callback(
        [
            *(Output(field_id(name), "value") for name in PRESET),
            *(Output(place_id(name), "hidden") for name in ("kernel", "units")),
        ],
        Input(field_id("architecture"), "value"),
        prevent_initial_call=True,
    )(preset)
    app.callback(
        outputs(("order-said.children", "start.disabled")),
        *(Input(field_id(name), "value") for name in FIELDS),
    )(lambda *values: said(runs, values))
    app.callback(
        outputs(FIXED),
        Input("address", "search"),
        *(Input(name, "n_clicks") for name in ("start", "delete")),
        *(Input(name, "value") for name in ("with", "digit")),
        *(State(field_id(name), "value") for name in FIELDS),
    )(lambda search, *sent: turned(runs, used("start", "delete"), search, sent[2:4], sent[4:]))
    app.callback(
        outputs(LIVE),
        *(Input("tick", "n_intervals"), Input("address", "search"), Input("paper", "data")),
        *(Input(name, "n_clicks") for name in (*ACTIONS, *MEASURING)),
        Input("name", "value"),
        *(State(name, "data") for name in ("seen", "moment")),
    )(lambda _, search, *sent: followed(runs, used(*ACTIONS, *MEASURING), search, Sent(sent[0], *sent[-3:])))
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("convlens", "moment"), Input("moment", "data")
    )
    if before and before.names:
        app.callback(Output("known", "children"), Input("paper", "data"), Input("address", "search"))(
            lambda theme, search: no_update if Address.read(search).run else known(before, _theme(theme))
        )
    if before and before.became:
        app.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction("convlens", "became"), Input("kept", "data")
        )


def outputs(names: Sequence[str]) -> list[Output]:
    """Return the properties that a callback fills, written "component.property"."""
    parts = (each.split(".") for each in names)
    return [Output(component, part) for component, part in parts]


def said(runs: Runs, values: Values) -> tuple[str, bool]:
    """Return how large what is in the form would be, or why it is not trained; and whether it cannot be."""
    try:
        orders = seeded(settings_of(values))
    except OrderError as error:
        return str(error), False  # who asks for it nevertheless is told more loudly
    lack = runs.lack(orders[0])
    return lack or cost_words(orders), bool(lack)


def turned(runs: Runs, cause: Any, search: Any, chosen: Values, values: Values) -> list[Any]:
    """Begin or delete a training if that was asked for; return which is chosen, and what is fixed of it.

    Args:
        runs: All trainings.
        cause: Id of what was used, None where the page was opened.
        search: The query of the page's address.
        chosen: What the training is compared with, and which test image it is asked about.
        values: What stands in the form.
    """
    address, visitor = Address.read(search), visitor_of(request)
    if cause == "start":
        address = Address(runs.start(settings_of(values), visitor))
    elif cause == "delete":
        runs.act(address.run, "delete", visitor)
        address = Address()
    elif cause == "with":
        address = Address.read(replace(address, other=str(chosen[0])[:40]).query)
    elif cause == "digit":
        address = replace(address, digit=index(chosen[1]))
    own = runs.own(visitor)
    if not address.run:
        return [address.query, no_update, [], NOBODY, True, False, no_update, "", ""]
    run, other = runs.get(address.run), runs.get(address.other) if address.other else None
    return [
        *(address.query, address.digit, train_view.others(own, address.run, other), address.other or NOBODY),
        *(False, True),
        *(run.name, run.order.command, f"api/runs/{run.job.id}/network.keras"),
    ]


def used(*buttons: str) -> Any:
    """Return the id of what a request came of: where more came together, that of the button among them."""
    pressed = (each for each in ctx.triggered_prop_ids.values() if each in buttons)
    return next(pressed, ctx.triggered_id)


class Sent(NamedTuple):
    """What the browser sends with every look at a training; all of it may be anything."""

    theme: Any
    name: Any
    seen: Any
    moment: Any


def followed(runs: Runs, cause: Any, search: Any, sent: Sent) -> list[Any]:
    """Do what was asked of the chosen training; return what has changed of it, and of the list.

    Args:
        runs: All trainings.
        cause: Id of what was used.
        search: The query of the page's address.
        sent: The rest.
    """
    address, visitor = Address.read(search), visitor_of(request)
    run = acted(runs, cause, address.run, visitor, sent.name) if address.run else None
    own = runs.own(visitor)
    listed = train_view.listed(own, address.run)
    if run is None:
        unmeasured = ["", True, True, "", "", True, *train_view.beside(None, None), True]
        return [listed, "", [], *[True] * 5, *[no_update] * 4, *unmeasured, None, None, pause([], own)]
    found, is_own = worlds.opening_of(runs, run), runs.is_owner(run, visitor)
    shown = [run, *([runs.get(address.other)] if address.other else [])]
    alike = [worlds.opening_of(runs, each) for each in shown[1:] if each.order.dataset == run.order.dataset]
    new, moment = charts(shown, _theme(sent.theme), sent.seen), _moment(run, address)
    return [
        listed,
        train_view.state(run, found),
        train_view.settings(run, shown[1] if len(shown) > 1 else None),
        *_disabled(run, is_own=is_own),
        *(new.figures.get(measure, no_update) for measure in MEASURES),
        *(new.extensions.get(measure, no_update) for measure in MEASURES),
        *train_view.opening(run, found, is_own=is_own),
        *train_view.beside(found, *alike or [None]),
        moment is None,
        new.seen,
        no_update if cause == "tick" and moment == sent.moment else moment,  # else what is sent may be old
        pause(shown, own, is_measured=bool(found and found.busy)),
    ]


def acted(runs: Runs, cause: Any, run: str, visitor: str, name: Any) -> Run:
    """Do what was asked of a training, if anything was; return it as it is then."""
    if cause in ACTIONS:
        runs.act(run, ACTIONS[cause], visitor)
    found = runs.get(run)
    if cause in MEASURING:
        MEASURING[cause](runs, found, visitor)
    if cause == "name" and isinstance(name, str) and name != found.name:
        runs.rename(run, name, visitor)
        return runs.get(run)
    return found


def _theme(theme: Any) -> Theme:
    themes: Sequence[Theme] = get_args(Theme)
    return next((each for each in themes if each == theme), themes[0])


def _disabled(run: Run, *, is_own: bool) -> list[bool]:
    """Return whether pause, go on, cancel, delete and name cannot be used now."""
    can = (
        run.is_busy,
        run.job.state in CAN_GO_ON,
        run.is_busy or run.job.state in ("paused", "cut-off"),
        run.job.state != "running",
        True,
    )
    return [not (is_own and each) for each in can]


def _moment(run: Run, address: Address) -> dict[str, Any] | None:
    """Return which moments a training has and which is to be seen, null for the newest; None without any."""
    kept = run.snapshots
    steps = [each.step for each in kept.moments] if kept else []
    step = address.step if address.step in steps else None
    return {"run": run.job.id, "steps": steps, "step": step, "digit": address.digit} if steps else None
