"""What pixels become before a network reads them, and in which order its classes stand: no file says it.

Both are found out by what the networks name right, and said, so that whoever knows better can say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.analysis.metrics import confusion
from models.datasets import own
from models.datasets.dataset import Dataset
from models.opening.preprocessing import EXCHANGE, STANDARDISE, WORDS, Preprocessing
from models.own.wish import SPANS, Span, written

if TYPE_CHECKING:
    import keras

TRIED = 1_000  # images at most
FEW = 200  # of each set that is shipped, on which it is found out which of them a network learned
OTHERWISE = 1.5  # times as many right answers in another order of the classes are no chance
LISTED = 12  # classes whose order is written out


@dataclass(frozen=True)
class Trial:
    """How a network does on images that it is fed so.

    Attributes:
        right: Images that it names right.
        most: Those that it would name right if its classes stood in the best order for that.
        order: Number of the label that stands best in the place of each class, (classes,).
    """

    right: int
    most: int
    order: NDArray[np.intp]


def fed(
    images: Dataset,
    span: Span | None,
    models: Mapping[str, keras.Model],
    titles: Mapping[str, str],
    say: Callable[[str], None],
    *,
    tried: int = TRIED,
) -> Dataset:
    """Return images with what a pixel becomes: as was said, or so that the networks fit them best.

    Args:
        images: Of any span.
        span: What was said, None where nothing was.
        models: The networks, by key.
        titles: What each is called.
        say: Is told what was found out.
        tried: Images at most on which it is found out.
    """
    if not images.is_labelled:
        if not span:
            fed_as = f"Pixels are fed to {' and '.join(titles.values())} as {written(SPANS[0])}"
            say(f"{fed_as}: without labels it cannot be found out. --range says it for certain.")
        return _spanning(images, span or SPANS[0])
    some = _some(images, tried)
    spans = (span,) if span else SPANS
    found = {
        each: {key: trial(_spanning(some, each), model) for key, model in models.items()} for each in spans
    }
    best = max(spans, key=lambda each: sum(net.most for net in found[each].values()))
    for key, title in titles.items():
        if not span:
            _suggest(some, models[key], title, found[best][key].right, say)
            right = {each: found[each][key].right for each in spans}
            say(f"Pixels are fed to {title} as {_guessed(right, best, some)} --range says it for certain.")
        if order := _other_order(found[best][key], images.classes):
            say(
                f"{title} names {found[best][key].right:,} of {len(some):,} right, and would name "
                f"{found[best][key].most:,} if its classes stood in this order: {order}. "
                "If they did in its training, write them so into a file, one a line, for --classes."
            )
    return _spanning(images, best)


def best_known(
    several: Sequence[Dataset], span: Span | None, models: Iterable[keras.Model], say: Callable[[str], None]
) -> Dataset:
    """Return the images of which networks name most right, as they fit best; say so where there is a choice.

    Args:
        several: Sets of images, at least one, that all of them read.
        span: What a pixel becomes, None where that is not known.
        models: The networks.
        say: Is told how many of each set are named right.
    """
    if len(several) == 1:
        return several[0]
    nets, spans, right = [*models], (span,) if span else SPANS, list[int]()
    few = [_some(images, FEW) for images in several]
    for some in few:
        right.append(max(sum(trial(_spanning(some, each), net).right for net in nets) for each in spans))
    best = several[right.index(max(right))]
    told = (
        f"{count:,} of {len(nets) * len(some):,} answers to {some.title}"
        for count, some in zip(right, few, strict=True)
    )
    say(f"Without --images {best.title} is opened: right are {' and '.join(told)}.")
    return best


def _some(images: Dataset, most: int) -> Dataset:
    """Return at most so many of images, evenly from all of them."""
    return images[:: -(-len(images) // most)]


def _guessed(right: Mapping[Span, int], best: Span, some: Dataset) -> str:
    """Return as what pixels are fed, and how many of some images were named right so, and otherwise."""
    others = ", ".join(f"as {written(each)}, {count:,}" for each, count in right.items() if each != best)
    named = f"{right[best]:,} of {len(some):,} {some.noun.many} are named right so"
    return f"{written(best)}, as in its training? {named}; {others}."


def _suggest(some: Dataset, model: keras.Model, title: str, right: int, say: Callable[[str], None]) -> None:
    """Say with which word of keras.applications far more images would be named right, if with any."""
    if some.spec.channels != 3 or any(each.name in (EXCHANGE, STANDARDISE) for each in model.layers):
        return
    tried = {
        word: trial(_spanning(some, span), model, steps).right
        for word, (span, steps) in WORDS.items()
        if steps
    }
    best = max(tried, key=lambda word: tried[word])
    if tried[best] >= max(OTHERWISE * right, right + len(some.classes)):
        say(
            f"With --preprocess {best}, {title} would name {tried[best]:,} of {len(some):,} right, instead "
            f"of {right:,}: was it trained so?"
        )


def trial(images: Dataset, model: keras.Model, steps: Preprocessing | None = None) -> Trial:
    """Return how a network does on images, if this is done to them first.

    The best order of the classes is the assignment of most right answers (Kuhn 1955, as scipy has it).
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - takes a second

    from models.engine.probe import Probe  # noqa: PLC0415 - loads TensorFlow

    inputs = steps.of(images.inputs) if steps else images.inputs
    counts = confusion(Probe(model).logits_without(inputs, {}), images.labels)  # label × answer
    answers, labels = linear_sum_assignment(counts.T, maximize=True)
    return Trial(int(counts.trace()), int(counts.T[answers, labels].sum()), labels)


def _other_order(found: Trial, classes: tuple[str, ...]) -> str:
    """Return the classes in the order that would fit far better, "" where theirs fits."""
    if len(classes) > LISTED or found.most < max(OTHERWISE * found.right, found.right + len(classes)):
        return ""
    return ", ".join(classes[label] for label in found.order)


def _spanning(images: Dataset, span: Span) -> Dataset:
    """Return images of which networks are fed so; other than they are shipped, they are somebody's own."""
    low, high = span
    if (images.spec.low, images.spec.high) == span:
        return images
    return replace(images, spec=replace(images.spec, low=low, high=high), key=own.KEY)
