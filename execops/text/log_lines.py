"""Lines of the log: a sentence, the name of an action, and the ids that it is about, as text or as JSON.

A line holds no secret, and at the level of information no words of a person: ids, codes and counts only.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

_FIELDS = "execops"  # the attribute of a record that holds its fields
_around: ContextVar[MappingProxyType[str, Any]] = ContextVar("_around", default=MappingProxyType({}))


@contextmanager
def about(**fields: Any) -> Iterator[None]:  # noqa: ANN401
    """Give every line that is logged inside these fields, such as the id of the request."""
    before = _around.set(MappingProxyType({**_around.get(), **fields}))
    try:
        yield
    finally:
        _around.reset(before)


def action(name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """The `extra` of a line that tells of an action, such as `delivery.accepted`. Fields of None are left out."""
    kept = {key: value for key, value in fields.items() if value is not None}
    return {_FIELDS: {"action": name, **kept}}


def _fields_of(record: logging.LogRecord) -> dict[str, Any]:
    return {**_around.get(), **getattr(record, _FIELDS, {})}


class TextLines(logging.Formatter):
    """A line for people: time, level, sentence, and the fields as `name=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; a traceback follows on lines of its own."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = "".join(f" {key}={_flat(value)}" for key, value in _fields_of(record).items())
        line = f"{moment[:-6]}Z {record.levelname.lower():<7} {_flat(record.getMessage())}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class ShortLines(logging.Formatter):
    """A line for a person who watches: the time on their clock, and what happened; no ids but that of an event."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; a traceback follows on lines of its own."""
        moment = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        fields = _fields_of(record)
        name = str(fields.get("action", ""))
        if name.startswith("delivery."):
            why = f": {_flat(fields['why'])}" if fields.get("why") else f", event {fields['event']}"
            line = f"{moment} {name.removeprefix('delivery.'):<9} {_flat(fields['type'])}{why}"
        elif name == "delivery_refused":
            times = f", {fields['times']:,} since the last line" if fields.get("times") else ""
            line = f"{moment} refused   {fields['reason']}{times} (execops status says what helps)"
        else:
            shown = ((key, value) for key, value in fields.items() if key not in {"action", "request"})
            line = f"{moment} {_flat(record.getMessage())}" + "".join(
                f" {key}={_flat(value)}" for key, value in shown
            )
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """A line for programs: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields_of(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def _flat(value: object) -> str:
    """The value on one line, so that no peer writes a line of its own."""
    text = str(value)
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
