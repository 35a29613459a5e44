"""How well scores tell pictures that are no digits from digits, and how often they take a digit for none.

One half of the fonts, kinds of clothes and made-up pictures chooses among the scores; the other reports. Only
held-out training digits take part in choosing. What is not installed is left out; benchmarks/glyphs.py names
the packages.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks import glyphs
from benchmarks.figures import Row
from dashboard.settings import Settings
from models.analysis import novelty
from models.analysis.metrics import log_probabilities, wilson_interval
from models.arrays import Floats, Labels
from models.datasets import mnist
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.sketch import strangers
from models.sketch.image_file import read
from models.sketch.ink import find_ink
from models.sketch.preparation import prepare_drawing
from models.store import loading, manifest
from models.store.entry import Entry
from tests.models.photographs import photograph
from tests.models.sketch.test_drawing import redrawn

Pixels = NDArray[np.uint8]
Doubles = NDArray[np.float64]

EVERY = 5  # training digits, of which the nearest is looked for
PRINCIPAL = 64  # directions that ViM leaves out
PICTURES = 100  # of each kind that is made up
REDRAWN, PHOTOGRAPHED = 2_000, 400  # test digits
RESAMPLES = 2_000
SEED = 7
CHOSEN = "nearest centre, direction and length"


@dataclass(frozen=True)
class Seen:
    """What a network makes of pictures.

    Attributes:
        hidden: Its last hidden layer, (n, units).
        logits: (n, 10).
    """

    hidden: Doubles
    logits: Doubles


@dataclass(frozen=True)
class Network:
    """A network as the scores see it.

    Attributes:
        see: From pictures, (n, 28, 28) uint8.
        learned: The digits that it learned from.
        labels: Theirs.
        kernel: Of its last layer, (units, 10).
        bias: (10,).
    """

    see: Callable[[Pixels], Seen]
    learned: Seen
    labels: Labels
    kernel: Doubles
    bias: Doubles


Score = Callable[[Seen], Doubles]  # larger is more unlike digits
Group = Mapping[str, Mapping[str, Doubles]]  # scores by kind, and within it by font


def measure() -> Iterator[Row]:
    """Compare the scores for every network; then tell of the one in use, for the network that reads."""
    folder = Settings.from_environment(os.environ).checkpoints
    entries = manifest.read(folder)
    reader, judged = max(
        ((each, each.training.held_out) for each in entries if each.training), key=lambda each: each[1].merit
    )
    digits = mnist.load("train")
    held_out = digits.images[-judged.digits :]
    halves = {half: _pictures(half) for half in ("choosing", "reporting")}
    means: dict[str, list[str]] = {}
    for entry in entries:
        print(f"{entry.key} …", flush=True)
        network = _opened(entry, digits[: -len(held_out)])
        seen = {half: _seen(network, groups) for half, groups in halves.items()}
        own = network.see(held_out)
        for name, score in _scores(network):
            low = np.sort(score(own))
            by_half = [_mean(score, low, seen[half]) for half in halves]
            means.setdefault(name, []).append(f"{entry.key} {by_half[0]:.3f}, {by_half[1]:.3f}")
            if entry == reader and name == CHOSEN:
                told = [
                    *_told(score, low, seen["reporting"]),
                    *(_each(score, low, half, groups["made-up pictures"]) for half, groups in seen.items()),
                    *_alarms(score, low, network, halves["reporting"]),
                ]
    for name, parts in means.items():
        yield Row(f"mean AUROC over kinds, choosing and reporting half: {name}", "; ".join(parts))
    yield from (Row(f"{reader.key}, {row.what}", row.measured) for row in told)


def _pictures(half: str) -> dict[str, Mapping[str, Pixels]]:
    """Return pictures by kind, and within it by font."""
    fonts, made = {
        "choosing": (glyphs.CHOOSING, strangers.CHOOSING),
        "reporting": (glyphs.REPORTING, strangers.REPORTING),
    }[half]
    drawn = {kind: strangers.pictures(make, kind, PICTURES) for kind, make in made.items()}
    return {**glyphs.groups(fonts), "made-up pictures": drawn}


def _seen(network: Network, groups: Mapping[str, Mapping[str, Pixels]]) -> dict[str, dict[str, Seen]]:
    """Return what a network makes of pictures by kind and font, all of them run at once."""
    sizes = [len(part) for parts in groups.values() for part in parts.values()]
    every = network.see(np.concatenate([part for parts in groups.values() for part in parts.values()]))
    hidden, logits = (iter(np.split(rows, np.cumsum(sizes)[:-1])) for rows in (every.hidden, every.logits))
    return {
        kind: {name: Seen(next(hidden), next(logits)) for name in parts} for kind, parts in groups.items()
    }


def _opened(entry: Entry, learned: Dataset) -> Network:
    model = loading.load(entry)
    kernel, bias = (each.astype(np.float64) for each in model.layers[-1].get_weights())

    def see(pictures: Pixels) -> Seen:
        hidden = novelty.hidden_of(model, prepare(pictures)).astype(np.float64)
        return Seen(hidden, hidden @ kernel + bias)

    return Network(see, see(learned.images), learned.labels, kernel, bias)


def _scores(network: Network) -> Iterator[tuple[str, Score]]:
    """Yield the scores by name, the simplest first."""
    hidden, some = network.learned.hidden, slice(None, None, EVERY)
    measured = novelty.measured(_single(hidden), network.labels, _single(hidden[:1]))
    yield (
        "1 - softmax (Hendrycks & Gimpel 2017)",
        lambda seen: -log_probabilities(_single(seen.logits)).max(axis=1),
    )
    yield "largest logit (Hendrycks et al. 2022)", lambda seen: -seen.logits.max(axis=1)
    yield "energy (Liu et al. 2020)", _energy
    yield "Mahalanobis (Lee et al. 2018)", _mahalanobis(network, relative=False)
    yield "relative Mahalanobis (Ren et al. 2021)", _mahalanobis(network, relative=True)
    yield "ViM (Wang et al. 2022)", _vim(network)
    for rank in (1, 10):
        yield (
            f"neighbour {rank} of 11,000, direction (Sun et al. 2022)",
            _neighbour(_unit(hidden[some]), rank, _unit),
        )
    flat = np.concatenate(
        [
            novelty.k_means(_unit(hidden[network.labels == label]), np.random.default_rng(SEED))
            for label in range(10)
        ]
    )
    yield "nearest centre, direction", _neighbour(flat, 1, _unit)
    yield CHOSEN, lambda seen: measured.score(_single(seen.hidden))


def _single(values: Doubles) -> Floats:
    return np.asarray(values, np.float32)


def _unit(hidden: Doubles) -> Doubles:
    return np.asarray(hidden / np.maximum(np.linalg.norm(hidden, axis=1, keepdims=True), 1e-12))


def _energy(seen: Seen) -> Doubles:
    most = seen.logits.max(axis=1)
    return np.asarray(-most - np.log(np.exp(seen.logits - most[:, np.newaxis]).sum(axis=1)))


def _mahalanobis(network: Network, *, relative: bool) -> Score:
    """Return the distance to the nearest label's mean, less that to the mean of all if it is relative."""
    hidden, labels = network.learned.hidden, network.labels
    means = np.stack([hidden[labels == label].mean(axis=0) for label in range(10)])
    within = np.linalg.pinv(np.cov((hidden - means[labels]).T), hermitian=True)
    whole, among = hidden.mean(axis=0), np.linalg.pinv(np.cov(hidden.T), hermitian=True)

    def far(rows: NDArray[np.floating], inverse: NDArray[np.floating]) -> Doubles:
        return np.asarray((rows @ inverse * rows).sum(axis=1))

    def score(seen: Seen) -> Doubles:
        nearest = np.min([far(seen.hidden - mean, within) for mean in means], axis=0)
        return np.asarray(nearest - far(seen.hidden - whole, among) * relative)

    return score


