"""Reads a panel's links as the page itself does."""

from urllib.parse import parse_qsl, urlsplit

from dashboard.selection import Reader, Selection


def read_link(link, entries) -> tuple[Reader, Selection]:
    """Return the reader, with its complaints, and what it understood."""
    parts = urlsplit(link)
    reader = Reader(parts.path, dict(parse_qsl(parts.query, strict_parsing=True)), entries, opening=9_999)
    return reader, reader.read()
