"""The question of `execops import bank` about movements that the books seem to have already, in other words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cli import bank_words, output
from cli.bank_accounts import Reading

if TYPE_CHECKING:
    from execops.client import Client
    from execops.client.records import Booked, Doubles, Import

_SHOWN = 3  # pairs that the question names


async def settle(client: Client, readings: list[Reading], answer: str | None) -> list[Reading]:
    """The readings as they are to be imported, once a person or an option said what doubles are.

    Nothing is imported before all files are settled. Raises InvalidInputError where nobody says it.
    """
    from execops.client.records import Booked

    settled: list[Reading] = []
    before: list[Booked] = []
    imports = [] if answer == "import" else await client.books.imports()
    for reading in readings:
        account, rows = reading.account, reading.statement.rows
        doubles = None if answer == "import" else await client.books.doubles(account, rows, before)
        same = _same_file(reading, imports)
        left_out = _nothing_left_out()
        if same is not None and same.account != account and (answer or _ask_same(reading, same)) == "skip":
            left_out = _LeftOut(same.account, frozenset(row.external_id for row in rows))
        elif same is None and doubles is not None and (answer or _ask(reading.file, doubles)) == "skip":
            left_out = _LeftOut(doubles.account, frozenset(row.external_id for row, _ in doubles.pairs))
        reduced = _without(reading, left_out) if left_out.account else reading
        if answer == "import":
            reduced = replace(reduced, doubled=None)
        elif doubles is not None:
            ids = frozenset(movement.external_id for _, movement in doubles.pairs)
            reduced = replace(reduced, doubled=ids if left_out.account else None)
        settled.append(reduced)
        before += [
            Booked(account, row.external_id, row.day, row.amount.minor, row.amount.currency, row.vendor)
            for row in reduced.statement.rows
        ]
    return settled


class _LeftOut(Struct, frozen=True):
    """The ids of the rows that another import has, and its account; no account where nothing is left out."""

    account: str
    ids: frozenset[str]


def _nothing_left_out() -> _LeftOut:
    return _LeftOut("", frozenset())


def _without(reading: Reading, left_out: _LeftOut) -> Reading:
    """The file without the doubles. Those of another account have their balance there, so the file tells none."""
    from execops.client.bank_file import Row

    lines = [
        line for line in reading.statement.lines if getattr(line, "external_id", None) not in left_out.ids
    ]
    statement = replace(reading.statement, lines=tuple(lines))
    note = (
        f"{output.clean(reading.file.name)}: {output.counted(len(left_out.ids), 'movement')} left out, which the"
        f" account {output.clean(left_out.account)} has already"
    )
    if left_out.account != reading.account:
        bare = tuple(replace(line, balance=None) if isinstance(line, Row) else line for line in lines)
        statement = replace(statement, lines=bare, closing=())
        note += f"; no balance is booked for {output.clean(reading.account)}, so that no cash counts twice"
    output.note(note)
    return Reading(reading.file, reading.account, statement, reading.read_as)


def _same_file(reading: Reading, imports: Sequence[Import]) -> Import | None:
    """The import of the very same bytes: in the account of the file, if there is one, else in another."""
    same = [
        entry for entry in imports if entry.undone_at is None and entry.digest == reading.statement.digest
    ]
    return min(same, key=lambda entry: (entry.account != reading.account, entry.id), default=None)


def _ask_same(reading: Reading, same: Import) -> str:
    """Let a person say whether a file that another account has is imported again. Raises InvalidInputError for none."""
    account = output.clean(reading.account)
    question = (
        f"{output.clean(reading.file.name)}: this file is import {same.id} of account {output.clean(same.account)},"
        f" byte for byte; in {account} too, its movements and its balance count twice."
    )
    undo = f"execops import undo {same.id}"
    return _choice(
        question,
        (),
        f"Leave it out with --doubles skip; or take the first import back: {undo}; to count it twice, --doubles import.",
    )


def _ask(file: Path, doubles: Doubles) -> str:
    """In a terminal, let a person say what the doubles are: `skip` or `import`. Raises InvalidInputError for none."""
    question = (
        f"{output.clean(file.name)}: {len(doubles.pairs)} of {output.counted(doubles.rows, 'new movement')} look like"
        f" movements that the account {output.clean(doubles.account)} has already, in other words."
    )
    pairs = [
        f"{bank_words.movement(row)}; there: {_there(movement)}" for row, movement in doubles.pairs[:_SHOWN]
    ]
    return _choice(
        question,
        pairs,
        "If they are the same, leave them out with --doubles skip; if they are others, --doubles import.",
    )


def _choice(question: str, pairs: Sequence[str], hint: str) -> str:
    """The answer of a person in a terminal: `skip` or `import`. Raises InvalidInputError for none."""
    from execops.errors import InvalidInputError

    such = f" Such as {pairs[0]}." if pairs else ""
    refusal = InvalidInputError(f"{question}{such} Nothing was imported.", hint=hint)
    shown = "\n".join([question, *(f"  {pair}" for pair in pairs)])
    answers = ["they are the same: leave them out", "they are others: import them too"]
    return ("skip", "import")[bank_words.choice(shown, answers, refusal)]


def _there(movement: Booked) -> str:
    return f"{movement.day:%-d %b %Y}, {output.clean(movement.vendor or 'nobody named')}"