def _vim(network: Network) -> Score:
    """Return what of the layer lies outside its principal directions, as one more logit, less the energy."""
    origin = -np.linalg.pinv(network.kernel.T) @ network.bias
    centred = network.learned.hidden - origin
    _, directions = np.linalg.eigh(centred.T @ centred)
    rest = directions[:, :-PRINCIPAL]
    scale = network.learned.logits.max(axis=1).mean() / np.linalg.norm(centred @ rest, axis=1).mean()
    return lambda seen: scale * np.linalg.norm((seen.hidden - origin) @ rest, axis=1) + _energy(seen)


def _neighbour(known: Doubles, rank: int, of: Callable[[Doubles], Doubles]) -> Score:
    """Return the distance to the neighbour of a rank."""
    squares = (known**2).sum(axis=1)

    def far(rows: Doubles) -> Doubles:
        between = (rows**2).sum(axis=1)[:, np.newaxis] + squares - 2 * rows @ known.T
        return np.asarray(np.sqrt(np.maximum(np.partition(between, rank - 1, axis=1)[:, rank - 1], 0)))

    def score(seen: Seen) -> Doubles:
        rows = of(seen.hidden)
        return np.concatenate([far(rows[start : start + 500]) for start in range(0, len(rows), 500)])

    return score


def _mean(score: Score, held_out: Doubles, seen: Mapping[str, Mapping[str, Seen]]) -> float:
    """Return the AUROC of kinds that are neither digits nor look like them, on average."""
    told = [kind for kind in seen if not kind.endswith(("digits", "lookalikes"))]
    each = [np.mean([_above(held_out, score(part)).mean() for part in seen[kind].values()]) for kind in told]
    return float(np.mean(each))


