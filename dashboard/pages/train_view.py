"""What is seen of trainings: the list, the settings side by side, the sentence on how it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.colours import Theme
from dashboard.figures.frame import config
from dashboard.figures.learning import HEIGHT
from dashboard.panels.wording import loss, percent
from dashboard.runs.address import Address
from dashboard.runs.before import Before
from dashboard.runs.groups import grouped, seed_name, together_words
from dashboard.runs.runs import Run, state_words
from dashboard.runs.wording import in_words, told
from dashboard.runs.worlds import Opening, now

NOTHING = "Nothing yet."
NOBODY = "none"  # with whom a training is compared


def listed(runs: Sequence[Run], chosen: str) -> Component:
    """Return the list of a visitor's trainings, each with a link that chooses it."""
    if not runs:
        return html.P(NOTHING, className="reading")
    head = html.Thead(html.Tr([html.Th(each, scope="col") for each in ("Training", "State", "Held out")]))
    return html.Table([head, *(_group(each, chosen) for each in grouped(runs))])


def _group(runs: Sequence[Run], chosen: str) -> Component:
    """Return the rows of trainings that were begun together, below what they come to; or the one of one."""
    is_one = len(runs) == 1
    rows = [
        html.Tr(
            [
                html.Th(_link(run, run.name if is_one else seed_name(run), chosen), scope="row"),
                html.Td(state_words(run)),
                html.Td("" if run.accuracy is None else percent(run.accuracy)),
            ],
            className=f"is-{run.job.state}",
        )
        for run in runs
    ]
    if is_one:
        return html.Tbody(rows)
    name = html.Th(f"{in_words(runs[0].order)}, {len(runs)} seeds", colSpan=3, scope="rowgroup")
    together = html.Tr(html.Td(together_words(runs), colSpan=3))
    return html.Tbody([html.Tr(name), together, *rows], className="seeds")


def _link(run: Run, name: str, chosen: str) -> Component:
    link = dcc.Link(name, href=f"./{Address(run.job.id).query}")
    return html.Span(link, className="chosen") if run.job.id == chosen else link


def state(run: Run, found: Opening | None) -> str:
    """Return how a training is, in a sentence or two, and why its network could not be measured."""
    words = state_words(run)
    said = f"{words[0].upper()}{words[1:]}."
    if run.result:
        test = run.result["test"]
        said += (
            f" Epoch {run.result['chosen_epoch']} of {run.order.epochs} was kept, which names most held-out "
            f"images right: {percent(run.accuracy or 0.0)}. Of the {test['digits']:,} test images it is "
            f"{percent(test['correct'] / test['digits'])}."
        )
    why = "" if run.job.state == "cancelled" else run.job.sentence  # which says no more than the state
    return " ".join(each for each in (said, why, run.resumes, _broken(found)) if each)


def _broken(found: Opening | None) -> str:
    """Return why a network is not measured that was to be, "" where nothing is the matter."""
    if found is None or found.broken is None:
        return ""
    how = "has failed" if found.broken.state == "failed" else "was cut off"
    return f"Measuring its network {how}. {found.broken.sentence}"


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


def opening(run: Run, found: Opening | None, *, is_own: bool) -> list[Any]:
    """Return what the button to measure a network says, and whether it is off; the link to its pages; a stop.

    The link is whether it is hidden, its words, its address; the stop, whether its button is hidden.
    """
    step = now(run)
    link = [True, "", ""]
    if found and found.shown:
        link = [False, f"open in Explore, after {found.step:,} steps", f"runs/{found.shown.id}/"]
    if found and found.busy:
        return [found.words, True, *link, not is_own]
    ready = found if found and found.shown else None
    is_new = step is not None and (ready is None or ready.step != step)
    text = "Measure for Explore and Compare"
    if ready and is_new:
        text = "Measure anew"
    elif ready:
        text = "Measured" if ready.is_whole else "Measure the rest, which takes minutes"
    is_to_do = is_new or bool(ready and not ready.is_whole)
    return [text, not (is_own and is_to_do), *link, True]


def beside(one: Opening | None, other: Opening | None) -> list[Any]:
    """Return whether the link to the pages of two networks is hidden, and its address."""
    if one and other and one.shown and other.shown:
        return [False, f"runs/{one.shown.id}.{other.shown.id}/"]
    return [True, ""]


def known(before: Before, theme: Theme) -> list[Component]:
    """Return the curves of the networks of which it is known how they learned."""
    return [
        html.Figure(
            [
                html.Figcaption(f"{chart.caption}. {chart.summary}"),
                graph(f"known-{place}", figure=chart.figure.update_layout(height=HEIGHT)),
            ]
        )
        for place, chart in enumerate(before.charts(theme))
    ]


def graph(name: str, **given: Any) -> Component:
    """Return a chart of its id, empty unless a figure is given."""
    shown: Any = config(f"convlens-{name}")
    return dcc.Graph(id=name, config=shown, style={"height": HEIGHT}, **given)


def others(runs: Sequence[Run], chosen: str, other: Run | None) -> list[dict[str, str]]:
    """Return the choices of what a training is compared with: one's own, and what a link compares it with."""
    known = (*runs, *([other] if other else []))
    names = {NOBODY: "none"} | {run.job.id: run.name for run in known if run.job.id != chosen}
    return [{"value": run, "label": name} for run, name in names.items()]
