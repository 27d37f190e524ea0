"""The question of `execops import bank` whether a file is of the account that it goes into."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cli import bank_words, output, session

if TYPE_CHECKING:
    from execops.client import Client
    from execops.client.bank_file import Doubt, Statement


class Reading(Struct, frozen=True):
    """A file, its account, and its statement; `read_as` reads the file for another account.

    `doubled` are the ids of movements in the books that rows of the file double, or None where a person said that they do not.
    """

    file: Path
    account: str
    statement: Statement
    read_as: Callable[[str], Statement]
    doubled: frozenset[str] | None = frozenset()


async def settle(client: Client, readings: list[Reading], *, is_named: bool) -> list[Reading]:
    """The readings with the account of each file, once a person or an option said it; the oldest file is asked about first.

    An account that a person names gets the file; a warning then tells where the balances do not follow. Nothing is imported
    before all files are settled. Raises InvalidInputError where nobody says whose file it is.
    """
    from execops.client.bank_file import Traits, broken, days_of, find

    settled: list[Reading] = []
    for reading in sorted(readings, key=_first_day):
        account, statement = reading.account, reading.statement
        days = [await client.books.account_days(account)]
        days += [days_of(earlier.statement) for earlier in settled if earlier.account == account]
        if is_named:
            if doubt := broken(account, statement, days):
                _warn(reading, doubt)
            settled.append(reading)
            continue
        traits = [
            Traits(number=entry.account_number, shape=entry.shape)
            for entry in await client.books.imports(account)
            if entry.undone_at is None
        ]
        traits += [
            Traits(number=earlier.statement.number, shape=earlier.statement.shape)
            for earlier in settled
            if earlier.account == account
        ]
        doubt = find(account, statement, traits, days)
        if doubt is None or (doubt.form_alone and await _is_there(client, reading)):
            if doubt is None and (gap := broken(account, statement, days)):
                _warn(reading, gap)
            settled.append(reading)
            continue
        settled.append(_ask(reading, doubt))
    places = {reading.file: place for place, reading in enumerate(readings)}
    return sorted(settled, key=lambda reading: places[reading.file])


def _first_day(reading: Reading) -> date:
    return min((row.day for row in reading.statement.rows), default=date.max)


async def _is_there(client: Client, reading: Reading) -> bool:
    """Whether the account has most movements of the file already, in other words: then the question is about doubles."""
    doubles = await client.books.doubles(reading.account, reading.statement.rows)
    return (
        doubles is not None
        and doubles.account == reading.account
        and 2 * len(doubles.pairs) >= len(reading.statement.rows)
    )


def _warn(reading: Reading, doubt: Doubt) -> None:
    output.note(
        f"{output.clean(reading.file.name)}: {output.style('warning', '33')}: {output.clean(doubt.reason)}."
    )


def _ask(reading: Reading, doubt: Doubt) -> Reading:
    """In a terminal, let a person say whose file it is. Raises InvalidInputError for no answer."""
    import click

    from execops.errors import InvalidInputError

    account = output.clean(reading.account)
    question = (
        f"{output.clean(reading.file.name)} may be of another account than {account}:"
        f" {output.clean(doubt.reason)}."
    )
    refusal = InvalidInputError(
        f"{question} Nothing was imported.",
        hint=f"Name the other account with --account NAME; if it is the same account, --account {account}.",
    )
    answers = ["it is another account", f"it is the same account, {account}"]
    if bank_words.choice(question, answers, refusal) == 1:
        return reading
    with session.asking():
        name = named(click.prompt("The name of the other account", err=True))
    return Reading(reading.file, name, reading.read_as(name), reading.read_as)


def named(account: str) -> str:
    """The name of an account as the books write it. Raises InvalidInputError for none."""
    from execops.errors import InvalidInputError
    from execops.text import clean_line

    name = clean_line(account, limit=60).strip()
    if not name:
        raise InvalidInputError("The name of the account is empty; nothing was imported.")
    return name
