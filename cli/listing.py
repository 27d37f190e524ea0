"""`execops proposals list`, for Typer and for `cli.main`, which runs it without Typer."""

from __future__ import annotations

import gc

from cli import output, session


def proposals(
    status: str = "pending", *, limit: int = 50, after: int | None = None, as_json: bool = False
) -> None:
    """Print proposals of one status, or of `all`: pending proposals by urgency, all others newest first.

    They follow the proposal with the id `after`. Raises SystemExit with the exit code of an error.
    """

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.model import Status
        from execops.proposals.listing import Position

        if status != "all" and status not in set(Status):
            raise InvalidInputError(f"{status!r} is not a status. One of: {', '.join(Status)}, all")
        async with session.client() as client:
            if status == Status.PENDING:
                position = None
                if after is not None:
                    position = Position((await client.proposals.get(after)).urgency, after)
                summaries = await client.proposals.inbox(limit=limit + 1, after=position)
            else:
                summaries = await client.proposals.history(
                    status=None if status == "all" else Status(status), limit=limit + 1, before=after
                )
        summaries, more = summaries[:limit], len(summaries) > limit
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
        output.more(f"proposals list --status {status}", summaries[-1].id if more else None)

    gc.disable()  # the process ends before a collection would free memory
    session.run(command())
