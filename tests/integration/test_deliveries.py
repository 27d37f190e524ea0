"""`receive` turns a verified delivery into one event and one job, whatever its body holds; it stores no other one."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from execops import processing
from execops.client import Client
from execops.context import Context
from execops.db import storable
from execops.errors import (
    ConflictError,
    DeliveryTooLargeError,
    InvalidDeliveryError,
    NotConfiguredError,
    NotFoundError,
    SignatureError,
)
from execops.ingest import deliveries, events
from execops.model import Event, EventStatus
from execops.settings import Secret
from jobs.bootstrap import open_context
from tests import records
from tests.conftest import MakeSettings
from tests.stripe_events import deliver, event, failed, receive, sign, take_in
from tests.walking import walk


async def post(ctx: Context, body: bytes) -> Event:
    receipt = await receive(ctx, "stripe", sign(body), body)
    async with ctx.connection() as conn:
        return await events.get(conn, receipt.event_id)


async def test_a_delivery_becomes_one_event_and_one_job(ctx: Context) -> None:
    payload = failed()
    event = await post(ctx, json.dumps(payload).encode())
    assert event.payload_json == payload
    assert (event.source, event.type, event.dedupe_key) == ("stripe", "invoice.payment_failed", payload["id"])
    assert (event.object_id, event.subject_key, event.livemode) == ("in_1", "cus_1", True)
    assert event.api_version == "2025-03-31.basil"
    assert (event.status, event.outcome, event.processed_at) == (EventStatus.RECEIVED, [], None)
    async with ctx.connection() as conn:
        jobs = await (await conn.execute("select task_name, args, status from procrastinate_jobs")).fetchall()
    (job,) = jobs
    assert (job["task_name"], job["status"]) == ("process_events", "todo")
    assert job["args"]["event_ids"] == [event.id]
    assert len(job["args"]["lanes"]) == 1


async def test_a_second_delivery_is_a_duplicate_even_with_a_new_signature(ctx: Context) -> None:
    payload = failed()
    first, second = await deliver(ctx, payload), await deliver(ctx, payload | {"pending_webhooks": 3})
    assert (first.duplicate, second.duplicate) == (False, True)
    assert first.event_id == second.event_id
    assert await records.stored_counts(ctx) == (1, 1)


async def test_the_same_event_at_once_is_stored_once(ctx: Context) -> None:
    payload = failed()
    receipts = await asyncio.gather(*[deliver(ctx, payload) for _ in range(20)])
    assert {receipt.event_id for receipt in receipts} == {receipts[0].event_id}
    assert sum(not receipt.duplicate for receipt in receipts) == 1
    assert await records.stored_counts(ctx) == (1, 1)


@pytest.mark.parametrize(
    ("raw", "kept", "note"),
    [
        (rb'"a\u0000b"', "a�b", "character"),
        (rb'"a\ud800b"', "a�b", "character"),
        (rb'"\udc00\ud800"', "��", "character"),
        (b'"\xed\xa0\x80"', None, None),  # a surrogate in raw UTF-8 cannot be signed
        (rb'"\ud83d\ude00"', "\N{GRINNING FACE}", None),
        (b"1e400000", None, "1e400000 replaced by null"),
        (b"-1e999", None, "-1e999 replaced by null"),
        (b"1e-400000", 0.0, None),
        (b"1e308", 10**308, None),
        (b"9" * 1000, int("9" * 1000), None),
        (b"9" * 1001, None, "over 1,000 digits"),
        (b"9" * 200_000, None, "over 1,000 digits"),
        (b"9007199254740993", 9007199254740993, None),
    ],
)
async def test_a_value_that_jsonb_cannot_hold_is_replaced_and_noted(
    ctx: Context, raw: bytes, kept: object, note: str | None
) -> None:
    body = json.dumps(failed()).encode()[:-1] + b', "odd": ' + raw + b"}"
    if raw.startswith(b'"\xed'):
        with pytest.raises(SignatureError):
            await post(ctx, body)
        return
    event = await post(ctx, body)
    assert event.payload_json["odd"] == kept
    notes = event.payload_json.get("_execops_replaced")
    if note is None:
        assert notes is None
    else:
        assert [note in entry for entry in notes or ()] == [True]
    assert await records.stored_counts(ctx) == (1, 1)


@pytest.mark.parametrize(
    ("raw", "as_written"),
    [
        (b"-0", True),
        (b"1.10", True),
        (b"0." + b"1" * 299, True),
        (b"9" * 299 + b"." + b"9" * 299, True),
        (b"9" * 300, False),
        (b"0." + b"1" * 20_000, False),
        (b"1e-20000", False),
        (b"2E2", False),
        (b'7, "odd": 8', True),
        (b'"\\/\\n\\"\x7f"', True),
        (b'{"": [[], {}, [true, null]]} \t\r\n', True),
        ('"é"'.encode(), False),
        (rb'"\u00e9"', False),
        (b"[" * 300 + b"]" * 300, True),
    ],
)
async def test_a_body_is_stored_as_it_is_read(ctx: Context, raw: bytes, as_written: bool) -> None:
    body = json.dumps(failed()).encode()[:-1] + b', "odd": ' + raw + b"}"
    parsed = storable.parse(body)
    assert (parsed.text == body.decode()) is as_written
    assert (parsed.text is None) is not as_written
    assert (await post(ctx, body)).payload_json == parsed.payload


async def test_a_field_name_that_jsonb_cannot_hold_is_replaced_too(ctx: Context) -> None:
    body = json.dumps(failed()).encode()[:-1] + rb', "o\u0000dd": 1}'
    assert (await post(ctx, body)).payload_json["o�dd"] == 1


async def test_ids_with_odd_characters_are_stored(ctx: Context) -> None:
    event = await post(ctx, json.dumps(failed("in_\x00") | {"id": "evt_\x00"}).encode())
    assert (event.dedupe_key, event.object_id) == ("evt_\ufffd", "in_\ufffd")


@walk(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"event"',
        b"{",
        b'{"object": "event", "id": "evt_1", "type": "x"',
        b'{"object": "event", "id": "evt_1", "type": NaN}',
        b'{"object": "event", "id": "evt_1", "type": Infinity}',
        b'{"object": "charge", "id": "ch_1"}',
        b'{"object": "event", "id": "' + b"e" * 5000 + b'", "type": "x"}',
        b'{"a":' * 200_000,
        b'{"object": "event", "id": "evt_1", "type": "x", "a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
async def test_a_body_that_is_not_an_event_is_refused(ctx: Context, body: bytes) -> None:
    with pytest.raises(InvalidDeliveryError):
        await post(ctx, body)
    assert await records.stored_counts(ctx) == (0, 0)


async def test_deep_but_readable_json_is_stored(ctx: Context) -> None:
    deep = b'{"object": "event", "id": "evt_1", "type": "x", "a":' + b"[" * 150 + b"]" * 150 + b"}"
    assert (await post(ctx, deep)).type == "x"


async def test_ids_too_long_for_an_index_are_not_stored(ctx: Context) -> None:
    """Postgres would refuse a row with such an id, and Stripe would send the event again for days."""
    long = random.Random(1).randbytes(10_000).hex()
    event = await post(ctx, json.dumps(failed(long, customer=long)).encode())
    assert (event.object_id, event.subject_key) == (None, None)


async def test_a_delivery_over_one_mebibyte_is_refused(ctx: Context) -> None:
    body = json.dumps(failed()).encode()
    padded = body + b" " * (deliveries.MAX_BODY - len(body))
    assert (await post(ctx, padded)).status is EventStatus.RECEIVED
    with pytest.raises(DeliveryTooLargeError):
        await post(ctx, padded + b" ")
    assert await records.stored_counts(ctx) == (1, 1)


@walk("source", ["nope", "", "fields", "../stripe", "__init__", "Stripe"])
async def test_an_unknown_source_is_not_found(ctx: Context, source: str) -> None:
    with pytest.raises(NotFoundError):
        await receive(ctx, source, {}, b"{}")


async def test_without_a_secret_nothing_is_stored(make_settings: MakeSettings) -> None:
    async with open_context(make_settings(stripe_webhook_secrets=())) as ctx:
        with pytest.raises(NotConfiguredError):
            await deliver(ctx, failed())
        assert await records.stored_counts(ctx) == (0, 0)


@walk(
    "headers",
    [{}, {"stripe-signature": "t=1,v1=00"}, sign(b"{}"), sign(b"{}", secret="whsec_other")],
)
async def test_without_a_valid_signature_nothing_is_stored(ctx: Context, headers: dict[str, str]) -> None:
    with pytest.raises(SignatureError):
        await receive(ctx, "stripe", headers, json.dumps(failed()).encode())
    assert await records.stored_counts(ctx) == (0, 0)


@pytest.mark.parametrize("secret", ["whsec_new", "whsec_test"])
async def test_a_delivery_may_be_signed_with_any_secret_during_a_rotation(
    make_settings: MakeSettings, secret: str
) -> None:
    secrets = (Secret("whsec_new"), Secret("whsec_test"))
    body = json.dumps(failed()).encode()
    async with open_context(make_settings(stripe_webhook_secrets=secrets)) as ctx:
        assert not (await receive(ctx, "stripe", sign(body, secret=secret), body)).duplicate


async def test_an_event_of_unknown_type_is_stored_and_has_no_outcome(ctx: Context) -> None:
    stored_event = await take_in(ctx, event("quote.will_expire_someday", {"id": "qt_1", "object": "quote"}))
    assert (stored_event.status, stored_event.outcome) == (EventStatus.PROCESSED, [])


THIN: dict[str, Any] = {
    "id": "evt_thin",
    "object": "v2.core.event",
    "type": "v1.billing.meter.no_meter_found",
    "created": "2026-11-22T11:00:00.000Z",
    "livemode": True,
}


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (THIN, "thin"),
        (failed() | {"id": "evt_t", "livemode": False}, "test-mode"),
        (failed() | {"id": "evt_c", "account": "acct_2"}, "of the connected account acct_2"),
        (failed() | {"id": "evt_o", "context": "acct_2"}, "of the account acct_2"),
    ],
)
async def test_events_that_are_not_ours_are_stored_as_ignored(
    ctx: Context, payload: dict[str, Any], why: str
) -> None:
    event = await post(ctx, json.dumps(payload).encode())
    assert event.status is EventStatus.IGNORED
    assert event.processed_at is not None
    assert why in event.outcome[0]["ignored"]
    assert await records.stored_counts(ctx) == (1, 0)
    assert (await deliver(ctx, payload)).duplicate


async def test_a_failing_queue_stores_no_event(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("no queue")

    with monkeypatch.context() as patched:
        patched.setattr(ctx.queue, "defer", fail)
        with pytest.raises(RuntimeError):
            await deliver(ctx, failed(created=1_790_000_000))
    assert await records.stored_counts(ctx) == (0, 0)


async def test_a_replay_enqueues_one_job_and_repeats_no_effect(ctx: Context, client: Client) -> None:
    event = await take_in(ctx, failed())
    before = await client.proposals.inbox()
    assert await client.events.replay(event.id)
    assert not await client.events.replay(event.id)  # the event waits already
    assert await records.stored_counts(ctx) == (1, 2)
    await processing.process_event(ctx, event.id)
    assert list(await client.proposals.inbox()) == list(before)


async def test_an_ignored_event_is_never_read(ctx: Context, client: Client) -> None:
    event = await post(ctx, json.dumps(failed() | {"account": "acct_2"}).encode())
    with pytest.raises(ConflictError, match="of the connected account acct_2"):
        await client.events.replay(event.id)
    await processing.process_event(ctx, event.id)
    await take_in(ctx, failed("in_2"))  # the same customer's
    assert await records.rows(ctx, "select 1 from snapshots where object_id = 'in_1'") == []
    (summary,) = await client.proposals.inbox()
    assert (await records.proposal(ctx, summary.id)).covers == ["in_2"]


async def test_an_ignored_event_is_processed_once_the_settings_take_it(
    make_settings: MakeSettings, ctx: Context
) -> None:
    event = await post(ctx, json.dumps(failed() | {"account": "acct_2"}).encode())
    async with open_context(make_settings(stripe_account="acct_2")) as ours, ours.transaction() as conn:
        assert await deliveries.replay(ours, conn, event.id)
