from __future__ import annotations

import io
import json
import re
import threading
from base64 import b64decode
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from dashboard import logs
from dashboard.api import drawings
from dashboard.brought import Brought
from dashboard.factory import create_app
from models.analysis.metrics import log_probabilities
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.pictures.parts import MOST_BYTES
from models.sketch.drawing import Drawing
from tests.dashboard.apps import logits_of, settings, workspace
from tests.dashboard.sweeping import require_error, require_headers
from tests.models.image_files import PILLOW, REFUSED, file_of
from tests.models.photographs import encoded, exif

ROUTE = "/api/drawings"


@pytest.fixture(scope="module")
def digit(test_digits: Dataset) -> bytes:
    """A PNG of a test digit, black on white."""
    return encoded(255 - np.kron(test_digits.images[0], np.ones((6, 6), np.uint8)))


def send(
    client: FlaskClient, content: bytes, kind: str = "application/octet-stream", **headers: str
) -> TestResponse:
    return client.post(ROUTE, data=content, content_type=kind, headers=headers)


def test_an_image_becomes_a_drawing(client: FlaskClient, test_digits: Dataset, digit: bytes) -> None:
    """As text for an address, with what was found; what the networks are fed of it is nearly the digit."""
    response = send(client, digit)

    require_headers(response)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    told = response.get_json()
    assert told["words"] == "PNG of 168×168, dark ink on light, > 99 % contrast; prepared as MNIST was."
    assert (told["format"], told["width"], told["height"], told["ink"]) == ("PNG", 168, 168, "dark")
    fed = Drawing(told["perturb"].removeprefix("ink:")).pixels
    assert np.corrcoef(fed.ravel(), test_digits.images[0].ravel())[0, 1] > 0.9
    assert client.get(f"/api/digits/0.npy?perturb={told['perturb']}").status_code == 200


def test_what_was_found_is_told(client: FlaskClient, test_digits: Dataset) -> None:
    """A photograph that was turned; clear ink; slim lines; dirt: each in words."""
    ink = np.kron(test_digits.images[0], np.ones((6, 6), np.uint8))
    clear = np.stack([ink * 0, ink * 0, ink * 0, ink], axis=-1)
    slim = np.full((300, 300), 255, np.uint8)
    slim[50:250, 150] = slim[5, 5] = 0

    turned = send(client, encoded(ink, "JPEG", exif=exif(6))).get_json()
    assert "JPEG of 168×168, light ink on dark" in turned["words"]
    assert "turned as its EXIF says" in turned["words"]
    assert "transparent, laid on white" in send(client, encoded(clear)).get_json()["words"]
    words = send(client, encoded(slim)).get_json()["words"]
    assert "its slim lines widened, what lies apart left out" in words


@pytest.mark.parametrize("index", [0, 1, 18, 4271])
def test_a_digit_of_mnist_is_taken_as_it_is(client: FlaskClient, test_digits: Dataset, index: int) -> None:
    """Preparing would not change it: every pixel arrives; of one that is moved, its ink is looked for."""
    pixels = test_digits.images[index]
    for image in (pixels, 255 - pixels):
        told = send(client, encoded(image)).get_json()
        assert np.array_equal(Drawing(told["perturb"].removeprefix("pixels:"), "pixels").pixels, pixels)
        assert told["words"].endswith("taken as it is, for it is prepared as MNIST was.")

    assert send(client, encoded(np.roll(pixels, 2))).get_json()["perturb"].startswith("ink:")


@pytest.mark.parametrize(
    "kind",
    [
        "image/png",
        "image/jpeg",
        "text/html",
        "application/json",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "nonsense",
        "",
    ],
)
def test_what_it_is_said_to_be_does_not_matter(client: FlaskClient, digit: bytes, kind: str) -> None:
    """The content decides."""
    assert send(client, digit, kind).get_json()["format"] == "PNG"