def _above(ascending: Doubles, scores: Doubles) -> Doubles:
    """Return for each score the share of others that it is above, equal ones counted by half."""
    ends = [np.searchsorted(ascending, scores, side) for side in ("left", "right")]
    return np.asarray(np.add(*ends) / 2 / len(ascending), np.float64)


def _limit(held_out: Doubles) -> float:
    return float(held_out[len(held_out) - 1 - int(novelty.FLAGGED * len(held_out))])


def _told(score: Score, held_out: Doubles, seen: Mapping[str, Mapping[str, Seen]]) -> Iterator[Row]:
    """Yield AUROC and share caught of every kind that is no digit; the interval resamples fonts, or kinds."""
    limit, rng = _limit(held_out), np.random.default_rng(SEED)
    for kind, parts in seen.items():
        if kind.endswith("digits"):
            continue
        scores = [score(part) for part in parts.values()]
        means = np.array([_above(held_out, each).mean() for each in scores])
        again = rng.choice(means, (RESAMPLES, len(means))).mean(axis=1)
        low, high = np.percentile(again, [2.5, 97.5])
        count, caught = sum(map(len, scores)), np.mean([np.mean(each > limit) for each in scores])
        words = f"AUROC {means.mean():.3f} (95 % interval {low:.3f} to {high:.3f}), {caught:.0%} flagged"
        yield Row(f"{count:,} {kind} in {len(scores)} groups", words)


def _each(score: Score, held_out: Doubles, half: str, kinds: Mapping[str, Seen]) -> Row:
    """Return how many of each kind of made-up picture are flagged."""
    flagged = {kind: np.mean(score(seen) > _limit(held_out)) for kind, seen in kinds.items()}
    words = ", ".join(f"{kind} {share:.0%}" for kind, share in flagged.items())
    return Row(f"flagged of {PICTURES} of each kind that is made up, {half} half", words)


def _alarms(
    score: Score, held_out: Doubles, network: Network, pictures: Mapping[str, Mapping[str, Pixels]]
) -> Iterator[Row]:
    """Yield how many digits are flagged that had no part in setting the limit."""
    test, rng = mnist.load("test"), np.random.default_rng(SEED)
    drawn = [prepare_drawing(redrawn(each, rng)).pixels for each in test.images[3 :: 10_000 // REDRAWN]]
    taken = [
        prepare_drawing(ink.digits[ink.largest].drawing).pixels
        for each in test.images[7 :: 10_000 // PHOTOGRAPHED]
        for ink in [find_ink(read(photograph(each, rng)).colours)]
    ]
    brought = {
        "test digits": test.images,
        "test digits redrawn": np.stack(drawn),
        "test digits photographed": np.stack(taken),
    }
    fonts = {
        kind: np.concatenate([*parts.values()]) for kind, parts in pictures.items() if kind.endswith("digits")
    }
    for kind, each in {**brought, **fonts}.items():
        flagged = int((score(network.see(each)) > _limit(held_out)).sum())
        low, high = wilson_interval(flagged, len(each))
        yield Row(
            f"{len(each):,} {kind}",
            f"{flagged / len(each):.1%} flagged (95 % interval {low:.1%} to {high:.1%})",
        )
