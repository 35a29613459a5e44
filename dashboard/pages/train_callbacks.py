"""The wires of the page on which networks are trained; what happens at their ends is elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, get_args

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from flask import request

from dashboard.colours import Theme
from dashboard.errors import RefusedError
from dashboard.pages import train_view
from dashboard.pages.train_form import FIELDS, PRESET, field_id, place_id, preset, settings_of
from dashboard.pages.train_view import NOBODY
from dashboard.runs import worlds
from dashboard.runs.address import Address, index
from dashboard.runs.following import MEASURES, charts, pause
from dashboard.runs.runs import CAN_GO_ON, Action, Run, Runs
from dashboard.runs.visitor import visitor_of
from dashboard.runs.wording import cost_words
from models.training.moments import Moments
from models.training.order import OrderError, ordered

ACTIONS: dict[str, Action] = {"pause": "pause", "go-on": "go_on", "cancel": "cancel"}
FIXED = (
    *("address.search", "digit.value", "with.options", "with.value", "run.hidden", "nothing.hidden"),
    *("name.value", "command.children", "download.href", "when.value"),
)  # of the training that is chosen, in the order of `turned`
LIVE = (
    *("runs.children", "state.children", "settings.children"),
    *("pause.disabled", "go-on.disabled", "cancel.disabled", "delete.disabled", "name.disabled"),
    *(f"{name}.{part}" for part in ("figure", "extendData") for name in MEASURES),
    *("measure.children", "measure.disabled", "opened.hidden", "opened.children", "opened.href"),
    *("seen.data", "moment.data", "when.max", "tick.interval"),
)  # what changes while it goes on, in the order of `followed`
Values = tuple[Any, ...]


def register(app: Dash, runs: Runs, moments: Moments) -> None:
    """Attach every callback to this app, and to no other."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("convlens", "theme"), Output("theme", "data"), Input("theme-button", "n_clicks")
    )
    app.callback(
        [
            *(Output(field_id(name), "value") for name in PRESET),
            *(Output(place_id(name), "hidden") for name in ("kernel", "units")),
        ],
        Input(field_id("architecture"), "value"),
        prevent_initial_call=True,
    )(preset)
    app.callback(Output("order-said", "children"), *(Input(field_id(name), "value") for name in FIELDS))(
        lambda *values: said(values)
    )
    app.callback(
        outputs(FIXED),
        Input("address", "search"),
        *(Input(name, "n_clicks") for name in ("start", "delete")),
        *(Input(name, "value") for name in ("with", "digit", "when")),
        *(State(field_id(name), "value") for name in FIELDS),
    )(lambda search, *sent: turned(runs, ctx.triggered_id, search, sent[2:5], sent[5:]))
    app.callback(
        outputs(LIVE),
        *(Input("tick", "n_intervals"), Input("address", "search"), Input("theme", "data")),
        *(Input(name, "n_clicks") for name in (*ACTIONS, "measure")),
        Input("name", "value"),
        *(State(name, "data") for name in ("seen", "moment")),
    )(lambda _, search, *sent: followed(runs, ctx.triggered_id, search, Sent(sent[0], *sent[-3:])))
    app.callback(Output("strip", "children"), Input("moment", "data"), prevent_initial_call=True)(
        lambda moment: looked(runs, moments, moment)
    )


def outputs(names: Sequence[str]) -> list[Output]:
    """Return the properties that a callback fills, written "component.property"."""
    parts = (each.split(".") for each in names)
    return [Output(component, part) for component, part in parts]


def said(values: Values) -> str:
    """Return how large what is in the form would be, or why it is not trained."""
    try:
        return cost_words(ordered(settings_of(values)))
    except OrderError as error:
        return str(error)


