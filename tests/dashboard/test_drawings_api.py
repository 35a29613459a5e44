from __future__ import annotations

import io
import json
import threading

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from dashboard import drawings_api, logs
from dashboard.drawings_api import MOST_BYTES
from models.drawing import Drawing
from models.mnist import Digits
from tests.dashboard.sweeping import require_error, require_headers
from tests.models.photographs import encoded, exif

ROUTE = "/api/drawings"


@pytest.fixture(scope="module")
def digit(test_digits: Digits) -> bytes:
    """A PNG of a test digit, black on white."""
    return encoded(255 - np.kron(test_digits.images[0], np.ones((6, 6), np.uint8)))


def send(
    client: FlaskClient, content: bytes, kind: str = "application/octet-stream", **headers: str
) -> TestResponse:
    return client.post(ROUTE, data=content, content_type=kind, headers=headers)


def test_an_image_becomes_a_drawing(client: FlaskClient, test_digits: Digits, digit: bytes) -> None:
    """As text for an address, with what was found; what the networks are fed of it is nearly the digit."""
    response = send(client, digit)

    require_headers(response)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    told = response.get_json()
    assert told["words"] == "PNG of 168×168, dark ink on light, 100 % contrast; prepared as MNIST was."
    assert (told["format"], told["width"], told["height"], told["ink"]) == ("PNG", 168, 168, "dark")
    fed = Drawing(told["perturb"].removeprefix("ink:")).pixels
    assert np.corrcoef(fed.ravel(), test_digits.images[0].ravel())[0, 1] > 0.9
    assert client.get(f"/api/digits/0.npy?perturb={told['perturb']}").status_code == 200


def test_what_was_found_is_told(client: FlaskClient, test_digits: Digits) -> None:
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
def test_a_digit_of_mnist_is_taken_as_it_is(client: FlaskClient, test_digits: Digits, index: int) -> None:
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


def broken() -> dict[str, tuple[bytes, int, str]]:
    """Return what is refused, with what status, and a word of why."""
    grey = Image.new("L", (64, 64), 90)
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    png = encoded(grey)
    return {
        "nothing": (b"", 400, "No image"),
        "one colour": (png, 400, "same brightness"),
        "clear": (encoded(Image.new("RGBA", (64, 64))), 400, "same brightness"),
        "a pixel": (encoded(Image.new("L", (1, 1))), 400, "too small"),
        "cut off": (png[: len(png) // 2], 400, "cut off"),
        "damaged": (png.replace(b"IDAT", b"IDAX"), 400, "damaged"),
        "GIF": (encoded(grey, "GIF"), 415, "PNG and JPEG"),
        "WebP": (encoded(grey, "WEBP"), 415, "PNG and JPEG"),
        "BMP": (encoded(grey, "BMP"), 415, "PNG and JPEG"),
        "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "PNG and JPEG"),
        "a page": (page, 415, "PNG and JPEG"),
        "a page behind a signature": (png[:8] + page * 10, 400, "image"),
        "a form": (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + png, 415, "PNG and JPEG"),
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
    monkeypatch.setattr(drawings_api, "READING", 0.01)
    held, free = threading.Event(), threading.Event()

    def slow(content: bytes) -> object:
        held.set()
        free.wait(60)
        return {}

    with monkeypatch.context() as patch:
        patch.setattr(drawings_api, "_told", slow)
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
