"""The message that an executed action sent, as every face names it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from execops.model import Execution, ExecutionStatus, Json
from execops.proposals.listing import sent_message
from execops.text import maildir

KEY = "execops-default-7-2-1"
LOOK = f"execops outbox show {maildir.id_of(KEY)[:8]}"
LINK = "https://acme.slack.example/archives/C1/p17"


def execution(status: ExecutionStatus, result: Json | None) -> Execution:
    """An attempt that ended so."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Execution(
        id=1, proposal_id=7, attempt=1, status=status, started_at=at, finished_at=at, result_json=result, error=None,
        idempotency_key=KEY, links={}, settles=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"transport": "outbox", "message_id": "<a@b>"}, f"into the outbox as <a@b>; look at it: {LOOK}"),
        ({"transport": "outbox"}, f"into the outbox; look at it: {LOOK}"),
        ({"transport": "smtp", "message_id": "<a@b>", "answer": "250 ok"}, "by smtp as <a@b>"),
        ({"transport": "slack", "ts": "17.1", "permalink": LINK}, f"by slack as 17.1; look at it: {LINK}"),
        ({"transport": "slack", "channel": "C1", "ts": "17.1"}, "by slack as 17.1"),
    ],
)
def test_the_attempt_that_succeeded_names_the_message(result: Json, words: str) -> None:
    attempts = [
        execution(ExecutionStatus.FAILED, {"transport": "other"}),
        execution(ExecutionStatus.SUCCEEDED, result),
    ]
    message = sent_message(attempts)
    assert message is not None
    assert message.words == words


@pytest.mark.parametrize(
    "attempts",
    [
        [],
        [execution(ExecutionStatus.UNKNOWN, {"transport": "outbox"})],
        [execution(ExecutionStatus.SUCCEEDED, {"acknowledged": True})],
        [execution(ExecutionStatus.SUCCEEDED, None)],
    ],
)
def test_without_a_message_there_is_none(attempts: list[Execution]) -> None:
    assert sent_message(attempts) is None
