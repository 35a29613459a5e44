"""From a click on Compare to its answer in words, and to the last of its charts."""

from __future__ import annotations

from statistics import median

from playwright.sync_api import Browser

from benchmarks.figures import Row, at_most, spread
from benchmarks.pages import AFTERMATH, ConvLens
from benchmarks.servers import Server
from dashboard.panels.compare import PANELS

ROUNDS = 5
OPEN = """async (panels) => {
  const start = performance.now();
  const until = async (there) => {
    while (!there()) await new Promise(requestAnimationFrame);
    return performance.now() - start;
  };
  const compare = document.getElementById("compare-panels");
  document.getElementById("nav-compare").click();
  const words = await until(() => compare.querySelectorAll("section h2").length === panels);
  const charts = await until(() => {
    const places = [...compare.querySelectorAll(".dash-graph")];
    const drawn = (place) => place.querySelector(".main-svg .trace, .main-svg .traces");
    return places.length && places.every(drawn);
  });
  return [words, charts];
}"""  # in milliseconds


def measure(browser: Browser, convlens: Server) -> list[Row]:
    """Open the page anew each time, and Compare from there."""
    words, charts = zip(*(_open(browser, convlens.address) for _ in range(ROUNDS)), strict=True)
    return [
        Row("click on Compare until its words and tables stand", spread(words, " ms")),
        Row("… until the last chart is drawn", spread(charts, " ms")),
        at_most("… median", median(charts) / 1000, 1, " s"),
    ]


def _open(browser: Browser, address: str) -> tuple[float, float]:
    lens = ConvLens(browser, address)
    lens.page.wait_for_timeout(AFTERMATH)
    words, charts = lens.page.evaluate(OPEN, len(PANELS))
    lens.close()
    return words, charts
