"""The movements of a statement in one form, whichever file told them, before vendors and ids are worked out."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from execops.money import Money


class Entry(Struct, frozen=True, kw_only=True):
    """A movement as a file tells it. `line` counts from 1; in a file without lines it is the number of the movement."""

    line: int
    day: date
    amount: Money
    payee: str = ""
    text: str = ""
    more: tuple[str, ...] = ()  # further texts, which may name the party where `payee` and `text` do not
    bare: str = ""  # the words for the vendor alone, where the file cuts a name or mixes the holder into it
    labels: tuple[str, ...] = ()  # the kind of the movement, in the bank's words
    category: str | None = None
    balance: Money | None = None  # of the account after this movement
    bank_id: str | None = None  # by which the bank knows the movement
    account: str = ""  # where one file holds several of them
    own: bool = False  # between own accounts, as the file says
    nobody: bool = False  # the file names no party: a check, the bank's own fee


class Problem(Struct, frozen=True):
    """A line that cannot be read, and the reason. Nothing of it is imported."""

    line: int
    reason: str


class LeftOut(Struct, frozen=True):
    """A line that is no movement: its money has not moved yet or never will, or it sums others up."""

    line: int
    reason: str


class Told(Struct, frozen=True):
    """A balance of the account that the file tells apart from its movements; `day` where it dates it."""

    amount: Money
    day: date | None


class Contents(Struct, frozen=True, kw_only=True):
    """All that a file tells."""

    entries: list[Entry | Problem | LeftOut]
    opening: Told | None = None
    closing: tuple[Told, ...] = ()  # one for each currency at the most
    number: str | None = None  # of the account, where the file tells it
