"""Several exhibits at one server: the first at its root, the others below paths, opened when asked for.

Each is a page of its own with a workspace of its own. So whoever looks at the first one waits for none of the
others, and pays no memory for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from flask import Flask
from markupsafe import Markup

from dashboard.ids import Id
from dashboard.markup import element, joined
from dashboard.mounted import mount
from models.store.exhibits import Exhibit


def show(server: Flask, others: Iterable[Exhibit], opened: Callable[[Exhibit], Flask]) -> None:
    """Answer below the path of each exhibit what its own server does, and everything else as before.

    Args:
        server: Of the exhibit at the root.
        others: The other exhibits.
        opened: Makes the server of one of them, which takes a second.
    """
    for each in others:
        mount(server, each.key, partial(opened, each))


def listed(exhibits: Sequence[Exhibit], shown: Exhibit | None) -> Markup:
    """Return the list of all exhibits behind a button that says which is shown; nothing where there is one.

    Args:
        exhibits: All, the one at the root first.
        shown: The one whose page this is.
    """
    if shown is None or len(exhibits) < 2:
        return Markup("")
    up = "./" if shown == exhibits[0] else "../"
    links = (
        element(
            "a",
            each.title,
            href=up if each == exhibits[0] else f"{up}{each.key}/",
            aria_current="page" if each == shown else None,
        )
        for each in exhibits
    )
    return joined(
        (
            element(
                "button",
                shown.title,
                type="button",
                popovertarget=Id.EXHIBITS,
                aria_label=f"Exhibit: {shown.title}",
                title="What else is shown",
                class_="exhibit",
            ),
            element("nav", *links, id=Id.EXHIBITS, popover="auto", aria_label="Exhibits", class_="exhibits"),
        )
    )
