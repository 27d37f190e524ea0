"""The audit trail: it is complete for every life of a proposal, it stays one chain under concurrent writers, and it
shows all tampering."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from execops import processing
from execops.authority import audit
from execops.authority.audit import GENESIS, Verification
from execops.client import Client
from execops.context import Context
from execops.db.pool import Connection
from execops.model import Json, Status
from tests.stripe_events import failed, paid, pending, take_in
from tests.walking import walk

INSERT = """
    insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key, payload,
                                  reasoning, drafted_by, dedupe_key, thread_id, expires_at)
    select 'high', 'money', 'card_update', 'email', 'Card failed', 'in_1', 'cus_1', '{"to": "a@example.com"}',
           'Because', '{"author": "rules"}', %(key)s || n, %(key)s || n, now() + interval '1 day'
    from generate_series(1, %(count)s) n
    order by n
    returning id"""


async def connect(url: str) -> Connection:
    return await psycopg.AsyncConnection[dict[str, Any]].connect(url, autocommit=True, row_factory=dict_row)


@pytest.fixture
async def db(owner_url: str) -> AsyncIterator[Connection]:
    """The owner of the tables, who can switch guards off."""
    async with await connect(owner_url) as conn:
        yield conn


async def write(conn: Connection, key: str, rows: int, metadata: Json | None = None) -> list[int]:
    """Insert proposals in one transaction: as many audit rows."""
    async with conn.transaction():
        await act(conn, metadata)
        cursor = await conn.execute(INSERT.encode(), {"key": key, "count": rows})
        return [row["id"] for row in await cursor.fetchall()]


async def act(conn: Connection, metadata: Json | None = None) -> None:
    await conn.execute(
        b"select set_config('execops.actor_type', 'system', true), set_config('execops.actor_id', 'writer', true),"
        b" set_config('execops.metadata', %s, true)",
        (json.dumps(metadata or {}),),
    )


async def verified(conn: Connection) -> Verification:
    result = await audit.verify_chain(conn)
    assert result.ok, f"row {result.broken_at}: {result.problem}"
    return result


# One chain


async def test_concurrent_writers_make_one_chain(database_url: str, db: Connection) -> None:
    shared = await write(db, "shared", 8)
    before = await verified(db)

    async def writer(number: int) -> None:
        async with await connect(database_url) as conn:
            for turn in range(10):
                await write(conn, f"{number}-{turn}-", 2)
                async with conn.transaction():
                    await act(conn, {"writer": number, "turn": turn})
                    await conn.execute(
                        b"select 1 from action_proposals where id = any(%s) order by id for update", (shared,)
                    )
                    await conn.execute(
                        b"update action_proposals set outcome = %s where id = any(%s)",
                        (f"{number}-{turn}", shared),
                    )

    await asyncio.gather(*(writer(number) for number in range(8)))
    after = await verified(db)
    assert after.count == before.count + 8 * 10 * (2 + 8)
    cursor = await db.execute(
        b"select w.words ->> 'outcome' as outcome, count(*) as rows from audit_log a join audit_words w using (org_id, seq)"
        b" where a.metadata_json ? 'writer' group by 1"
    )
    assert [row["rows"] for row in await cursor.fetchall()] == [8] * 80


async def test_verify_while_writing(database_url: str, db: Connection) -> None:
    async def writer() -> None:
        async with await connect(database_url) as conn:
            for turn in range(30):
                await write(conn, f"{turn}-", 3)

    writing = asyncio.create_task(writer())
    counts = []
    while not writing.done():
        counts.append((await verified(db)).count)
    await writing
    assert counts == sorted(counts)
    assert (await verified(db)).count == 1 + 90


async def test_an_empty_chain(db: Connection) -> None:
    await tamper(db, "delete from audit_log")
    assert await audit.verify(db) == Verification(0, GENESIS)


@pytest.mark.parametrize(
    "metadata",
    [
        {"reason": "Grüße, 你好, 🦊 \u200b\u2028 \u202e"},
        {"reason": 'a "quoted" \\ backslash \\u0041 \n \t \x7f'},
        {"numbers": [0.1, 1e300, -0.0, 1e-300, 123456789012345678901234567890, 1.10, {"deep": [[[1.0]]]}]},
        {"ä": {"z": None, "a": True, "": []}, "b" * 3000: "c" * 3000},
        {"outcome": "mine", "changed": "mine"},
    ],
)
async def test_any_metadata_verifies(db: Connection, metadata: Json) -> None:
    before = await verified(db)
    await write(db, "key", 1, metadata)
    after = await verified(db)
    assert after.count == before.count + 1
    cursor = await db.execute(
        b"select audit_told(a.metadata_json, w.words) = %s::jsonb as same"
        b" from audit_log a left join audit_words w using (org_id, seq) order by seq desc limit 1",
        (json.dumps(metadata),),
    )
    assert await cursor.fetchone() == {"same": True}


async def test_the_chain_does_not_depend_on_the_session(database_url: str, db: Connection) -> None:
    await write(db, "key", 2, {"number": 1.5, "at": "ü"})
    plain = await verified(db)
    for setting in (
        "timezone = 'Asia/Kolkata'", "datestyle = 'German'", "intervalstyle = 'iso_8601'", "extra_float_digits = -10",
        "lc_numeric = 'C'", "client_encoding = 'UTF8'", "bytea_output = 'escape'", "search_path = public",
    ):  # fmt: skip
        await db.execute(f"set {setting}".encode())
    assert await audit.verify(db) == plain
    await write(db, "other", 1)
    async with await connect(database_url) as other:
        assert (await verified(other)).count == plain.count + 1


# Tampering, as a superuser who switched the guards off


async def tamper(conn: Connection, *statements: str) -> None:
    async with conn.transaction():
        await conn.execute(b"alter table audit_log disable trigger all")
        for statement in statements:
            await conn.execute(statement.encode())
        await conn.execute(b"alter table audit_log enable always trigger audit_append_only")
        await conn.execute(b"alter table audit_log enable always trigger audit_chain")
        await conn.execute(b"alter table audit_log enable always trigger tallies_audited")


@pytest.fixture
async def chain(db: Connection) -> Connection:
    """A chain of ten rows: the founder's, then nine proposals."""
    await write(db, "key", 9, {"n": 1})
    assert (await verified(db)).count == 10
    return db


