"""A key that needs a card waits until the card of the row under the cursor is shown; then it acts on exactly that."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from msgspec import Struct

from execops.client.proposals_part import Card
from execops.proposals.listing import Summary
from tui.keyboard import PATIENCE, Keyboard

SETTLES = 0.7  # seconds for which a card that changed by itself takes no decision: nobody has read it
HOLD = "card"


class Waiting(Struct, frozen=True):
    """The row that the cursor stood on when a key was handled, and what the key does with its card."""

    row: Summary
    act: Callable[[Card], None]


class CardGate:
    """Knows which key waits for which card. `refuse` says why a key does nothing, and drops the keys behind it."""

    def __init__(self, keyboard: Keyboard, refuse: Callable[[str], None]) -> None:
        self._keyboard, self._refuse = keyboard, refuse
        self.read: Callable[[Summary], None] = lambda _: (
            None
        )  # reads the card of a row, unless that is under way
        self._waiting: Waiting | None = None
        self._changed_at = float("-inf")  # when the card became another one by itself
        self._settles = SETTLES
        self._unshown = False  # whether that card is still being read

    def on_card(self, row: Summary | None, card: Card | None, act: Callable[[Card], None]) -> None:
        """Act on the card of this row: now where it is shown, else as soon as it is."""
        if row is None:
            self._refuse("There is no proposal under the cursor.")
        elif card is not None and _is_of(card, row):
            act(card)
        else:
            self._waiting = Waiting(row, act)
            self._keyboard.hold(HOLD, patience=PATIENCE, expired=self._expire)
            self.read(row)

    def card_shown(self, card: Card) -> None:
        """This card is on the screen now."""
        if self._unshown:
            self._changed_at, self._unshown = monotonic(), False
        waiting = self._waiting
        if waiting is None or card.proposal.id != waiting.row.id:
            return
        if _is_of(card, waiting.row):
            self._end()
            waiting.act(card)
        else:
            self._drop(f"#{card.proposal.id} changed meanwhile; the key did nothing. Look again.")

    def card_refused(self, proposal_id: int, why: str) -> None:
        """The card of this proposal cannot be read."""
        if self._waiting is not None and self._waiting.row.id == proposal_id:
            self._drop(f"#{proposal_id} could not be read; the key did nothing. {why}")

    def row_changed(self, row: Summary | None) -> None:
        """The cursor stands on this row now."""
        waiting = self._waiting
        if waiting is None:
            return
        if row is None or row.id != waiting.row.id:
            self._drop(f"#{waiting.row.id} is gone; the key did nothing.")
        elif row.version != waiting.row.version:
            self._drop(f"#{row.id} changed meanwhile; the key did nothing. Look again.")

    def changed_by_itself(self, settles: float = SETTLES) -> None:
        """The card became another one without the person; it can be read `settles` seconds after it is shown."""
        self._changed_at, self._unshown, self._settles = monotonic(), True, settles

    def chosen(self) -> None:
        """The person chose the row: whatever stands there is what the person wants to see."""
        self._changed_at, self._unshown = float("-inf"), False

    @property
    def unread(self) -> bool:
        """Whether the key under way was pressed before a person could read what the card became by itself."""
        return self._keyboard.pressed_at - self._changed_at < self._settles

    def _expire(self) -> None:
        if self._waiting is not None:
            number, self._waiting = self._waiting.row.id, None
            self._refuse(f"#{number} could not be read in time; the key did nothing.")

    def _drop(self, why: str) -> None:
        self._refuse(why)
        self._end()

    def _end(self) -> None:
        self._waiting = None
        self._keyboard.release(HOLD)


def _is_of(card: Card, row: Summary) -> bool:
    return (card.proposal.id, card.proposal.version) == (row.id, row.version)
