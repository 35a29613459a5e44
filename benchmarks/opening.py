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
  const places = [...compare.querySelectorAll(".plot")];
  const drawn = (place) => place.querySelector(".main-svg .trace, .main-svg .traces");
  const inView = (place) => place.getBoundingClientRect().top < innerHeight;
  const seen = await until(() => places.filter(inView).every(drawn));
  return [words, seen, await until(() => places.every(drawn)), places.length];
}"""  # in milliseconds


def measure(browser: Browser, convlens: Server) -> list[Row]:
    """Open the page anew each time, and Compare from there."""
    opened = [_open(browser, convlens.address) for _ in range(ROUNDS)]
    words, seen, drawn, counts = zip(*opened, strict=True)
    return [
        Row("click on Compare until its words and tables stand", spread(words, " ms")),
        Row("… until the charts in view are drawn", spread(seen, " ms")),
        at_most("… median", median(seen) / 1000, 1, " s"),
        Row(f"… until all {counts[0]} charts are drawn, those out of view when idle", spread(drawn, " ms")),
    ]


def _open(browser: Browser, address: str) -> tuple[float, float, float, int]:
    """Return milliseconds to the words, to the charts in view, and to all charts; and how many these are."""
    lens = ConvLens(browser, address)
    lens.page.wait_for_timeout(AFTERMATH)
    words, seen, drawn, count = lens.page.evaluate(OPEN, len(PANELS))
    lens.close()
    return words, seen, drawn, count