CHANGES = [
    "actor_type = 'user'",
    "actor_id = '2'",
    "action = 'proposal.approved'",
    "proposal_id = 1000",
    "proposal_id = null",
    "from_status = 'pending'",
    "to_status = 'approved'",
    "version = 2",
    "payload_sha256 = repeat('0', 64)",
    "ts = ts + interval '1 microsecond'",
    "metadata_json = '{}'",
    "metadata_json = '{\"n\": 1.0}'",
    "hash = repeat('0', 64)",
]


@walk(("change", "seq"), product(CHANGES, [2, 5, 10]))
async def test_a_changed_row_is_found(chain: Connection, change: str, seq: int) -> None:
    async with chain.transaction(force_rollback=True):
        await tamper(chain, f"update audit_log set {change} where seq = {seq}")
        result = await audit.verify(chain)
        assert (result.ok, result.broken_at, result.count) == (False, seq, seq - 1)
        assert result.problem == "it was changed after it was written"


async def test_a_changed_row_with_a_fitting_hash_is_found_at_the_next(chain: Connection) -> None:
    await tamper(
        chain,
        "update audit_log set actor_id = '2' where seq = 5",
        "update audit_log a set hash = encode(sha256(convert_to(prev_hash || audit_canonical(a), 'UTF8')), 'hex')"
        " where seq = 5",
    )
    result = await audit.verify(chain)
    assert (result.broken_at, result.problem) == (6, "it does not follow the row before it")