@pytest.mark.parametrize("kind", PILLOW)
def test_every_kind_of_image_is_read(client: FlaskClient, test_digits: Dataset, kind: str) -> None:
    """The same digit is found in all of them, whatever was lost, and the words name the kind."""
    image = Image.fromarray(255 - np.kron(test_digits.images[0], np.ones((6, 6), np.uint8))).convert("RGB")

    told = send(client, file_of(kind, image)).get_json()

    assert told["format"] == kind
    assert told["words"].startswith(f"{kind} of 168×168, dark ink on light")
    fed = Drawing(told["perturb"].removeprefix("ink:")).pixels
    columns = [np.roll(fed, column, axis=1).ravel() for column in (0, 1)]  # where the centre is a near thing
    assert max(np.corrcoef(each, test_digits.images[0].ravel())[0, 1] for each in columns) > 0.9


def beside(digits: Dataset, *indices: int) -> bytes:
    """Return a PNG of test digits side by side, black on white."""
    row = np.concatenate([np.pad(digits.images[index], ((0, 0), (4, 4))) for index in indices], axis=1)
    return encoded(255 - np.kron(row, np.ones((4, 4), np.uint8)))


def test_several_digits_are_told_apart(client: FlaskClient, test_digits: Dataset) -> None:
    """Each with its drawing, its box and how it is read; all that is told of one is of that with most ink."""
    told = send(client, beside(test_digits, 0, 1, 3)).get_json()

    assert (told["count"], len(told["digits"])) == (3, 3)
    for place, (index, digit) in enumerate(zip((0, 1, 3), told["digits"], strict=True)):
        fed = Drawing(digit["perturb"].removeprefix("ink:")).pixels
        assert np.corrcoef(fed.ravel(), test_digits.images[index].ravel())[0, 1] > 0.9
        top, left, bottom, right = digit["box"]
        assert place / 3 < left < right < (place + 1) / 3
        assert 0 < top < bottom < 1
        pixels = prepare(fed)[np.newaxis]
        expected = np.exp(log_probabilities(logits_of(told["reader"], pixels)))[0]
        assert digit["reading"]["answer"] == expected.argmax()
        assert digit["reading"]["probability"] == pytest.approx(expected.max(), abs=1e-6)
    ink = [(test_digits.images[index] > 127).sum() for index in (0, 1, 3)]
    assert told["chosen"] == np.argmax(ink)
    assert told["perturb"] == told["digits"][told["chosen"]]["perturb"]
    said = "".join(str(digit["reading"]["answer"]) for digit in told["digits"])
    assert told["words"].startswith(
        f"3 digits: {said}. The one with most ink is taken, digit {told['chosen'] + 1}; choose another"
    )


def test_one_digit_is_one(client: FlaskClient, test_digits: Dataset, digit: bytes) -> None:
    """Nothing is said of several, and it is read too; of one that is taken as it is the box is the image."""
    told = send(client, digit).get_json()
    assert (told["count"], told["chosen"], len(told["digits"])) == (1, 0, 1)
    assert told["digits"][0]["reading"] is not None
    assert "digits" not in told["words"]

    own = send(client, encoded(test_digits.images[0])).get_json()
    assert [each["box"] for each in own["digits"]] == [[0, 0, 1, 1]]


def test_more_digits_than_are_looked_at_are_counted(client: FlaskClient) -> None:
    """The words say how many there are, and how many of them are outlined."""
    lines = np.full((480, 640), 255, np.uint8)
    for top in range(20, 440, 60):
        for left in range(20, 600, 60):
            lines[top : top + 36, left : left + 8] = 0

    told = send(client, encoded(lines)).get_json()

    assert (told["count"], len(told["digits"])) == (70, 32)
    assert ", of which the first 32 are outlined." in told["words"]


def test_digits_that_touch_are_said_to(client: FlaskClient) -> None:
    """What is much wider than high is one digit, and the words doubt it."""
    bars = np.full((200, 300), 255, np.uint8)
    bars[60:140, 40:50] = bars[60:140, 150:160] = bars[60:140, 240:250] = bars[130:140, 40:250] = 0

    told = send(client, encoded(bars)).get_json()

    assert told["count"] == 1
    assert told["words"].endswith("It is much wider than high: digits that touch are taken for one.")


