"""The role of the processes: it proves operators, does the processes' work, and gets round nothing. All in plain SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from execops.settings import Secret

Db = psycopg.Connection[Any]
NO_RIGHT, NO_ACTOR, ROLE, STAYS, UNPROVEN = "42501", "EX001", "EX004", "EX005", "EX007"
INSERT = """
    insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key, payload,
                                  reasoning, drafted_by, dedupe_key, thread_id, expires_at)
    values ('high', 'money', 'card_update', 'email', 'Card failed', 'in_1', 'cus_1', '{"to": "a@example.com"}',
            'Because', '{"author": "rules"}', 'k', 'k', now() + interval '1 day')
    returning id"""
APPROVE = "update action_proposals set status = 'approved'"
AS_FOUNDER = (
    "select set_config('execops.actor_type', 'user', true), set_config('execops.actor_id', '1', true)"
)
AS_SYSTEM = (
    "select set_config('execops.actor_type', 'system', true), set_config('execops.actor_id', 'x', true)"
)


@pytest.fixture
def owner(owner_url: str) -> Iterator[Db]:
    with psycopg.connect(owner_url, autocommit=True) as conn:
        yield conn


@pytest.fixture
def app(database_url: str, owner: Db) -> Iterator[Db]:
    """The role of the processes, on a database with one pending proposal."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        in_one(conn, AS_SYSTEM, INSERT)
        yield conn


@pytest.fixture
def digest(founder_token: Secret) -> str:
    return digest_of(founder_token.reveal())


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def proving(digest: str) -> str:
    return f"select execops_prove('{digest}'), set_config('execops.actor_type', 'user', true)"


def in_one(db: Db, *statements: str) -> None:
    """Run the statements in one transaction."""
    with db.transaction():
        for statement in statements:
            db.execute(statement.encode())


def rows(db: Db, query: str) -> list[Any]:
    return db.execute(query.encode()).fetchall()


def add_operator(app: Db, digest: str, name: str, role: str) -> None:
    """The founder adds an operator whose token is their name."""
    proof = digest_of(digest_of(name))
    insert = f"insert into operators (name, role, token_proof) values ('{name}', '{role}', '{proof}')"
    in_one(app, proving(digest), insert)


@contextmanager
def refused(*sqlstates: str) -> Iterator[None]:
    with pytest.raises(psycopg.DatabaseError) as caught:
        yield
    assert caught.value.sqlstate in sqlstates, caught.value


def status(owner: Db) -> list[str]:
    return [row[0] for row in rows(owner, "select status from action_proposals")]


# Who acts


def test_nobody_is_believed_who_claims_to_be_an_operator(app: Db, owner: Db) -> None:
    for db in (app, owner):
        for claim in (
            [AS_FOUNDER],
            [AS_FOUNDER.replace("true", "false")],  # for the session, not only for the transaction
            ["select set_config('role', 'none', true)", AS_FOUNDER],
            [AS_FOUNDER, "create temporary table proven_actors (session int, xact xid8, began timestamptz, operator_id int)",
             "insert into proven_actors values (pg_backend_pid(), pg_current_xact_id(), now(), 1)"],
            [AS_FOUNDER, "create function pg_temp.execops_proven() returns bigint language sql as 'select 1::bigint'"],
        ):  # fmt: skip
            with refused(UNPROVEN):
                in_one(db, *claim, APPROVE)
            db.execute(b"reset execops.actor_type")
    with refused(ROLE):
        in_one(app, AS_SYSTEM, APPROVE)
    assert status(owner) == ["pending"]


