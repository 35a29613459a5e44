import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from models import architectures
from models.architectures import cnn, cnn_coloured, fcn, resnet_fashion
from models.datasets.dataset import ImageSpec
from models.datasets.shipped import SOURCES
from models.graph.requirements import require_fitting, require_readable

SHAPES = {
    "fcn": {"flatten": (784,), "dense1": (512,), "dense2": (256,), "output": (10,)},
    "cnn": {
        "conv1": (26, 26, 32),
        "conv2": (24, 24, 64),
        "pool": (12, 12, 64),
        "flatten": (9216,),
        "dense": (128,),
        "output": (10,),
    },
}
PARAMETERS = {"fcn": 535_818, "cnn": 1_199_882}
DIGITS = ["cnn", "cnn-augmented", "fcn", "fcn-augmented", "fcn-matched"]
FASHION = ["cnn-fashion", "cnn-fashion-augmented", "fcn-fashion", "fcn-fashion-augmented", "resnet-fashion"]
KEYS = sorted([*DIGITS, "cnn-coloured", "cnn-coloured-augmented", *FASHION])


def test_every_file_is_an_architecture() -> None:
    """All are found, by file name, each with a title of its own and a recipe."""
    found = [*map(architectures.find, architectures.keys())]

    assert [network.key for network in found] == KEYS
    assert len({network.title for network in found}) == len(found)
    assert all(network.recipe.epochs > 0 for network in found)


def test_only_the_augmented_ones_learn_from_moved_digits() -> None:
    """The article's pair and the one that is as large as its CNN learn plainly; the others all in one way."""
    recipes = {key: architectures.find(key).recipe for key in DIGITS}
    augmented = {key for key, recipe in recipes.items() if recipe.augmentation or recipe.dropout}

    assert augmented == {"cnn-augmented", "fcn-augmented"}
    assert recipes["cnn-augmented"].augmentation == recipes["fcn-augmented"].augmentation


@pytest.mark.parametrize("key", ["", "rnn", "../cnn", "os", "__init__", "fcn_augmented"])
def test_an_unknown_architecture_is_not_imported(key: str) -> None:
    """Only names of files in the folder are opened."""
    with pytest.raises(KeyError, match="there are cnn, cnn-augmented, cnn-coloured"):
        architectures.find(key)


