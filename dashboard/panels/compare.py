"""The panels of the page Compare, in reading order."""

from __future__ import annotations

from importlib import import_module

from dashboard.panels.panel import Panel

ORDER = (
    "answer",
    "accuracy",
    "seeds",
    "differences",
    "moves",
    "confusions",
    "classes",
    "calibration",
    "arrangement",
    "history",
    "cost",
)  # a module of this package each, with its PANEL
PANELS: tuple[Panel, ...] = tuple(import_module(f"dashboard.panels.{module}").PANEL for module in ORDER)
