"""Verifying finds and names what was changed behind the guards' back: rows, triggers, functions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from execops import processing
from execops.authority import audit
from execops.client import Client
from execops.context import Context
from execops.db import guards, queries
from execops.db.pool import Connection
from execops.errors import InvalidInputError
from tests.guards_file import FILE, written
from tests.integration.test_audit import INSERT, act, connect
from tests.integration.test_counts import rows_read
from tests.stripe_events import failed, take_in
from tests.walking import walk


@pytest.fixture
async def db(owner_url: str) -> AsyncIterator[Connection]:
    """The owner of the tables: nobody else can get behind the guards."""
    async with await connect(owner_url) as conn:
        yield conn


@pytest.fixture
async def executed(ctx: Context, client: Client) -> int:
    """A proposal that a person approved, and that was performed."""
    await take_in(ctx, failed())
    [proposal] = await client.proposals.inbox()
    await client.proposals.approve(proposal.id, proposal.version)
    await processing.execute_proposal(ctx, proposal.id, 1)
    return proposal.id


async def behind_the_guards(conn: Connection, table: str, *statements: str) -> None:
    """Run these with the triggers of a table off, and switch them on again as they were."""
    ways = {"A": "enable always", "O": "enable"}
    async with conn.transaction():
        cursor = await conn.execute(
            b"select tgname, tgenabled::text as way from pg_trigger where tgrelid = %s::text::regclass"
            b" and not tgisinternal",
            (table,),
        )
        triggers = await cursor.fetchall()
        await conn.execute(f"alter table {table} disable trigger user".encode())
        for statement in statements:
            await conn.execute(statement.encode())
        for row in triggers:
            await conn.execute(f"alter table {table} {ways[row['way']]} trigger {row['tgname']}".encode())


async def findings(conn: Connection) -> list[str]:
    verification = await audit.verify(conn)
    assert verification.broken_at is None
    assert verification.ok == (not verification.findings)
    return list(verification.findings)


async def test_the_file_of_guards_is_that_of_the_migrations(db: Connection) -> None:
    """After a migration run: python -m tests.guards_file."""
    standing = await guards.standing(db)
    assert FILE.read_text() == written({name: digest for name, (digest, _) in standing.items()})
    assert "trigger execution_guard on executions" in standing
    assert "function execution_guard()" in standing


async def test_an_honest_life_has_no_findings(db: Connection, executed: int) -> None:
    assert await findings(db) == []


STOLEN = """payload || '{"to": "thief@evil.example"}'"""
FITTING = f"encode(sha256(convert_to(({STOLEN})::text, 'UTF8')), 'hex')"
MINE = """
    create function mine() returns trigger language plpgsql as 'begin return null; end';
    create trigger mine before insert on audit_log for each row execute function mine()"""


@walk(
    ("statement", "problem"),
    [
        (f"update action_proposals set payload = {STOLEN}",
         "its payload is not the one whose hash was recorded, and approved"),
        (f"update action_proposals set payload = {STOLEN}, payload_sha256 = {FITTING}",
         "its hash is not the one of its last entry"),
        ("update action_proposals set status = 'approved'", "its status is approved, and its last entry says executed"),
        ("update action_proposals set version = 7", "its version is 7, and its last entry says 1"),
        ("update action_proposals set approval_no = 2", "its approval number is 2, and the audit log tells of 1"),
        ("update action_proposals set title = 'Another'", "its words are not those of the version 1"),
        ("alter table action_proposals drop constraint action_proposals_decided_by_fkey; update action_proposals set decided_by = 2", "operator 2 is not who decided it by the audit log"),
    ],
)  # fmt: skip
async def test_a_changed_proposal_is_named(
    db: Connection, executed: int, statement: str, problem: str
) -> None:
    async with db.transaction(force_rollback=True):
        await behind_the_guards(db, "action_proposals", statement)
        [line] = await findings(db)
        assert line.startswith(f"Proposal {executed}: {problem}")


async def test_a_proposal_that_nobody_drafted_is_named(db: Connection, executed: int) -> None:
    await behind_the_guards(
        db,
        "action_proposals",
        "insert into action_proposals select (jsonb_populate_record(p, jsonb_build_object('id', 900, 'thread_id', 'x',"
        " 'dedupe_key', 'x'))).* from action_proposals p".replace(
            "insert into action_proposals", "insert into action_proposals overriding system value"
        ),
    )
    assert await findings(db) == ["Proposal 900: the audit log has no entry of it."]


async def test_an_execution_that_nobody_approved_is_named(
    db: Connection, ctx: Context, client: Client
) -> None:
    await take_in(ctx, failed())
    [proposal] = await client.proposals.inbox()
    insert = (
        "insert into executions (proposal_id, attempt, status, finished_at, approval_no, idempotency_key, last_actor)"
        f" values ({proposal.id}, 1, 'succeeded', now(), 1, 'key', '{{}}')"
    )
    await behind_the_guards(db, "executions", insert)
    [line] = await findings(db)
    assert line.endswith(f"of proposal {proposal.id}: the audit log has no entry of its start.")


async def test_an_execution_that_only_the_audit_trigger_saw_is_named(
    db: Connection, ctx: Context, client: Client
) -> None:
    """With the guard alone off, the audit log has the entry of the start, and still no approval before it."""
    await take_in(ctx, failed())
    [proposal] = await client.proposals.inbox()
    async with db.transaction():
        await act(db)
        await db.execute(b"alter table executions disable trigger execution_guard")
        await db.execute(
            b"insert into executions (proposal_id, attempt, approval_no, idempotency_key, last_actor)"
            b" values (%s, 1, 1, 'key', execops_actor())",
            (proposal.id,),
        )
        await db.execute(b"set constraints all immediate")
        await db.execute(b"alter table executions enable always trigger execution_guard")
    [line] = await findings(db)
    assert line.endswith(f"of proposal {proposal.id}: no person approved what it performed.")


@walk(
    ("statement", "problem"),
    [
        (
            "update executions set status = 'failed'",
            "its status is failed, and its last entry says succeeded",
        ),
        (
            "update executions set idempotency_key = 'x'",
            "its attempt, key or links are not those of its entry",
        ),
        ("delete from executions", "it is missing, and the audit log tells of it"),
    ],
)
async def test_a_changed_execution_is_named(
    db: Connection, executed: int, statement: str, problem: str
) -> None:
    async with db.transaction(force_rollback=True):
        await behind_the_guards(db, "executions", statement)
        [line] = await findings(db)
        assert line.startswith("Execution ")
        assert line.endswith(f" of proposal {executed}: {problem}.")


@walk(
    ("statement", "problem"),
    [
        ("alter table executions disable trigger execution_guard", "The trigger execution_guard on executions is switched off."),
        ("alter table executions enable replica trigger execution_guard", "The trigger execution_guard on executions is switched off."),
        ("alter table executions enable trigger execution_guard",
         "The trigger execution_guard on executions is not as the migrations define it."),
        ("drop trigger execution_guard on executions", "The trigger execution_guard on executions is missing."),
        ("create or replace function execution_guard() returns trigger language plpgsql as 'begin return new; end'",
         "The function execution_guard() is not as the migrations define it."),
        ("alter function execution_guard() reset search_path", "The function execution_guard() is not as the migrations define it."),
        (MINE,
         "The trigger mine on audit_log is not one of the migrations'."),
        ("create rule mine as on update to operators do instead nothing", "The rule mine on operators is not one of the migrations'."),
        ("create function harmless() returns int language sql as 'select 1'", ""),
    ],
)  # fmt: skip
async def test_a_guard_that_is_not_the_migrations_is_named(
    db: Connection, statement: str, problem: str
) -> None:
    async with db.transaction(force_rollback=True):
        await db.execute(statement.encode())
        assert await findings(db) == ([problem] if problem else [])


async def test_many_differences_are_cut(db: Connection) -> None:
    async with db.transaction():
        await act(db)
        await db.execute(INSERT.encode(), {"key": "k", "count": 60})
    await behind_the_guards(db, "action_proposals", "update action_proposals set version = 9")
    lines = await findings(db)
    assert len(lines) == 51
    assert lines[-1] == "More than 50 proposals differ."


async def test_the_comparison_reads_sets(db: Connection) -> None:
    """Thousands of proposals take a moment: no step of its queries reads more than a few times the rows that there are."""
    proposals = 800
    async with db.transaction():
        await act(db)
        await db.execute(INSERT.encode(), {"key": "k", "count": proposals})
    await db.execute(b"analyze")
    assert await audit._differences(db, 0) == []
    for name in ("proposals", "executions", "words"):
        explain = b"explain (analyze, format json) " + audit.STATE[name]
        [row] = await queries.many(db, explain, most=51, after=0)
        assert max(rows_read(row["QUERY PLAN"][0]["Plan"])) <= 3 * proposals, name


async def test_json_names_the_findings(db: Connection, executed: int) -> None:
    from cli import output

    await behind_the_guards(db, "executions", "delete from executions")
    document: Any = json.loads(json.dumps(output.jsonable(await audit.verify(db))))
    assert document["broken_at"] is None
    assert len(document["findings"]) == 1


# From a noted head


async def test_from_a_noted_head_what_is_new_is_checked(
    ctx: Context, client: Client, db: Connection, executed: int
) -> None:
    whole = await client.audit.verify()
    noted = f"{whole.count}:{whole.head}"
    assert await client.audit.verify(noted) == whole
    await take_in(ctx, failed("in_2", customer="cus_2"))
    [new] = await client.proposals.inbox()
    since = await client.audit.verify(noted)
    assert since == await client.audit.verify()
    assert since.count > whole.count

    # A new proposal that was changed is found; an old one is found by the whole run alone, as the page says.
    await behind_the_guards(
        db, "action_proposals", f"update action_proposals set version = 7 where id = {new.id}"
    )
    assert [line[:11] for line in (await client.audit.verify(noted)).findings] == [f"Proposal {new.id}:"]
    await behind_the_guards(
        db, "action_proposals", f"update action_proposals set version = 1 where id = {new.id}",
        f"update action_proposals set version = 7 where id = {executed}",
    )  # fmt: skip
    assert (await client.audit.verify(noted)).ok
    assert [line[:11] for line in (await client.audit.verify()).findings] == [f"Proposal {executed}:"]
    for wrong in ("", "12", "x:y", f"-1:{whole.head}", whole.head):
        with pytest.raises(InvalidInputError, match="is no head of the audit log"):
            await client.audit.verify(wrong)


@pytest.fixture
async def noted(ctx: Context, client: Client) -> audit.Verification:
    """The chain as it was noted; since then it has grown."""
    await take_in(ctx, failed())
    verification = await client.audit.verify()
    await take_in(ctx, failed("in_2", customer="cus_2"))
    await take_in(ctx, failed("in_3", customer="cus_3"))
    return verification


@walk(
    ("attack", "from_noted", "by_whole"),
    [
        ("update audit_log set actor_id = 'x' where seq = {new}", "it was changed after it was written", True),
        ("delete from audit_log where seq = {new} - 1", "row {gap} is missing", True),
        ("delete from audit_log where seq >= {noted}", "row {noted}, which was noted, is missing", False),
        ("update audit_log set actor_id = 'x' where seq = {noted}", "it is not the row that was noted", True),
        ("update audit_log set hash = repeat('1', 64) where seq = {noted}", "it is not the row that was noted", True),
        ("update audit_log set actor_id = 'x' where seq = 1", None, True),
        ("delete from audit_log where seq = 1", None, True),
    ],
)  # fmt: skip
async def test_attacks_on_the_chain_and_what_each_run_finds(
    noted: audit.Verification, db: Connection, attack: str, from_noted: str | None, by_whole: bool
) -> None:
    """A run from a head finds what happened to that head and after it; a whole run what happened before too."""
    last = (await audit.verify_chain(db)).count
    numbers = {"new": last, "noted": noted.count, "gap": last - 1}
    async with db.transaction(force_rollback=True):
        await behind_the_guards(db, "audit_log", attack.format(**numbers))
        outcome = await audit.verify_chain(db, audit.read_head(f"{noted.count}:{noted.head}"))
        assert outcome.problem == (from_noted.format(**numbers) if from_noted else None)
        assert (await audit.verify_chain(db)).ok != by_whole


async def test_from_a_head_only_new_rows_are_read(db: Connection) -> None:
    async with db.transaction():
        await act(db)
        await db.execute(INSERT.encode(), {"key": "k", "count": 3000})
    whole = await audit.verify_chain(db)
    async with db.transaction():
        await act(db)
        await db.execute(INSERT.encode(), {"key": "new", "count": 2})
    hashed: list[int] = []

    def counting(row: dict[str, Any]) -> str:
        hashed.append(row["seq"])
        return real(row)

    real = audit._hashed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "_hashed", counting)
        await audit.verify_chain(db, audit.Head(whole.count, whole.head))
    assert len(hashed) == 3  # the noted row, and the two new ones
