"""Every wire between components; what happens at its ends is elsewhere, and tested there."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from dash.development.base_component import Component

from dashboard.colours import Theme
from dashboard.ids import Id
from dashboard.pages.compare import comparison_view
from dashboard.pair import Pair
from dashboard.panels.comparison import Comparison
from dashboard.validation import comparison_choice
from dashboard.workspace import Workspace

VIEWS = 12  # of Compare that are kept: those of two pairs, with all toggles on both papers
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

    view = lru_cache(VIEWS)(lambda *choice: comparison_view(compared(workspace, *choice)))

    @app.callback(
        Output(Id.COMPARE_PANELS, "children"), Input(Id.COMPARISON, "data-choice"), prevent_initial_call=True
    )
    def compare(stored: Any) -> list[Component]:
        shown: list[Component] = view(*comparison_choice(stored, workspace.entries))
        return shown


def compared(workspace: Workspace, model: str, theme: Theme, pair: Pair = ()) -> Comparison:
    """Return what the panels of Compare draw for a pair, the default one for none, or for one of it."""
    return Comparison.of(workspace.collection, model, theme, pair, elsewhere=workspace.elsewhere)
