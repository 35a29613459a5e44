"""What the parts of a link are, and how each is read as plain text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from dashboard.filter_table import LONGEST, ORDERS
from models.analysis import projection

PARTS = (
    *("digit", "pair", "model", "layer", "filter", "cell", "slice", "against", "scale", "stage", "off"),
    *("part", "flip", "perturb", "reference", "why", "mind", "label", "answer", "by", "wrong", "sort"),
    *("epoch", "since", "show", "within", "changed", "fate", "find"),
)  # of a link
CAMPAIGN = re.compile(r"utm_\w+|[a-z]{1,5}clk?id|mc_[ce]id|igshid")  # what others add to a link: no mistake
FINE = 1000  # steps along each side of a plane
CORNERS = 64  # of a line in it, at most
NEAR = "near"
WITHIN = "network.method:x.y.x.y.x.y, a line in its plane, or network.near:image, what is nearest to that"
MOST = 3  # unknown parts that are named


def plainly(query: Mapping[str, str]) -> dict[str, str]:
    """Return a query in which the image at hand is called `digit`, though a person may type `image`."""
    return {"digit" if part == "image" and "digit" not in query else part: query[part] for part in query}


def unknown(query: Iterable[str]) -> list[str]:
    """Return a sentence on the parts that no link has, but for those that whoever passes it on adds."""
    wrong = [part for part in query if part not in PARTS and not CAMPAIGN.fullmatch(part)]
    more = f" and {len(wrong) - MOST} more" if len(wrong) > MOST else ""
    named = ", ".join(map(quote, wrong[:MOST]))
    return [f"A link has no part called {named}{more}."] if wrong else []


def repeated(parts: Iterable[str]) -> list[str]:
    """Return a sentence on the parts that stand in a link more than once, as far as it has such parts."""
    known = ", ".join(part for part in parts if part in PARTS)
    return [f"More than once in the link: {known}. The first counts."] if known else []


def whole(text: str, end: int) -> int | None:
    """Return a plain decimal number below `end`, None for anything else that a person can type."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 and int(text) < end else None


def within(text: str, arranged: Collection[str], images: int) -> str | None:
    """Return a line around some images, or the one whose neighbours are meant, None for anything else.

    Args:
        text: Of the link.
        arranged: The networks for which the images were arranged.
        images: How many there are.
    """
    path, _, where = text.partition(":")
    key, _, method = path.partition(".")
    if key not in arranged:
        return None
    if method == NEAR:
        image = whole(where, images)
        return None if image is None else f"{path}:{image}"
    numbers = [whole(part, FINE + 1) for part in where.split(".")]
    closed = len(numbers) % 2 == 0 and 2 * 3 <= len(numbers) <= 2 * CORNERS
    return text if method in projection.METHODS and closed and None not in numbers else None


def short(text: str) -> str | None:
    """Return what is to be found in the table of filters, None where it is too long for its field."""
    return text if len(text) <= LONGEST else None


def order(text: str) -> str | None:
    """Return by which column that table is sorted, None where it is by none."""
    return text if text in ORDERS else None


def quote(text: str) -> str:
    """Return a text that somebody wrote, cut to a length that fits in a sentence."""
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
