"""Tables, charts, digits and sentences of Compare as HTML, and what all HTML is made of.

They are no components of Dash, for each of these listens to the changes of all others: the browser took
twenty seconds over a page with two thousand of them, and a millisecond over each.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape
from plotly.io.json import to_json_plotly

from dashboard.figures.frame import HEIGHT, config
from dashboard.panels import export
from dashboard.panels.panel import Cell, Chart, Drawing, Gallery, Plane, Table, Thumb, Words

VOID = ("img", "input")  # elements that never hold anything


def written(drawing: Drawing, name: str) -> Markup:
    """Return a drawing without its file, which has that name."""
    match drawing:
        case Chart():
            return _chart(drawing, name)
        case Table():
            return _table(drawing)
        case Gallery():
            return _gallery(drawing)
        case Words():
            return _words(drawing)
        case Plane():
            return _plane(drawing)


def file(drawing: Drawing, name: str) -> Markup:
    """Return the link that takes a drawing's numbers away, in a file of that name."""
    if isinstance(drawing, Plane):
        text, address, suffix = "points as NPY", drawing.address, "npy"
    else:
        text, address, suffix = "numbers as CSV", export.address(drawing), "csv"
    link = element(
        "a",
        text,
        href=address,
        download=f"{name}.{suffix}",
        aria_label=f"{text}: {drawing.caption}",
    )
    return element("p", link, class_="files")


def element(tag: str, *content: str, **attributes: str | None) -> Markup:
    """Return an element; what is not markup is escaped.

    Args:
        tag: Its name.
        content: What is inside, nothing where the name is one of `VOID`.
        attributes: By name, with "_" for "-", and behind a name that Python keeps; None for none.
    """
    named = (
        f' {key.strip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    start = f"<{tag}{''.join(named)}>"
    return Markup(start if tag in VOID else f"{start}{joined(content)}</{tag}>")  # noqa: S704 - all of it is escaped


def joined(parts: Iterable[str]) -> Markup:
    """Return parts one behind the other; what is not markup is escaped."""
    return Markup("").join(parts)


def _table(table: Table) -> Markup:
    head = element("tr", *(_cell(cell, "col") for cell in table.header))
    rows = (element("tr", *(_cell(cell, "row") for cell in row)) for row in table.rows)
    return element(
        "div",
        element("table", element("caption", table.caption), element("thead", head), element("tbody", *rows)),
        class_="scroll-x",
        tabindex="0",
        role="region",
        aria_label=table.caption,
    )


def _cell(cell: Cell, scope: str) -> Markup:
    """Return a cell: a link where it leads somewhere, shaded where it counts something."""
    named = None if cell.link else cell.label
    return element(
        "th" if cell.header else "td",
        _inside(cell),
        class_=f"cell {cell.kind}",
        scope=scope if cell.header else None,
        data_model=cell.hue or None,
        style=None if cell.shade is None else f"--shading: {cell.shade:.3f}",
        aria_label=named,
    )


def _inside(cell: Cell) -> str:
    if cell.link:
        return element("a", cell.text, href=cell.link, aria_label=cell.label)
    return element("span", cell.text, class_="hue") if cell.hue else cell.text


def _chart(chart: Chart, name: str) -> Markup:
    """Return the place of a chart, as high as it will be; assets/js/compare/charts.js draws it there."""
    figure = {**chart.figure.to_plotly_json(), "config": config(name)}
    place = element("div", class_="plot", style=f"height: {HEIGHT}px", data_figure=to_json_plotly(figure))
    summary = element("p", chart.summary, class_="reading")
    return element("figure", element("figcaption", chart.caption), place, summary)


def _gallery(gallery: Gallery) -> Markup:
    digits = element("ul", *(element("li", _thumb(each)) for each in gallery.thumbs))
    rest = element("p", _inside(gallery.rest)) if gallery.rest else ""
    return element("figure", element("figcaption", gallery.caption), digits, rest)


def _thumb(thumb: Thumb) -> Markup:
    picture = element("img", src=thumb.picture, alt="")
    lines = Markup(" ").join(map(_part, thumb.under))  # apart, as in the label, which begins with them
    return element("a", picture, lines, href=thumb.link, aria_label=thumb.label)


def _words(words: Words) -> Markup:
    sentences = (element("p", *map(_part, sentence)) for sentence in words.sentences)
    return element("figure", *sentences, element("figcaption", words.caption, class_="reading"))


def _plane(plane: Plane) -> Markup:
    """Return the place of a plane; assets/js/compare/planes.js paints into it."""
    return element(
        "figure",
        element("figcaption", plane.caption),
        element(
            "div",
            class_="points",
            data_address=plane.address,
            data_method=plane.method,
            data_layer=plane.layer,
        ),
        element("p", plane.summary, class_="reading"),
        data_model=plane.model,
    )


def _part(cell: Cell) -> Markup:
    """Return a part of a sentence, or a line under a digit."""
    return element("span", _inside(cell), class_=cell.kind or None, data_model=cell.hue or None)
