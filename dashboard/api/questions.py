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
    images,
    models,
    opened,
    pictures,
    projection,
    readings,
    tuning,
    wall,
)
from dashboard.workspace import Workspace

QUESTIONS: tuple[Callable[[Workspace], Blueprint], ...] = (
    models.blueprint,
    images.blueprint,
    activations.blueprint,
    pictures.blueprint,
    wall.blueprint,
    arithmetic.blueprint,
    channels.blueprint,
    filters.blueprint,
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
