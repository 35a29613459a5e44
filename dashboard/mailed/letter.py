"""A page to mail as one file: what is packed into it, and the document around that; knows bytes alone."""

from __future__ import annotations

import gzip
import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

MOST = 5_000_000  # bytes of the whole file
EFFORT = 4  # of 9: the most takes five times as long, of rounded weights 12 s, for 1 to 4 % of the size
DENSEST = 4  # times that a parcel gets smaller at most, as it is guessed before it is made
Bodies = Mapping[str, bytes]  # answers by address, without the slash at the root
POLICY = (
    "default-src 'none'; script-src {script}; style-src {styles}; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
PAGE = Markup("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
<link rel="icon" href="{icon}">
{styles}
</head>
<body data-page="explore">
{body}
<script type="application/json" id="facts">{facts}</script>
<script type="application/json" id="bodies">{bodies}</script>
<script>{script}</script>
</body>
</html>
""")


@dataclass(frozen=True)
class Parcel:
    """Answers that are of use together: all of them are in the page, or none.

    Attributes:
        kind: What they are, such as "exact values".
        place: Of what, such as "cnn conv1".
        size: Bytes of all bodies, about.
        make: Returns them.
        mark: What the page is told where they are in it, None for nothing.
    """

    kind: str
    place: str
    size: int
    make: Callable[[], Bodies]
    mark: tuple[str, Any] | None = None


@dataclass
class Packed:
    """What is in a page, and what is not.

    Attributes:
        parcels: As `packed` writes them.
        marks: Of the parcels that are in it.
        left_out: Places of those that are not, by kind.
    """

    parcels: list[str] = field(default_factory=list)
    marks: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Dress:
    """What every page to mail looks and works by.

    Attributes:
        script: The program, as JavaScript.
        styles: Style sheets.
        icon: Address of the icon, which holds it.
        release: Of ConvLens.
    """

    script: str
    styles: Sequence[str]
    icon: str
    release: str = ""


def pack(parcels: Iterable[Parcel], room: int) -> Packed:
    """Pack parcels in their order; one that finds no room is left out, and smaller ones may come after it.

    Args:
        parcels: In the order in which they are missed.
        room: Bytes of text that they may take.
    """
    found, held = Packed(), set[str]()
    for parcel in parcels:
        bodies = parcel.make() if parcel.size <= DENSEST * room else {}
        text = packed({address: body for address, body in bodies.items() if address not in held})
        taken = len(text) + len('"",')
        if not bodies or taken > room:
            found.left_out.setdefault(parcel.kind, []).append(parcel.place)
            continue
        held |= bodies.keys()
        room -= taken
        found.parcels.append(text)
        found.marks |= [parcel.mark] if parcel.mark else []
    return found


def packed(bodies: Bodies) -> str:
    """Return answers as text, in the form that assets/js/core/embedded.js reads."""
    index = json.dumps([[address, len(body)] for address, body in bodies.items()]).encode()
    whole = b"".join((len(index).to_bytes(4, "little"), index, *bodies.values()))
    return b64encode(gzip.compress(whole, EFFORT, mtime=0)).decode()


def write(title: str, body: Markup, facts: Mapping[str, Any], parcels: Sequence[str], dress: Dress) -> str:
    """Return a page as HTML that needs nothing but itself, and may ask for nothing.

    Args:
        title: In words.
        body: All that it consists of from the start.
        facts: What its program has to know.
        parcels: As `packed` writes them.
        dress: Program and style.
    """
    styles = [_inside(style, "style") for style in dress.styles]
    script = _inside(dress.script, "script")
    policy = POLICY.format(script=_hash(script), styles=" ".join(map(_hash, styles)))
    return PAGE.format(
        policy=policy,
        title=title,
        icon=dress.icon,
        styles=Markup("\n").join(Markup("<style>{}</style>").format(style) for style in styles),
        body=body,
        facts=_json(facts),
        bodies=_json(parcels),
        script=script,
    )


def _inside(text: str, tag: str) -> Markup:
    """Return a program or style as it stands in its element, which nothing in it may end.

    Raises:
        ValueError: Something does.
    """
    if f"</{tag}" in text.lower() or "<!--" in text:
        raise ValueError(f"What would end the element {tag} stands in what it holds.")
    return Markup(text)  # noqa: S704 - our own file, checked above


def _json(told: Any) -> Markup:
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - without a "<" it ends no element


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def missing(left_out: Mapping[str, Sequence[str]], most: int = 4) -> str:
    """Return in a sentence what is not in a page, "" where everything is.

    >>> missing({"exact values": ["cnn conv1", "cnn conv2"], "maps": []})
    'To stay below 5 MB it leaves out: exact values of cnn conv1 and cnn conv2.'
    """
    parts = [f"{kind} of {_named(places, most)}" for kind, places in left_out.items() if places]
    return f"To stay below {MOST / 1e6:g} MB it leaves out: {'; '.join(parts)}." if parts else ""


def _named(places: Sequence[str], most: int) -> str:
    if len(places) > most:
        return f"{', '.join(places[: most - 1])} and {len(places) - most + 1} more"
    *others, last = places
    return f"{', '.join(others)} and {last}" if others else last
