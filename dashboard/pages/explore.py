"""What Explore looks like before any digit is in it; computes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from dashboard.ids import Id
from dashboard.markup import element
from dashboard.pages.elements import button, group, label, select
from dashboard.pages.network import lane
from dashboard.pages.skeleton import Skeleton
from dashboard.selection import BOTH, CHANGED, DISPUTED, NONE, only
from models.datasets.dataset import Dataset
from models.store.entry import Entry

ASKED = {Id.WHY: "Why this answer?", Id.ADVERSARY: "What would change its mind?"}
DRAWING = "Draw, edit or upload"
NOT_DRAWN = "A drawing cannot take the place of {an_image} here: they are not ink on paper."


def said(text: str, test: Dataset) -> str:
    """Return a text with what the images are called, and how many there are."""
    return test.noun.said(text, count=f"{len(test):,}")


def rail(skeleton: Skeleton, entries: Sequence[Entry], test: Dataset) -> Component:
    """Return the rail: the image at hand, what is done to it, and the wall to choose from."""
    return html.Section(
        [
            skeleton.plain(
                element("h2", "What goes in?", class_="unseen"),
                image_now(entries, test, *_steps(test)),
                _pad(test),
                group(Id.MOVING, "moving", said("Change the {image}", test)),
                group(Id.REFERENCE, "reference", said("Compare the {image}", test)),
                element("div", id=Id.EPOCHS),
            ),
            _wall(skeleton, entries, test),
            skeleton.plain(_notes()),
        ],
        id=Id.DIGIT,
        className="rail",
        **label(test.noun.one.capitalize()),
    )


def _pad(test: Dataset) -> Markup:
    """Return the place in which an image is drawn, or the sentence that says why none can be."""
    if test.is_drawn:
        return element("details", element("summary", said(DRAWING, test)), id=Id.PAD, class_="pad")
    return element("p", said(NOT_DRAWN, test), class_="reading")


def _steps(test: Dataset) -> tuple[Markup, Markup]:
    """Return the steps to other images, and the place in which one is refused."""
    field = element(
        "input", id=Id.GO_TO, type="text", inputmode="numeric", placeholder="go to …", autocomplete="off"
    )
    stepper = (
        button("‹", id=Id.PREVIOUS, aria_label=said("Previous {image} on the wall", test)),
        button("›", id=Id.NEXT, aria_label=said("Next {image} on the wall", test)),
        element("label", element("span", said("Go to {image}", test), class_="unseen"), field),
    )
    refusal = element("p", id=Id.GO_TO_ERROR, role="alert", class_="refusal")
    return element("div", *stepper, class_="stepper"), refusal


def image_now(entries: Sequence[Entry], test: Dataset, *steps: Markup) -> Markup:
    """Return the image at hand, enlarged, under its title, with the steps to others if there are any."""
    canvas = element(
        "canvas",
        id=Id.DIGIT_CANVAS,
        width=str(test.spec.columns),
        height=str(test.spec.rows),
        aria_label=said("The {image}, ", test) + f"{test.spec.said} pixels",
    )
    sight = element("div", id=Id.SIGHT, class_="sight", hidden="")
    named = " named" if test.has_names else ""
    return element(
        "div",
        element("p", id=Id.DIGIT_TITLE, class_=f"digit-title{named}"),
        element("div", canvas, sight, class_="digit-picture"),
        *steps,
        element(
            "div",
            *map(_brief, entries),
            id=Id.VERDICTS,
            class_="brief",
            role="group",
            aria_label="What the networks say; one alone, or both",
        ),
        class_="digit-now",
    )


def _brief(entry: Entry) -> Markup:
    """Return the place of what a network says where lanes are out of sight; pressed, it shows it alone."""
    hue = element("span", entry.name, class_="hue")
    said = (element("b", class_="answer"), " ", element("span", class_="words"))
    return element("button", hue, " ", *said, type="button", class_="said", data_model=entry.key)


def _notes() -> Markup:
    """Return the place of what has to be said of the image, and of networks of which parts are off."""
    off = (element("span"), button("Restore the network"))
    return element(
        "section",
        element("p", id=Id.DIGIT_NOTE, class_="reading"),
        element("div", *off, id=Id.OFF, class_="off-list", hidden=""),
        element("div", id=Id.READING, role="status", class_="read"),
        class_="notes",
        aria_label="Verdict",
    )


def _wall(skeleton: Skeleton, entries: Sequence[Entry], test: Dataset) -> Component:
    wrong = _judgements(entries, test)
    unsure = {entry.key: f"{entry.name} least sure" for entry in entries[:2]}
    sort = {"index": "by index"} | unsure | {"filter": "what excites a filter"}
    classes = test.classes if test.is_labelled else ()
    labels = {"any": "any label"} | {str(label): f"label {name}" for label, name in enumerate(classes)}
    counted = (
        element("span", said("{count} {members}", test), id=Id.WALL_COUNT),
        button(id=Id.WALL_ANSWER, hidden=""),
    )
    source = test.disputes.source
    doubt = f". A question mark on it: its label is disputed ({source})." if source else "."
    bar = (said("A bar under {an_image}: wrong by ", test), element("span", id=Id.WALL_MARKS), doubt)
    marks = bar if test.is_labelled else (said("Nobody knows what these {images} show.", test),)
    return html.Div(
        [
            html.Details(
                [
                    html.Summary(skeleton.plain(element("span", id=Id.WALL_WHAT), counted[0])),
                    html.Div(
                        [
                            select(Id.WALL_LABEL, said("Label of the {images}", test), labels),
                            select(Id.WALL_WRONG, "Who is wrong", wrong, later={CHANGED}),
                            select(Id.WALL_SORT, said("Order of the {images}", test), sort, later={"filter"}),
                            skeleton.plain(element("p", *marks, class_="reading")),
                        ],
                        className="wall-controls",
                    ),
                ],
                className="wall-chip",
            ),
            skeleton.plain(counted[1], group(Id.WALL, "wall", test.noun.member.many.capitalize())),
        ],
        className="wall-frame",
    )


def _judgements(entries: Sequence[Entry], test: Dataset) -> dict[str, str]:
    """Return by who is right and who is wrong what the wall can show, in words."""
    if not test.is_labelled:
        return {"any": "any answer", "disagree": "they disagree", CHANGED: "answer changes"}
    wrong = {"any": "right or wrong"} | {entry.key: f"{entry.name} is wrong" for entry in entries[:2]}
    wrong |= {only(entry.key): f"only {entry.name} is wrong" for entry in entries[:2]}
    wrong |= {BOTH: "both are wrong", "disagree": "they disagree", NONE: "both are right"}
    return (
        wrong | {CHANGED: "answer changes"} | ({DISPUTED: "disputed label"} if test.disputes.by_image else {})
    )


def stage(skeleton: Skeleton, entries: Sequence[Entry], test: Dataset) -> Component:
    """Return the lanes of the networks, the first two shown, and the lens."""
    return html.Section(
        skeleton.plain(*staged(entries, test)),
        id=Id.NETWORK,
        className="stage",
        tabIndex="-1",
        **label("Networks"),
    )


def staged(entries: Sequence[Entry], test: Dataset, *, asks: bool = True) -> tuple[Markup, ...]:
    """Return what the stage consists of: lanes, the first two shown, and the lens; `asks` is of `lane`."""
    lanes = (lane(entry, test, shown=place < 2, asks=asks) for place, entry in enumerate(entries))
    lens = element("aside", id=Id.LENS, class_="lens", aria_label="Lens")
    return (
        element("h2", "What do they make of it?", class_="unseen"),
        element("p", id=Id.DIFFERING, class_="differing", hidden=""),
        element("div", *lanes, lens, class_="lanes"),
    )


def dock(skeleton: Skeleton) -> Component:
    """Return the place along the bottom in which one part of a network, or an answer, is explained."""
    asked = (_asked(place, question) for place, question in ASKED.items())
    inside = skeleton.plain(element("div", id=Id.INSPECTOR), *asked)
    return html.Section(inside, id=Id.DOCK, className="dock", hidden=True, **label("Inspector"))


def _asked(place: Id, question: str) -> Markup:
    """Return a section that answers a question once it is opened."""
    return element("details", element("summary", question), element("div"), id=place, class_="asked")