def test_the_picture_comes_back_as_it_was_read(client: FlaskClient, test_digits: Dataset) -> None:
    """Small, upright and opaque, as a JPEG in an address that the page may show."""
    ink = np.kron(test_digits.images[0], np.ones((30, 24), np.uint8))
    clear = np.stack([ink * 0, ink * 0, ink * 0, ink], axis=-1)

    told = send(client, encoded(clear, exif=exif(6))).get_json()

    head, content = told["preview"].split(",")
    assert head == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(b64decode(content))) as shown:
        assert shown.format == "JPEG"
        assert shown.size == (480, 384)
        seen = np.asarray(shown.convert("L").resize((30, 24)), float)
    expected = 255 - np.rot90(test_digits.images[0], -1)
    expected = np.asarray(Image.fromarray(np.ascontiguousarray(expected)).resize((30, 24)), float)
    assert np.corrcoef(seen.ravel(), expected.ravel())[0, 1] > 0.9


def test_it_is_turned_when_that_is_asked_for(client: FlaskClient, test_digits: Dataset) -> None:
    """By quarters, clockwise: four of them are none; the words and the answer say it."""
    sideways = encoded(255 - np.kron(np.rot90(test_digits.images[0]), np.ones((6, 6), np.uint8)))

    told = client.post(f"{ROUTE}?turn=90", data=sideways).get_json()

    fed = Drawing(told["perturb"].removeprefix("ink:")).pixels
    assert np.corrcoef(fed.ravel(), test_digits.images[0].ravel())[0, 1] > 0.9
    assert told["turn"] == 90
    assert "turned a quarter to the right by you" in told["words"]
    assert client.post(f"{ROUTE}?turn=0", data=sideways).get_json() == send(client, sideways).get_json()


@pytest.mark.parametrize("turn", ["", "45", "360", "-90", "90.0", "left", "0090"])
def test_other_turns_are_refused(client: FlaskClient, digit: bytes, turn: str) -> None:
    """With what there is."""
    message = require_error(client.post(f"{ROUTE}?turn={turn}", data=digit), 400)

    assert message == "turn is one of 0, 90, 180, 270: degrees clockwise."


def test_while_networks_sleep_nothing_is_read(test_digits: Dataset, tmp_path: Path) -> None:
    """What was found is told at once, without a reading, nor advice to turn it; nor where one is broken."""
    for how in ({"asleep": True}, {"broken": {"cnn": "It is gone.", "fcn": "It is gone."}}):
        asked = workspace(test_digits, tmp_path, **how)
        told = send(create_app(asked, settings(tmp_path)).server.test_client(), beside(test_digits, 0, 1))

        assert told.status_code == 200
        answer = told.get_json()
        assert [each["reading"] for each in answer["digits"]] == [None, None]
        assert answer["upright"] is None
        assert answer["words"].startswith("2 digits. The one with most ink is taken")


def test_a_jpeg_without_its_last_steps_is_said_to_be_coarse(
    client: FlaskClient, test_digits: Dataset
) -> None:
    """It is read, for it may end there; but somebody has cut it."""
    whole = encoded(Image.fromarray(255 - test_digits.images[0]).resize((280, 280)), "JPEG", progressive=True)
    steps = [found.start() for found in re.finditer(rb"\xff\xda", whole)]
    cut = whole[: whole.rfind(b"\xff\xc4", steps[2], steps[3])] + b"\xff\xd9"

    for content, coarse in ((whole, False), (cut, True)):
        told = send(client, content).get_json()
        assert told["coarse"] is coarse
        assert ("the last of its steps are missing" in told["words"]) is coarse


