"""What is made of an opened network once, for all who ask; calling loads TensorFlow, importing does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.analysis.attribution_methods import Explainer
    from models.analysis.feature_gradients import Slopes
    from models.engine.probe import Probe


def explainer(probe: Probe) -> Explainer:
    """Return what explains the answers of an opened network."""
    from models.analysis.attribution_methods import Explainer  # noqa: PLC0415 - loads TensorFlow

    return Explainer(probe.opened)


def untrained(probe: Probe) -> Explainer:
    """Return what explains the answers of the same network with random weights."""
    from models.analysis.attribution_methods import Explainer, randomised  # noqa: PLC0415 - loads TensorFlow

    return Explainer(randomised(probe.opened))


def slopes(probe: Probe) -> Slopes:
    """Return what illustrations of an opened network's channels are climbed by."""
    from models.analysis.feature_gradients import Slopes  # noqa: PLC0415 - loads TensorFlow

    return Slopes(probe.opened)
