"""The page of all words: plain HTML that needs no script, and says each word at an address of its own."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request
from markupsafe import Markup

from dashboard.api.responses import revalidated
from dashboard.errors import RefusedError
from dashboard.markup import element, joined
from dashboard.query import knows
from dashboard.words.glossary import Glossary, anchor
from dashboard.words.word import Word

PATH = "/words"
THEMES = ("dark", "light")
READING = (
    "Each word is explained in one sentence, by those above it alone. On the other pages it is dotted where "
    "it stands first: point at it, tap it, or come to it by the tab key and go on by the arrow keys; Esc "
    "takes the sentence away."
)
PAGE = Markup("""<!DOCTYPE html>
<html lang="en"{theme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>Words · ConvLens</title>
<link rel="icon" href="{icon}">
<link rel="stylesheet" href="{style}">
</head>
<body>
{body}
</body>
</html>""")


def view(words: Glossary, style: str, icon: str) -> Callable[[], Response]:
    """Return the view of the page of all words.

    Args:
        words: That it explains.
        style: Address of the style sheet.
        icon: Address of the icon.
    """
    body = _body(words)

    @knows("theme")
    def all_words() -> Response:
        theme = request.args.get("theme")
        if theme not in (None, *THEMES):
            raise RefusedError(400, "bad_theme", f"A theme is {' or '.join(THEMES)}.")
        chosen = Markup(' data-theme="{}"').format(theme) if theme else ""
        html = PAGE.format(theme=chosen, icon=icon, style=style, body=body)
        return revalidated(Response(html, mimetype="text/html"))

    return all_words


def _body(words: Glossary) -> Markup:
    pages = (element("a", "Explore", href="./"), element("a", "Compare", href="compare"))
    header = element(
        "header",
        element("p", "ConvLens", class_="brand"),
        element("nav", *pages, aria_label="Pages"),
        class_="header",
    )
    sections = (
        element("section", element("h2", title), element("dl", *(_entry(each, words) for each in group)))
        for title, group in words.groups
    )
    main = element(
        "main", element("h1", "Words"), element("p", READING, class_="reading"), *sections, class_="all-words"
    )
    return joined((header, main))


def _entry(word: Word, words: Glossary) -> Markup:
    """Return a word with its sentence, in which other words lead to theirs."""
    sentence = (
        element("a", part, href=f"#{anchor(other)}") if other and other.term != word.term else part
        for part, other in words.parts(word.told)
    )
    return joined((element("dt", word.term, id=anchor(word)), element("dd", *sentence)))
