"""Lines of the log: the fields stand in both forms, and no text makes a line of its own."""

from __future__ import annotations

import json
import logging

from execops.text.log_lines import JsonLines, TextLines, about, action


def record(message: str, **fields: object) -> logging.LogRecord:
    """A record of this message with these fields."""
    made = logging.LogRecord("execops.x", logging.INFO, __file__, 1, message, (), None)
    made.__dict__.update(action("delivery.accepted", **fields))
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


def test_a_traceback_is_kept() -> None:
    made = record("Failed")
    made.exc_info = (ValueError, ValueError("broken"), None)
    assert "ValueError: broken" in json.loads(JsonLines().format(made))["traceback"]
    assert TextLines().format(made).endswith("ValueError: broken")
