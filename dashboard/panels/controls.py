"""What else differs between networks, and which network controls for it: a cause is named only alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from dashboard.panels.comparison import Comparison
from dashboard.panels.sentences import Sentence, either, mistakes, over_trainings, words
from dashboard.panels.wording import count, percent
from dashboard.runs.wording import OPTIMIZERS
from models.analysis.metrics import score
from models.store.entry import Entry

Recipe = Mapping[str, Any]
ALIKE = 0.02  # relative difference in parameters that is none


def sizes_are_alike(one: Entry, other: Entry) -> bool:
    """Return whether two networks have as many parameters, to 2 %."""
    return abs(one.parameters - other.parameters) <= ALIKE * max(one.parameters, other.parameters)


def matched(comparison: Comparison) -> tuple[tuple[Entry, Entry, Entry], ...]:
    """Return the networks that control for size: each with the one it is like, and the one it is as large as.

    Such a network has layers of the kinds of one of the pair and was trained by the same recipe, but is as
    large as the other; it differs from the first in its size alone, and so tells what size alone does. There
    is none where both of the pair have one size, or layers of the same kinds.
    """
    if len(comparison.pair) < 2 or sizes_are_alike(*comparison.pair):
        return ()
    both = comparison.pair, comparison.pair[::-1]
    return tuple(
        (each, like, large)
        for each in comparison.collection.entries
        for like, large in both
        if each not in comparison.pair and _controls(each, like, large)
    )


def _controls(each: Entry, like: Entry, large: Entry) -> bool:
    kinds = _kinds(each) == _kinds(like) != _kinds(large)
    return kinds and _recipe(each) == _recipe(like) is not None and sizes_are_alike(each, large)


def _recipe(entry: Entry) -> Recipe | None:
    """Return by which recipe a network was trained, None where nobody knows."""
    return entry.training.recipe if entry.training else None


def _over_trainings(entry: Entry) -> str:
    """Return the accuracy over all trainings of a network, or of the only one that is known."""
    if entry.training:
        return over_trainings(entry.training)
    return percent(entry.test.accuracy) if entry.test else "not known"


def _kinds(entry: Entry) -> list[str]:
    return [layer.kind for layer in entry.layers]


def size(comparison: Comparison, better: Entry, other: Entry) -> Iterator[Sentence]:
    """Say which easy explanations by size the numbers do not bear out, and what size alone does."""
    numbers = f"it has {count(better.parameters)}, "
    if better.parameters > other.parameters:
        ahead = f" is not ahead for having fewer parameters: {numbers}"
        yield words(better, ahead, other, f" {count(other.parameters)}.")
    elif better.parameters < other.parameters:
        ahead = f" is ahead with fewer parameters: {numbers}"
        yield words(better, ahead, other, f" {count(other.parameters)}.")
    for each, like, large in matched(comparison):
        yield words(
            "What size alone does: ",
            each,
            " differs from ",
            like,
            " in the number of its units alone and is as large as ",
            large,
            f" ({count(each.parameters)} parameters); it names {_over_trainings(each)} right, ",
            like,
            f" {_over_trainings(like)}.",
        )


def recipes(comparison: Comparison) -> Iterator[Sentence]:
    """Say in what the trainings of the pair differ: whatever that is may be behind a difference too."""
    first, second = comparison.pair
    one, other = _recipe(first), _recipe(second)
    if one is None or other is None:
        return
    if found := differences(other, one):
        yield words(
            "Not only the networks differ: ",
            second,
            f" was trained with {either(found)}, which may be behind a difference too.",
        )


def augmentation(comparison: Comparison) -> Iterator[Sentence]:
    """Say what was measured with and without augmentation for the layers of each of the pair."""
    said = set()
    for entry in comparison.pair:
        plain, moved = (_alike(comparison, entry, moved=each) for each in (False, True))
        if plain is None or moved is None or plain.key in said:
            continue
        told = differences(_recipe(moved) or {}, _recipe(plain) or {})
        said.add(plain.key)
        before, after = (score(comparison.logits[each.key], comparison.labels) for each in (plain, moved))
        yield words(
            moved,
            " has the layers of ",
            plain,
            f" and was trained with {either(told)}: it names "
            f"{_over_trainings(moved)} right instead of {_over_trainings(plain)}; the two that are shown "
            f"make {mistakes(after)} instead of {count(before.digits - before.correct)}."
            f"{' Which part of that does it was not tried.' if len(told) > 1 else ''}",
        )


def _alike(comparison: Comparison, entry: Entry, *, moved: bool) -> Entry | None:
    """Return the first network of the same layers that was trained on images moved anew, or as they are."""
    for each in comparison.collection.entries:
        recipe = _recipe(each)
        if each.layers == entry.layers and recipe is not None and bool(recipe.get("augmentation")) == moved:
            return each
    return None


def differences(one: Recipe, other: Recipe) -> list[str]:
    """Return in what a recipe is not another one, in words that follow "was trained with"."""
    return [
        f"{write(one)} instead of {write(other)}"
        for keys, write in SETTINGS.items()
        if [one.get(key) or None for key in keys] != [other.get(key) or None for key in keys]
    ]


def _moves(recipe: Recipe) -> str:
    if not recipe.get("augmentation"):
        return "images as they are"
    last = recipe.get("refined")
    how = "recoloured" if "inks" in recipe["augmentation"] else "moved"
    return f"images {how} anew each time" + (
        f" but in the last {percent(last, 0)} of the epochs" if last else ""
    )


def _blended(recipe: Recipe) -> str:
    share = recipe.get("blended")
    return f"{percent(share, 0)} of the images blended with another one" if share else "images one by one"


def _decay(recipe: Recipe) -> str:
    share = recipe.get("decay")
    return f"a weight decay of {share} times the learning rate" if share else "no weight decay"


def _dropout(recipe: Recipe) -> str:
    found = [f"{percent(share, 0)} before {layer}" for layer, share in recipe.get("dropout", {}).items()]
    return f"dropout of {either(found)}" if found else "no dropout"


# How the settings of a recipe, as the manifest has them, are told.
SETTINGS: Mapping[tuple[str, ...], Callable[[Recipe], str]] = MappingProxyType(
    {
        ("augmentation", "refined"): _moves,
        ("blended",): _blended,
        ("dropout",): _dropout,
        ("decay",): _decay,
        ("epochs",): lambda recipe: f"{recipe['epochs']} epochs",
        ("batch_size",): lambda recipe: f"batches of {recipe['batch_size']}",
        ("optimizer",): lambda recipe: OPTIMIZERS[recipe.get("optimizer", "adam")],
        ("images",): lambda recipe: f"{recipe['images']:,} images" if "images" in recipe else "all images",
        ("learning_rate",): lambda recipe: f"a learning rate of {recipe['learning_rate']} at first",
    }
)
