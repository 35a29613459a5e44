"""A person's images: what is read of them is what Pillow and NumPy say, and what is not is said."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.datasets import own, own_pictures
from models.datasets.dataset import DataError, Dataset, ImageSpec, no_labels

GREY, RGB = (28, 28, 1), (6, 8, 3)
Pixels = NDArray[np.uint8]


def noise(*shape: int, seed: int = 0) -> Pixels:
    """Return random pixels."""
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def saved(path: Path, pixels: Pixels, **how: Any) -> Path:
    """Write a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **how)
    return path


def refusal(path: Path, shape: tuple[int, ...] = GREY, **how: Any) -> str:
    """Return why images are refused."""
    with pytest.raises(DataError) as refused:
        own.bring(path, shape, **how)
    return str(refused.value)


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """Twelve subfolders of one grey picture of 28×28 each."""
    for number in range(12):
        saved(tmp_path / "digits" / str(number) / "one.png", noise(28, 28, seed=number))
    return tmp_path / "digits"


def test_subfolders_are_classes_in_their_natural_order(digits: Path) -> None:
    """Pixels of the right size are as they are; 10 comes after 9."""
    brought = own.bring(digits, GREY, classes=12)
    data = brought.dataset

    assert data.classes == tuple(map(str, range(12)))
    assert data.labels.tolist() == list(range(12))
    assert all((image == noise(28, 28, seed=number)).all() for number, image in enumerate(data.images))
    assert (data.spec, data.key, data.title, brought.notes) == (ImageSpec(*GREY), own.KEY, "digits", ())


def test_a_count_of_classes_that_does_not_fit_is_said_with_both_numbers(digits: Path) -> None:
    """Of the folders, and of the network; a network that knows its classes by name takes some of them."""
    said = refusal(digits, classes=10)
    assert "digits/ has 12 subfolders, and the network tells 10 classes apart" in said

    names = [str(number) for number in reversed(range(20))]
    data = own.bring(digits, GREY, classes=20, names=names).dataset
    assert [data.classes[label] for label in data.labels] == list(map(str, range(12)))


@pytest.mark.parametrize(
    ("suffix", "how"),
    [("png", {}), ("bmp", {}), ("tiff", {}), ("webp", {"lossless": True}), ("png", {"optimize": True})],
)
def test_formats_without_loss_are_exact(tmp_path: Path, suffix: str, how: dict[str, Any]) -> None:
    """Whatever the file is called."""
    pixels = noise(6, 8, 3)
    saved(tmp_path / "a" / f"x.{suffix}", pixels, **how).rename(tmp_path / "a" / "called otherwise.txt")

    assert (own.bring(tmp_path, RGB).dataset.images[0] == pixels).all()


def test_jpeg_is_what_pillow_decodes(tmp_path: Path) -> None:
    """Of the size that is wanted."""
    saved(tmp_path / "a" / "x.jpg", np.full((6, 8, 3), (200, 40, 90), np.uint8))
    expected = np.asarray(Image.open(tmp_path / "a" / "x.jpg").convert("RGB"))

    assert np.abs(own.bring(tmp_path, RGB).dataset.images[0].astype(int) - expected).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "LA", "RGBA", "I;16"])
@pytest.mark.parametrize("shape", [(6, 8, 1), (6, 8, 3)])
def test_every_kind_of_colours_becomes_the_networks(
    tmp_path: Path, mode: str, shape: tuple[int, int, int]
) -> None:
    """Grey by Pillow's luminance, colours by repeating grey; what is clear lies on white."""
    (tmp_path / "a").mkdir()
    if mode == "I;16":
        image = Image.fromarray((noise(6, 8).astype(np.uint16)) * 257)
        seen = Image.fromarray(noise(6, 8))
    else:
        image = Image.fromarray(noise(6, 8, 4), "RGBA").convert(mode)
        seen = image
        if mode in ("LA", "RGBA"):
            white = Image.new("RGBA", image.size, "white")
            seen = Image.alpha_composite(white, image.convert("RGBA"))
    image.save(tmp_path / "a" / "x.tiff")
    expected = np.asarray(seen.convert("RGB").convert("L" if shape[2] == 1 else "RGB"))
    brought = own.bring(tmp_path, shape)

    assert np.abs(brought.dataset.images[0].astype(int) - expected).max() <= 1
    assert any("transparent" in note for note in brought.notes) == (mode in ("LA", "RGBA"))


