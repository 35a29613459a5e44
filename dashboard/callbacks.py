"""Every wire between components; what happens at its ends is elsewhere, and tested there."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output

from dashboard.ids import Id
from dashboard.inspector import Inspector

CONTROLS = (Id.MODEL, Id.SCALE, Id.STAGE, Id.WALL_LABEL, Id.WALL_WRONG, Id.WALL_SORT)


def register(app: Dash, inspector: Inspector) -> None:
    """Attach every callback to this app, and to no other."""
    for control in CONTROLS:
        app.clientside_callback(
            ClientsideFunction("convlens", f"choose_{control.replace('-', '_')}"),
            Input(control, "value"),
            prevent_initial_call=True,
        )
    app.clientside_callback(
        ClientsideFunction("convlens", "show_controls"),
        *(Output(control, "value") for control in CONTROLS),
        Input(Id.SELECTION, "data"),
    )
