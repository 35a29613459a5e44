"""The words of the field that the page uses, each explained in one sentence; the only place where they are.

A sentence uses no word of this list but its own and those that stand before it: who reads from the top to the
bottom meets nothing that was not explained.
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.words import explanations, layers, learning, measures, network
from dashboard.words.word import Word

GROUPS: Mapping[str, tuple[Word, ...]] = {
    "What is a network made of?": network.WORDS,
    "What do its layers do?": layers.WORDS,
    "How good is it, and what is said of its parts?": measures.WORDS,
    "How does it learn?": learning.WORDS,
    "Why does it answer that?": explanations.WORDS,
    "What do the signs on pictures mean?": explanations.SIGNS,
}
WORDS = tuple(word for group in GROUPS.values() for word in group)
