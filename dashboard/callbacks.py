"""Every wire between components; what happens at its ends is elsewhere, and tested there."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from dash.development.base_component import Component

from dashboard.colours import Theme
from dashboard.ids import Id
from dashboard.pages.compare import drawings, drawings_id, section_id
from dashboard.pair import Pair
from dashboard.panels.compare import PANELS
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Panel
from dashboard.validation import comparison_choice
from dashboard.workspace import Workspace

CHOICES = 12  # on Compare of which the drawings are kept: two pairs, with all toggles on both papers
CONTROLS = (
    *(Id.FIRST, Id.SECOND, Id.MODEL, Id.SCALE, Id.STAGE),
    *(Id.WALL_LABEL, Id.WALL_WRONG, Id.WALL_SORT),
)  # in the order of assets/js/page/controls.js


def register(app: Dash, workspace: Workspace) -> None:
    """Attach every callback to this app, and to no other."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("convlens", "choose"),
        *(Input(control, "value") for control in CONTROLS),
        prevent_initial_call=True,
    )

    comparison = lru_cache(CHOICES)(lambda *choice: compared(workspace, *choice))
    for panel in PANELS:
        _register_panel(app, panel, comparison, workspace)


def _register_panel(
    app: Dash, panel: Panel, comparison: Callable[..., Comparison], workspace: Workspace
) -> None:
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("convlens", "drawn"),
        Input(drawings_id(panel), "children"),
        prevent_initial_call=True,
    )
    view = lru_cache(CHOICES)(lambda *choice: drawings(panel, comparison(*choice)))

    @app.callback(
        Output(drawings_id(panel), "children"),
        Input(section_id(panel), "data-choice"),
        prevent_initial_call=True,
    )
    def draw(stored: Any) -> list[Component]:
        shown: list[Component] = view(*comparison_choice(stored, workspace.entries))
        return shown


def compared(workspace: Workspace, model: str, theme: Theme, pair: Pair = ()) -> Comparison:
    """Return what the panels of Compare draw for a pair, the default one for none, or for one of it."""
    opened = workspace.opened is not None
    return Comparison.of(
        workspace.collection, model, theme, pair, elsewhere=workspace.elsewhere, opened=opened
    )
