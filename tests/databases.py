"""The database of a test: a copy of the migrated template, which is emptied after a test and lent to the next test.

A copy costs 50 ms, and its sessions plan everything anew. So one database serves many tests, until a test changes more than the
rows of its tables: then it is dropped, and the next test gets a new copy. `tests/integration/test_databases.py` tries it all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from tests import sessions

TEMPLATE = "execops_template"
TESTS = 40  # tests that one database serves: the rows that it has deleted stay in it
PAGES = 10  # of a table with deleted rows; the planner takes an empty table for one of as many
_PATIENCE = 10.0  # seconds, for sessions that were told to end

_CATALOGS = (
    "select oid::regclass::text from pg_class"
    " where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r' and not relisshared"
)
_TABLES = (
    "select c.oid::bigint, n.nspname, c.relname, c.relhastriggers, pg_relation_size(c.oid) > 0 from pg_class c"
    " join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r'"
    " and n.nspname not in ('pg_catalog', 'information_schema') order by 1"
)
_SEQUENCES = "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'S'"
# The database itself, and the settings of roles in it, stand in catalogs that all databases share.
_OWN = (
    "select 1 as rows, age(xmin) <= age($1) as young from pg_database where datname = current_database() union all"
    " select 1, age(s.xmin) <= age($1) from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase"
    " where d.datname = current_database()"
)
# A vacuum writes the sizes of tables where they stand, in no transaction.
_SIZES = "(select sum(relpages + reltuples::bigint) from pg_class)"
_NOW = f"select pg_snapshot_xmax(pg_current_snapshot())::xid::text, {_SIZES}"
_SESSIONS = (
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid() and not pid = any(%s::int[])"
)

_PAGES = "select oid, pg_relation_size(oid::oid) / 8192 from unnest(%s::bigint[]) oid"
_SWITCH = "update pg_class set relhastriggers = %s where oid = any(%s::bigint[]::oid[])"
_SET = (
    "select count(setval(name::regclass, value, called)) from"
    " unnest(%s::text[], %s::bigint[], %s::boolean[]) s (name, value, called)"
)
# The triggers that fire in every session when a row is deleted.
_DELETIONS = (
    "select tgrelid::bigint, tgtype & 1 = 1, p.oid::bigint, p.prosrc from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
    " where tgenabled = 'A' and tgtype & 8 = 8"
)
_STAND_ASIDE = "update pg_proc set prosrc = 'begin return null; end' where oid = any(%s::bigint[]::oid[])"
_STAND = "update pg_proc p set prosrc = s.source from unnest(%s::bigint[], %s::text[]) s (oid, source) where p.oid = s.oid::oid"


class Databases:
    """The databases of one server, of which one is lent at a time."""

    def __init__(self, url: str, server: psycopg.Connection) -> None:
        self.url, self._server = url, server
        self._spare: Database | None = None

    @contextmanager
    def lend(self, *, fresh: bool = False) -> Iterator[Database]:
        """A database as the migrations leave it; `fresh`: one that no test has used, and that none uses afterwards."""
        database, self._spare = self._spare, None
        if database is None or fresh:
            if database is not None:
                database.drop()
            database = Database(self.url, self._server)
            if not fresh:
                database.open()
        try:
            yield database
        finally:
            if not fresh and database.tests < TESTS and database.clean():
                self._spare = database
            else:
                database.drop()

    def close(self) -> None:
        """Drop the database that is not lent."""
        if self._spare is not None:
            self._spare.drop()


class Database:
    """A copy of the template, and what the migrations left in it."""

    def __init__(self, url: str, server: psycopg.Connection) -> None:
        self.name, self._server, self.tests = f"test_{uuid4().hex}", server, 0
        server.execute(f"create database {self.name} template {TEMPLATE} strategy file_copy".encode())
        self.url = with_database(url, self.name)
        self._conn: psycopg.Connection | None = None
        self._keeper: psycopg.Connection | None = None
        self._content: dict[int, bytes] = {}

    def open(self) -> None:
        """Read what the migrations left, and open the two sessions of the owner that empty it."""
        conn = self._connection()
        self._catalogs = [name for (name,) in conn.execute(_CATALOGS)]
        tables = conn.execute(_TABLES).fetchall()
        self._triggers = {oid for oid, _, _, triggers, _ in tables if triggers}
        self._names = {oid: sql.Identifier(schema, name) for oid, schema, name, _, _ in tables}
        self._filled = {oid for oid, _, _, _, filled in tables if filled}
        for oid in self._filled:
            copy = sql.SQL("copy {} to stdout (format binary)").format(self._names[oid])
            with conn.cursor().copy(copy) as rows:
                self._content[oid] = b"".join(bytes(part) for part in rows)
        triggers = conn.execute(_DELETIONS).fetchall()
        self._acting = {oid for oid, acts_on_rows, _, _ in triggers if acts_on_rows}
        self._refusing = {function: source for _, rows, function, source in triggers if not rows}
        self._sequences = []
        for schema, name in conn.execute(_SEQUENCES).fetchall():
            state = sql.SQL("select last_value, is_called from {}").format(sql.Identifier(schema, name))
            row = conn.execute(state).fetchone()
            assert row is not None
            self._sequences.append((sql.Identifier(schema, name).as_string(), *row))
        # An open snapshot keeps every dead row in its place, so that the rows of a test lie as in a new database.
        self._keeper = psycopg.connect(self.url, autocommit=True)
        self._keeper.execute("begin isolation level repeatable read; select")
        self._settle()
        self._prepare()
        self._schema = self._schema_now()
        self._rows = dict(self._filled_now())

    def _schema_now(self) -> tuple[Any, ...] | None:
        return self._connection().execute(f"execute schema ('{self._base}')".encode()).fetchone()

    def _filled_now(self) -> list[tuple[Any, ...]]:
        return self._connection().execute(f"execute filled ('{self._base}')".encode()).fetchall()

    def _connection(self) -> psycopg.Connection:
        if self._conn is None:
            self._conn = psycopg.connect(
                self.url, autocommit=True, prepare_threshold=1, options="-c lock_timeout=10s"
            )
        return self._conn

    def _prepare(self) -> None:
        """Prepare the statements that find and delete what a test has written: the rows of later transactions."""
        rows = "count(*) as rows, bool_or(age(xmin) <= age($1)) as young from {}"
        catalogs = [sql.SQL(f"select {rows}").format(sql.SQL(name)) for name in self._catalogs]
        schema = sql.SQL("select sum(rows), bool_or(young) from ({}) s").format(
            sql.SQL(" union all ").join([sql.SQL(_OWN), *catalogs])
        )
        old = "select {}::bigint as oid, count(*) filter (where age(xmin) > age($1)) as rows from {}"
        filled = [sql.SQL(old).format(oid, self._names[oid]) for oid in sorted(self._filled)]
        deletions = [
            sql.SQL("{} as (delete from {} where {})").format(
                sql.Identifier(f"d{oid}"),
                name,
                sql.SQL("age(xmin) <= age($1)" if oid in self._filled else "true"),
            )
            for oid, name in self._names.items()
            if oid not in self._acting
        ]
        conn = self._connection()
        conn.execute(
            sql.SQL("prepare deletion (xid) as with {} select").format(sql.SQL(", ").join(deletions))
        )
        conn.execute(sql.SQL("prepare schema (xid) as {}").format(schema))
        conn.execute(sql.SQL("prepare filled (xid) as {}").format(sql.SQL(" union all ").join(filled)))

    def _settle(self) -> None:
        """Remember the first transaction that comes now, and what the planner knows of the sizes of tables."""
        row = self._connection().execute(_NOW).fetchone()
        assert row is not None
        self._base, self._sizes = row

    def clean(self) -> bool:
        """Make it as the migrations left it, for another test. Returns False if it has to be dropped."""
        assert self._keeper is not None
        self.tests += 1
        try:
            self._keeper.execute("select")
            self._end_sessions(self._keeper.info.backend_pid)
            if self._is_changed():
                return False
            self.empty()
        except psycopg.Error:  # its sessions do not end, or a test has ended this one
            return False
        self._settle()
        return True

    def _is_changed(self) -> bool:
        row = self._connection().execute(_NOW).fetchone()
        assert row is not None
        return row[1] != self._sizes or self._schema_now() != self._schema

    def _end_sessions(self, keeper: int) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self._connection().execute(_SESSIONS, ([keeper, *sessions.idle_in(self.name)],)).fetchall():
            if time.monotonic() > deadline:
                raise psycopg.OperationalError("A session does not end.")
            time.sleep(0.001)

    def empty(self) -> None:
        """Delete the rows of a test, and set the sequences.

        The functions of the triggers that refuse a deletion do nothing within this one transaction, which no other session sees.
        A table is written anew if it has grown, if a trigger acts on each row, or if a row of the migrations is not what it was.
        Writing it anew costs every session its plans of that table.
        """
        conn = self._connection()
        before = {oid for oid, rows in self._filled_now() if rows != self._rows[oid]}
        pages: dict[int, int] = dict(conn.execute(_PAGES, (sorted(self._names),)).fetchall())
        anew = before | {
            oid for oid, number in pages.items() if number > (0 if oid in self._acting else PAGES)
        }
        with conn.transaction():
            conn.execute("set local session_replication_role = replica")
            conn.execute(_STAND_ASIDE, (sorted(self._refusing),))
            conn.execute(f"execute deletion ('{self._base}')".encode())
            conn.execute(_STAND, (list(self._refusing), list(self._refusing.values())))
            if anew:
                self._write_anew(conn, anew)
        states: list[Any] = list(zip(*self._sequences, strict=True)) or [(), (), ()]
        conn.execute(_SET, tuple(map(list, states)))

    def _write_anew(self, conn: psycopg.Connection, tables: set[int]) -> None:
        """Truncate these tables, and fill them as the migrations did; without its triggers, a table can be truncated."""
        guarded = sorted(tables & self._triggers)
        conn.execute(_SWITCH, (False, guarded))
        names = sql.SQL(", ").join(self._names[oid] for oid in sorted(tables))
        conn.execute(sql.SQL("truncate {}").format(names))
        for oid in sorted(tables & self._filled):
            copy = sql.SQL("copy {} from stdin (format binary)").format(self._names[oid])
            with conn.cursor().copy(copy) as rows:
                rows.write(self._content[oid])
        conn.execute(_SWITCH, (True, guarded))

    def drop(self) -> None:
        """Drop it; its sessions end."""
        sessions.end(self.name)
        for conn in (self._keeper, self._conn):
            if conn is not None:
                conn.close()
        self._server.execute(f"drop database if exists {self.name} with (force)".encode())


def with_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))
