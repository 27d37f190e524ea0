"""One key at a time: the next key goes out only when everything that the key before set in motion is in place.

Keys that arrive together (a slow line, a macro, a busy machine) would otherwise act on the screen as it was before the
first of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.events import Key, Paste

PATIENCE = 5.0  # seconds that a key waits for what it needs
QUIET = 0.4  # seconds without a key after which the next one was pressed by somebody who looked


class Keyboard:
    """Keys and pasted texts in the order in which they came. A hold keeps them back until it is released."""

    def __init__(
        self, pass_on: Callable[[Key | Paste], Awaitable[None]], settle: Callable[[], Awaitable[None]]
    ) -> None:
        self._pass_on, self._settle = pass_on, settle
        self._events: deque[Key | Paste] = deque()
        self._arrived = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._holds: dict[str, asyncio.TimerHandle | None] = {}
        self._busy = False
        self._unsettled = False
        self._pressed_at: float | None = None
        self._forgotten_at = float("-inf")
        self._until_quiet = False

    @property
    def idle(self) -> bool:
        """Whether no key is under way and none waits."""
        return not (self._busy or self._events or self._holds)

    @property
    def pressed_at(self) -> float:
        """The monotonic moment in which the key that is under way was pressed; now, where none is."""
        return monotonic() if self._pressed_at is None else self._pressed_at

    def press(self, event: Key | Paste) -> None:
        """Take a key, or a pasted text."""
        if event.time < self._forgotten_at:
            return  # it was on its way here when the keys before it were dropped
        if self._until_quiet and event.time - self._forgotten_at < QUIET:
            self._forgotten_at = event.time  # typed ahead still: it was meant for another row
            return
        self._until_quiet = False
        self._events.append(event)
        self._arrived.set()

    def forget(self, *, until_quiet: bool = False) -> int:
        """Drop all keys pressed until now that did nothing yet; returns how many of them waited here.

        `until_quiet` drops those that follow too, until none comes for a moment: who types ahead counts on the key that
        did nothing, and each further one would be about another row than was meant.
        """
        self._forgotten_at, self._until_quiet = monotonic(), until_quiet
        count = len(self._events)
        self._events.clear()
        return count

    def hold(self, reason: str, *, patience: float | None = None, expired: Callable[[], None]) -> None:
        """Keep further keys back until `release` is called with this reason, or patience (in seconds) ends."""
        self.release(reason)

        def expire() -> None:
            self.release(reason)
            expired()

        timer = asyncio.get_running_loop().call_later(patience, expire) if patience is not None else None
        self._holds[reason] = timer
        self._free.clear()

    def release(self, reason: str) -> None:
        """Let the keys go on, unless something else holds them."""
        if reason not in self._holds:
            return
        timer = self._holds.pop(reason)
        if timer is not None:
            timer.cancel()
        self._unsettled = True
        if not self._holds:
            self._free.set()

    async def run(self) -> None:
        """Pass the keys on, one after the other, until cancelled."""
        while True:
            await self._arrived.wait()
            await self._free.wait()
            if self._unsettled:  # the key that was held back may have opened a dialog only now
                self._unsettled, self._pressed_at = False, None
                await self._settle()
                continue
            if not self._events:
                self._arrived.clear()
                continue
            event = self._events.popleft()
            self._busy, self._pressed_at = True, event.time
            try:
                await self._pass_on(event)
                await self._settle()
            finally:
                self._busy = False
                if not self._holds:
                    self._pressed_at = None