def broken() -> dict[str, tuple[bytes, int, str]]:
    """Return what is refused, with what status, and a word of why."""
    grey = Image.new("L", (64, 64), 90)
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    png = encoded(grey)
    whole = encoded(Image.effect_noise((64, 64), 90), "JPEG")
    half = whole[: len(whole) // 2]
    return {
        "nothing": (b"", 400, "No image"),
        "one colour": (png, 400, "same brightness"),
        "clear": (encoded(Image.new("RGBA", (64, 64))), 400, "same brightness"),
        "a pixel": (encoded(Image.new("L", (1, 1))), 400, "too small"),
        "cut off": (png[: len(png) // 2], 400, "cut off"),
        "cut off before its end": (half + b"\xff\xd9", 400, "before its last pixel"),
        "a wrong checksum": (png[:-1] + b"\0", 400, "changed or lost"),
        "damaged": (png.replace(b"IDAT", b"IDAX"), 400, "damaged"),
        "GIF": (encoded(grey, "GIF"), 400, "same brightness"),
        "WebP": (encoded(grey, "WEBP")[:-20], 400, "cut off"),
        "SVG": (REFUSED["SVG"], 415, "This is an SVG"),
        "PDF": (REFUSED["PDF"], 415, "take a screenshot of it, or save it as PNG"),
        "a page": (page, 415, "page of the web"),
        "a page behind a signature": (png[:8] + page * 10, 400, "image"),
        "a form": (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + png, 415, "this is none"),
        "too many bytes": (png + bytes(MOST_BYTES), 413, "12 MiB"),
    }  # fmt: skip


@pytest.mark.parametrize("name", broken())
def test_what_is_no_image_of_a_digit_is_refused(client: FlaskClient, digit: bytes, name: str) -> None:
    """In one sentence that says what is wrong and repeats nothing; the next image is read."""
    content, status, why = broken()[name]

    message = require_error(send(client, content), status)

    assert why in message
    assert "alert" not in message
    assert send(client, digit).status_code == 200


def test_the_limit_holds_without_a_length_too(client: FlaskClient, digit: bytes) -> None:
    """What is sent in chunks is read up to the limit, which is more than other posts may have."""
    for length, status in ((MOST_BYTES, 200), (MOST_BYTES + 1, 413), (MOST_BYTES + 2**20, 413)):
        response = client.post(
            ROUTE,
            input_stream=io.BytesIO(digit + bytes(length - len(digit))),
            environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        )
        assert response.status_code == status
    assert "12 MiB" in require_error(response, 413)


def test_a_length_that_is_not_true_is_survived(client: FlaskClient, digit: bytes) -> None:
    """Less than there is cuts the image off; one that is no number, or far too large, is refused."""
    for length, status in (("100", 400), (str(10**12), 413), ("-1", 400), ("many", 400)):
        response = client.post(
            ROUTE, input_stream=io.BytesIO(digit), environ_overrides={"CONTENT_LENGTH": length}
        )
        require_error(response, status)


def test_other_sites_may_not_send(client: FlaskClient, digit: bytes) -> None:
    """Nor may anybody read what is not there: nothing is kept."""
    require_error(send(client, digit, **{"Sec-Fetch-Site": "cross-site"}), 403)
    require_error(client.get(ROUTE), 405)


def test_one_at_a_time(client: FlaskClient, digit: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits too long is told to ask again; afterwards images are read as before."""
    monkeypatch.setattr(drawings, "READING", 0.01)
    held, free = threading.Event(), threading.Event()

    def slow(content: bytes, turn: int) -> Brought:
        held.set()
        free.wait(60)
        return Brought.of(content, turn)

    with monkeypatch.context() as patch:
        patch.setattr(drawings, "Brought", SimpleNamespace(of=slow))
        first = threading.Thread(target=lambda: send(client.application.test_client(), digit))
        first.start()
        held.wait(60)
        response = send(client, digit)
        free.set()
        first.join()

    assert "others" in require_error(response, 503).lower()
    assert response.headers["Retry-After"] == "1"
    assert send(client, digit).status_code == 200


def test_the_log_says_nothing_of_the_image(
    client: FlaskClient, digit: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line: when, what was asked, and how it ended."""
    logs.configure("info")

    send(client, digit).close()
    send(client, b"secret").close()

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["path"], line["status"]) for line in lines] == [(ROUTE, 200), (ROUTE, 415)]
    assert not [line for line in lines if "secret" in str(line) or "PNG" in str(line)]