@pytest.mark.parametrize("seq", [1, 5, 9])
async def test_a_deleted_row_is_found(chain: Connection, seq: int) -> None:
    await tamper(chain, f"delete from audit_log where seq = {seq}")
    result = await audit.verify(chain)
    assert (result.broken_at, result.count, result.problem) == (seq + 1, seq - 1, f"row {seq} is missing")


async def test_a_deleted_row_is_found_behind_new_numbers(chain: Connection) -> None:
    later = "".join(f"; update audit_log set seq = {seq - 1} where seq = {seq}" for seq in range(6, 11))
    await tamper(chain, f"delete from audit_log where seq = 5{later}")
    result = await audit.verify(chain)
    assert (result.broken_at, result.problem) == (5, "it does not follow the row before it")


async def test_swapped_rows_are_found(chain: Connection) -> None:
    await tamper(
        chain,
        "update audit_log set seq = 99 where seq = 4",
        "update audit_log set seq = 4 where seq = 7",
        "update audit_log set seq = 7 where seq = 99",
    )
    result = await audit.verify(chain)
    assert (result.broken_at, result.problem) == (4, "it does not follow the row before it")


async def test_swapped_contents_are_found(chain: Connection) -> None:
    await tamper(
        chain,
        "update audit_log a set proposal_id = b.proposal_id, ts = b.ts from audit_log b"
        " where (a.seq, b.seq) in ((4, 7), (7, 4))",
    )
    result = await audit.verify(chain)
    assert (result.broken_at, result.problem) == (4, "it was changed after it was written")


FORGED = """
    insert into audit_log (org_id, seq, actor_type, actor_id, action, ts, metadata_json, prev_hash, hash)
    select org_id, {seq}, 'user', '1', 'forged', now(), '{{}}', {prev}, 'forged' from audit_log where seq = 3"""
FIT = """
    update audit_log a set hash = encode(sha256(convert_to(prev_hash || audit_canonical(a), 'UTF8')), 'hex')
    where action = 'forged'"""


async def test_an_inserted_row_is_found(chain: Connection) -> None:
    later = [f"update audit_log set seq = {seq + 1} where seq = {seq}" for seq in range(10, 5, -1)]
    await tamper(chain, *later, FORGED.format(seq=6, prev="'anything'"))
    result = await audit.verify(chain)
    assert (result.broken_at, result.problem) == (6, "it does not follow the row before it")
    await tamper(
        chain,
        "update audit_log set prev_hash = 'moved' where seq = 7",
        "update audit_log set prev_hash = (select hash from audit_log where seq = 5) where seq = 6",
        FIT,
    )
    result = await audit.verify(chain)
    assert (result.broken_at, result.problem) == (7, "it does not follow the row before it")


async def test_what_the_chain_alone_cannot_show_differs_from_an_earlier_print(chain: Connection) -> None:
    printed = await verified(chain)
    await tamper(chain, "delete from audit_log where seq > 8")
    cut = await verified(chain)
    assert (cut.count, cut.head != printed.head) == (8, True)
    head = f"'{cut.head}'"
    await tamper(chain, FORGED.format(seq=9, prev=head), FORGED.format(seq=10, prev="'later'"))
    await tamper(
        chain,
        FIT,
        "update audit_log set prev_hash = (select hash from audit_log where seq = 9) where seq = 10",
        FIT,
    )
    forged = await verified(chain)
    assert (forged.count, forged.head != printed.head) == (printed.count, True)


# The trail of real lives


async def trail(ctx: Context, proposal_id: int) -> list[tuple[Any, ...]]:
    """The trail, each row checked against the text of its version."""
    async with ctx.connection() as conn:
        await verified(conn)
        cursor = await conn.execute(
            b"select version, payload_sha256 from proposal_versions where proposal_id = %s", (proposal_id,)
        )
        hashes = {row["version"]: row["payload_sha256"] for row in await cursor.fetchall()}
        entries = [item.entry for item in await audit.trail(conn, proposal_id)]
    assert all(
        hashes[entry.version] == entry.payload_sha256 for entry in entries if entry.version is not None
    )
    assert all(entry.version is not None for entry in entries)
    return [
        (entry.action, entry.from_status, entry.to_status, entry.actor_type, entry.actor_id, entry.version)
        for entry in entries
    ]


