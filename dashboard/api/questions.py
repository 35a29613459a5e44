"""All questions that have a URL: one file each, and one line here."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint

from dashboard.api import (
    ablation,
    activations,
    adversarial,
    arithmetic,
    attribution,
    channels,
    drawings,
    feature_visualisation,
    filters,
    health,
    history,
    images,
    models,
    opened,
    pictures,
    programs,
    projection,
    readings,
    tuning,
    wall,
    weights,
)
from dashboard.workspace import Workspace

QUESTIONS: tuple[Callable[[Workspace], Blueprint], ...] = (
    models.blueprint,
    weights.blueprint,
    images.blueprint,
    activations.blueprint,
    pictures.blueprint,
    wall.blueprint,
    arithmetic.blueprint,
    programs.blueprint,
    channels.blueprint,
    filters.blueprint,
    history.blueprint,
    ablation.blueprint,
    projection.blueprint,
    feature_visualisation.blueprint,
    tuning.blueprint,
    attribution.blueprint,
    adversarial.blueprint,
    readings.blueprint,
    drawings.blueprint,
    opened.blueprint,
    health.blueprint,
)

LOOKS: tuple[Callable[[Workspace], Blueprint], ...] = (
    weights.blueprint,
    activations.blueprint,
    pictures.blueprint,
    arithmetic.blueprint,
)  # that are answered of the networks at any moment of their training, too

EXPLANATIONS: tuple[Callable[[Workspace], Blueprint], ...] = (
    attribution.blueprint,
    adversarial.blueprint,
)  # likewise, but not at once