def test_a_proof_holds_in_its_own_transaction_alone(
    app: Db, owner: Db, digest: str, database_url: str
) -> None:
    for wrong in ("", "x", digest_of(digest), digest.upper(), f" {digest}"):
        with refused(UNPROVEN):
            in_one(app, proving(wrong), APPROVE)
    in_one(app, proving(digest))
    with refused(UNPROVEN):  # the next transaction of the same session, as a pool hands it out
        in_one(app, AS_FOUNDER, APPROVE)
    with refused(NO_ACTOR):
        in_one(app, APPROVE)
    with psycopg.connect(database_url, autocommit=True) as other, app.transaction():
        app.execute(proving(digest).encode())
        with refused(UNPROVEN):  # another session, while the proof stands in its own
            in_one(other, AS_FOUNDER, APPROVE)
    with refused(UNPROVEN), app.transaction():
        with app.transaction(force_rollback=True):
            app.execute(proving(digest).encode())
        app.execute(AS_FOUNDER.encode())
        app.execute(APPROVE.encode())
    assert status(owner) == ["pending"]
    with app.transaction(), app.transaction():
        app.execute(proving(digest).encode())
        app.execute(AS_FOUNDER.replace("'1'", "'99'").encode())  # the name in the setting is not read
        app.execute(APPROVE.encode())
    assert rows(owner, "select status, decided_by from action_proposals") == [("approved", 1)]
    last = "select actor_type, actor_id from audit_log order by seq desc limit 1"
    assert rows(owner, last) == [("user", "1")]


def test_a_proof_lasts_no_longer_than_the_operator(app: Db, owner: Db, digest: str) -> None:
    add_operator(app, digest, "ada", "ops")
    add_operator(app, digest, "eve", "viewer")
    in_one(app, proving(digest_of("ada")))
    with refused(ROLE):
        in_one(app, proving(digest_of("eve")), APPROVE)
    with refused(ROLE):  # the last one who was proven acts
        in_one(app, proving(digest), proving(digest_of("eve")), APPROVE)
    in_one(app, proving(digest), "update operators set disabled_at = now() where name = 'ada'")
    with refused(UNPROVEN):
        in_one(app, proving(digest_of("ada")), APPROVE)
    # As the founder it turns itself into the system's, which decides nothing.
    with refused(ROLE):
        in_one(app, proving(digest), AS_SYSTEM, APPROVE)
    assert status(owner) == ["pending"]


# Operators


def test_only_a_founder_changes_operators(app: Db, owner: Db, digest: str) -> None:
    for name, role in (("eve", "viewer"), ("ola", "ops"), ("bot", "service")):
        add_operator(app, digest, name, role)
    before = rows(owner, "select o::text from operators o order by id")
    changes = (
        "insert into operators (name, role) values ('x', 'founder')",
        "update operators set role = 'founder' where name = 'eve'",
        "update operators set limits = '{}'",
        "update operators set token_proof = 'x' where name <> 'founder'",
        "update operators set disabled_at = null",
        "update operators set disabled_at = now() where name = 'founder'",
    )
    for db in (app, owner):
        for change in changes:
            for actor in (
                AS_SYSTEM,
                proving(digest_of("eve")),
                proving(digest_of("ola")),
                proving(digest_of("bot")),
            ):
                with refused(ROLE):
                    in_one(db, actor, change)
            with refused(UNPROVEN):
                in_one(db, AS_FOUNDER, change)
        # viewer → founder → approve → viewer
        with refused(ROLE):
            in_one(db, proving(digest_of("eve")), "update operators set role = 'founder' where name = 'eve'", APPROVE,
                   "update operators set role = 'viewer' where name = 'eve'")  # fmt: skip
    with refused(ROLE):  # a new token for a founder is the owner's to give
        in_one(app, AS_SYSTEM, "update operators set token_proof = 'x' where name = 'founder'")
    assert rows(owner, "select o::text from operators o order by id") == before


