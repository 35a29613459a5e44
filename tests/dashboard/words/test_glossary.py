from __future__ import annotations

import re
from functools import cache
from itertools import chain

import pytest

from dashboard.words import GROUPS, WORDS
from dashboard.words.glossary import Glossary, anchor, forms, glossary, place
from dashboard.words.word import Word
from models.datasets.dataset import Noun
from models.graph.kinds import described
from tests import deno, networks

DIGITS = Noun("digit", "digits")
LONGEST = 200  # characters of a sentence
FIELD = re.compile(
    r"backprop\w*|optimi[sz]er|tensor|vector|matri\w+|scalar|hyperparameter|neuron|feature|embedding|latent|"
    r"cross-entropy|likelihood|variance|quantile|regulari[sz]\w+|normali[sz]\w+|nonlinear\w*|derivative|"
    r"L2|norm|batch|minibatch|overfit\w*|generali[sz]\w+|inference|argmax|forward pass|checkpoint|nats?",
    re.IGNORECASE,
)  # words of the field that no sentence needs


@cache
def of_digits() -> Glossary:
    return glossary(DIGITS, 10_000)


@pytest.mark.parametrize("word", of_digits().words, ids=lambda word: str(word.term))
def test_a_word_is_explained_in_one_sentence(word: Word) -> None:
    """It begins with a capital, ends with the one full stop in it, and is read at a glance."""
    assert re.fullmatch(r"[A-Z±▲][^!?]*\.", word.told)
    assert re.search(r"\.\s", word.told) is None
    assert len(word.told) <= LONGEST
    assert "{" not in word.told + "".join(forms(word))


@pytest.mark.parametrize("place_of", range(len(WORDS)), ids=lambda i: WORDS[i].term)
def test_a_word_is_explained_by_those_before_it_alone(place_of: int) -> None:
    """So none leads back to itself, and none needs a word of the field that is not explained."""
    words = of_digits().words
    before = {word.term for word in words[: place_of + 1]}

    used = {word.term for _, word in of_digits().parts(words[place_of].told) if word}
    assert used <= before
    rest = "".join(part for part, word in of_digits().parts(words[place_of].told) if not word)
    own = {each.lower() for each in re.findall(r"\w+", words[place_of].term)}
    assert {each for each in FIELD.findall(rest) if each.lower() not in own} == set()


def test_every_form_and_every_address_is_one_words() -> None:
    """No text could mean two of them, and a link leads to one."""
    written = [form.lower() for word in of_digits().words for form in forms(word)]
    places = [anchor(word) for word in of_digits().words]

    assert len(written) == len(set(written))
    assert len(places) == len(set(places))
    assert all(re.fullmatch("[a-z0-9-]+", each) for each in places)
    assert [place(word) for word in WORDS if word.term == "ReLU"] == ["word-relu"]


def test_words_are_found_as_they_stand() -> None:
    """In small letters or large, in the plural, the longer one of two; not within others, and each once."""
    text = "Max pooling keeps a maps' largest pre-activation; conv1-maps and a map after relu: kernels, ReLU."
    parts = [*of_digits().parts(text)]

    assert "".join(part for part, _ in parts) == text
    assert [(part, word.term) for part, word in parts if word] == [
        ("Max pooling", "pooling"),
        ("maps", "map"),
        ("pre-activation", "pre-activation"),
        ("relu", "ReLU"),
        ("kernels", "kernel"),
    ]
    assert [*of_digits().parts("")] == []


def test_a_section_dots_a_word_once_and_has_one_stop() -> None:
    """What was seen in a heading is not dotted again below it; the tab key stops at the first one alone."""
    seen: set[str] = set()
    head, body = (of_digits().explained(text, seen) for text in ("A <b> kernel", "Its kernel and its bias"))

    assert head.startswith("A &lt;b&gt; <span")
    assert ">kernel</span>" in head
    assert 'tabindex="0" aria-describedby="word-kernel"' in head
    assert "Its kernel and its <span" in body
    assert 'tabindex="-1" aria-describedby="word-bias"' in body
    assert seen == {"kernel", "bias"}


QUESTION = """({ finderOf, partsOf }, [words, texts]) => {
  const finder = finderOf(words.map(([id, forms]) => ({ id, forms })));
  return texts.map((text) => partsOf(text, finder, new Set()));
}"""


def test_the_browser_finds_the_same_words() -> None:
    """In all sentences on the page of words, and in what networks say of their layers."""
    words = [(place(word), forms(word)) for word in of_digits().words if word.dotted]
    texts = [word.told for word in of_digits().words]
    texts += [entry.graph.reading(layer.name) for entry in networks.entries() for layer in entry.layers]
    texts += ["Über-maps, maps_2, max  pooling; MAX POOLING (Grad-CAM) McNemar's exact test", ""]

    told = deno.told("core/words.js", QUESTION, [words, texts])

    expected = [[[part, word and place(word)] for part, word in of_digits().parts(text)] for text in texts]
    assert told == expected
    assert len([*chain(*expected)]) > 300


def test_kinds_of_layers_are_called_what_people_call_them() -> None:
    """Most of the described kinds have a word; what no word explains keeps Keras' name."""
    called = {kind: word.term for kind in described() if (word := of_digits().kind(kind))}

    assert called["Conv2D"] == "convolution"
    assert called["Conv2DTranspose"] == "transposed convolution"
    assert called["GlobalAveragePooling2D"] == "global pooling"
    assert called["Add"] == "merging"
    assert called["ReLU"] == "ReLU"
    assert len(called) > 30
    assert ">convolution</span>" in of_digits().named("Conv2D", set())
    assert of_digits().named("Identity", set()) == "Identity"
    assert of_digits().kind("Resizing") is None


def test_only_words_that_a_network_needs_are_sent() -> None:
    """What is said of layers and functions that no network here has stands on the page of words alone."""
    few, more = of_digits().listed(["Dense", "relu"]), of_digits().listed(["Dropout", "tanh"])

    for term in ("relu", "logit", "convolution"):
        assert f'id="word-{term}"' in few
    for term in ("tanh", "dropout"):
        assert f'id="word-{term}"' not in few
        assert f'id="word-{term}"' in more
    assert 'id="word-cell"' not in few  # never dotted
    assert "<dt>dead</dt>" in few


def test_sentences_are_of_the_data_set() -> None:
    """They call its images what it calls them, and count them."""
    shapes = {word.term: word for word in glossary(Noun("image", "images"), 37).words}

    assert shapes["dead"].told == "Zero on all 37 test images."
    assert shapes["adversarial example"].told.startswith("An image that")
    assert "test images" in forms(shapes["test set"])
    assert len(GROUPS) == len(of_digits().groups)
