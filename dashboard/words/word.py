"""What a word of the page is made of."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """A word of the field and what it means.

    Attributes:
        term: What it is called.
        told: One sentence that a pupil understands; {image}, {images}, {an_image} and {count} are the data
            set's.
        forms: Other forms in which it stands in texts.
        kinds: What Keras calls the layers or functions that it is about, such as "leaky relu": it is said
            where a network has one of them; () where it is said of any network.
        dotted: Whether it is marked where it stands in a text; what everybody knows, or what means something
            else in most sentences, is not.
    """

    term: str
    told: str
    forms: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    dotted: bool = True