def test_the_trail_names_what_changed_of_an_operator(app: Db, owner: Db, digest: str) -> None:
    add_operator(app, digest, "ada", "viewer")
    for change in (
        """role = 'ops', limits = '{"action": ["email"]}'""",
        "token_proof = 'x'",
        "limits = '{}'",
        "disabled_at = now()",
        "role = role",  # nothing changes, so nothing is told
    ):
        in_one(app, proving(digest), f"update operators set {change} where name = 'ada'")
    in_one(owner, AS_SYSTEM, "update operators set token_proof = 'y' where name = 'founder'")
    entries = rows(
        owner,
        "select action, actor_type, metadata_json - array['operator', 'name', 'role', 'enabled'] from audit_log"
        " where action like 'operator.%' order by seq offset 2",
    )
    assert entries == [
        ("operator.changed", "user",
         {"changed": ["role", "limits"], "role_before": "viewer", "limits": {"action": ["email"]}, "limits_before": {}}),
        ("operator.changed", "user", {"changed": ["token"]}),
        ("operator.changed", "user", {"changed": ["limits"], "limits": {}, "limits_before": {"action": ["email"]}}),
        ("operator.revoked", "user", {"changed": ["enabled"]}),
        ("operator.changed", "system", {"changed": ["token"]}),
    ]  # fmt: skip
    proofs = {row[0] for row in rows(owner, "select token_proof from operators")}
    assert not any(
        proof in row[0]
        for proof in proofs
        for row in rows(owner, "select a::text from audit_log a")
        if len(proof) > 1
    )


# Settings


def test_only_people_who_may_change_settings(app: Db, owner: Db, digest: str) -> None:
    for name, role in (("eve", "viewer"), ("ola", "ops"), ("bot", "service")):
        add_operator(app, digest, name, role)
    in_one(app, proving(digest), "insert into suppressions (subject_key, created_by) values ('cus_2', 'me')")
    policy = "insert into policies (kind, name, allowed, decided_by) values "
    deciders = (
        policy + "('system', 'executions', true, 'x')",
        policy + "('play', 'card_update', true, 'x')",
        policy + "('action', 'stripe_refund', false, 'x')",
        "insert into suppressions (subject_key, created_by) values ('cus_1', 'x')",
        "delete from suppressions where subject_key = 'cus_2'",
    )
    founders = (
        "update policies set allowed = true where name = 'stripe_refund'",
        policy + "('action', 'stripe_void_invoice', true, 'x')",
        "update deployments set deployment_id = '0123456789ab'",
    )
    for allowed, statements in (("ola", deciders), ("founder", founders)):
        for statement in statements:
            for name in {"eve", "bot", "ola"} - {allowed}:
                with refused(ROLE):
                    in_one(app, proving(digest_of(name)), statement)
            with refused(ROLE):
                in_one(app, AS_SYSTEM, statement)
            with refused(UNPROVEN):
                in_one(app, AS_FOUNDER, statement)
            in_one(app, proving(digest if allowed == "founder" else digest_of(allowed)), statement)


# What the role may not


FORBIDDEN = (
    # The proofs
    "select token_proof from operators",
    "select * from operators",
    "select o from operators o",
    "select count(*) from operators where token_proof like 'a%'",
    "update operators set limits = to_jsonb(token_proof)",
    "insert into operators (name, role) values ('founder', 'ops') on conflict (org_id, name) do update set role = operators.token_proof",
    "update operators set limits = '{}' returning token_proof",
    "copy operators to stdout",
    "create temporary view proofs as select token_proof from operators; table proofs",
    "select * from proven_actors",
    "insert into proven_actors values (pg_backend_pid(), pg_current_xact_id(), now(), 1)",
    "select * from liftings",
    # The trail and the versions
    "insert into audit_log overriding system value select * from audit_log",
    "update audit_log set actor_id = '2'",
    "delete from audit_log",
    "truncate audit_log",
    "lock table audit_log in exclusive mode",
    "select 1 from audit_log for update",
    "select setval('audit_log_id_seq', 1)",
    "delete from audit_chains",
    "select audit_write('default', '{\"type\": \"user\", \"id\": \"1\", \"metadata\": {}}', 'x', 1, null, null, 1, '', '{}')",
    "insert into proposal_versions select * from proposal_versions",
    "update proposal_versions set title = ''",
    # Rows that stay
    "delete from action_proposals", "delete from executions", "delete from operators", "delete from policies",
    "delete from events", "truncate events cascade", "insert into deployments (deployment_id) values ('0123456789ab')",
    # Guards, functions, schemas
    "alter table executions disable trigger execution_guard",
    "alter table executions disable trigger all",
    "drop trigger execution_guard on executions",
    "create trigger mine before insert on executions for each row execute function suppress_redundant_updates_trigger()",
    "create rule mine as on insert to audit_log do instead nothing",
    "create or replace function execops_proven() returns bigint language sql as 'select 1::bigint'",
    "alter function execution_guard() reset search_path",
    "create function public.mine() returns int language sql as 'select 1'",
    "create table public.mine (n int)",
    "create schema mine",
    "create schema execops_app",
    "create policy mine on operators",
    "alter table operators owner to current_user",
    # Roles
    "set role postgres",
    "set session authorization postgres",
    "set session_replication_role = replica",
    "alter role execops_app superuser",
    "create role mine",
    "grant execops_app to postgres",
    "grant select on operators to public",
    "update pg_proc set prosecdef = true",
    "select pg_read_file('postgresql.conf')",
    "copy (select 1) to program 'true'",
    "do language plpgsql $$ begin perform lo_import('/etc/passwd'); end $$",
)  # fmt: skip


