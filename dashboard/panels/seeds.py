"""How much of a network's score is the seed that it was trained with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, stdev

from dashboard.figures import clouds
from dashboard.figures.clouds import Cloud
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Chart, Drawing, Panel, Table, number
from dashboard.panels.sentences import shown_training, unknown_training
from dashboard.panels.wording import count, listed, loss, percent, spread
from models.datasets.dataset import Noun
from models.store.entry import Entry, Training


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return mean and standard deviation over the seeds, and every seed as a point."""
    known = [(entry, entry.training) for entry in comparison.entries if entry.training]
    if not known:
        return (unknown_training(),)
    networks = [_cloud(comparison, *each) for each in known]
    measured_on = f"on {comparison.measured_on}"
    columns = [_column(training, comparison.noun) for _, training in known]
    table = Table(
        caption=f"Over the seeds, {measured_on}; the deviation is the standard one, of a sample",
        header=(
            Cell("measure", header=True),
            *(Cell(entry.name, header=True, hue=entry.key) for entry, _ in known),
        ),
        rows=tuple(
            (Cell(measure, header=True), *(column[measure] for column in columns)) for measure in columns[0]
        ),
    )
    chart = Chart(
        caption=f"Every seed {measured_on}",
        summary=listed([_summary(*each) for each in known]),
        figure=clouds.draw(networks, "test loss in nats", comparison.right, comparison.theme),
    )
    return table, chart


def accuracies(training: Training) -> list[float]:
    """Return the test accuracy of every seed."""
    return [each.test.accuracy for each in training.seeds]


def _column(training: Training, noun: Noun) -> dict[str, Cell]:
    losses = [each.test.loss for each in training.seeds]
    return {
        "Seeds": Cell(", ".join(str(each.seed) for each in training.seeds)),
        "Number of seeds": number(len(training.seeds), count),
        "Shown everywhere else": Cell(shown_training(training, noun), value=training.seed),
        "Accuracy, mean": number(fmean(accuracies(training)), percent),
        "Accuracy, deviation": _deviation(accuracies(training), percent),
        "Accuracy, lowest": number(min(accuracies(training)), percent),
        "Accuracy, highest": number(max(accuracies(training)), percent),
        "Loss, mean": number(fmean(losses), loss, "nats"),
        "Loss, deviation": _deviation(losses, loss, "nats"),
    }


def _deviation(values: Sequence[float], write: Callable[[float], str], unit: str = "") -> Cell:
    """Return the standard deviation of a sample; a single seed has none."""
    return number(stdev(values), write, unit) if len(values) > 1 else Cell("one seed has none")


def _cloud(comparison: Comparison, entry: Entry, training: Training) -> Cloud:
    return Cloud(
        name=entry.name,
        hue=comparison.hues[entry.key],
        x=[each.test.loss for each in training.seeds],
        y=accuracies(training),
        texts=[
            f"{entry.name}, seed {each.seed}: {count(each.test.correct)} of {count(each.test.digits)},<br>"
            f"{percent(each.test.accuracy)}, loss {loss(each.test.loss)}, epoch {each.chosen_epoch}"
            for each in training.seeds
        ],
        mean=f"{_summary(entry, training)},<br>"
        f"loss {spread([each.test.loss for each in training.seeds], loss)}",
    )


def _summary(entry: Entry, training: Training) -> str:
    alone = " with its one seed" if len(training.seeds) == 1 else ""
    return f"{entry.name} names {spread(accuracies(training), percent)} right{alone}"


PANEL = Panel(
    key="seeds",
    question="How much of it is chance?",
    how_to_read=(
        "The seed sets the first weights and the order of the {images}; small points are trainings that "
        "differ "
        "in nothing else, a large one is their mean, and its bars reach one standard deviation both ways; "
        "shown elsewhere is the median training on held-out {images}, not the best on the {members}."
    ),
    draw=draw,
    asks_labels=False,
)
