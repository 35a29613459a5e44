from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.factory import create_app
from dashboard.mailed.letter import MOST
from dashboard.workspace import Workspace
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.graph import description
from models.sketch.drawing import PAD, write_ink
from tests import worlds
from tests.dashboard import apps
from tests.dashboard.mailed.opened import bodies, facts
from tests.dashboard.sweeping import array_of, body_of, get, require_error, require_headers, require_waking

SELECTED = "digit=7&layer=cnn.conv2&filter=3&cell=12,7"


def page(client: FlaskClient, query: str) -> str:
    """Return the page to mail of a view."""
    response = get(client, f"/api/page.html?{query}")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert len(response.get_data()) <= MOST
    return response.get_data(as_text=True)


def held(html: str) -> tuple[Any, dict[str, bytes]]:
    """Return the facts of a page, and the answers that it holds."""
    return facts(html), bodies(html)


def array(body: bytes) -> Floats:
    """Return the array of an `.npy` answer."""
    values: Floats = np.load(io.BytesIO(body), allow_pickle=False)
    return values


def own(client: FlaskClient, address: str) -> bytes:
    """Return what the server itself answers at an address."""
    if address.endswith((".bin", ".npy")) or ".npy?" in address or ".bin?" in address:
        return body_of(client, f"/{address}")
    response = get(client, f"/{address}")
    assert response.status_code == 200, address
    return response.get_data()


def require_same(client: FlaskClient, answers: dict[str, bytes]) -> None:
    """Fail unless every answer that a page holds is the server's, but for the pixels of single images."""
    for address, body in answers.items():
        if not address.startswith("wall/"):
            assert body == own(client, address), address


