"""Reads a panel's links as the page itself does."""

from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from dashboard.link import Reader
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Panel
from dashboard.selection import Selection
from models.analysis.collection import Collection
from tests import networks


def read_link(link: Any, entries: Any) -> tuple[Reader, Selection]:
    """Return the reader, with its complaints, and what it understood."""
    parts = urlsplit(urljoin("/compare", link))
    known = Collection(tuple(entries), networks.blank())
    reader = Reader(parts.path, dict(parse_qsl(parts.query, strict_parsing=True)), known, opening=9_999)
    return reader, reader.read()


def drawn(panel: Panel, comparison: Comparison) -> tuple[Any, ...]:
    """Return a panel's drawings; a test knows which are charts and which tables."""
    return panel.draw(comparison)
