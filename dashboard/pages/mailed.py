"""What a page to mail consists of before it is painted: one view of Explore, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from dashboard.ids import Id
from dashboard.mailed.letter import missing
from dashboard.mailed.view import View
from dashboard.markup import element, joined
from dashboard.pages.elements import button, label
from dashboard.pages.explore import image_now, staged
from dashboard.pages.network import words_of
from dashboard.panels.sentences import either
from dashboard.words.moments import moment_file
from dashboard.words.view import SCALES, STAGES
from models.datasets.dataset import ImageSpec
from models.sketch.drawing import Drawing
from models.store.entry import Entry

MADE = "made"  # id of what is known of the page
HASH = 12  # characters of a checkpoint's hash that are written out


def body(view: View, left_out: Mapping[str, Sequence[str]], made: date, release: str) -> Markup:
    """Return the whole page, its places still empty.

    Args:
        view: What it shows.
        left_out: What it has no room for: places by kind.
        made: The day.
        release: Of ConvLens.
    """
    test, entries = view.workspace.test, view.entries
    theme = button("◐", id=Id.THEME, title="Dark or light", aria_label="Switch between dark and light")
    parts = (
        _stage(view),
        _dock(),
        element(
            "section",
            element("h2", "What goes in?", class_="unseen"),
            image_now(entries, test),
            _about(view, left_out, made, release),
            id=Id.DIGIT,
            class_="rail",
            aria_label=test.noun.one.capitalize(),
        ),
    )
    brand = element("h1", "ConvLens · ", title(view), class_="brand")
    page = element(
        "div",
        element("header", brand, class_="header"),
        element("div", id=Id.MESSAGE, role="alert", class_="message"),
        element("div", id=Id.STATUS, role="status", class_="unseen"),
        element("main", element("div", *parts, id=Id.EXPLORE, class_="explore"), id=Id.MAIN),
        element("section", theme, class_="tools", aria_label="View"),
        class_="page mailed",
    )
    return joined((page, words_of(entries, test)))


def title(view: View) -> str:
    """Return what the page is called: "Test digit 4271 in FCN and CNN", of a moment "… after epoch 2"."""
    noun = view.workspace.test.noun
    member = noun.member.one.capitalize()
    which = f"A drawn {noun.one}" if view.is_drawn else f"{member} {view.selection.digit}"
    entries = _in_order(view)
    stands = [view.stands(entry) for entry in entries]  # a network with fewer epochs is at its last
    when = f" {stands[0]}" if view.at and len({*stands}) == 1 else ""
    own = [f" {each}" if view.at and not when else "" for each in stands]
    names = [f"{entry.name}{each}" for entry, each in zip(entries, own, strict=True)]
    return f"{which} in {either(names)}{when}"


def file_name(view: View) -> str:
    """Return what the file is called: "convlens-fcn-cnn-digit-4271.html"."""
    change, noun = view.change, view.workspace.test.noun.one
    move = change.move if isinstance(change, Drawing) else change
    which = "drawing" if view.is_drawn else f"{noun}-{view.selection.digit}"
    done = f"-{move.text.replace(':', '-')}" if move else ""
    chosen = view.selection
    when = moment_file(chosen.epoch) + (f"-less{moment_file(chosen.since)}" if chosen.since else "")
    return f"convlens-{'-'.join(chosen.pair)}-{which}{done}{when}.html"


def _in_order(view: View) -> list[Entry]:
    return sorted(view.entries, key=lambda entry: view.selection.pair.index(entry.key))


def _stage(view: View) -> Markup:
    return element(
        "section",
        *staged(view.entries, view.workspace.test, asks=False),
        id=Id.NETWORK,
        class_="stage",
        tabindex="-1",
        **_label("Networks"),
    )


def _dock() -> Markup:
    asked = (element("details", id=place, hidden="") for place in (Id.WHY, Id.ADVERSARY))
    inside = element("div", element("div", id=Id.INSPECTOR), *asked, class_="plain")
    return element("section", inside, id=Id.DOCK, class_="dock", hidden="", **_label("Inspector"))


def _label(text: str) -> dict[str, str]:
    return {each.replace("-", "_"): value for each, value in label(text).items()}


def _about(view: View, left_out: Mapping[str, Sequence[str]], made: date, release: str) -> Markup:
    """Return all that whoever was sent the page has to know of it."""
    chosen, test = view.selection, view.workspace.test
    networks = joined(
        element("dd", f"{entry.name}, {entry.title}, ", _hash(entry.sha256)) for entry in _in_order(view)
    )
    known = {
        test.noun.one.capitalize(): _image_words(view),
        "Fed as": _fed(test.spec),
        "Moment": _moments(view) if view.at else "",
        "Shown": f"{STAGES[chosen.stage]}, {SCALES[chosen.scale]}",
        "Made": f"{made.isoformat()} by ConvLens {release}, in one file that asks no server",
        "Not here": missing(left_out),
    }
    entries = (joined((element("dt", what), element("dd", words))) for what, words in known.items() if words)
    return element(
        "section",
        element("p", id=Id.DIGIT_NOTE, class_="reading"),
        element("p", id=Id.OFF, class_="reading", hidden=""),
        element(
            "details",
            element("summary", "About this page"),
            element("dl", element("dt", "Networks, with the hashes of their files"), networks, *entries),
            id=MADE,
            class_="made",
        ),
        class_="notes",
        aria_label="About",
    )


def _moments(view: View) -> str:
    """Return at which moment each network is, and what is known of such a moment."""
    own = ", ".join(f"{entry.name} {view.stands(entry)}" for entry in _in_order(view))
    whose = "their training" if view.workspace.opened else "a training by the same recipe and seed as theirs"
    return f"{own}; a moment was kept of {whose}, its weights rounded to float16"


def _hash(sha256: str) -> Markup:
    return element("span", sha256[:HASH], title=sha256)


def _image_words(view: View) -> str:
    test, index = view.workspace.test, view.selection.digit
    move = view.change.words if view.change and not isinstance(view.change, Drawing) else ""
    if view.is_drawn:
        return f"drawn or brought by a person, {test.spec.said} pixels"
    source = f" of {test.title}" if test.title else ""
    label = view.workspace.label(index, view.change)
    known = [f"label {test.classes[label]}"] if label is not None else ["without a label"]
    which = f"number {index} of {len(test):,} {test.noun.member.many}{source}"
    return ", ".join([which, test.spec.said, *known, *filter(None, [move])])


def _fed(spec: ImageSpec) -> str:
    return f"a pixel of 0 as {spec.low:g}, a pixel of 255 as {spec.high:g}, evenly between"
