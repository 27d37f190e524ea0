"""Lines of the log: the fields stand in both forms, and no text makes a line of its own."""

from __future__ import annotations

import json
import logging
import re

from execops.text.log_lines import JsonLines, ShortLines, TextLines, about, action


def record(message: str, name: str = "delivery.accepted", **fields: object) -> logging.LogRecord:
    """A record of this message with these fields."""
    made = logging.LogRecord("execops.x", logging.INFO, __file__, 1, message, (), None)
    made.__dict__.update(action(name, **fields))
    return made


def test_json_holds_the_fields_and_those_around() -> None:
    with about(request="r1"), about(worker=2):
        line = json.loads(JsonLines().format(record("Delivery accepted", event=7, why=None)))
    assert line["message"] == "Delivery accepted"
    assert line["level"] == "info"
    assert line["action"] == "delivery.accepted"
    assert (line["request"], line["worker"], line["event"]) == ("r1", 2, 7)
    assert "why" not in line
    assert "request" not in json.loads(JsonLines().format(record("Later")))


def test_text_is_one_line() -> None:
    line = TextLines().format(record("Refused\nforged line", why="a\x1b[2Jb"))
    assert "\n" not in line
    assert "\x1b" not in line
    assert "action=delivery.accepted" in line
    assert "info" in line


def test_a_short_line_says_what_became_of_a_delivery() -> None:
    mode = "a test-mode event: EXECOPS_STRIPE_MODE is live"
    for name, fields, words in (
        ("delivery.accepted", {"type": "invoice.paid", "event": 3}, "accepted  invoice.paid, event 3"),
        ("delivery.duplicate", {"type": "invoice.paid", "event": 3}, "duplicate invoice.paid, event 3"),
        (
            "delivery.ignored",
            {"type": "invoice\n.paid", "event": 4, "why": mode},
            rf"ignored   invoice\n.paid: {mode}",
        ),
        (
            "delivery_refused",
            {"reason": "bad signature", "why": "The delivery's …", "times": 2000},
            "refused   bad signature, 2,000 since the last line (execops status says what helps)",
        ),
        ("worker.started", {"worker": 1, "request": "r"}, "The worker takes jobs worker=1"),
    ):
        line = ShortLines().format(record("The worker takes jobs", name, **fields))
        assert re.fullmatch(r"\d\d:\d\d:\d\d " + re.escape(words), line), line


def test_a_traceback_is_kept() -> None:
    made = record("Failed")
    made.exc_info = (ValueError, ValueError("broken"), None)
    assert "ValueError: broken" in json.loads(JsonLines().format(made))["traceback"]
    assert TextLines().format(made).endswith("ValueError: broken")
