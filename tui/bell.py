"""The bell of an open inbox: an urgent proposal that arrives rings, once, and the terminal's title counts those that wait.

A terminal shows a notification for OSC 9 (iTerm2, kitty, WezTerm, Ghostty) or OSC 777 (urxvt, foot, VTE). Two terminals
show both, so they get the first alone. tmux passes them on with `allow-passthrough on`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from execops.model import Status
from execops.proposals.listing import Counts, Summary
from tui.text import clean

RING = "\x07"
KEEP_TITLE, RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"  # on the terminal's own stack
_LONGEST = 120  # characters of a notification
_SHOW_BOTH = frozenset({"WezTerm", "ghostty"})  # values of TERM_PROGRAM


class Bell:
    """Rings for urgent proposals that were not there at the start. `write` takes bytes to the terminal, if there is one."""

    def __init__(self, write: Callable[[str], None], *, rings: bool) -> None:
        self._write, self._rings = write, rings
        self._known: set[int] = set()  # the urgent ones that were there, or have rung
        self._complete = False  # whether all that were there at the start are known
        self._title = ""

    def begin(self) -> None:
        """Keep the title that the terminal has."""
        if self._rings:
            self._write(KEEP_TITLE)

    def end(self) -> None:
        """Give the terminal its own title back."""
        if self._rings:
            self._write(RESTORE_TITLE)

    def take_page(self, rows: Iterable[Summary], *, is_last: bool) -> None:
        """Look at a page of the list, most urgent first; a later reading rings for what came while the database was away."""
        listed = list(rows)
        if self._complete:
            self.take(listed)
            return
        self._known.update(row.id for row in listed if _is_urgent(row))
        self._complete = is_last or any(not row.urgency.interrupts for row in listed)

    def take(self, rows: Iterable[Summary]) -> None:
        """Look at rows that changed, and ring for each that is urgent, waits, and never rang."""
        arrived = [row for row in rows if _is_urgent(row) and row.id not in self._known]
        self._known.update(row.id for row in arrived)
        if not self._rings or not arrived:
            return
        self._write(RING)
        for row in arrived:
            self._write(_notification(row))

    def count(self, counts: Counts) -> None:
        """Show in the terminal's title how many urgent proposals wait."""
        title = f"({counts.urgent}) ExecOps" if counts.urgent else "ExecOps"
        if self._rings and title != self._title:
            self._title = title
            self._write(f"\x1b]2;{title}\x07")


def _is_urgent(row: Summary) -> bool:
    return row.urgency.interrupts and row.effective_status is Status.PENDING


def _notification(row: Summary) -> str:
    """The sequences that make a terminal show a notification. Outside text is cleaned; `;` separates fields there."""
    amount = f"{row.amount} " if row.amount else ""
    text = clean(f"{row.urgency.capitalize()}: {amount}{row.title}", limit=_LONGEST).replace(";", ",")
    sequences = [f"\x1b]9;ExecOps · {text}\x07"]
    if os.environ.get("TERM_PROGRAM") not in _SHOW_BOTH:
        sequences.append(f"\x1b]777;notify;ExecOps;{text}\x07")
    if "TMUX" in os.environ:
        sequences = [f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\" for sequence in sequences]
    return "".join(sequences)
