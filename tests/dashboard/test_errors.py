from __future__ import annotations

from dashboard.errors import RefusedError, error_body, not_found


def test_a_refusal_says_what_happened_for_people_and_programs() -> None:
    """Status, one word, a sentence, and when it makes sense to ask again."""
    refusal = RefusedError(503, "waking", "The networks are waking up.", retry_after=1)

    assert (refusal.status, refusal.code, refusal.retry_after) == (503, "waking", 1)
    assert str(refusal) == refusal.message == "The networks are waking up."


def test_what_does_not_exist_will_not_come_by_waiting() -> None:
    """404, and no time after which to ask again."""
    refusal = not_found("There is no such digit.")

    assert (refusal.status, refusal.code, refusal.retry_after) == (404, "not_found", None)


def test_the_one_shape() -> None:
    """Three strings under one name."""
    assert error_body("waking", "Wait.", "0f") == {
        "error": {"code": "waking", "message": "Wait.", "request_id": "0f"}
    }