def test_other_sizes_are_brought_to_the_networks_as_wholes(tmp_path: Path) -> None:
    """Smaller and larger ones, turned as EXIF says; and that is said."""
    big, small = noise(40, 60, 3), noise(3, 4, 3, seed=1)
    exif = Image.Exif()
    exif[0x0112] = 6  # its top is at the right
    saved(tmp_path / "a" / "1.png", big)
    saved(tmp_path / "a" / "2.png", small)
    saved(tmp_path / "b" / "3.png", np.ascontiguousarray(np.rot90(big)), exif=exif)
    brought = own.bring(tmp_path, RGB)
    images = brought.dataset.images

    shrunk = Image.fromarray(big).resize((8, 6), Image.Resampling.LANCZOS)
    grown = Image.fromarray(small).resize((8, 6), Image.Resampling.BILINEAR)
    assert (images[0] == np.asarray(shrunk)).all()
    assert (images[2] == np.asarray(grown)).all()
    assert np.abs(images[1].astype(int) - images[0]).max() <= 2
    assert "Images of 4×3 to 60×40 were brought to 8×6, as wholes." in brought.notes


def bomb(path: Path) -> None:
    """Write the head of a PNG of 100,000×100,000."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + crc

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def test_what_is_no_picture_is_left_out_and_named(tmp_path: Path) -> None:
    """Broken ones, huge ones, and files of something else; hidden ones are not even named."""
    good = saved(tmp_path / "ä b" / "good.png", noise(28, 28))
    (tmp_path / "ä b" / "notes.txt").write_text("no picture")
    (tmp_path / "ä b" / ".hidden").write_text("no picture")
    (tmp_path / "ä b" / "half.png").write_bytes(good.read_bytes()[:200])
    bomb(tmp_path / "ä b" / "bomb.png")
    brought = own.bring(tmp_path, GREY)

    assert len(brought.dataset) == 1
    assert brought.dataset.classes == ("ä b",)
    assert "1 of 4 files is no picture and was left out: notes.txt." in brought.notes
    assert "1 of 4 files is broken and was left out: half.png." in brought.notes
    assert "1 of 4 files is larger than 16 million pixels and was left out: bomb.png." in brought.notes
    good.unlink()
    assert "has no images that can be read" in refusal(tmp_path)


def test_a_table_says_the_labels(tmp_path: Path) -> None:
    """By number or by name, with a head or without, with commas or semicolons."""
    for number in range(3):
        saved(tmp_path / f"{number}.png", noise(28, 28, seed=number))
    table = tmp_path / "labels.csv"
    for text, labels, classes in (
        ("file,label\n0.png,2\n1.png,0\n2.png,1\n", [2, 0, 1], ("0", "1", "2")),
        ("0.png;cat\n2.png;ant\n1.png;cat\n", [1, 0, 1], ("ant", "cat")),
    ):
        table.write_text(text)
        data = own.bring(tmp_path, GREY).dataset
        assert (data.labels.tolist(), data.classes) == (labels, classes)
    table.write_text("file,label\n0.png,1\nlost.png,0\n")
    assert "labels.csv names a file that is not in" in refusal(tmp_path)
    table.write_text("file,label\n0.png,1\n1.png,7\n2.png,0")
    assert "has the label 7, and the network tells 3 classes apart" in refusal(tmp_path, classes=3)
    table.unlink()
    assert "has no labels, and it is not known which classes there are. Make a subfolder" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda x: x, ""),
        (lambda x: x[..., np.newaxis], ""),
        (lambda x: x.reshape(len(x), -1), ""),
        (lambda x: x.astype(np.float32) / 255, "0 to 1"),
        (lambda x: x.astype(np.float64) / 127.5 - 1, "−1 to 1"),
        (lambda x: x.astype(np.float32), "0 to 255"),
        (lambda x: x.astype(np.int64), "0 to 255"),
    ],
)
def test_an_archive_of_arrays_is_read_in_every_form(
    tmp_path: Path, change: Callable[[Pixels], Any], note: str
) -> None:
    """Bytes and floats of three ranges, which is said; labels as numbers, a column, or one-hot."""
    images = noise(5, 28, 28)
    images[0, 0, :2] = 0, 255
    labels = np.array([0, 2, 1, 1, 0])
    for y in (labels, labels[:, np.newaxis], np.eye(3)[labels]):
        np.savez(tmp_path / "data.npz", x=change(images), y=y, class_names=np.array(["a", "b", "c"]))
        brought = own.bring(tmp_path / "data.npz", GREY, classes=3)
        assert (brought.dataset.images == images).all()
        assert brought.dataset.labels.tolist() == labels.tolist()
        assert brought.dataset.classes == ("a", "b", "c")
        assert (note in " ".join(brought.notes)) if note else not brought.notes


def test_archives_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """Without images or labels, of other counts and shapes, with objects in them, or huge."""
    path = tmp_path / "data.npz"
    for arrays, words in (
        ({"z": noise(3, 28, 28)}, "has no images under x"),
        ({"x": noise(3, 28, 28)}, "has no labels"),
        ({"x": noise(3, 28, 28), "y": np.arange(4)}, "has 3 images and 4 labels"),
        ({"x": noise(3, 5, 28, 28, 2), "y": np.arange(3)}, "has images of shape (3, 5, 28, 28, 2)"),
        ({"x": noise(3, 28, 28), "y": np.array([0, -1, 2])}, "has the label -1"),
        ({"x": noise(3, 28, 28) * 1e9, "y": np.arange(3)}, "has numbers from"),
        ({"x": np.array([{"a": 1}] * 3), "y": np.arange(3)}, "is no archive of plain arrays"),
    ):
        np.savez(path, **arrays)
        assert words in refusal(path)
    path.write_bytes(path.read_bytes()[:100])
    assert "data.npz" in refusal(path)
    assert "is missing" in refusal(tmp_path / "nowhere.npz")


@pytest.mark.parametrize("packed", [False, True])
def test_idx_files_are_read_with_the_labels_beside_them(tmp_path: Path, packed: bool) -> None:
    """As MNIST has them; without labels beside them they are asked for."""
    images, labels = noise(4, 28, 28), np.array([3, 1, 0, 2], np.uint8)
    suffix, pack = (".gz", gzip.compress) if packed else ("", bytes)
    for name, array in (
        (f"t10k-images-idx3-ubyte{suffix}", images),
        (f"t10k-labels-idx1-ubyte{suffix}", labels),
    ):
        head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
        (tmp_path / name).write_bytes(pack(head + array.tobytes()))
    path = tmp_path / f"t10k-images-idx3-ubyte{suffix}"
    data = own.bring(path, GREY, classes=10).dataset

    assert (data.images == images).all()
    assert data.labels.tolist() == labels.tolist()
    assert data.classes == tuple("0123456789")
    beside = tmp_path / f"t10k-labels-idx1-ubyte{suffix}"
    moved = beside.rename(tmp_path / "elsewhere")
    assert "has no labels" in refusal(path)
    assert not own.bring(path, GREY, classes=10).dataset.is_labelled
    assert len(own.bring(path, GREY, labels=moved).dataset) == 4


def test_what_was_brought_is_kept_whole(tmp_path: Path) -> None:
    """Images of three hundred classes, what pixels become, and names; damaged, the file is named."""
    labels = np.arange(300) % 300
    np.savez(tmp_path / "data.npz", x=noise(300, 6, 8, 3), y=labels)
    data: Dataset = own.bring(tmp_path / "data.npz", RGB, classes=300).dataset
    assert data.labels.dtype == np.uint16
    own.write(data, tmp_path)
    found = own.load("test", tmp_path)

    assert (found.images == data.images).all()
    assert (found.labels == data.labels).all()
    assert found.labels.dtype == data.labels.dtype
    for name in ("spec", "classes", "noun", "key", "title", "is_drawn"):
        assert getattr(found, name) == getattr(data, name)
    (tmp_path / own.FILE).write_bytes((tmp_path / own.FILE).read_bytes()[:-50])
    with pytest.raises(DataError, match=r"images\.npz is damaged"):
        own.load("test", tmp_path)
    (tmp_path / own.FILE).unlink()
    with pytest.raises(DataError, match=r"images\.npz is missing"):
        own.load("test", tmp_path)


def test_a_fingerprint_changes_with_what_would_be_read(digits: Path) -> None:
    """And with nothing else."""
    before = own.fingerprint(digits)
    assert own.fingerprint(digits) == before
    saved(digits / "3" / "two.png", noise(28, 28))
    assert own.fingerprint(digits) != before


def idx_file(path: Path, array: Pixels) -> Path:
    """Write an IDX file of bytes."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(head + array.tobytes())
    return path


