"""What Explore looks like before any digit is in it; computes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from dashboard.ids import Id
from dashboard.markup import element
from dashboard.pages.elements import button, group, label, radio, select
from dashboard.pages.network import column
from dashboard.pages.skeleton import Skeleton
from dashboard.panels.comparison import name
from dashboard.selection import BOTH, CHANGED, DISPUTED, NONE, only
from models.datasets.dataset import Dataset
from models.store.entry import Entry

SCALES = {
    "layer": "scale: one per layer",
    "map": "scale: one per map",
    "data": "scale: whole test set",
    "grey": "scale: article's grey",
}
STAGES = {"post": "after activation", "pre": "before activation"}
ASKED = {Id.WHY: "Why this answer?", Id.ADVERSARY: "What would change its mind?"}
DRAWING = "Draw {an_image}, edit its pixels, or upload an image"
NOT_DRAWN = "A drawing cannot take the place of {an_image} here: they are not ink on paper."


def said(text: str, test: Dataset) -> str:
    """Return a text with what the images are called, and how many there are."""
    return test.noun.said(text, count=f"{len(test):,}")


def image(skeleton: Skeleton, entries: Sequence[Entry], test: Dataset) -> Component:
    """Return the column of the image: what goes in, the wall to choose from, and what the networks say."""
    return html.Section(
        [
            skeleton.plain(
                element("h2", "What goes in?", class_="question"),
                _image_now(test),
                group(Id.MOVING, "moving", said("Change the {image}", test)),
                _pad(test),
                group(Id.REFERENCE, "reference", said("Compare the {image}", test)),
            ),
            _wall(skeleton, entries, test),
            skeleton.plain(_verdict(), *(_asked(place, question) for place, question in ASKED.items())),
        ],
        id=Id.DIGIT,
        className="column-digit",
        **label(test.noun.one.capitalize()),
    )


def _pad(test: Dataset) -> Markup:
    """Return the place in which an image is drawn, or the sentence that says why none can be."""
    if test.is_drawn:
        return element("details", element("summary", said(DRAWING, test)), id=Id.PAD, class_="pad")
    return element("p", said(NOT_DRAWN, test), class_="reading")


def _image_now(test: Dataset) -> Markup:
    """Return the image at hand, enlarged, with its title and the steps to others."""
    field = element(
        "input", id=Id.GO_TO, type="text", inputmode="numeric", placeholder="go to …", autocomplete="off"
    )
    stepper = (
        button("‹", id=Id.PREVIOUS, aria_label=said("Previous {image} on the wall", test)),
        button("›", id=Id.NEXT, aria_label=said("Next {image} on the wall", test)),
        element("label", element("span", said("Go to {image}", test), class_="unseen"), field),
    )
    reading = "The yellow box is what the cell that you point at can see."
    under = (
        element("p", id=Id.GO_TO_ERROR, role="alert", class_="refusal"),
        element("p", reading, id=Id.DIGIT_NOTE, class_="reading"),
    )
    canvas = element(
        "canvas",
        id=Id.DIGIT_CANVAS,
        width=str(test.spec.columns),
        height=str(test.spec.rows),
        aria_label=said("The {image}, ", test) + f"{test.spec.said} pixels",
    )
    return element(
        "div",
        element(
            "div", canvas, element("div", id=Id.SIGHT, class_="sight", hidden=""), class_="digit-picture"
        ),
        element(
            "div",
            element("p", id=Id.DIGIT_TITLE, class_="digit-title"),
            element("div", *stepper, class_="stepper"),
            element("div", *under, class_="under-stepper"),
            class_="digit-words",
        ),
        class_="digit-now",
    )


def _verdict() -> Markup:
    """Return the place of the verdict, under what says that parts of a network are switched off."""
    off = (element("span"), button("Restore the network"))
    return element(
        "section",
        element("h2", "What do they say?", class_="question"),
        element("div", *off, id=Id.OFF, class_="off-list", hidden=""),
        element("div", id=Id.READING, role="status", class_="read"),
        element("div", id=Id.VERDICT),
        class_="verdict",
        aria_label="Verdict",
    )


def _asked(place: Id, question: str) -> Markup:
    """Return a section that answers a question once it is opened."""
    return element("details", element("summary", question), element("div"), id=place, class_="asked")


def _wall(skeleton: Skeleton, entries: Sequence[Entry], test: Dataset) -> Component:
    everybody = {"any": "right or wrong"}
    wrong = {entry.key: f"{name(entry)} is wrong" for entry in entries[:2]}
    wrong |= {only(entry.key): f"only {name(entry)} is wrong" for entry in entries[:2]}
    together = {BOTH: "both are wrong", "disagree": "they disagree", NONE: "both are right"}
    together |= {CHANGED: "answer changes"}
    together |= {DISPUTED: "disputed label"} if test.disputes.by_image else {}
    unsure = {entry.key: f"{name(entry)} least sure" for entry in entries[:2]}
    sort = {"index": "by index"} | unsure | {"filter": "what excites a filter"}
    labels = {"any": "any label"} | {str(label): f"label {name}" for label, name in enumerate(test.classes)}
    counted = (
        element("span", said("{count} test {images}", test), id=Id.WALL_COUNT),
        button(id=Id.WALL_ANSWER, hidden=""),
    )
    source = test.disputes.source
    doubt = f". A question mark on it: its label is disputed ({source})." if source else "."
    marks = (said("A bar under {an_image}: wrong by ", test), element("span", id=Id.WALL_MARKS), doubt)
    return html.Div(
        [
            html.Div(
                [
                    select(Id.WALL_LABEL, said("Label of the {images}", test), labels),
                    select(Id.WALL_WRONG, "Who is wrong", everybody | wrong | together, later={CHANGED}),
                    select(Id.WALL_SORT, said("Order of the {images}", test), sort, later={"filter"}),
                ],
                className="wall-controls",
            ),
            skeleton.plain(
                element("p", *counted, class_="wall-count"),
                group(Id.WALL, "wall", said("Test {images}", test)),
                element("p", *marks, class_="reading"),
            ),
        ],
        className="wall-frame",
    )


def network(skeleton: Skeleton, entries: Sequence[Entry], test: Dataset) -> Component:
    """Return the columns of the networks, the first two shown, with what belongs to all of them."""
    columns = (column(entry, test, shown=place < 2) for place, entry in enumerate(entries))
    return html.Section(
        [
            html.Div(
                [
                    html.H2("What do they make of it?", className="question"),
                    radio(Id.STAGE, "Stage", STAGES, "post"),
                    select(Id.SCALE, "Scale of the colours", SCALES),
                ],
                className="network-controls",
            ),
            skeleton.plain(
                element("p", id=Id.DIFFERING, class_="differing", hidden=""),
                element("div", *columns, class_="networks"),
            ),
        ],
        id=Id.NETWORK,
        className="column-network",
        tabIndex="-1",
        **label("Networks"),
    )


def inspector(skeleton: Skeleton) -> Component:
    """Return the place in which one part of a network is looked at, with an invitation to choose one."""
    invitation = "Select a map, a kernel or a unit to see it enlarged, with its numbers."
    inside = skeleton.plain(
        element("h2", "What exactly does one part do?", class_="question"),
        element("div", element("p", invitation), id=Id.INSPECTOR),
    )
    return html.Section(inside, className="column-inspector", **label("Inspector"))
