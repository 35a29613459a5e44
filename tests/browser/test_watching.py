"""Every other story ends with the claim that there was nothing to complain of; here there is."""

from __future__ import annotations

import pytest

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

FAULTS = {
    "console error: spilt": "() => console.error('spilt')",
    "console warning: wobbly": "() => console.warn('wobbly')",
    "exception: broken": "() => void setTimeout(() => { throw new Error('broken'); })",
    "foreign request: http://127.0.0.2:9/": "() => void open('http://127.0.0.2:9/')",
    "Loading the image 'http://127.0.0.2:9/x.png' violates": """() => {
      document.body.append(Object.assign(new Image(), { src: "http://127.0.0.2:9/x.png" }));
    }""",
    "Executing inline script violates": """() => {
      document.body.append(Object.assign(document.createElement("script"), { text: "1" }));
    }""",
}


def test_a_fault_is_noticed(visitor: Visitor) -> None:
    """The console, exceptions, the content security policy and foreign requests are all watched."""
    visitor.open()
    assert visitor.complaints == []
    context = visitor.page.context
    context.on("request", visitor.note)  # of every tab, one that the page opens among them

    for said, fault in FAULTS.items():
        visitor.page.evaluate(fault)
        visitor.eventually(lambda: any(said in each for each in visitor.complaints))  # noqa: B023  called now

    context.remove_listener("request", visitor.note)
    visitor.complaints.clear()