def test_a_fingerprint_sees_the_labels_beside_an_idx_file(tmp_path: Path) -> None:
    """They are read, named or not: images with other labels are other images."""
    path = idx_file(tmp_path / "my-images-idx3-ubyte", noise(2, 28, 28))
    beside = idx_file(tmp_path / "my-labels-idx1-ubyte", np.array([0, 1], np.uint8))
    before = own.fingerprint(path)
    assert own.fingerprint(path, beside) == before
    idx_file(beside, np.array([1, 0], np.uint8))
    assert own.fingerprint(path) != before


def test_labels_beside_an_idx_file_may_be_unpacked(tmp_path: Path) -> None:
    """One of the two files was unpacked, the other was not."""
    path = idx_file(tmp_path / "my-images-idx3-ubyte", noise(2, 28, 28))
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    idx_file(tmp_path / "my-labels-idx1-ubyte", np.array([1, 0], np.uint8))

    assert own.bring(packed, GREY, classes=2).dataset.labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    "tail", [struct.pack(">3I", 2**31, 2**31, 2**31), struct.pack(">3I", 1, 1, 1) + b"ab"]
)
def test_an_idx_file_of_another_length_than_it_says_is_refused(tmp_path: Path, tail: bytes) -> None:
    """One that claims more than any machine has, and one that goes on behind its last image."""
    path = tmp_path / "my-images-idx3-ubyte"
    path.write_bytes(b"\0\0\x08\x03" + tail)
    labels = idx_file(tmp_path / "labels", np.array([0], np.uint8))

    assert "is no whole IDX file" in refusal(path, labels=labels)


