"""Listing proposals, whoever parsed what was asked for."""

from __future__ import annotations

import gc

from cli import output, session


def proposals(status: str = "pending", *, limit: int = 50, as_json: bool = False) -> None:
    """Print proposals of a status, or of all: pending ones most urgent first, others the newest first."""

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.model import Status

        if status != "all" and status not in set(Status):
            raise InvalidInputError(f"{status!r} is not a status. One of: {', '.join(Status)}, all")
        async with session.client() as client:
            if status == Status.PENDING:
                found = await client.proposals.inbox(limit=limit)
            else:
                found = await client.proposals.history(
                    status=None if status == "all" else Status(status), limit=limit
                )
        if as_json:
            output.document(found)
        elif not found:
            output.note("Nothing needs you." if status == "pending" else f"No {status} proposals.")
        else:
            output.table(
                ["id", "urgency", "amount", "title", "status", "age"],
                [
                    (
                        f"{p.id}@{p.version}",
                        p.urgency,
                        p.amount or "",
                        p.title,
                        p.effective_status,
                        output.age(p.created_at),
                    )
                    for p in found
                ],
                right=["amount", "age"],
            )

    gc.disable()  # it ends before there is anything to collect
    session.run(command())
