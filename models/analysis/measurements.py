"""All that is measured on networks and lies beside their checkpoints: one line each."""

from __future__ import annotations

from typing import Any

from models.analysis import channel_statistics, colours, novelty, projection, robustness, tuning
from models.analysis.measurement import Measurement

MEASUREMENTS: tuple[Measurement[Any], ...] = (
    channel_statistics.MEASUREMENT,
    projection.MEASUREMENT,
    robustness.MEASUREMENT,
    tuning.MEASUREMENT,
    novelty.MEASUREMENT,
    colours.MEASUREMENT,
)
