"""The inbox with ten thousand pending proposals, in a terminal: the time to its first row, and from a key to its paint."""

from __future__ import annotations

import asyncio
import re
import statistics
import sys
from collections.abc import Mapping, Sequence
from itertools import cycle

from jobs.bootstrap import open_context
from tests.bench.report import Figure, p95
from tests.bench.stage import Stage, execops
from tests.bench.terminal import Terminal, terminal
from tests.large_inbox import propose_many

SIZES = ((80, 24), (160, 48))
ROUNDS = 10  # of each size
PAGE_DOWN, PAGE_UP = "\x04", "\x15"
# Every key moves the cursor to another row.
KEYS = ("j", "j", "k", PAGE_DOWN, "G", "k", "g", "j", PAGE_DOWN, PAGE_UP) * 5
ROW = re.compile(rb"Card failed: Customer \d+")
COUNTED = re.compile(rb"10,000 pending")
FIRST, LAST = b"10000", b"3"  # the customers of the first and of the last row
_BARE = """
import os
import textual.app, psycopg
psycopg.connect(os.environ["DATABASE_URL"])
print("connected", flush=True)
"""

_LEAST = """
import os
import psycopg
from rich.segment import Segment
from textual.app import App
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

class Rows(ScrollView):
    def on_mount(self):
        self.virtual_size = Size(80, len(rows))

    def render_line(self, y):
        return Strip([Segment(rows[y][0] if y < len(rows) else "")])

class Least(App):
    BINDINGS = [("q", "quit", "Quit")]

    def compose(self):
        yield Rows()

with psycopg.connect(os.environ["DATABASE_URL"]) as conn:
    rows = conn.execute("select title from action_proposals order by id desc limit 60").fetchall()
Least().run()
"""


async def measure(stage: Stage) -> list[Figure]:
    """Time the first rows in turns with the bare imports, then key after key in an inbox of each size."""
    url = await stage.database("inbox")
    async with open_context(stage.settings(url)) as ctx:
        await propose_many(ctx)
    return await asyncio.to_thread(_figures, stage.environment(url))


def _figures(environment: Mapping[str, str]) -> list[Figure]:
    ours, theirs, least = [], [], []
    for round_ in range(ROUNDS + 1):
        for size in SIZES:
            baseline = _first([sys.executable, "-c", _BARE], environment, size, re.compile(rb"connected"))
            rows = _first(execops("inbox", "--readonly"), environment, size, ROW, leave="q")
            bare = _first([sys.executable, "-c", _LEAST], environment, size, ROW, leave="q")
            if round_:
                theirs.append(baseline)
                least.append(bare)
                ours.append(rows)
    seen, read = [], []
    for size in SIZES:
        for row, card in _keys(environment, size):
            seen.append(row)
            read.append(card)
    print(
        f"key → card read and drawn: median {statistics.median(read):.1f}, p95 {p95(read):.1f} ms",
        file=sys.stderr,
    )
    return [
        Figure(
            name="inbox first paint, 10,000 pending",
            against="import textual.app and psycopg, connect",
            unit="ms",
            ours=statistics.median(ours),
            theirs=statistics.median(theirs),
            budget=1.3,
            at_least=False,
            samples=len(ours),
            bound=statistics.median(least) / statistics.median(theirs),
        ),
        Figure(
            name="key → paint p95, 10,000 pending",
            against=None,
            unit="ms",
            ours=p95(seen),
            theirs=None,
            budget=50,
            at_least=False,
            samples=len(seen),
        ),
    ]


def _first(
    command: Sequence[str],
    environment: Mapping[str, str],
    size: tuple[int, int],
    pattern: re.Pattern[bytes],
    *,
    leave: str = "",
) -> float:
    """Milliseconds from the start of a process until its terminal shows the pattern."""
    with terminal(command, environment, size) as inbox:
        _, at = inbox.until(pattern)
        inbox.press(leave)
        inbox.drain()
    return (at - inbox.began) * 1000


def _keys(environment: Mapping[str, str], size: tuple[int, int]) -> list[tuple[float, float]]:
    """Milliseconds from each key until the terminal shows the cursor on its new row, and that row's draft."""
    latencies = []
    with terminal(execops("inbox", "--readonly"), environment, size) as inbox:
        inbox.until(COUNTED)
        row = FIRST
        for key in cycle("Gg"):
            row, *_ = _press(inbox, key, row)
            if row == LAST:  # the inbox has read all pages
                break
        for key in ("g", *KEYS):
            row, seen, read = _press(inbox, key, row)
            latencies.append((seen, read))
        inbox.press("q")
        inbox.drain()
    return latencies[1:]


def _press(inbox: Terminal, key: str, before: bytes) -> tuple[bytes, float, float]:
    """The customer of the row that the key leads to; milliseconds until the row is drawn, and until its draft is."""
    cursor = re.compile(rb"\xe2\x96\x8c(?:(?!Customer)[^\n])*Customer (?!%s,)(\d+)," % before)
    at = inbox.press(key)
    customer, seen = inbox.until(cursor)
    _, read = inbox.until(re.compile(rb"\ba%s@acme" % customer[1]))
    return customer[1], (seen - at) * 1000, (read - at) * 1000
