"""What is seen of trainings: the list, the settings side by side, the sentence on how it is, the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.colours import Theme
from dashboard.figures.thumbnails import address as picture_address
from dashboard.panels.wording import chance, loss, percent
from dashboard.runs import strip
from dashboard.runs.address import Address
from dashboard.runs.runs import Run, state_words
from dashboard.runs.wording import told
from dashboard.runs.worlds import Opening, now
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.training.moments import Seen
from models.training.snapshots import Moment

NOTHING = "Nothing yet."
NOBODY = "none"  # with whom a training is compared
MOST = 6  # layers whose maps are shown


def listed(runs: Sequence[Run], chosen: str) -> Component:
    """Return the list of a visitor's trainings, each with a link that chooses it."""
    if not runs:
        return html.P(NOTHING, className="reading")
    head = html.Thead(html.Tr([html.Th(each, scope="col") for each in ("Training", "State", "Held out")]))
    rows = [
        html.Tr(
            [
                html.Th(_link(run, run.job.id == chosen), scope="row"),
                html.Td(state_words(run)),
                html.Td("" if run.accuracy is None else percent(run.accuracy)),
            ],
            className=f"is-{run.job.state}",
        )
        for run in runs
    ]
    return html.Table([head, html.Tbody(rows)])


def _link(run: Run, is_chosen: bool) -> Component:
    link = dcc.Link(run.name, href=f"./{Address(run.job.id).query}")
    return html.Span(link, className="chosen") if is_chosen else link


def state(run: Run) -> str:
    """Return how a training is, in a sentence or two."""
    words = state_words(run)
    said = f"{words[0].upper()}{words[1:]}."
    if run.result:
        test = run.result["test"]
        said += (
            f" Epoch {run.result['chosen_epoch']} of {run.order.epochs} was kept, which names most held-out "
            f"images right: {percent(run.accuracy or 0.0)}. Of the {test['digits']:,} test images it is "
            f"{percent(test['correct'] / test['digits'])}."
        )
    return f"{said} {run.job.sentence}".strip()


def settings(run: Run, other: Run | None) -> Component:
    """Return what was chosen and what came of it, of one training or of two, and what differs."""
    columns = [_facts(each) for each in (run, other) if each]
    names = [*columns[0]]
    head = [
        html.Th("Choice", scope="col"),
        *(html.Th(each.name, scope="col") for each in (run, other) if each),
    ]
    rows = []
    for name in names:
        cells = [column[name] for column in columns]
        differs = len({*cells}) > 1
        rows.append(
            html.Tr(
                [html.Th(name, scope="row"), *(html.Td(cell) for cell in cells)],
                className="differs" if differs else "",
            )
        )
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)])


def _facts(run: Run) -> dict[str, str]:
    result = run.result
    scores = (
        (name, result[part] if result else None)
        for name, part in (("Held-out images", "held_out"), ("Test images", "test"))
    )
    came = {
        name: f"{percent(score['correct'] / score['digits'])}, loss {loss(score['loss'])}" if score else "–"
        for name, score in scores
    }
    return {**told(run.order), "State": state_words(run), **came}


def pictures(moment: Moment, seen: Seen, images: Dataset, digit: int, theme: Theme) -> list[Component]:
    """Return an image, what the network says of it, and its maps and kernels at a moment."""
    layers = [strip.maps(name, values, theme) for name, values in [*seen.maps.items()][:MOST]]
    first = [] if seen.kernels is None else [strip.kernels(seen.first, seen.kernels, theme)]
    label = images.classes[int(images.labels[digit])]
    return [
        html.Figure(
            [
                html.Figcaption(_said(moment, seen.probabilities, images.classes)),
                html.Img(
                    src=picture_address(images.images[digit]),
                    alt=f"Test image {digit}, labelled {label}",
                    className="digit",
                ),
                html.Figcaption(f"test image {digit}, labelled {label}"),
            ]
        ),
        *(_figure(each) for each in (*first, *layers)),
    ]


def _figure(picture: strip.Picture) -> Component:
    columns, rows = picture.size
    times = max(1, min(picture.zoom, 640 // columns))
    return html.Figure(
        [
            html.Figcaption([html.Span(picture.title), html.Span(f" {picture.scale}", className="scale")]),
            html.Img(
                src=picture.source,
                width=str(columns * times),
                height=str(rows * times),
                alt=f"{picture.title}; colours from {picture.scale}",
            ),
        ]
    )


def _said(moment: Moment, probabilities: Floats, classes: Sequence[str]) -> str:
    best = int(probabilities.argmax())
    when = "with random weights" if moment.step == 0 else f"after {moment.step:,} steps"
    said = f"{when}, it says {classes[best]} ({chance(float(probabilities[best]))})"
    held_out = (moment.model_extra or {}).get("val_accuracy")
    return f"{said}; {percent(held_out)} of held-out images right" if isinstance(held_out, float) else said


def opening(run: Run, found: Opening | None, *, is_own: bool) -> list[Any]:
    """Return what the button to measure a network says, whether it is off, and the link to its pages."""
    step = now(run)
    if found and found.is_busy:
        return [f"Being measured: {percent(found.share, 0)}", True, True, "", ""]
    is_new = step is not None and (found is None or found.step != step)
    text = "Measure for Explore and Compare" if found is None else "Measure anew"
    if found is None:
        return [text, not (is_own and is_new), True, "", ""]
    link = f"open in Explore, after {found.step:,} steps"
    return [text, not (is_own and is_new), False, link, f"runs/{found.job.id}/"]


def others(runs: Sequence[Run], chosen: str) -> list[dict[str, str]]:
    """Return the choices of what a training is compared with."""
    return [{"value": NOBODY, "label": "none"}] + [
        {"value": run.job.id, "label": run.name} for run in runs if run.job.id != chosen
    ]