@pytest.mark.parametrize(
    "query",
    [
        "digit=7",
        SELECTED,
        f"{SELECTED}&stage=pre&scale=map&part=weights",
        f"{SELECTED}&off=cnn.conv2:1.2",
        "digit=7&reference=3&layer=cnn.pool&filter=2&cell=1,1",
        "digit=7&perturb=rotation:15&layer=cnn.output&filter=5&against=3&model=cnn",
        f"digit=7&perturb=ink:{write_ink(np.tri(PAD))},rotation:15&pair=cnn,fcn",
    ],
)
def test_what_a_page_holds_is_what_the_server_answers(client: FlaskClient, query: str) -> None:
    """Byte by byte, at the addresses of which the page would ask; and a file that somebody can keep."""
    answers = bodies(page(client, query))

    assert len(answers) > 80
    some = list(answers)[:: max(1, len(answers) // 60)]
    require_same(client, {address: answers[address] for address in some})


def test_the_view_is_held_whole(client: FlaskClient, test_digits: Dataset) -> None:
    """The picture, the image, the values of every layer, kernels, and the arithmetic of what is selected."""
    html = page(client, SELECTED)
    told, answers = held(html)
    layers = {f"{model['key']}.{layer['name']}" for model in told["models"] for layer in model["layers"]}

    assert f"pictures/{told['version']}/fcn,cnn/7/post.bin" in answers
    assert answers[f"wall/{told['version']}/7.bin"] == test_digits.images[7].tobytes()
    for path in layers:
        key, name = path.split(".")
        assert f"api/models/{key}/images/7/layers/{name}.npy?stage=post" in answers
    conv2 = "api/models/cnn/images/7/layers/conv2.npy"
    whole = array_of(client, f"/{conv2}?stage=pre")
    assert np.array_equal(array(answers[f"{conv2}?stage=pre&filter=3"]), whole[..., 3])
    assert "api/models/cnn/layers/conv2/kernel.npy?filter=3" in answers
    assert (
        {"cnn.conv2", "cnn.pool", "cnn.output", "fcn.output"} <= told["mailed"]["explained"].keys() <= layers
    )
    assert told["mailed"]["labels"] == {"7": int(test_digits.labels[7])}
    assert told["selection"]["layer"] == "cnn.conv2"
    assert told["selection"]["cell"] == [12, 7]


def test_a_page_says_what_it_is(client: FlaskClient, pretended: Workspace) -> None:
    """Which image, which networks, by their hashes, how they were fed, the day, what is missing."""
    response = get(client, f"/api/page.html?{SELECTED}")
    require_headers(response)
    html = response.get_data(as_text=True)
    text = re.sub("<[^>]+>", " ", html)

    assert response.headers["Content-Disposition"] == 'attachment; filename="convlens-fcn-cnn-digit-7.html"'
    assert response.headers["Cache-Control"] == "no-store"
    assert "<title>Test digit 7 in FCN and CNN · ConvLens</title>" in html
    for entry in pretended.entries[:2]:
        assert f'title="{entry.sha256}"' in html
    assert re.search(r"\d{4}-\d\d-\d\d by ConvLens [0-9a-f]{12}", text)
    assert "a pixel of 0 as 0, a pixel of 255 as 1" in text
    assert "after activation, scale: one per layer" in text
    assert "leaves out" not in text


def test_nothing_in_a_page_leads_elsewhere(client: FlaskClient) -> None:
    """No address of a server, no link, no form, and none of the controls that would ask one."""
    html = page(client, SELECTED)
    shown, _, rest = html.partition('<script type="application/json" id="facts">')
    told = rest.partition("</script>")[0]

    assert re.findall(r'(?:src|href|action)="(?!data:)', shown) == []
    assert {*re.findall(r"https?://[\w.]+", html)} <= {"http://www.w3.org"}  # how SVG is named
    assert "/assets/" not in told
    assert "/api/" not in told
    for place in ("wall", "moving", "pad", "reference", "go-to", "share", "nav-compare", "reading"):
        assert f'id="{place}"' not in shown
    assert 'class="why"' not in shown


def test_what_does_nothing_to_the_image_is_left_out(client: FlaskClient) -> None:
    """As the page's own addresses leave it out: a slider that was moved back."""
    told, answers = held(page(client, "digit=7&perturb=rotation:0"))

    assert told["selection"]["perturb"] == ""
    assert not [address for address in answers if "perturb" in address]


def test_parts_that_need_a_server_are_not_begun_with(client: FlaskClient) -> None:
    """A tab of the dock that would ask is closed; the wall is as if nothing had been chosen."""
    told = facts(page(client, f"{SELECTED}&part=fires&label=3&mind=nearest"))

    assert (told["selection"]["part"], told["selection"]["mind"]) == ("", "")
    assert told["selection"]["wall"]["label"] is None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("digit=10000", "digit"),
        ("digit=7&layer=cnn.nothing", "nothing"),
        ("digit=7&digit=8", "digit"),
        ("digit=7&page=compare", "page"),
        ("fate=dead", "fate"),
        ("perturb=rotation:999", "rotation"),
    ],
)
def test_a_view_that_makes_no_sense_is_refused(client: FlaskClient, query: str, said: str) -> None:
    """In a sentence, as everywhere; a page of something else is not made."""
    assert said in require_error(get(client, f"/api/page.html?{query}"), 400)


def test_asleep_it_says_when_to_ask_again(test_digits: Dataset, tmp_path: Path) -> None:
    """As the parts do that it is made of."""
    workspace = apps.workspace(test_digits, tmp_path / "cache", asleep=True)
    app = create_app(workspace, apps.settings(tmp_path / "unused"))

    require_waking(get(app.server.test_client(), "/api/page.html?digit=7"))


