"""What a network that is learning sees of an image at one of its moments, in words and as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.errors import not_found
from dashboard.panels.wording import chance, percent
from dashboard.picture import squeeze
from dashboard.runs import strip
from dashboard.runs.runs import Run
from dashboard.validation import whole_number
from models.arrays import Floats
from models.training import work
from models.training.moments import Moments
from models.training.snapshots import Moment

MOST = 6  # layers whose maps are shown


def body(run: Run, moments: Moments, step: str, digit: str) -> bytes:
    """Return what a snapshot makes of a test image, gzipped, as `strip.pack` writes it; or refuse.

    Args:
        run: The training.
        moments: Open its networks.
        step: As it was written, steps before the snapshot.
        digit: As it was written, index of the image.
    """
    images = moments.images(run.order)
    number = whole_number(digit, "test image", len(images))
    kept = run.snapshots.moments if run.snapshots else ()
    moment = next((each for each in kept if str(each.step) == step), None)
    if moment is None:
        raise not_found("Nothing is kept of this training after so many steps.")
    image = images[number : number + 1]
    seen = moments.seen(run.job.id, run.order, (run.folder / work.SNAPSHOTS, moment), image.inputs[0])
    first = [] if seen.kernels is None else [strip.kernels(seen.first, seen.kernels)]
    layers = [strip.maps(name, values) for name, values in [*seen.maps.items()][:MOST]]
    told = {
        "said": said(moment, seen.probabilities, images.classes),
        "image": f"test image {number}, labelled {images.classes[int(images.labels[number])]}",
    }
    pixels = image.images[0].reshape(images.spec.shape)
    return squeeze(*strip.pack(told, pixels, [*first, *layers]), swift=True)


def said(moment: Moment, probabilities: Floats, classes: Sequence[str]) -> str:
    """Return what a network says of an image at a moment, and how many held-out images it names right."""
    steps = "1 step" if moment.step == 1 else f"{moment.step:,} steps"
    when = "with random weights" if moment.step == 0 else f"after {steps}"
    if not np.isfinite(probabilities).all():
        return f"{when}, it says nothing: what it computes are no numbers"
    best = int(probabilities.argmax())
    answer = f"{when}, it says {classes[best]} ({chance(float(probabilities[best]))})"
    held_out = (moment.model_extra or {}).get("val_accuracy")
    return (
        f"{answer}; {percent(held_out)} of held-out images right" if isinstance(held_out, float) else answer
    )