def test_titles_and_recipes_need_no_tensorflow() -> None:
    """What is said about a network is known at once; only building it loads Keras."""
    code = (
        "import sys; from models.architectures import find, keys;"
        "[find(key) for key in keys()]; print('keras' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "False"


@pytest.mark.keras
@pytest.mark.parametrize("key", SHAPES)
def test_the_networks_are_the_articles(key: str) -> None:
    """Layer names, output shapes and the number of parameters are the article's basic pair."""
    model = architectures.find(key).build()

    assert model.name == key
    assert architectures.find(key).dataset == "mnist"
    assert model.input_shape == (None, 28, 28, 1)
    assert {layer.name: layer.output.shape[1:] for layer in model.layers} == SHAPES[key]
    assert model.count_params() == PARAMETERS[key]


@pytest.mark.keras
@pytest.mark.parametrize("key", SHAPES)
def test_nothing_but_the_article(key: str) -> None:
    """ReLU inside, softmax at the end, valid convolutions of 3×3; no dropout and no regularisation."""
    config = architectures.find(key).build().get_config()
    layers = [layer for layer in config["layers"] if layer["class_name"] != "InputLayer"]
    settings = {layer["config"]["name"]: layer["config"] for layer in layers}

    assert {layer["class_name"] for layer in layers} <= {"Conv2D", "MaxPooling2D", "Flatten", "Dense"}
    activations = [each["activation"] for each in settings.values() if "activation" in each]
    assert activations == ["relu"] * (len(activations) - 1) + ["softmax"]
    for each in settings.values():
        assert each.get("kernel_size", (3, 3)) == (3, 3)
        assert each.get("padding", "valid") == "valid"
        assert not any(value for name, value in each.items() if "regularizer" in name or "constraint" in name)


@pytest.mark.keras
@pytest.mark.parametrize("key", SHAPES)
def test_augmented_networks_have_the_same_layers(key: str) -> None:
    """What differs is how they learn: no dropout is left in them."""
    plain, augmented = (architectures.find(name).build().layers for name in (key, f"{key}-augmented"))

    assert [layer.get_config() for layer in plain] == [layer.get_config() for layer in augmented]
    assert {type(layer).__name__ for layer in plain}.isdisjoint({"Dropout"})


@pytest.mark.keras
def test_the_matched_network_is_as_large_as_the_cnn() -> None:
    """To one part in ten thousand, with the layers of the FCN."""
    matched, fcn = (architectures.find(key).build() for key in ("fcn-matched", "fcn"))

    assert matched.count_params() == pytest.approx(PARAMETERS["cnn"], rel=1e-4)
    assert [layer.name for layer in matched.layers] == [layer.name for layer in fcn.layers]


@pytest.mark.keras
def test_a_seed_gives_the_first_weights() -> None:
    """The same seed draws the same weights, another seed others."""
    import keras

    def first(seed: int) -> NDArray[np.float32]:
        keras.utils.set_random_seed(seed)
        kernel: NDArray[np.float32] = architectures.find("fcn").build().get_weights()[0]
        return kernel

    assert np.array_equal(first(7), first(7))
    assert not np.array_equal(first(7), first(8))


@pytest.mark.keras
@pytest.mark.parametrize("key", [key for key in KEYS if key not in DIGITS])
def test_networks_fit_the_data_set_that_they_learn(key: str) -> None:
    """Shape of an image and number of classes are those of the data set, and it can be shown."""
    network = architectures.find(key)
    model = network.build()

    require_fitting(require_readable(model), network.source.spec.shape, len(network.source.classes))
    assert model.name == key.removesuffix("-augmented")


@pytest.mark.keras
@pytest.mark.parametrize("kind", ["fcn", "cnn"])
def test_clothes_are_read_by_the_articles_layers(kind: str) -> None:
    """What reads pieces of clothing differs from what reads digits in its name alone."""
    one, other = (architectures.find(key).build() for key in (kind, f"{kind}-fashion"))

    configs = [[layer.get_config() | {"name": ""} for layer in model.layers] for model in (one, other)]
    assert configs[0] == configs[1]
    assert [layer.name for layer in one.layers[1:]] == [layer.name for layer in other.layers[1:]]


@pytest.mark.keras
def test_an_architecture_takes_any_data_set() -> None:
    """The same file makes a network of coloured images of another form, and of another number of classes."""
    source = replace(SOURCES["mnist"], spec=ImageSpec(12, 20, 3), classes=("disc", "cross", "stripes"))
    for module in (fcn, cnn, resnet_fashion, cnn_coloured):
        model = module.build(source)
        assert model.input_shape == (None, 12, 20, 3)
        assert model.output_shape == (None, 3)


@pytest.mark.keras
def test_the_first_kernels_of_coloured_digits_are_as_deep_as_the_image() -> None:
    """A kernel is 3-D: 3×3 of each of red, green and blue."""
    kernel, _ = architectures.find("cnn-coloured").build().layers[0].get_weights()

    assert kernel.shape[:3] == (3, 3, 3)


@pytest.mark.keras
def test_the_residual_network_branches() -> None:
    """What a block adds to is what it read; two of its sums have two inputs each, and it ends in means."""
    model = architectures.find("resnet-fashion").build()
    kinds = [type(layer).__name__ for layer in model.layers]

    assert kinds.count("Add") == 2
    assert kinds.count("BatchNormalization") == 6
    assert "GlobalAveragePooling2D" in kinds
    assert all(len(layer.input) == 2 for layer in model.layers if type(layer).__name__ == "Add")
