"""Takes the README's pictures from the real page, on light and on dark paper: `make readme-picture`."""

from __future__ import annotations

import struct
import sys
import tempfile
import zlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from dashboard.settings import ROOT
from models.datasets import coloured_mnist, mnist
from models.store import manifest
from models.store.exhibits import folder_of
from tests.browser import at_rest, canvas, chromium
from tests.browser.canvas import Pixels
from tests.browser.serving import Server, served
from tests.browser.visitor import Visitor

Scheme = Literal["light", "dark"]
DOCS = ROOT / "docs"
PAGE = ViewportSize(width=1440, height=900)
SEVEN = (
    (0.25, 0.2),
    (0.22, 0.72),
    (0.85, 0.38),
)  # rows and columns, from end to end, of each corner of a line


LARGEST = 300_000  # bytes of a picture
COLOURS = 256  # of a picture: half of them the most frequent, the others each the farthest from those before


def inspect(visitor: Visitor, server: Server) -> None:
    """Select the CNN's strongest map on the digit that the page opens on."""
    digit = int(at_rest.attribute(visitor.open().locator("body"), "data-painted"))
    values = server.tensor(f"/api/models/cnn/images/{digit}/layers/conv2.npy")
    row, column, channel = np.unravel_index(values.argmax(), values.shape)
    page = visitor.open(f"/?digit={digit}&layer=cnn.conv2&filter={channel}&cell={row},{column}")
    expect(page.locator("#inspector .slice-rows button")).to_have_count(32)


def draw(visitor: Visitor, _: Server) -> None:
    """Draw a seven with the mouse."""
    page = visitor.open()
    page.locator("#pad summary").first.click()
    page.get_by_label("Pad to draw on").scroll_into_view_if_needed()
    visitor.draw(*SEVEN, steps=12)
    expect(page.locator("#digit-title")).to_have_text("Your digit")


def ask_why(visitor: Visitor, _: Server) -> None:
    """Ask why each network says what it says of the digit that the page opens on."""
    visitor.open()
    visitor.ask("why")


def change_minds(visitor: Visitor, _: Server) -> None:
    """Ask what would change both networks' minds of that digit."""
    visitor.open()
    visitor.ask("adversary")


def learn(visitor: Visitor, _: Server) -> None:
    """Train a small network to its end."""
    page = visitor.page
    page.goto(f"{visitor.url}/train/")
    for name, value in (("Widths", "8, 16"), ("Dense units", "32"), ("Share", "0.3"), ("Epochs", "6")):
        page.get_by_label(name).fill(value)
    expect(page.locator("#order-said")).to_contain_text("6 epochs of 128 steps")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/?run=*")
    expect(page.locator("#state")).to_contain_text("Finished in", timeout=600_000)


def inspect_own(visitor: Visitor, server: Server) -> None:
    """Select the strongest map of the first of somebody's own networks, once all is measured."""
    visitor.eventually(lambda: not server.json("/api/opened")["doing"], 600)
    server.wait_until_ready()
    key = server.json("/api/models")["models"][0]["key"]
    values = server.tensor(f"/api/models/{key}/images/5/layers/conv1.npy")
    row, column, channel = np.unravel_index(values.argmax(), values.shape)
    page = visitor.open(f"/?digit=5&layer={key}.conv1&filter={channel}&cell={row},{column}")
    expect(page.locator("#inspector .part-sliding canvas").last).to_be_visible()


@dataclass(frozen=True)
class Picture:
    """One picture: its file, the paper, the window, what of the page is in it, and what is done before."""

    path: Path
    scheme: Scheme
    size: ViewportSize
    part: str
    act: Callable[[Visitor, Server], None]


PICTURES = (
    Picture(DOCS / "explore.png", "light", PAGE, "body", inspect),
    Picture(DOCS / "explore-dark.png", "dark", PAGE, "body", inspect),
    Picture(DOCS / "inspector.png", "light", PAGE, "#dock", inspect),
    Picture(DOCS / "draw.png", "light", PAGE, "body", draw),
    Picture(DOCS / "why.png", "light", PAGE, "#dock", ask_why),
    Picture(DOCS / "adversary.png", "light", PAGE, "#dock", change_minds),
    Picture(DOCS / "train.png", "light", PAGE, "body", learn),
)
OWN = (Picture(DOCS / "own.png", "light", PAGE, "body", inspect_own),)
COLOURED = folder_of(coloured_mnist.KEY)
SOME = 300  # images in the folder of somebody's own


