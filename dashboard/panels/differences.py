"""On which digits two networks differ: the four groups, and the digits that make up the difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.figures import thumbnails
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Drawing, Gallery, Panel, Table, Thumb, Words
from dashboard.panels.wording import count, probability
from dashboard.selection import BOTH, NONE, only
from models.analysis.metrics import answers, doubts, mcnemar, only_one_right
from models.store.entry import Entry

MOST = 120  # thumbnails of a group; a group that has more leads to all of them on the wall

Indices = NDArray[np.intp]  # indices


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return the four groups of images, and those of the two in which only one network is right.

    It is the pair that differs, so the page's toggle changes nothing.
    """
    if len(comparison.pair) < 2:
        return (_nobody(comparison),)
    first, second = comparison.pair
    galleries = (_gallery(comparison, first, second), _gallery(comparison, second, first))
    return _groups(comparison, first, second), *galleries


def _nobody(comparison: Comparison) -> Words:
    alone = f"There is no network beside {comparison.pair[0].name} to compare it with."
    return Words("One network alone", ((Cell(alone),),))


def group(comparison: Comparison, wrong: str, sort: str) -> Indices:
    """Return the images that a choice of the wall's leaves of the pair's, in its order.

    Args:
        comparison: What is compared.
        wrong: "none", "both" or `only(key)` of the pair.
        sort: Key of the network whose least sure images come first.
    """
    keys = [each.key for each in comparison.pair]
    mistaken = [answers(comparison.logits[key]) != comparison.labels for key in keys]
    expected = [[wrong in (BOTH, only(key))] for key in keys]
    chosen = (np.array(mistaken) == expected).all(axis=0)
    order = (-doubts(comparison.logits[sort])).argsort(kind="stable")
    return np.asarray(order[chosen[order]])


def counted(comparison: Comparison, wrong: str, sort: str, what: str) -> Cell:
    """Return how many images are in a group, leading to the wall that holds them."""
    found = group(comparison, wrong, sort)
    if not len(found):
        return Cell("0", value=0)
    link = comparison.wall(int(found[0]), wrong=wrong, sort=sort)
    return Cell(
        count(len(found)),
        link=link,
        label=f"{comparison.noun.counted(len(found))} that {what}",
        value=len(found),
    )


def _groups(comparison: Comparison, first: Entry, second: Entry) -> Table:
    one, other = first.name, second.name
    logits = (comparison.logits[first.key], comparison.logits[second.key])
    differing = only_one_right(*logits, comparison.labels)
    return Table(
        caption=(
            f"{comparison.measured_on}; the {count(sum(differing))} that only one "
            f"names right decide: McNemar's exact test, {probability(mcnemar(*differing))}"
        ),
        header=(
            Cell(comparison.noun.many, header=True),
            Cell(f"{other} right", header=True, hue=second.key),
            Cell(f"{other} wrong", header=True, hue=second.key),
        ),
        rows=(
            (
                Cell(f"{one} right", header=True, hue=first.key),
                counted(comparison, NONE, first.key, "both name right"),
                counted(comparison, only(second.key), second.key, f"only {one} names right"),
            ),
            (
                Cell(f"{one} wrong", header=True, hue=first.key),
                counted(comparison, only(first.key), first.key, f"only {other} names right"),
                counted(comparison, BOTH, first.key, "both name wrong"),
            ),
        ),
    )


def _gallery(comparison: Comparison, right: Entry, wrong: Entry) -> Gallery:
    """Return the images that one network names right and the other wrong, the latter's least sure first."""
    filters = {"wrong": only(wrong.key), "sort": wrong.key}
    found = group(comparison, **filters)
    what = f"only {right.name} names right"
    disputes = comparison.disputes
    doubted = f", {count(len(disputes.among(found)))} of them with a disputed label"
    caption = (
        f"{comparison.noun.counted(len(found))} that {what}{doubted if disputes.by_image else ''}, from the "
        f"one on which {wrong.name}'s margin is smallest"
    )
    shown = tuple(_thumb(comparison, int(image), filters) for image in found[:MOST])
    if len(found) <= MOST:
        return Gallery(caption, shown)
    link = comparison.wall(int(found[0]), **filters)
    return Gallery(caption, shown, Cell(f"All {count(len(found))} that {what}", link=link))


def _thumb(comparison: Comparison, image: int, filters: dict[str, str]) -> Thumb:
    label, called = int(comparison.labels[image]), comparison.classes
    said = [(each, int(answers(comparison.logits[each.key][image]))) for each in comparison.pair]
    answered = (
        Cell(f"{each.name} {called[answer]}", hue=each.key, kind="right" if answer == label else "wrong")
        for each, answer in said
    )
    dispute = comparison.disputes.of(image, label)
    under = (Cell(f"label {called[label]}"), *([Cell("disputed")] if dispute else []), *answered)
    words = ", ".join([*(cell.text for cell in under), f"{comparison.noun.member.one} {image}"])
    return Thumb(
        picture=thumbnails.address(comparison.images[image]),
        link=comparison.wall(image, **filters),
        label=f"{words}: {dispute.words}" if dispute else words,
        under=under,
        facts={
            comparison.noun.one: image,
            "label": called[label],
            "label disputed": dispute.words if dispute else "",
            **{f"{each.name} says": called[answer] for each, answer in said},
        },
    )


PANEL = Panel(
    key="differences",
    question="On which {images} do they differ?",
    how_to_read=(
        "Each number leads to its {images} on the wall, smallest margin first; below are the {images} "
        "themselves that make up the difference."
    ),
    draw=draw,
)
