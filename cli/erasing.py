"""`execops erase`: erases the words about a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session
from cli.options import AsJson

if TYPE_CHECKING:
    from execops.client.records import Erased, Held

app = typer.Typer(help="Erase the words about a customer.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep the noun: a group of one command would be the command itself."""


@app.command()
def customer(
    customer_id: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer, such as cus_123.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Erase without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase every word about a customer: names, addresses, texts, payloads. Only a founder may; it cannot be taken back.

    Amounts, ids and hashes stay, so every sum and the audit log stay right. Live proposals are ended first. While an action
    about the customer is in flight, nothing is erased.
    """

    async def command() -> None:
        from execops.errors import InvalidInputError

        if not yes and not session.interactive():
            raise InvalidInputError(
                f"Confirm that the words about {output.clean(customer_id)} are erased for ever; nothing was erased.",
                hint="Run it in a terminal, or with --yes.",
            )
        async with session.client() as client:
            if not yes:
                _show(await client.customers.held(customer_id))
                if not session.confirm(
                    f"Erase every word about {output.clean(customer_id)} for ever?", err=True
                ):
                    raise typer.Exit
            erased = await client.customers.erase(customer_id)
        _report(erased, as_json=as_json)

    session.run(command())


def _show(held: Held) -> None:
    output.note(
        f"On record: {output.counted(held.events, 'event')}, {output.counted(held.proposals, 'proposal')},"
        f" {output.counted(held.snapshots, 'object')}, {output.counted(held.movements, 'movement')}."
    )
    if held.live:
        output.note(f"{output.counted(held.live, 'live proposal')} end with it.")


def _report(erased: Erased, *, as_json: bool) -> None:
    if as_json:
        output.document(erased)
        return
    output.note(
        f"Erased the words of {output.counted(erased.proposals, 'proposal')}, {output.counted(erased.events, 'event')},"
        f" {output.counted(erased.snapshots, 'object')}, {output.counted(erased.movements, 'line of a bank', 'lines of a bank')},"
        f" {output.counted(erased.audit_entries, 'entry', 'entries')} of the audit log,"
        f" {output.counted(erased.questions, 'refused question')} and"
        f" {output.counted(erased.messages, 'message')} of the outbox. Amounts, ids and hashes stay."
    )
    if erased.ended:
        output.note(f"{output.counted(erased.ended, 'live proposal')} ended as superseded.")
    if erased.older_entries:
        entries = output.counted(erased.older_entries, "entry", "entries")
        output.note(
            f"{entries} of the audit log keep words: an earlier version wrote them into the log itself."
        )
    output.note(
        "Messages that went out, backups, and the records at Stripe are not touched: docs/operations.md"
    )