@pytest.fixture(scope="module")
def coloured(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A visitor of the made-up world, awake."""
    workspace = worlds.workspace(made_up_folder, tmp_path_factory.mktemp("cache"))
    app = apps.awake(workspace, tmp_path_factory.mktemp("unused"))
    client: FlaskClient = app.server.test_client()
    return client


@pytest.mark.keras
def test_a_page_of_other_images(coloured: FlaskClient) -> None:
    """Of what the server alone explains, every cell of the selected map has its steps."""
    html = page(coloured, "digit=3&layer=branching.residual&filter=2")
    told, answers = held(html)
    steps = [address for address in answers if "/cell?" in address]

    assert len(steps) == worlds.ROWS * worlds.COLUMNS
    assert told["mailed"]["explained"]["branching.residual"] == [2]
    assert told["mailed"]["explained"]["branching.stem"] is True
    assert "digit" not in re.sub("<[^>]+>", " ", html.partition('<dl id="words"')[0]).partition("About")[2]
    assert answers[f"wall/{told['version']}/3.bin"] == worlds.made_up().images[3].tobytes()
    require_same(coloured, dict(list(answers.items())[::20]))


@pytest.mark.keras
@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("epoch=2", "after epoch 2"),
        ("epoch=2&since=step2", "after epoch 2 less after step 2"),
        ("since=0&stage=pre", "as trained less with random weights"),
    ],
)
def test_a_page_of_a_moment_holds_the_networks_of_then(
    coloured: FlaskClient, moment: str, words: str
) -> None:
    """Every answer is the server's at that moment, differences of weights among them; and it says which."""
    apps.until_awake(coloured, "/at/0/api/models/branching/images/3")
    html = page(coloured, f"digit=3&layer=branching.stem&filter=2&cell=3,4&{moment}")
    told, answers = held(html)
    networks = [address for address in answers if not address.startswith(("wall/", "api/images/"))]
    since = "since" in moment

    assert all(address.startswith("at/") for address in networks)
    assert any("kernel.npy?filter=" in address and "since" in address for address in networks) == since
    assert any("/kernels/" in address and "since" in address for address in networks) == since
    require_same(coloured, {address: answers[address] for address in networks[:: len(networks) // 60]})
    assert moment.startswith("since") or told["selection"]["epoch"] == "2"
    untold = "as trained less as trained" if since else "as trained"  # nothing is kept of its training
    assert f" in BRANCHING {words} and CHAIN {untold} · ConvLens</title>" in html
    assert f"<dd>BRANCHING {words}, CHAIN as trained" in html
    assert "rounded to float16" in html
    named = get(coloured, f"/api/page.html?digit=3&{moment}").headers["Content-Disposition"]
    assert ("-epoch2" in named, "-less-" in named) == ("epoch" in moment, since)


@pytest.mark.keras
def test_of_a_large_network_the_layers_in_sight_are_held(
    coloured: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the selected one, as far as there is room; of the others it is said that they are left out."""
    monkeypatch.setattr(description, "LARGE", 500)
    monkeypatch.setattr("dashboard.mailed.view.MOST_CELLS", 3_000)
    query = "digit=3&layer=branching.stem&filter=2&layers=branching.inner,branching.wide"
    html = page(coloured, query)
    told, answers = held(html)
    (picture,) = (address for address in answers if address.startswith("pictures/"))

    assert told["mailed"]["layers"] == ["branching.stem", "branching.inner"]
    assert picture.endswith("?layers=branching.stem,branching.inner")
    assert "maps of branching stem_norm" in html
    assert not [address for address in answers if "residual.npy" in address]


@pytest.mark.keras
def test_a_page_stays_below_its_bound(coloured: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is left out and said; a view that alone is too large is refused."""
    whole = len(page(coloured, "digit=3").encode())
    for most in (whole - 10_000, whole - 30_000):
        monkeypatch.setattr("dashboard.mailed.letter.MOST", most)
        html = page(coloured, "digit=3")
        assert len(html.encode()) <= most
        assert "leaves out" in html
    monkeypatch.setattr("dashboard.mailed.letter.MOST", 150_000)
    assert "MB" in require_error(get(coloured, "/api/page.html?digit=3"), 400)
