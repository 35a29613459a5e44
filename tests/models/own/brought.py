"""What somebody brings: the made-up images as files in folders, and networks that learned them."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests import worlds


def photographs(folder: Path) -> Path:
    """Write the made-up images into a subfolder for each class, and return the folder."""
    world = worlds.made_up()
    for number, (image, label) in enumerate(zip(world.images, world.labels, strict=True)):
        path = folder / world.classes[label] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    return folder


def names(folder: Path) -> Path:
    """Write the classes in the order in which the networks learned them."""
    path = folder / "names.txt"
    path.write_text("\n".join(worlds.CLASSES))
    return path
