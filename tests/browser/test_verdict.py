from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Route, expect

from dashboard.panels.wording import chance
from tests.browser import at_rest
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def exact(visitor: Visitor, model: str) -> tuple[list[float], list[float]]:
    """Return probabilities and logits of a lane's end in full, as float32: as pointing at each tells them."""
    rows = visitor.page.locator(f'.network[data-model="{model}"] .answer-row')
    titles = at_rest.of_all(
        rows,
        """(rows) => rows.map((row) => {
          row.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
          return row.title;
        })""",
    )
    told = [title.split(", logit ") for title in titles]
    numbers = [[float(np.float32(part.split()[-1].replace("−", "-"))) for part in each] for each in told]
    return [each[0] for each in numbers], [each[1] for each in numbers]


def test_the_verdict_is_the_networks_own(visitor: Visitor, known: Known, server: Server) -> None:
    """All ten probabilities and logits, label, answer and margin are those of /api/models/…/images/…."""
    page = visitor.open("/?digit=0")
    wrong = np.flatnonzero(known.wrong("fcn"))[:1].tolist()

    for digit in (4271, *wrong):
        visitor.go_to(digit)
        for model in known.pair:
            told = server.json(f"/api/models/{model}/images/{digit}")
            assert exact(visitor, model) == (told["probabilities"], told["logits"])
            said = page.locator(f'.network[data-model="{model}"] .said')
            verdict = "right" if told["answer"] == told["label"] else "wrong"
            margin = chance(told["margin"], 1)
            expect(said.locator(".answer")).to_have_text(str(told["answer"]))
            expect(said.locator(".words")).to_have_text(re.compile(rf" %, {verdict}$"))
            expect(said).to_have_attribute("title", f"margin {margin}")
            for named, which in (("label", told["label"]), ("first", told["answer"])):
                row = page.locator(f'.network[data-model="{model}"] .answer-row.{named}')
                expect(row.locator(".class")).to_have_text(str(which))
                share, logit = (at_rest.text(row.locator(f".{part}")) for part in ("share", "logit"))
                words = f"probability {share}, logit {logit}{', the label' * (which == told['label'])}"
                expect(row.locator("button")).to_have_accessible_description(words)


def test_classes_that_saturate_are_ranked_by_their_logits(visitor: Visitor, known: Known) -> None:
    """Of two classes whose probability is the same float32 the one with the larger logit is the answer.

    In the verdict and in the sentence for a screen reader; tests/js has what is said of a digit elsewhere.
    """
    digit = int(np.flatnonzero(known.labels == 2)[0])
    saturated = np.array([[20, -9, 25, *[-9] * 7], [1, 0, 1, *[0] * 7]], np.float32)

    def saturate(route: Route) -> None:
        body = bytearray(route.fetch().body())
        body[4:84] = saturated.tobytes()  # the first network's logits and probabilities
        route.fulfill(body=bytes(body), content_type="application/octet-stream")

    visitor.page.route("**/pictures/**", saturate)
    page = visitor.open(f"/?digit={digit}&model=fcn")

    lead = (np.exp(5) - 1) / (np.exp(5) + 1)
    said = page.locator(".lane-head .said:visible")
    expect(said).to_have_text("says 2 99.3 %, right")
    expect(said).to_have_attribute("title", f"margin {100 * lead:.1f} %")
    expect(page.locator("#status")).to_contain_text("FCN says 2 with 99.3 %, right")


def test_one_network_can_be_shown_alone(visitor: Visitor, known: Known, server: Server) -> None:
    """FCN, CNN or both: the column, its verdict and what is said aloud follow, without a request.

    Where a network's own float32 says 1, the logits say how much is left for others: that is told.
    """
    page = visitor.open("/?digit=77")
    visitor.quiet()

    for choice, shown in (
        ("FCN alone", ["fcn"]),
        ("CNN alone", ["cnn"]),
        ("both", ["fcn", "cnn"]),
    ):
        visitor.turn("Networks shown", choice)
        for model in known.pair:
            column = page.locator(f'.network[data-model="{model}"]')
            expect(column).to_be_visible(visible=model in shown)
            expect(page.locator(f'.network[data-model="{model}"] .said')).to_be_visible(
                visible=model in shown
            )
            said = "" if model in shown else "not "
            matches = expect(page.locator("#status"))
            (matches.not_to_contain_text if said else matches.to_contain_text)(f"{model.upper()} says")
        model = shown[0] if len(shown) == 1 else ""
        visitor.at("/?digit=77" + (f"&model={model}" if model else ""))
    assert visitor.asked(but="/kernels/") == []

    logits = known.surveys["cnn"].logits.astype(np.float64)
    surest = int((np.sort(logits)[:, -1] - np.sort(logits)[:, -2]).argmax())
    told = server.json(f"/api/models/cnn/images/{surest}")
    visitor.come(f"/?digit={surest}&model=cnn")
    assert max(told["probabilities"]) == 1  # as float32

    expect(page.locator(".lane-head .words:visible")).to_contain_text("> 99.9 %, ")
    assert "100" not in at_rest.text(page.locator("#verdicts"))
    row = page.locator('.network[data-model="cnn"] .answer-row').filter(
        has=page.get_by_label(f"output unit {told['answer']}", exact=True)
    )
    row.hover()
    expect(row).to_have_attribute("title", re.compile(r"^probability 1 − \d.* by the logits, as float32 1, "))
