"""The only writer to stdout and stderr: data on stdout, everything else on stderr; errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from execops.errors import ExecOpsError


def data(text: str = "") -> None:
    """A line of what the command was asked for."""
    sys.stdout.write(text + "\n")


def announce(text: str) -> None:
    """A line that somebody waits for, such as the URL of a server that is ready."""
    data(text)
    sys.stdout.flush()


def note(text: str = "") -> None:
    """A line about it: on stderr, so that pipes stay clean."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def document(value: object) -> None:
    """One JSON document."""
    import json

    data(json.dumps(jsonable(value), indent=2, ensure_ascii=sys.stdout.isatty()))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Aligned columns; without a terminal the same text, so that it can be cut and grepped."""
    cells = [[clean(str(cell)) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]
    for line in [[name.upper() for name in columns], *cells]:
        parts = [
            cell.rjust(width) if name in right else cell.ljust(width)
            for name, cell, width in zip(columns, line, widths, strict=True)
        ]
        data("  ".join(parts).rstrip())


def failure(exc: ExecOpsError) -> None:
    """What happened and what to do next."""
    note(f"{style('error:', '31')} {clean(exc.message)}")
    if exc.hint:
        note(f"       {clean(exc.hint)}")


def clean(text: str, *, lines: bool = False) -> str:
    """Text from outside without what a terminal would obey."""
    from execops.text import clean_block, clean_line

    return clean_block(text) if lines else clean_line(text)


def style(text: str, code: str) -> str:
    """Coloured where stderr is a terminal that wants colours (https://no-color.org)."""
    import os

    return f"\x1b[{code}m{text}\x1b[0m" if sys.stderr.isatty() and not os.environ.get("NO_COLOR") else text


def age(moment: datetime) -> str:
    """How long ago: `4 s`, `12 m`, `3 h`, `5 d`."""
    from datetime import UTC, datetime

    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def jsonable(value: object) -> Any:  # noqa: ANN401
    """The value in JSON types: dataclasses as objects, times as ISO 8601 in UTC."""
    import dataclasses
    from datetime import UTC, datetime
    from enum import Enum
    from pathlib import Path

    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {field.name: jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
        if {"amount_minor", "currency"} <= found.keys():  # money always comes together, and readable
            amount = getattr(value, "amount", None)
            found["amount"] = None if amount is None else str(amount)
        return found
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    return value
