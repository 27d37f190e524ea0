"""`execops proposals list`, for Typer and for `cli.main`, which runs it without Typer."""

from __future__ import annotations

import gc

from cli import output, session


def proposals(status: str = "pending", *, limit: int = 50, as_json: bool = False) -> None:
    """Print proposals of one status, or of `all`: pending proposals by urgency, all others newest first.

    Raises SystemExit with the exit code of an error.
    """

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.model import Status

        if status != "all" and status not in set(Status):
            raise InvalidInputError(f"{status!r} is not a status. One of: {', '.join(Status)}, all")
        async with session.client() as client:
            if status == Status.PENDING:
                summaries = await client.proposals.inbox(limit=limit)
            else:
                summaries = await client.proposals.history(
                    status=None if status == "all" else Status(status), limit=limit
                )
        if as_json:
            output.document(summaries)
        elif not summaries:
            empty = {"pending": "Nothing needs you.", "all": "No proposals."}
            output.note(empty.get(status, f"No {status} proposals."))
        else:
            output.table(
                ["id", "urgency", "amount", "title", "status", "age"],
                [
                    (
                        f"{proposal.id}@{proposal.version}",
                        proposal.urgency,
                        proposal.amount or "",
                        proposal.title,
                        proposal.effective_status,
                        output.age(proposal.created_at),
                    )
                    for proposal in summaries
                ],
                right=["amount", "age"],
            )

    gc.disable()  # the process ends before a collection would free memory
    session.run(command())
