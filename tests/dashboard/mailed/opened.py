"""Opens a page to mail again: what it says to the program in it, and what it holds."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode
from typing import Any

HELD = re.compile(r'<script type="application/json" id="(facts|bodies)">(.*?)</script>', re.DOTALL)


def facts(html: str) -> Any:
    """Return what its program has to know."""
    return _told(html)["facts"]


def bodies(html: str) -> dict[str, bytes]:
    """Return the answers that it holds, by their addresses."""
    return {
        address: body
        for parcel in _told(html)["bodies"]
        for address, body in opened(b64decode(parcel)).items()
    }


def opened(parcel: bytes) -> dict[str, bytes]:
    """Return what is in one parcel, in the way of assets/js/core/embedded.js."""
    content = gzip.decompress(parcel)
    at = 4 + int.from_bytes(content[:4], "little")
    found = {}
    for address, length in json.loads(content[4:at]):
        found[address] = content[at : at + length]
        at += length
    assert at == len(content)
    return found


def _told(html: str) -> dict[str, Any]:
    return {name: json.loads(text) for name, text in HELD.findall(html)}
