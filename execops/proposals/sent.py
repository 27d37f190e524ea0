"""The message of an executed action: its transport, its id there, and how to look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from execops.model import Execution, ExecutionStatus
from execops.text import maildir

OUTBOX = "outbox"


@dataclass(frozen=True, kw_only=True, slots=True)
class SentMessage:
    """A message that an execution sent. `message_id` is None where the transport gave none.

    `look` is the command that shows the message, for one that lies in the outbox.
    """

    transport: str
    message_id: str | None
    look: str | None

    @property
    def words(self) -> str:
        """The same in one line: `into the outbox as <…>; look at it: execops outbox show 3f2a91bc`."""
        way = "into the outbox" if self.look else f"by {self.transport}"
        name = f" as {self.message_id}" if self.message_id else ""
        return f"{way}{name}" + (f"; look at it: {self.look}" if self.look else "")


def of(executions: Sequence[Execution]) -> SentMessage | None:
    """The message that the attempt which succeeded has sent; None without one, and for an action that sends none."""
    for execution in executions:
        result = execution.result_json or {}
        if execution.status is ExecutionStatus.SUCCEEDED and result.get("transport"):
            short_id = maildir.id_of(execution.idempotency_key)[: maildir.SHORT]
            return SentMessage(
                transport=str(result["transport"]),
                message_id=result.get("message_id"),
                look=f"execops outbox show {short_id}" if result["transport"] == OUTBOX else None,
            )
    return None