def test_names_that_are_not_utf8_are_read(tmp_path: Path) -> None:
    """Old archives unpack to such names: the images are read, and known again."""
    for kind in ("a", "b"):
        saved(tmp_path / "kinds" / kind / "one.png", noise(28, 28))
    old = tmp_path / "kinds" / "a" / "one.png"
    old.rename(old.with_name("\udce4.png"))

    assert len(own.bring(tmp_path / "kinds", GREY, classes=2).dataset) == 2
    assert own.fingerprint(tmp_path / "kinds") == own.fingerprint(tmp_path / "kinds")


def test_a_class_whose_files_are_all_broken_keeps_its_number(tmp_path: Path) -> None:
    """The classes behind it would else count as others."""
    for kind in ("a", "b", "c"):
        saved(tmp_path / "kinds" / kind / "one.png", noise(28, 28))
    (tmp_path / "kinds" / "b" / "one.png").write_bytes(b"nothing")
    for classes in (3, None):
        brought = own.bring(tmp_path / "kinds", GREY, classes=classes)

        assert (brought.dataset.labels.tolist(), brought.dataset.classes) == ([0, 2], ("a", "b", "c"))
        assert brought.notes == ("1 of 3 files is no picture and was left out: one.png.",)


def test_linked_folders_are_followed_but_never_back_up(tmp_path: Path) -> None:
    """A class may lie on another disk; a link to a folder above is passed over."""
    saved(tmp_path / "kinds" / "a" / "one.png", noise(28, 28))
    saved(tmp_path / "away" / "one.png", noise(28, 28, seed=1))
    (tmp_path / "kinds" / "b").symlink_to(tmp_path / "away")
    (tmp_path / "kinds" / "a" / "loop").symlink_to(tmp_path / "kinds")
    data = own.bring(tmp_path / "kinds", GREY, classes=2).dataset

    assert data.labels.tolist() == [0, 1]
    assert (data.images[1] == noise(28, 28, seed=1)).all()