def main() -> None:
    """Write all pictures."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,  # who does jobs ends later
        sync_playwright() as playwright,
    ):
        for pictures, words in ((PICTURES, ()), (OWN, brought(Path(folder)))):
            cache = Path(folder) / f"cache-{len(pictures)}"
            jobs = str(cache / "jobs")
            with served(cache, *words, JOBS_DIR=jobs) as server, chromium.launch(playwright) as browser:
                server.wait_until_ready()
                for picture in pictures:
                    write(picture, browser, server)


def brought(folder: Path) -> tuple[str | Path, ...]:
    """Write coloured digits into a folder for each class, and return the words that open networks on them."""
    test = coloured_mnist.load("test", mnist.DATA)[:SOME]
    for number, (image, label) in enumerate(zip(test.images, test.labels, strict=True)):
        path = folder / "photos" / test.classes[label] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    networks = []
    for name, entry in zip(("last-night", "the-night-before"), manifest.read(COLOURED), strict=True):
        networks.append(folder / f"{name}.keras")
        networks[-1].write_bytes((COLOURED / entry.checkpoint.name).read_bytes())
    return (*networks, "--images", folder / "photos", "--port", "0")


def write(picture: Picture, browser: Browser, server: Server) -> None:
    """Take one picture and write it into its file."""
    path = picture.path
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(png(*indexed(take(browser, server, picture))))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path.name} is larger than {LARGEST:,} bytes; make the window smaller.")


def take(browser: Browser, server: Server, picture: Picture) -> Pixels:
    """Return a part of the page, (rows, columns, 3)."""
    with browser.new_context(
        viewport=picture.size, color_scheme=picture.scheme, reduced_motion="reduce"
    ) as context:
        visitor = Visitor(context, server.url)
        picture.act(visitor, server)
        page, part = visitor.page, picture.part
        at_rest.loaded(page)
        pixels = unpack(page, at_rest.screenshot(page if part == "body" else page.locator(part)))
        if visitor.complaints:
            sys.exit("\n".join(visitor.complaints))
        return pixels


def unpack(page: Page, screenshot: bytes) -> Pixels:
    """Return the pixels of a PNG, (rows, columns, 3), by the browser's own decoder."""
    page.evaluate(
        """async (source) => {
          const picture = Object.assign(new Image(), { src: source });
          await picture.decode();
          const canvas = document.createElement("canvas");
          Object.assign(canvas, { width: picture.width, height: picture.height });
          canvas.getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0);
          canvas.id = "unpacked";
          document.body.append(canvas);
        }""",
        f"data:image/png;base64,{b64encode(screenshot).decode()}",
    )
    return canvas.read(page.locator("#unpacked"))[..., :3]


def indexed(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Return which of at most 256 colours every pixel has, (rows, columns), and the colours, (colours, 3)."""
    colours, inverse, counts = np.unique(
        pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    frequent = counts.argsort()[::-1][: COLOURS // 2]
    distance = np.full(len(colours), np.inf)
    nearest = np.zeros(len(colours), np.uint8)
    palette = []
    for number in range(min(COLOURS, len(colours))):
        chosen = colours[frequent[number] if number < len(frequent) else distance.argmax()]
        apart = np.linalg.norm(colours - chosen.astype(float), axis=1)
        nearest[apart < distance] = number
        distance = np.minimum(distance, apart)
        palette.append(chosen)
    return nearest[inverse].reshape(pixels.shape[:2]), np.stack(palette)


def png(indices: Pixels, palette: Pixels) -> bytes:
    """Return a PNG of pixels that are indices into a palette."""
    rows, columns = indices.shape
    lines = np.concatenate(
        [np.zeros((rows, 1), np.uint8), indices], axis=1
    )  # each begins with its filter, none
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0),
        b"PLTE": palette.tobytes(),
        b"IDAT": zlib.compress(lines.tobytes(), 9),
        b"IEND": b"",
    }
    chunks = [
        struct.pack(">I", len(part)) + name + part + _check(name + part) for name, part in parts.items()
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _check(content: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(content))


if __name__ == "__main__":
    main()