def test_the_role_may_not(app: Db, owner: Db, digest: str) -> None:
    """Not even with the founder's proof: a right is missing."""
    guarded = "select (select count(*) from audit_log), (select string_agg(o::text, ',') from operators o)"
    before = rows(owner, guarded)
    for statement in FORBIDDEN:
        with refused(NO_RIGHT), app.transaction():
            app.execute(proving(digest).encode())
            app.execute(statement.encode())
        assert rows(owner, guarded) == before, statement


def test_each_table_is_granted_as_far_as_it_is_needed(owner: Db) -> None:
    """A new table stands in execops/db/sql/app_role.sql, or here, where no process has any right."""
    nothing = {"audit_chains", "proven_actors", "liftings", "checkpoint_migrations"}
    tables = rows(
        owner,
        "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p')"
        " and not has_any_column_privilege('execops_app', c.oid, 'select')",
    )
    assert {name for (name,) in tables if "yoyo" not in name} == nothing
    to_everybody = rows(
        owner,
        "select c.relname from pg_class c, aclexplode(c.relacl) a"
        " where c.relnamespace = 'public'::regnamespace and a.grantee = 0",
    )
    assert to_everybody == []


def test_functions_that_write_as_their_owner_are_the_triggers_alone(owner: Db) -> None:
    """Each is pinned to its schema, and the processes may call only those that prove, and the one that erases."""
    functions = rows(
        owner,
        "select p.proname, p.proconfig, has_function_privilege('execops_app', p.oid, 'execute') from pg_proc p"
        " where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1",
    )
    assert {name for name, _, _ in functions if name.endswith("_audited")} == {
        name for (name,) in rows(owner, "select proname from pg_proc where proname like '%\\_audited'")
    }
    for name, config, callable_ in functions:
        assert config == ["search_path=pg_catalog, public, pg_temp"], name
        may = {"execops_operator_of", "execops_prove", "execops_proven", "execops_erase"}
        assert callable_ == (name in may), name


def test_a_lifting_is_told_of_the_operator_who_did_it(app: Db, owner: Db, digest: str) -> None:
    suppress = "insert into suppressions (subject_key, created_by) values ('cus_1', 'me')"
    lift = "delete from suppressions where subject_key = 'cus_1'"
    add_operator(app, digest, "ola", "ops")
    in_one(app, proving(digest), suppress)
    forged = 'select set_config(\'execops.lifted\', \'{"[\\"default\\", \\"cus_1\\"]": {"type": "user", "id": "1"}}\', true)'
    in_one(app, proving(digest_of("ola")), lift, suppress, lift, forged, AS_SYSTEM)
    entries = rows(
        owner,
        "select action, actor_type from audit_log where action like 'suppression.%' order by seq offset 1",
    )
    assert entries == [
        ("suppression.removed", "user"),
        ("suppression.added", "user"),
        ("suppression.removed", "user"),
    ]
    ids = rows(owner, "select distinct actor_id from audit_log where action = 'suppression.removed'")
    assert ids == rows(owner, "select id::text from operators where name = 'ola'")