def test_an_archive_whose_array_claims_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """NumPy makes room for what the array says it has, whatever the archive says."""
    head = io.BytesIO()
    claim = {"descr": "|u1", "fortran_order": False, "shape": (10**9, 1000, 1000)}
    np.lib.format.write_array_header_1_0(head, claim)
    with zipfile.ZipFile(tmp_path / "data.npz", "w") as archive:
        archive.writestr("x.npy", head.getvalue() + b"\0" * 100)

    assert "At most 2 can be opened" in refusal(tmp_path / "data.npz")


def test_archives_with_odd_arrays_are_read_or_refused(tmp_path: Path) -> None:
    """Names as bytes are texts; a single label, and images without a side, are refused."""
    path = tmp_path / "data.npz"
    np.savez(path, x=noise(2, 28, 28), y=np.arange(2), class_names=np.array([b"cat", b"dog"]))
    assert own.bring(path, GREY, classes=2).dataset.classes == ("cat", "dog")
    np.savez(path, x=noise(2, 28, 28), y=np.array(1))
    assert "has 2 images and 1 labels" in refusal(path)
    np.savez(path, x=noise(2, 0, 28), y=np.arange(2))
    assert "has images of shape (2, 0, 28)" in refusal(path)


@pytest.mark.parametrize(("sides", "shape"), [((6, 8), RGB), ((48,), RGB), ((6, 8, 3), (6, 8, 1))])
def test_other_channels_alone_are_no_other_size(
    tmp_path: Path, sides: tuple[int, ...], shape: tuple[int, int, int]
) -> None:
    """Grey is repeated for a network of colours, colours become grey for another; no size changes."""
    x = noise(2, *sides)
    np.savez(tmp_path / "data.npz", x=x, y=np.arange(2))
    brought = own.bring(tmp_path / "data.npz", shape, classes=2)

    grey = x @ np.array([0.299, 0.587, 0.114]) if x.ndim == 4 else x.reshape(2, 6, 8)
    wanted = grey if shape[2] == 1 else np.stack([grey] * 3, axis=-1)
    assert np.abs(brought.dataset.images - wanted).max() <= 0.51
    assert brought.notes == ()


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    """The temporary file goes, whatever happens."""
    np.savez(tmp_path / "data.npz", x=noise(2, 28, 28), y=np.arange(2))
    data = own.bring(tmp_path / "data.npz", GREY, classes=2).dataset
    (tmp_path / "store" / own.FILE).mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        own.write(data, tmp_path / "store")

    assert [each.name for each in (tmp_path / "store").iterdir()] == [own.FILE]


def test_every_damaged_byte_is_found_or_harmless(tmp_path: Path) -> None:
    """Of what was kept: an error that says so, or the same images."""
    np.savez(tmp_path / "data.npz", x=noise(2, 6, 8, 3), y=np.arange(2))
    data = own.bring(tmp_path / "data.npz", RGB, classes=2).dataset
    own.write(data, tmp_path)
    whole = (tmp_path / own.FILE).read_bytes()
    for place in range(0, len(whole), 7):
        (tmp_path / own.FILE).write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        with suppress(DataError):
            found = own.load("test", tmp_path)
            assert (found.images == data.images).all()
            assert found.classes == data.classes