def turned(runs: Runs, cause: Any, search: Any, chosen: Values, values: Values) -> list[Any]:
    """Begin or delete a training if that was asked for; return which is chosen, and what is fixed of it.

    Args:
        runs: All trainings.
        cause: Id of what was used, None where the page was opened.
        search: The query of the page's address.
        chosen: What the training is compared with, which test image it is asked about, and how many
            snapshots before the newest.
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
    elif cause == "when" and address.run:
        address = replace(address, step=_step(runs.get(address.run), index(chosen[2])))
    own = runs.own(visitor)
    if not address.run:
        return [address.query, no_update, [], NOBODY, True, False, no_update, "", "", 0]
    run = runs.get(address.run)
    return [
        *(address.query, address.digit, train_view.others(own, address.run), address.other or NOBODY),
        *(False, True),
        *(run.name, run.order.command, f"api/runs/{run.job.id}/network.keras"),
        _back(run, address.step),
    ]


def _step(run: Run, back: int) -> int | None:
    """Return the steps before a snapshot that lies so many behind the newest; None of that, or of none."""
    kept = run.snapshots.moments if run.snapshots else ()
    return kept[-1 - back].step if 0 < back < len(kept) else None


def _back(run: Run, step: int | None) -> int:
    """Return how many snapshots one lies behind the newest; 0 where there is none of so many steps."""
    steps = [each.step for each in run.snapshots.moments] if run.snapshots else []
    return len(steps) - 1 - steps.index(step) if step in steps else 0


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
        return [
            listed,
            "",
            [],
            *[True] * 5,
            *[no_update] * 4,
            "",
            True,
            True,
            "",
            "",
            None,
            None,
            0,
            pause([], own),
        ]
    shown = [run, *([runs.get(address.other)] if address.other else [])]
    new = charts(shown, _theme(sent.theme), sent.seen)
    return [
        listed,
        train_view.state(run),
        train_view.settings(run, shown[1] if len(shown) > 1 else None),
        *_disabled(run, is_own=runs.is_owner(run, visitor)),
        *(new.figures.get(measure, no_update) for measure in MEASURES),
        *(new.extensions.get(measure, no_update) for measure in MEASURES),
        *train_view.opening(run, worlds.opening_of(runs, run), is_own=runs.is_owner(run, visitor)),
        new.seen,
        _moment(run, address, _theme(sent.theme), sent.moment),
        len(run.snapshots.moments) - 1 if run.snapshots else 0,
        pause(shown, own),
    ]


def acted(runs: Runs, cause: Any, run: str, visitor: str, name: Any) -> Run:
    """Do what was asked of a training, if anything was; return it as it is then."""
    if cause in ACTIONS:
        runs.act(run, ACTIONS[cause], visitor)
    found = runs.get(run)
    if cause == "measure":
        worlds.ask(runs, found, visitor)
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


def _moment(run: Run, address: Address, theme: Theme, before: Any) -> Any:
    """Return which moment of a training is to be seen, if it is another than before."""
    kept, how = run.snapshots, {"digit": address.digit, "theme": theme}
    steps = {each.step for each in kept.moments} if kept else set()
    step = address.step if address.step in steps else None
    now = kept and {"run": run.job.id, "step": kept.at(step).step, **how}
    return no_update if now == before else now


def looked(runs: Runs, moments: Moments, moment: Any) -> list[Any]:
    """Return the pictures of a moment; nothing before there is one, or where it makes no sense."""
    if not isinstance(moment, dict) or not isinstance(moment.get("run"), str):
        return []
    run = runs.get(moment["run"])
    kept, images, digit = run.snapshots, moments.images(run.order), index(moment.get("digit"))
    if kept is None:
        return []
    if digit >= len(images):
        raise RefusedError(400, "digit", f"There is no such test image: there are 0 to {len(images) - 1:,}.")
    step = moment.get("step")
    place = kept.folder, kept.at(step if type(step) is int else None)
    seen = moments.seen(run.job.id, run.order, place, images[digit : digit + 1].inputs[0])
    return train_view.pictures(place[1], seen, images, digit, _theme(moment.get("theme")))
