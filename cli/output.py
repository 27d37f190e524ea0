"""The only writer to stdout and stderr. Data goes to stdout; notes and errors go to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any

from cli import streams

if TYPE_CHECKING:
    from datetime import datetime

    from execops.errors import ExecOpsError

filters: list[Callable[[Any], Iterable[str]]] = []  # what `--jq` makes of a document; at most one
_NARROWEST = 8  # cells of a column that is cut
_COMMAND = 5  # spaces before a command to copy
_DIM, _RED, _GREEN, _YELLOW = "2", "31", "32", "33"
# The colours of words under these columns, as gh colours states and labels.
_COLOURED = frozenset({"urgency", "status", "state"})
_COLOURS = {
    "critical": _RED, "failed": _RED, "unknown": _RED, "bad": _RED, "rejected": _RED, "forbidden": _RED,
    "high": _YELLOW, "pending": _YELLOW, "warn": _YELLOW,
    "approved": _GREEN, "executed": _GREEN, "executing": _GREEN, "processed": _GREEN, "ok": _GREEN, "allowed": _GREEN,
    "low": _DIM, "superseded": _DIM, "expired": _DIM, "ignored": _DIM,
}  # fmt: skip
_FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212|%"


def data(text: str = "") -> None:
    """Write a line of the data that the user asked for."""
    sys.stdout.write(text + "\n")


def raw(content: bytes) -> None:
    """Write bytes as they are; in a terminal without the control characters that it would obey."""
    if sys.stdout.isatty():
        data(clean(content.decode("utf-8", "replace"), lines=True))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)


def hanging(start: str, text: str) -> None:
    """Write outside text after the start of a line; in a terminal, its further lines begin below its first word."""
    line = clean(text)
    for part in _between_words(start, line) if sys.stdout.isatty() else [start + line]:
        data(part)


def _between_words(start: str, text: str) -> list[str]:
    """The lines of a text in this terminal: they break between words, and the further ones begin below the first word."""
    import shutil
    import textwrap

    width = max(40, shutil.get_terminal_size().columns)
    lines = textwrap.wrap(
        text,
        width - 1,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return lines or [start.rstrip()]


def announce(text: str) -> None:
    """Write a line that another program waits for, such as the URL of a ready server, and flush it."""
    data(text)
    sys.stdout.flush()


def note(text: str = "") -> None:
    """Write a line about the command to stderr, so that pipes get data alone.

    In a terminal it breaks between words. A line that begins with five spaces is a command to copy, and stays whole.
    """
    sys.stdout.flush()
    words = text.lstrip(" ")
    spaces = text[: len(text) - len(words)]
    if len(text) > 40 and "\n" not in text and len(spaces) != _COMMAND and sys.stderr.isatty():
        text = "\n".join(_between_words(spaces, words))
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def document(value: object, *, line: bool = False) -> None:
    """Write one JSON document, or of it what `--jq` asks for; a `line` of several is flushed at once."""
    import json

    if filters:
        texts = list(filters[0](jsonable(value)))
    elif line:
        texts = [json.dumps(jsonable(value))]
    else:
        escaped = sys.stdout.isatty() or not streams.has_all_characters()
        texts = [json.dumps(jsonable(value), indent=2, ensure_ascii=escaped)]
    for text in texts:
        data(text)
    if line:
        sys.stdout.flush()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Write columns that are aligned by terminal cells.

    `right` names the columns that are aligned right. In a terminal, the widest of the others are cut until a row is a line;
    a pipe gets every cell whole.
    """
    from execops.text import cell_width, cut

    cells = [[clean(str(cell)) for cell in row] for row in rows]
    widths = [max(cell_width(line[i]) for line in [list(columns), *cells]) for i in range(len(columns))]
    if sys.stdout.isatty():
        _fit(widths, [name not in right for name in columns])
    for at, line in enumerate([[name.upper().replace("_", " ") for name in columns], *cells]):
        parts = []
        for name, cell, width in zip(columns, line, widths, strict=True):
            shown = cut(cell, width)
            padding = " " * (width - cell_width(shown))
            parts.append(padding + shown if name in right else _coloured(shown, name, at) + padding)
        data("  ".join(parts).rstrip())


def _fit(widths: list[int], may_cut: Sequence[bool]) -> None:
    """Narrow the widest columns, the first aside, until a row of the terminal holds them; ids and amounts stay whole."""
    import shutil

    room = shutil.get_terminal_size().columns - 2 * (len(widths) - 1)
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda at: widths[at] if may_cut[at] and at else 0)
        if not (may_cut[widest] and widest and widths[widest] > _NARROWEST):
            return
        widths[widest] -= 1


def _coloured(cell: str, column: str, line: int) -> str:
    """A cell of the head, line 0, is dim; a state has the colour of its first word."""
    if line == 0:
        return style(cell, _DIM, sys.stdout)
    code = _COLOURS.get(cell.partition(" ")[0]) if column in _COLOURED else None
    return style(cell, code, sys.stdout) if code else cell


def next_page(cursor: object) -> None:
    """Say that the list goes on, and how to read on."""
    note(f"There are more. The next page: the same command with --cursor {cursor}")


def failure(exc: ExecOpsError) -> None:
    """Write what happened and what the user can do next."""
    note(f"{style('error:', '31')} {clean(exc.message)}")
    if exc.hint:
        note(f"       {clean(exc.hint)}")


def clean(text: str, *, lines: bool = False) -> str:
    """Remove the control characters that a terminal would obey from outside text; keep newlines if `lines`."""
    from execops.text import clean_block, clean_line

    return clean_block(text) if lines else clean_line(text)


def csv_cell(text: str) -> str:
    """Outside text as a cell of a CSV file: a spreadsheet takes no such cell for a formula.

    Text that begins with a formula's sign gets an apostrophe, as https://owasp.org/www-community/attacks/CSV_Injection
    advises; a number such as `-12.50` stays one.
    """
    import re

    cell = clean(text)
    begins = cell.lstrip(" \u00a0\u3000")[:1]
    is_number = re.fullmatch(r"[+-]?[0-9]+(?:[.,][0-9]+)*", cell)
    if is_number or not ((begins in _FORMULA_SIGNS and begins) or text[:1] in ("\t", "\r", "\n")):
        return cell
    return f"'{cell}"


def style(text: str, code: str, stream: IO[str] | None = None) -> str:
    """Colour a text for a stream, stderr by default, by an SGR code.

    It stays plain where the stream is no terminal, or a dumb one, and where NO_COLOR is set (https://no-color.org).
    """
    import os

    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if is_plain or not (stream or sys.stderr).isatty() else f"\x1b[{code}m{text}\x1b[0m"


def age(moment: datetime) -> str:
    """The time since a moment, in one unit: `4 s`, `12 m`, `3 h`, `5 d`."""
    from datetime import UTC, datetime

    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun: `0 jobs`, `1 job`, `2 jobs`, `3 entries`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def jsonable(value: object) -> Any:  # noqa: ANN401
    """Convert a value to JSON types: records become objects, times become ISO 8601 in UTC, days ISO 8601."""
    from datetime import UTC, date, datetime
    from enum import Enum
    from pathlib import Path

    from msgspec import Struct
    from msgspec.structs import asdict

    if isinstance(value, Struct):
        record = {name: jsonable(part) for name, part in asdict(value).items()}
        if {"amount_minor", "currency"} <= record.keys():  # the amount in words, beside the minor units
            amount = getattr(value, "amount", None)
            record["amount"] = None if amount is None else str(amount)
        return record
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    return value
