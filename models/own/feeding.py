"""What pixels become before a network reads them, and in which order its classes stand: no file says it.

Both are found out by what the networks name right, and said, so that whoever knows better can say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.datasets import own
from models.datasets.dataset import Dataset
from models.opening.preprocessing import EXCHANGE, STANDARDISE, WORDS, Preprocessing
from models.own.trial import OTHERWISE, Trial, trial
from models.own.wish import SPANS, Span, written

if TYPE_CHECKING:
    import keras

TRIED = 1_000  # images at most
FEW = 200  # of each set that is shipped, on which it is found out which of them a network learned
LISTED = 12  # classes whose order is written out
UNSURE = 0.05  # the chance above which no way is told to be better than another,
SURE = 0.001  # and below which one is advised
Found = Mapping[Span, Mapping[str, Trial]]  # of every span how each network does


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
    found: Found = {
        each: {key: trial(_spanning(some, each), model) for key, model in models.items()} for each in spans
    }
    best = _best(found)
    for key, title in titles.items():
        now = found[best][key]
        if not span:
            _suggest(_spanning(some, best), models[key], title, now, say)
            guessed = _guessed({each: found[each][key] for each in spans}, best, some)
            say(f"Pixels are fed to {title} as {guessed} --range says it for certain.")
        if order := _other_order(now, images.classes):
            say(
                f"{title} names {now.right:,} of {len(some):,} right, and would name "
                f"{now.most:,} if its classes stood in this order: {order}. "
                "If they did in its training, write them so into a file, one a line, for --classes."
            )
    return _spanning(images, best)


def _best(found: Found) -> Span:
    """Return the span with which most is right, the first of several; or most in another order of classes."""
    best = max(found, key=lambda span: sum(net.most for net in found[span].values()))
    if any(net.is_disordered for net in found[best].values()):
        return best
    return max(found, key=lambda span: sum(net.right for net in found[span].values()))


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


def _guessed(tried: Mapping[Span, Trial], best: Span, some: Dataset) -> str:
    """Return as what pixels are fed, how many of some images were named right so, and otherwise.

    Where the classes stand in another order, how many would be if they stood in the best one is what counts.
    """
    taken = tried[best]
    in_order = "With the classes in the order that fits best, " if taken.is_disordered else ""

    def count(each: Trial) -> int:
        return each.most if taken.is_disordered else each.right

    named = f"{in_order}{count(taken):,} of {len(some):,} {some.noun.many} are named right so"
    others = [
        f"as {written(span)}, {count(each):,}{_weighed(each, taken)}"
        for span, each in tried.items()
        if span != best
    ]
    return f"{written(best)}, as in its training? {named}; {'; '.join(others)}."


def _weighed(other: Trial, taken: Trial) -> str:
    """Return what is to be said of a span that was not taken, "" where it is clearly worse."""
    if taken.is_disordered:
        return ""
    if other.right == taken.right:
        return " too, so that this cannot tell which of them it was"
    if other.chance(taken) > UNSURE:
        return ", too small a difference to tell which of them it was"
    return ", but all networks together fare worse so" if other.right > taken.right else ""


def _suggest(some: Dataset, model: keras.Model, title: str, now: Trial, say: Callable[[str], None]) -> None:
    """Say with which word of keras.applications far more would be right, or with blue first clearly more.

    Args:
        some: Images, of the span that was taken.
        model: The network.
        title: What it is called.
        now: How it does on them.
        say: Is told what was found out.
    """
    if some.spec.channels != 3 or any(each.name in (EXCHANGE, STANDARDISE) for each in model.layers):
        return
    tried = {
        word: trial(_spanning(some, span), model, steps).right
        for word, (span, steps) in WORDS.items()
        if steps
    }
    best = max(tried, key=lambda word: tried[word])
    if tried[best] >= max(OTHERWISE * now.right, now.right + len(some.classes)):
        words, right = f"--preprocess {best}", tried[best]
    else:
        turned = trial(some, model, Preprocessing(order="bgr"))
        if turned.right <= now.right or turned.chance(now) > SURE:
            return
        words, right = "--order bgr", turned.right
    say(
        f"With {words}, {title} would name {right:,} of {len(some):,} right, instead of {now.right:,}: "
        "was it trained so?"
    )


def _other_order(found: Trial, classes: tuple[str, ...]) -> str:
    """Return the classes in the order that would fit far better, "" where theirs fits."""
    if len(classes) > LISTED or not found.is_disordered:
        return ""
    return ", ".join(classes[label] for label in found.order)


def _spanning(images: Dataset, span: Span) -> Dataset:
    """Return images of which networks are fed so; other than they are shipped, they are somebody's own."""
    low, high = span
    if (images.spec.low, images.spec.high) == span:
        return images
    return replace(images, spec=replace(images.spec, low=low, high=high), key=own.KEY)
