"""A message counts as a payload's only where it carries the payload's digest, whatever key it lies under."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execops.adapters import _digest
from execops.adapters.outbox import outbox_folder
from execops.errors import AmbiguousError
from execops.model import Json
from execops.ports import Adapter, Happened
from tests.integration.test_adapters import (
    KEY,
    account,
    adapter,
    deliveries,
    home,
    of_those_that_send,
    outbox,
    payload,
    slack_server,
)

__all__ = ["account", "adapter", "home", "outbox", "payload", "slack_server"]  # the fixtures

OTHERS = {"text": "Other words.", "to": "other@b.example", "channel": "#other", "subject": "Other"}
SCALARS = st.none() | st.booleans() | st.integers() | st.text()
PAYLOADS = st.dictionaries(st.text(), SCALARS | st.lists(SCALARS) | st.dictionaries(st.text(), SCALARS))


def without_digest(content: bytes) -> bytes:
    """The message as an earlier version wrote it."""
    assert content.count(b"X-ExecOps-Digest") == 1
    return re.sub(rb"X-ExecOps-Digest: \w+\r\n", b"", content)


def move(path: Path, flags: str) -> Path:
    """Read the message, as a mail reader does; returns its new path."""
    if not flags:
        return path
    return path.rename(path.parents[1] / "cur" / f"{path.name}{flags}")


@of_those_that_send
@pytest.mark.parametrize("flags", ["", ":2,S"])
async def test_another_payload_under_the_same_key_is_not_known_to_have_gone_out(
    adapter: Adapter, payload: Json, outbox: Path, flags: str
) -> None:
    others = [payload | {name: other} for name, other in OTHERS.items() if name in payload]
    assert len(others) >= 2
    for number, other in enumerate(others):
        key = f"{KEY}{number}"
        before = deliveries(outbox)
        await adapter.perform(other, idempotency_key=key)
        [path] = set(deliveries(outbox)) - set(before)
        content = (path := move(path, flags)).read_bytes()
        reconciled = await adapter.reconcile(payload, idempotency_key=key)
        assert (reconciled.happened, reconciled.result) == (Happened.CANNOT_TELL, None)
        with pytest.raises(AmbiguousError, match="not known to be this one"):
            await adapter.perform(payload, idempotency_key=key)
        assert (path.read_bytes(), len(deliveries(outbox))) == (content, number + 1)
        assert (await adapter.reconcile(other, idempotency_key=key)).happened is Happened.YES


@of_those_that_send
@pytest.mark.parametrize("flags", ["", ":2,S"])
async def test_a_message_without_a_digest_is_not_known_to_be_this_one(
    adapter: Adapter, payload: Json, outbox: Path, flags: str
) -> None:
    await adapter.perform(payload, idempotency_key=KEY)
    [path] = deliveries(outbox)
    path.write_bytes(without_digest(path.read_bytes()))
    move(path, flags)
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.CANNOT_TELL
    with pytest.raises(AmbiguousError):
        await adapter.perform(payload, idempotency_key=KEY)
    assert len(deliveries(outbox)) == 1


@of_those_that_send
async def test_a_message_that_cannot_be_read_is_not_known_to_be_this_one(
    adapter: Adapter, payload: Json, outbox: Path
) -> None:
    await adapter.perform(payload, idempotency_key=KEY)
    [path] = deliveries(outbox)
    path.unlink()
    path.mkdir()
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is Happened.CANNOT_TELL
    with pytest.raises(AmbiguousError):
        await adapter.perform(payload, idempotency_key=KEY)


@of_those_that_send
@pytest.mark.parametrize("moves", [1, 9])
async def test_a_message_that_a_mail_reader_moves_meanwhile_is_never_missed(
    adapter: Adapter, payload: Json, outbox: Path, moves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is moved between the look at its name and the read, once or each time."""
    await adapter.perform(payload, idempotency_key=KEY)
    digest_in, flags = outbox_folder._digest_in, iter("DFPRST"[:moves])

    def moved_before(path: Path) -> str | None:
        if flag := next(flags, None):
            path.rename(outbox / "cur" / f"{path.name.partition(':')[0]}:2,{flag}")
        return digest_in(path)

    monkeypatch.setattr(outbox_folder, "_digest_in", moved_before)
    expected = Happened.YES if moves == 1 else Happened.CANNOT_TELL
    assert (await adapter.reconcile(payload, idempotency_key=KEY)).happened is expected


@of_those_that_send
async def test_several_payloads_at_once_under_one_key_deliver_one_and_say_so(
    adapter: Adapter, payload: Json, outbox: Path
) -> None:
    texts = [payload | {"text": f"Text {number}"} for number in range(6)]
    answers = await asyncio.gather(
        *[adapter.perform(text, idempotency_key=KEY) for text in texts], return_exceptions=True
    )
    assert len(deliveries(outbox)) == 1
    refused = [isinstance(answer, AmbiguousError) for answer in answers]
    assert refused.count(False) == 1
    happened = [(await adapter.reconcile(text, idempotency_key=KEY)).happened for text in texts]
    assert [answer is Happened.CANNOT_TELL for answer in happened] == refused


@of_those_that_send
async def test_a_message_that_is_composed_otherwise_later_is_still_this_one(
    adapter: Adapter, payload: Json, outbox: Path
) -> None:
    await adapter.perform(payload, idempotency_key=KEY)
    [path] = deliveries(outbox)
    head, _, _ = path.read_bytes().partition(b"\r\n\r\n")
    path.write_bytes(head + b"\r\n\r\nAn earlier version wrote this body.\r\n")
    reordered = dict(sorted(payload.items(), reverse=True))  # as a database returns it
    assert (await adapter.reconcile(reordered, idempotency_key=KEY)).happened is Happened.YES
    await adapter.perform(reordered, idempotency_key=KEY)
    assert len(deliveries(outbox)) == 1


@given(PAYLOADS, PAYLOADS)
def test_equal_payloads_and_no_others_have_equal_digests(one: Json, other: Json) -> None:
    assert re.fullmatch("[0-9a-f]{32}", _digest.digest(one))
    assert _digest.digest(one) == _digest.digest(dict(reversed(one.items())))
    assert _digest.digest(one) != _digest.digest(other) or one == other


@pytest.mark.parametrize("stored", [None, "", "0" * 32])
def test_no_digest_and_another_one_tell_nothing(stored: str | None) -> None:
    payload: Json = {"text": "half \ud800"}
    expected = _digest.digest(payload)
    assert _digest.told_by(stored, expected) is Happened.CANNOT_TELL
    assert _digest.told_by(expected, expected) is Happened.YES
