"""The words as they are said of one data set, and how they are found and marked in texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from markupsafe import Markup

from dashboard.markup import element, joined
from dashboard.words import GROUPS
from dashboard.words.word import Word
from models.datasets.dataset import Noun

PLACE = "words"  # id of the list in the document


@dataclass(frozen=True)
class Glossary:
    """The words of a page.

    Attributes:
        groups: Words by what they are about, with what the images are called.
    """

    groups: tuple[tuple[str, tuple[Word, ...]], ...]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Return all words, each explained by those before it."""
        return tuple(word for _, words in self.groups for word in words)

    @cached_property
    def _by_form(self) -> dict[str, Word]:
        """Return the dotted words by each of their forms, as `_plain` writes it."""
        return {_plain(form): word for word in self.words if word.dotted for form in forms(word)}

    @cached_property
    def _any(self) -> re.Pattern[str]:
        """Return what finds a dotted word; of two that begin alike the longer one."""
        longest = sorted(self._by_form, key=lambda form: (-len(form), form))
        found = "|".join(map(re.escape, longest))
        return re.compile(rf"(?<![\w-])(?:{found})(?![\w-])", re.IGNORECASE | re.ASCII)

    def parts(self, text: str, seen: set[str] | None = None) -> Iterator[tuple[str, Word | None]]:
        """Yield a text in parts, each with the word that it is, or None.

        assets/js/core/words.js does the same; a test binds the two.

        Args:
            text: Plain.
            seen: Terms that were marked before in the same section; those found are added. A word is marked
                only where it stands first.
        """
        seen, end = set() if seen is None else seen, 0
        for found in self._any.finditer(text):
            word = self._by_form[_plain(found[0])]
            if word.term in seen:
                continue
            seen.add(word.term)
            if found.start() > end:
                yield text[end : found.start()], None
            yield found[0], word
            end = found.end()
        if end < len(text):
            yield text[end:], None

    def explained(self, text: str, seen: set[str] | None = None) -> Markup:
        """Return a text in which words are dotted and explained, each where it stands first.

        Args:
            text: Plain.
            seen: As in `parts`. The first word of a section is a stop of the tab key; arrows lead to the
                others.
        """
        seen = set() if seen is None else seen
        return joined(
            _dotted(part, word, first=seen == {word.term}) if word else part
            for part, word in self.parts(text, seen)
        )

    def named(self, kind: str, seen: set[str]) -> Markup:
        """Return what people call a kind of layer, dotted; Keras' name of one that no word explains.

        Args:
            kind: Keras' name.
            seen: As in `parts`.
        """
        word = self.kind(kind)
        return self.explained(word.term if word else kind, seen)

    def kind(self, kind: str) -> Word | None:
        """Return the word that explains a kind of layer, by Keras' name of it; None where there is none."""
        plain = _joined(kind)
        return next((w for w in self.words if plain in map(_joined, (*forms(w), *w.kinds))), None)

    def listed(self, named: Iterable[str]) -> Markup:
        """Return the list of what can be dotted, for the document: it is hidden, and each sentence has an id.

        Args:
            named: What Keras calls the layers and the activation functions that there are: it is 3 kB for
                every first visit, and what no network has is not said.
        """
        there = {*map(_joined, named)}
        entries = (
            joined((element("dt", "|".join(forms(word))), element("dd", word.told, id=place(word))))
            for word in self.words
            if word.dotted and (not word.kinds or there & {*map(_joined, word.kinds)})
        )
        return element("dl", *entries, id=PLACE, hidden="")

    def some(self, terms: Collection[str]) -> Markup:
        """Return such a list of some words alone, whether they are dotted elsewhere or not."""
        chosen = [word for word in self.words if word.term in terms]
        entries = (
            joined((element("dt", "|".join(forms(word))), element("dd", word.told, id=place(word))))
            for word in chosen
        )
        return element("dl", *entries, id=PLACE, hidden="")


@cache
def glossary(noun: Noun, count: int) -> Glossary:
    """Return the words as they are said of images.

    Args:
        noun: What these are called.
        count: How many test images there are.
    """

    def said(text: str) -> str:
        told = noun.said(text, count=f"{count:,}")
        return told[0].upper() + told[1:]

    def of(word: Word) -> Word:
        return word._replace(told=said(word.told), forms=tuple(map(noun.said, word.forms)))

    return Glossary(tuple((title, tuple(map(of, words))) for title, words in GROUPS.items()))


def forms(word: Word) -> tuple[str, ...]:
    """Return all in which a word stands in texts; the first one is its own."""
    return word.term, *word.forms


def anchor(word: Word) -> str:
    """Return where a word stands on the page of all.

    >>> anchor(Word("McNemar's test", "…"))
    'mcnemar-s-test'
    """
    return re.sub(r"[^a-z0-9]+", "-", word.term.lower()).strip("-") or f"sign-{ord(word.term[0])}"


def place(word: Word) -> str:
    """Return the id of a word's sentence in the document."""
    return f"word-{anchor(word)}"


def _dotted(text: str, word: Word, *, first: bool) -> Markup:
    return element(
        "span",
        text,
        class_="dotted",
        role="button",
        tabindex="0" if first else "-1",
        aria_describedby=place(word),
    )


def _plain(form: str) -> str:
    return form.lower()


def _joined(kind: str) -> str:
    """Return a name without what differs between Keras' and people's: "maxpooling" of both."""
    return re.sub(r"[12]d|[^a-z]", "", kind.lower())