def test_images_without_labels_are_brought_and_said(tmp_path: Path) -> None:
    """A flat folder, or an archive of x alone: no class is claimed of them."""
    for number in range(3):
        Image.fromarray(noise(28, 28)).save(tmp_path / f"{number}.png")
    brought = own.bring(tmp_path, GREY, classes=4, names=("a", "b", "c", "d"))
    assert not brought.dataset.is_labelled
    assert brought.dataset.labels.tolist() == [4, 4, 4]
    assert brought.dataset.classes == ("a", "b", "c", "d")
    assert "no labels" in " ".join(brought.notes)

    own.write(brought.dataset, tmp_path)
    assert not own.load("test", tmp_path).is_labelled
    assert len(own.bring(tmp_path, GREY, classes=4, first=2).dataset) == 2
    assert no_labels(2, 256).tolist() == [256, 256]


def test_the_first_of_many_are_brought_with_their_numbers(tmp_path: Path) -> None:
    """Of folders one of each class in turn; and no more than memory has room for."""
    for label, count in (("a", 3), ("b", 1), ("c", 2)):
        (tmp_path / "kinds" / label).mkdir(parents=True)
        for number in range(count):
            Image.fromarray(noise(28, 28)).save(tmp_path / "kinds" / label / f"{number}.png")
    whole, part = (own.bring(tmp_path / "kinds", GREY, classes=3, first=first) for first in (None, 4))
    assert whole.dataset.labels.tolist() == [0, 1, 2, 0, 2, 0]
    assert (part.dataset.images == whole.dataset.images[:4]).all()
    assert (len(part.dataset), part.count, part.dataset.classes) == (4, 6, ("a", "b", "c"))


def test_more_pixels_than_there_is_room_for_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With how much that is, and how many there may be."""
    monkeypatch.setattr(own, "MOST_BYTES", 3 * 28 * 28)
    np.savez(tmp_path / "data.npz", x=noise(4, 28, 28), y=np.zeros(4, int))
    with pytest.raises(DataError, match=r"has 4 images, which as 28×28 are 0\.0 GB.*--most 3"):
        own.bring(tmp_path / "data.npz", GREY)
    assert len(own.bring(tmp_path / "data.npz", GREY, first=3).dataset) == 3


def test_what_is_cut_off_is_said_at_every_length(tmp_path: Path) -> None:
    """Never read in silence with black or grey in the place of what is missing."""
    for suffix in ("png", "jpg", "bmp", "tiff", "webp"):
        whole = saved(tmp_path / "whole" / f"one.{suffix}", noise(40, 40, 3)).read_bytes()
        for part in range(1, 10):
            cut = tmp_path / suffix / "a" / f"{part}.{suffix}"
            cut.parent.mkdir(parents=True, exist_ok=True)
            cut.write_bytes(whole[: len(whole) * part // 10])
        assert "has no images that can be read" in refusal(tmp_path / suffix), suffix


def test_pixels_that_end_early_are_said(tmp_path: Path) -> None:
    """A PNG that is whole but for half of its rows, of which Pillow makes black ones."""
    rows = zlib.compress(b"".join(b"\0" + bytes([200] * 28) for _ in range(14)))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 28, 28, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    written = b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in parts
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "half.png").write_bytes(b"\x89PNG\r\n\x1a\n" + written)
    assert "1 of 1 files is broken" in refusal(tmp_path)


def test_files_are_as_small_as_uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And are not read further than that."""
    saved(tmp_path / "a" / "one.png", noise(28, 28))
    monkeypatch.setattr(own_pictures, "MOST_BYTES", 100)
    assert "larger than 12 MiB" in refusal(tmp_path)


def test_colours_that_became_grey_are_said(tmp_path: Path) -> None:
    """Of those images that had some; grey ones that are kept in colours lose nothing."""
    grey = noise(28, 28)
    saved(tmp_path / "a" / "one.png", np.stack([grey] * 3, axis=-1))
    assert own.bring(tmp_path, GREY).notes == ()
    saved(tmp_path / "a" / "two.png", noise(28, 28, 3))
    assert "Colours became grey, in 1 of 2 images, as the network reads." in own.bring(tmp_path, GREY).notes