async def execute(ctx: Context, client: Client, id_: int) -> Status:
    await processing.execute_proposal(ctx, id_, (await client.proposals.get(id_)).approval_no)
    return (await client.proposals.get(id_)).status


async def test_the_trail_of_an_executed_proposal(ctx: Context, client: Client) -> None:
    me, worker = ("user", str(client.operator.id)), ("system", "worker")
    async with pending(ctx, client) as id_:
        await take_in(ctx, failed(attempt_count=3))
        payload = (await client.proposals.get(id_)).payload
        await client.proposals.edit(id_, 2, payload | {"subject": "Your card"})
        await client.proposals.approve(id_, 3)
        await client.proposals.undo(id_, 3)
        await client.proposals.approve(id_, 3)
        assert await execute(ctx, client, id_) is Status.EXECUTED
    assert await trail(ctx, id_) == [
        ("proposal.drafted", None, "pending", *worker, 1),
        ("proposal.changed", "pending", "pending", *worker, 2),
        ("proposal.changed", "pending", "pending", *me, 3),
        ("proposal.approved", "pending", "approved", *me, 3),
        ("proposal.undone", "approved", "pending", *me, 3),
        ("proposal.approved", "pending", "approved", *me, 3),
        ("execution.started", None, "running", *worker, 3),
        ("proposal.executing", "approved", "executing", *worker, 3),
        ("execution.succeeded", "running", "succeeded", *worker, 3),
        ("proposal.executed", "executing", "executed", *worker, 3),
    ]


async def test_the_trails_of_other_ends(ctx: Context, client: Client) -> None:
    me, worker = ("user", str(client.operator.id)), ("system", "worker")
    for number in range(3):
        await take_in(ctx, failed(f"in_{number}", customer=f"cus_{number}"))
    rejected, superseded, expired = sorted(summary.id for summary in await client.proposals.inbox())
    await client.proposals.reject(rejected, 1, 'not „now“ \\ "ever" 🦊')
    await take_in(ctx, paid("in_1", customer="cus_1"))
    async with ctx.transaction() as conn:
        await conn.execute(
            b"update action_proposals set expires_at = now() - interval '1 s' where id = %s", (expired,)
        )
    await take_in(ctx, failed("in_2", customer="cus_2", attempt_count=2))
    for id_, actor in ((rejected, me), (superseded, worker)):
        status = (await client.proposals.get(id_)).status
        assert (await trail(ctx, id_))[1:] == [(f"proposal.{status}", "pending", str(status), *actor, 1)]
    assert (await trail(ctx, expired))[1:] == [
        ("proposal.changed", "pending", "pending", *worker, 1),  # by hand, above
        ("proposal.expired", "pending", "expired", *worker, 1),
    ]
    reason = (await client.proposals.card(rejected)).trail[-1].entry.metadata_json["reason"]
    assert reason == 'not „now“ \\ "ever" 🦊'


async def test_settings_leave_their_rows(ctx: Context, client: Client) -> None:
    before = await client.audit.verify()
    await client.deployment.pause("holidays")
    await client.deployment.resume()
    async with pending(ctx, client) as id_:
        await client.proposals.reject(id_, 1, suppress=True)
    entries = [item.entry for item in await client.audit.latest(100)]
    new = sorted((entry.action, entry.actor_type) for entry in entries if entry.seq > before.count)
    assert new == [
        ("policy.allowed", "user"),
        ("policy.forbidden", "user"),
        ("proposal.drafted", "system"),
        ("proposal.rejected", "user"),
        ("suppression.added", "user"),
    ]
    assert (await client.audit.verify()).count == before.count + 5
