"""The list that `execops proposals list` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import output, session

if TYPE_CHECKING:
    from execops.client.proposals_part import Position


def proposals(
    status: str = "pending", *, limit: int = 50, cursor: str | None = None, as_json: bool = False
) -> None:
    """Print proposals of one status, or of `all`: pending proposals by urgency, all others newest first.

    Raises SystemExit with the exit code of an error.
    """

    async def command() -> None:
        from execops.errors import InvalidInputError
        from execops.model import Status

        if status != "all" and status not in set(Status):
            raise InvalidInputError(f"{status!r} is not a status.", hint=f"One of: {', '.join(Status)}, all")
        quiet = None
        async with session.client() as client:
            if status == Status.PENDING:
                page = await client.proposals.inbox(limit=limit + 1, after=_pending_place(cursor))
                quiet = await client.proposals.quiet() if not (page or cursor or as_json) else None
            else:
                page = await client.proposals.history(
                    status=None if status == "all" else Status(status), limit=limit + 1, before=_id(cursor)
                )
        summaries = page[:limit]
        if as_json:
            output.document(summaries)
        elif not summaries:
            empty = {"pending": "Nothing needs you.", "all": "No proposals."}
            output.note(empty.get(status, f"No {status} proposals."))
            if quiet is not None:
                output.note(output.clean(quiet.words))
        else:
            output.table(
                ["id", "urgency", "amount", "title", "status", "age"],
                [
                    (
                        f"{proposal.id}@{proposal.version}",
                        proposal.urgency,
                        proposal.amount or "",
                        proposal.title,
                        f"{proposal.effective_status} {proposal.approvals_text}".strip(),
                        output.age(proposal.created_at),
                    )
                    for proposal in summaries
                ],
                right=["amount", "age"],
            )
        if len(page) > limit:
            last = summaries[-1]
            output.next_page(f"{last.urgency}-{last.id}" if status == Status.PENDING else last.id)

    session.run(command(), collects=False)


def _id(cursor: str | None) -> int | None:
    """The id in a cursor. Raises InvalidInputError."""
    from execops.errors import InvalidInputError

    if cursor is None:
        return None
    if not _is_id(cursor):
        raise InvalidInputError(
            f"{cursor!r} is no cursor of this list.", hint="Take it from the end of the page before."
        )
    return int(cursor)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _pending_place(cursor: str | None) -> Position | None:
    """The place among the pending proposals in a cursor such as `high-12`. Raises InvalidInputError."""
    from execops.client.proposals_part import Position
    from execops.errors import InvalidInputError
    from execops.model import Urgency

    if cursor is None:
        return None
    urgency, _, number = cursor.partition("-")
    if urgency not in set(Urgency) or not _is_id(number):
        raise InvalidInputError(
            f"{cursor!r} is no cursor of the pending proposals.",
            hint="It reads as URGENCY-ID, such as high-12.",
        )
    return Position(Urgency(urgency), int(number))
