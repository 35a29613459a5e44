"""What HTML is made of that is no component of Dash: what Explore's own scripts paint into.

Each component takes the browser half a millisecond when the page starts. These are 393 elements; with 400
components more, Explore stood after 0.44 s of processor time instead of 0.25 (medians of six visits each, in
turns). A click took as long as before.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

VOID = ("img", "input")  # elements that never hold anything


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
