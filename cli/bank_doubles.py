"""The question of `execops import bank` about movements that the books seem to have already, in other words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cli import bank_words, output, session

if TYPE_CHECKING:
    from execops.client import Client
    from execops.client.bank_file import Statement
    from execops.client.records import Booked, Doubles

_SHOWN = 3  # pairs that the question names


async def settle(
    client: Client, statements: list[tuple[Path, Statement]], account: str, answer: str | None
) -> list[tuple[Path, Statement]]:
    """The statements as they are to be imported, once a person or an option said what doubles are.

    Nothing is imported before all files are settled. Raises InvalidInputError where nobody says it.
    """
    from execops.client.records import Booked

    settled: list[tuple[Path, Statement]] = []
    before: list[Booked] = []
    for file, statement in statements:
        doubles = None if answer == "import" else await client.books.doubles(account, statement.rows, before)
        kept = statement
        if doubles is not None and (answer or _ask(file, doubles)) == "skip":
            kept = _without(statement, doubles)
            output.note(
                f"{output.clean(file.name)}: {output.counted(len(doubles.pairs), 'movement')} left out, which the"
                f" account {output.clean(doubles.account)} has already"
            )
        settled.append((file, kept))
        before += [
            Booked(account, row.external_id, row.day, row.amount.minor, row.amount.currency, row.vendor)
            for row in kept.rows
        ]
    return settled


def _without(statement: Statement, doubles: Doubles) -> Statement:
    ids = {row.external_id for row, _ in doubles.pairs}
    lines = (line for line in statement.lines if getattr(line, "external_id", None) not in ids)
    return replace(statement, lines=tuple(lines))


def _ask(file: Path, doubles: Doubles) -> str:
    """In a terminal, let a person say what the doubles are: `skip` or `import`. Raises InvalidInputError for none."""
    import click

    from execops.errors import InvalidInputError

    question = (
        f"{output.clean(file.name)}: {len(doubles.pairs)} of {output.counted(doubles.rows, 'new movement')} look like"
        f" movements that the account {output.clean(doubles.account)} has already, in other words."
    )
    pairs = [
        f"{bank_words.movement(row)}; there: {_there(movement)}" for row, movement in doubles.pairs[:_SHOWN]
    ]
    refusal = InvalidInputError(
        f"{question} Such as {pairs[0]}. Nothing was imported.",
        hint="If they are the same, leave them out with --doubles skip; if they are others, --doubles import.",
    )
    if not session.interactive():
        raise refusal
    output.note(question)
    for pair in pairs:
        output.note(f"  {pair}")
    output.note("  1  they are the same: leave them out")
    output.note("  2  they are others: import them too")
    output.note("  n  import nothing")
    chosen = click.prompt("Which is right?", type=click.Choice(["1", "2", "n"]), show_choices=False, err=True)
    if chosen == "n":
        raise refusal
    return {"1": "skip", "2": "import"}[chosen]


def _there(movement: Booked) -> str:
    return f"{movement.day:%-d %b %Y}, {output.clean(movement.vendor or 'nobody named')}"
