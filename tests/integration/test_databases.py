"""No test finds anything that another left behind: the database that tests share is emptied, and its sessions are made new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from execops.db.embedded import app_url
from execops.db.pool import Pool, create_pool
from tests.databases import Database, Databases
from tests.walking import walk

TABLES = "select c.oid::regclass::text from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1"
SEQUENCES = "select c.oid::regclass::text from pg_class c where c.relkind = 'S' and c.relnamespace = 'public'::regnamespace order by 1"
COLUMNS = """
    select a.attname, coalesce(b.typname, t.typname), coalesce(b.typtype, t.typtype)::text, coalesce(b.oid, t.oid)::bigint
    from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type b on b.oid = nullif(t.typbasetype, 0)
    where a.attrelid = %s::text::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
"""
VALUES = {
    "text": "x", "varchar": "x", "bpchar": "x", "bytea": "\\x00", "bool": "false", "jsonb": "{}", "json": "{}",
    "timestamptz": "now", "timestamp": "now", "date": "today", "uuid": "00000000-0000-0000-0000-000000000001",
    "interval": "1 s", "xid8": "1",
}  # fmt: skip
FLAGS = "update pg_class set relhastriggers = %s, relchecks = 0 where relkind = 'r' and relnamespace = 'public'::regnamespace"


@pytest.fixture
def databases(postgres: str, maintenance: psycopg.Connection) -> Iterator[Databases]:
    """The databases of this module alone."""
    databases = Databases(postgres, maintenance)
    yield databases
    databases.close()


def contents(database: Database) -> dict[str, Any]:
    """Every row of every table, in the order in which they lie there, and the state of every sequence."""
    with psycopg.connect(database.url, autocommit=True) as conn:
        state: dict[str, Any] = {}
        for (table,) in conn.execute(TABLES).fetchall():
            query = f"select array_agg(t::text order by ctid) from {table} t"
            state[table] = conn.execute(query.encode()).fetchone()
        for (name,) in conn.execute(SEQUENCES).fetchall():
            state[name] = conn.execute(f"select last_value, is_called from {name}".encode()).fetchone()
        return state


def fill(conn: psycopg.Connection[Any], table: str) -> None:
    """Put a row into a table, past all that the database requires of it."""
    columns = conn.execute(COLUMNS, (table,)).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(name) for name, *_ in columns)
    values = []
    for _, type_, kind, oid in columns:
        if kind == "e":
            label = conn.execute(
                "select enumlabel from pg_enum where enumtypid = %s::bigint", (oid,)
            ).fetchone()
            assert label is not None
            values.append(label[0])
        else:
            values.append("{}" if type_.startswith("_") else VALUES.get(type_, "0"))
    insert = sql.SQL("insert into {} ({}) overriding system value values ({}) on conflict do nothing")
    conn.execute(insert.format(sql.SQL(table), names, sql.SQL(", ").join(map(sql.Literal, values))))


def test_every_table_and_every_sequence_is_as_the_migrations_left_it(databases: Databases) -> None:
    with databases.lend(fresh=True) as untouched:
        before = contents(untouched)
    with databases.lend() as database:
        assert contents(database) == before
        with psycopg.connect(database.url, autocommit=True) as conn:
            tables = [name for (name,) in conn.execute(TABLES)]
            conn.execute(FLAGS, (False,))
            for table in tables:
                fill(conn, table)
            for table in ("operators", "audit_log", "deployments", "vendor_aliases", "checkpoint_migrations"):
                conn.execute(f"delete from {table}".encode())
            for (name,) in conn.execute(SEQUENCES).fetchall():
                conn.execute("select nextval(%s), setval(%s, 1000, false)", (name, name))
        during = contents(database)
        assert [name for name, state in during.items() if state == before[name]] == []
        assert {
            "procrastinate_jobs",
            "checkpoints",
            "checkpoint_blobs",
            "audit_log",
            "_yoyo_migration",
        } < during.keys()
        database.empty()
        assert contents(database) == before
        assert not database.clean()  # the flags of its tables were changed


def test_a_table_that_has_grown_is_truncated(databases: Databases) -> None:
    many = "insert into checkpoints (thread_id, checkpoint_id, checkpoint) select n, 1, '{}' from generate_series(1, 5000) n"
    names = []
    for _ in range(2):
        with databases.lend() as database, psycopg.connect(database.url, autocommit=True) as conn:
            names.append(database.name)
            assert conn.execute("select pg_relation_size('checkpoints')").fetchone() == (0,)
            conn.execute(many.encode())
    assert names[0] == names[1]


def test_the_guards_stand_after_a_cleaning(databases: Databases) -> None:
    standing = "select tgrelid::regclass::text, tgname, tgenabled::text, c.relhastriggers, c.relacl::text from pg_trigger"
    standing += " t join pg_class c on c.oid = t.tgrelid order by 1, 2"
    stands = []
    for _ in range(2):
        with databases.lend() as database, psycopg.connect(database.url, autocommit=True) as conn:
            stands.append((database.name, conn.execute(standing.encode()).fetchall()))
            with pytest.raises(psycopg.DatabaseError, match="audit_log"):
                conn.execute("delete from audit_log")
    assert stands[0] == stands[1]


SCHEMA = (
    "create table mine (id int)",
    "create index on events (received_at)",
    "alter table events add column mine int",
    "alter table events alter column outcome set default '[]'",
    "alter table events disable trigger user",
    "drop trigger audit_append_only on audit_log",
    "create function mine() returns int language sql as 'select 1'",
    "alter function execops_actor() set search_path = public",
    "create type mine as enum ('a')",
    "create schema mine",
    "create view mine as select 1 as one",
    "create sequence mine",
    "alter sequence audit_log_id_seq increment 2",
    "comment on table events is 'mine'",
    "grant delete on audit_log to execops_app",
    "alter role execops_app in database {} set lock_timeout = '1s'",
    "alter database {} set lock_timeout = '1s'",
    "create policy mine on events",
    "alter table events enable row level security",
    "create rule mine as on delete to events do instead nothing",
    "create domain mine as int",
    "analyze events",
    "select lo_create(0)",
    "create temp table mine (id int)",
    "drop table canvas_refusals",
    "update pg_proc set prosrc = prosrc where proname = 'execops_actor'",
    "update pg_trigger set tgenabled = 'D' where tgname = 'audit_append_only'",
)  # fmt: skip


@walk("statement", SCHEMA)
async def test_a_database_whose_schema_was_changed_is_dropped(databases: Databases, statement: str) -> None:
    with databases.lend() as database, psycopg.connect(database.url, autocommit=True) as conn:
        conn.execute(statement.replace("{}", database.name).encode())
    with databases.lend() as another:
        assert another.name != database.name
    with databases.lend() as same:
        assert same.name == another.name


def test_a_session_that_a_test_left_open_ends(databases: Databases) -> None:
    with databases.lend() as database:
        session = psycopg.connect(database.url)
        session.execute("lock table events")
        session.execute("select pg_advisory_lock(1)")
    with databases.lend() as same:
        assert same.name == database.name
        with psycopg.connect(same.url, autocommit=True) as conn:
            assert conn.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone() == (
                0,
            )
        with pytest.raises(psycopg.OperationalError):
            session.execute("select 1")
    session.close()


STATE: dict[str, tuple[str, str]] = {
    "a lock": ("select pg_advisory_lock(7)", "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"),
    "a setting": ("set lock_timeout = '77s'", "select count(*) where current_setting('lock_timeout') = '77s'"),
    "a name": ("set execops.session = 'mine'", "select count(*) where current_setting('execops.session', true) = 'mine'"),
    "a role": ("set role execops_app", "select count(*) where current_user <> session_user"),
    "a statement": ("prepare mine as select 1", "select count(*) from pg_prepared_statements"),
    "a channel": ("listen mine", "select count(*) from pg_listening_channels()"),
    "a cursor": ("declare mine cursor with hold for select 1", "select count(*) from pg_cursors where name = 'mine'"),
    "a number": ("select nextval('audit_log_id_seq')", "select count(lastval())"),
    "a table": ("create temp table mine (id int)", "select count(*) from pg_class where relname = 'mine'"),
}  # fmt: skip


async def process(pool: Pool) -> int:
    async with pool.connection() as conn:
        return conn.info.backend_pid


@walk("case", STATE)
async def test_a_session_that_is_used_again_is_as_a_new_session(databases: Databases, case: str) -> None:
    change, query = STATE[case]
    with databases.lend() as database:
        async with create_pool(database.url, max_size=1) as pool:
            first = await process(pool)
            async with pool.connection() as conn:
                await conn.execute(change.encode())
                await conn.execute("notify mine")
        async with create_pool(database.url, max_size=1) as pool:
            # A name that the test has prepared would stand in the way of the next test.
            assert (await process(pool) == first) is (case != "a statement")
            async with pool.connection() as conn:
                assert not [notice async for notice in conn.notifies(timeout=0)]
                if case == "a number":
                    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
                        await conn.execute(query.encode())
                else:
                    cursor = await conn.execute(query.encode())
                    assert [*(await cursor.fetchone() or {}).values()] == [0]


async def test_a_session_that_ended_or_was_busy_is_not_used_again(databases: Databases) -> None:
    with databases.lend() as database, psycopg.connect(database.url, autocommit=True) as conn:
        async with create_pool(database.url, max_size=1) as pool:
            ended = await process(pool)
        conn.execute("select pg_terminate_backend(%s, 5000)", (ended,))
        async with create_pool(database.url, max_size=1) as pool:
            assert await process(pool) != ended
            async with pool.connection() as busy:
                begun = busy.info.backend_pid
                await busy.execute("begin")
                await busy.close()
        async with create_pool(database.url, max_size=1) as pool:
            assert await process(pool) != begun


async def test_no_role_gets_the_session_of_another(databases: Databases) -> None:
    with databases.lend() as database:
        async with create_pool(database.url, max_size=1) as pool:
            owner = await process(pool)
        async with create_pool(app_url(database.url), max_size=1) as pool:
            assert await process(pool) != owner
            async with pool.connection() as conn:
                cursor = await conn.execute("select session_user as name")
                assert await cursor.fetchone() == {"name": "execops_app"}
