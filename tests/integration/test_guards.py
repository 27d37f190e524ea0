"""The guards of the database, tested in plain SQL without the product's code.

Every refusal has its own SQLSTATE and changes nothing. Each is tried as the owner of the tables, whom the guards alone
hold, and as the role of the processes, which may lack the right before a guard is asked.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from execops.db.embedded import app_url
from tests.databases import with_database


class Db(psycopg.Connection[Any]):
    """A connection of the owner, with one of the role of the processes beside it."""

    app: psycopg.Connection[Any]


DIGESTS: dict[str, str] = {}  # of the operators' tokens, by their ids

STATUSES = (
    "pending", "approved", "executing", "executed", "failed", "unknown", "rejected", "superseded", "expired",
)  # fmt: skip
# The transitions of docs/architecture.md. The database refuses every other one.
ALLOWED = {
    "pending": {"approved", "rejected", "superseded", "expired"},
    "approved": {"executing", "pending", "superseded", "failed"},
    "executing": {"executed", "failed", "unknown", "pending"},
    "failed": {"pending", "superseded", "approved", "executed", "rejected"},
    "unknown": {"approved", "executed", "rejected"},
}
# The transitions that only a person may make.
DECISIONS = {
    ("pending", "approved"), ("pending", "rejected"), ("approved", "pending"), ("executing", "pending"),
    ("failed", "pending"),
    ("failed", "approved"), ("failed", "executed"), ("failed", "rejected"), ("unknown", "approved"),
    ("unknown", "executed"), ("unknown", "rejected"),
}  # fmt: skip
# The decisions with which the system, too, asks a person again.
ASKED_AGAIN = {("approved", "pending"), ("executing", "pending")}
STEPS_TO = {
    "pending": (),
    "approved": ("approved",),
    "executing": ("approved", "executing"),
    "executed": ("approved", "executing", "executed"),
    "failed": ("approved", "executing", "failed"),
    "unknown": ("approved", "executing", "unknown"),
    "rejected": ("rejected",),
    "superseded": ("superseded",),
    "expired": ("expired",),
}
NO_ACTOR, STATE, KEPT, ROLE, STAYS, UNAPPROVED = "EX001", "EX002", "EX003", "EX004", "EX005", "EX006"
UNPROVEN = "EX007"
NO_RIGHT = "42501"
UNIQUE = "23505"
FOUNDER = ("user", "1")
SYSTEM = ("system", "worker")
GUARDED = (
    "action_proposals", "proposal_versions", "executions", "audit_log", "operators", "policies",
    "suppressions", "deployments",
)  # fmt: skip
STATE_OF_ROWS = " union all ".join(
    f"select '{table}', coalesce(md5(string_agg(concat(ctid, ' ', xmin), ',' order by ctid)), '') from {table}"
    for table in GUARDED
)
numbers = count(1)


@pytest.fixture(scope="module")
def server_database(postgres: str, shared_folder: Path) -> Iterator[str]:
    """One database for the module: every test makes its own proposals."""
    name = f"guards_{uuid4().hex}"
    DIGESTS.clear()  # ids of another module's database mean nobody here
    DIGESTS["1"] = hashlib.sha256((shared_folder / "founder").read_bytes()).hexdigest()
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute(f"create database {name} template execops_template".encode())
        yield with_database(postgres, name)
        conn.execute(f"drop database {name} with (force)".encode())


class Pair:
    """The two connections that the tests of a module share; they are opened anew after a test that has ended one."""

    # As a new session, except for what Postgres has planned.
    _RESET = (
        b"close all; set session authorization default; reset all; unlisten *; select pg_advisory_unlock_all();"
        b" discard temp; discard sequences"
    )

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: Db | None = None

    def lend(self) -> Db:
        if self._db is None:
            self._db = Db.connect(self._url, autocommit=True)
            self._db.app = psycopg.connect(app_url(self._url), autocommit=True)
        return self._db

    def take_back(self) -> None:
        """Make both sessions as new; where one cannot be, end both."""
        assert self._db is not None
        try:
            for conn in (self._db, self._db.app):
                conn.set_autocommit(True)
                conn.execute(self._RESET)
        except psycopg.Error:
            self.close()

    def close(self) -> None:
        if self._db is not None:
            self._db.app.close()
            self._db.close()
        self._db = None


@pytest.fixture(scope="module")
def pair(server_database: str) -> Iterator[Pair]:
    pair = Pair(server_database)
    yield pair
    pair.close()


@pytest.fixture
def db(pair: Pair) -> Iterator[Db]:
    yield pair.lend()
    pair.take_back()


def act(db: psycopg.Connection[Any], actor: tuple[str, str] | None, metadata: Any = None) -> None:
    actor_type, actor_id = actor or ("", "")
    if actor_type == "user" and actor_id in DIGESTS:
        db.execute("select execops_prove(%s)", (DIGESTS[actor_id],))
    db.execute(
        "select set_config('execops.actor_type', %s, true), set_config('execops.actor_id', %s, true),"
        " set_config('execops.metadata', %s, true)",
        (actor_type, actor_id, "" if metadata is None else json.dumps(metadata)),
    )


def do(
    db: psycopg.Connection[Any], statement: str, actor: tuple[str, str] | None = FOUNDER, **values: Any
) -> list[Any]:
    """Run one statement in its own transaction, as this actor."""
    with db.transaction():
        act(db, actor)
        cursor = db.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def one(db: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    row = db.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def state(db: Db) -> dict[str, str]:
    """The place of every row of the guarded tables, and the transaction that wrote it there: each change of a row changes them."""
    rows = db.execute(STATE_OF_ROWS.encode()).fetchall()
    return dict(rows)


def contents(db: Db) -> dict[str, str]:
    """The contents of the guarded tables: a row that is written anew as it was changes nothing."""
    return {
        table: one(db, f"select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t")
        for table in GUARDED
    }


def refused(
    db: Db,
    sqlstate: str,
    message: str,
    *statements: str,
    actor: tuple[str, str] | None = FOUNDER,
    **values: Any,
) -> None:
    """Assert that the statements, in one transaction, are refused in both roles, as the owner with this SQLSTATE."""
    before = state(db)
    with pytest.raises(psycopg.DatabaseError, match=message) as caught:
        in_one_transaction(db, actor, statements, values)
    assert caught.value.sqlstate == sqlstate
    refused_to_processes(db, sqlstate, *statements, actor=actor, before=before, **values)


def refused_to_processes(
    db: Db,
    sqlstate: str,
    *statements: str,
    actor: tuple[str, str] | None = FOUNDER,
    before: dict[str, str] | None = None,
    **values: Any,
) -> None:
    """Assert that the role of the processes may not run the statements, or that a guard refuses with this SQLSTATE.

    Nothing has changed afterwards, since the state `before` where that was read earlier.
    """
    before = before or state(db)
    with pytest.raises(psycopg.DatabaseError) as caught:
        in_one_transaction(db.app, actor, statements, values)
    assert caught.value.sqlstate in {sqlstate, NO_RIGHT}, caught.value
    assert state(db) == before


def in_one_transaction(
    db: psycopg.Connection[Any],
    actor: tuple[str, str] | None,
    statements: tuple[str, ...],
    values: dict[str, Any],
) -> None:
    with db.transaction():
        act(db, actor)
        for statement in statements:
            db.execute(statement.encode(), values or None)


INSERT = """
    insert into action_proposals (org_id, urgency, vertical, play, action_type, title, object_id, subject_key,
                                  payload, reasoning, drafted_by, dedupe_key, thread_id, expires_at{columns})
    values (%(org)s, 'high', 'money', 'card_update', 'email', 'Card failed', 'in_1', 'cus_1',
            '{{"to": "a@example.com", "amount": 1}}', 'Because', '{{"author": "rules"}}', %(key)s, %(key)s,
            now() + interval '1 day'{values})
    returning id"""


def insert(db: Db, key: str | None = None, org: str = "default", actor: Any = SYSTEM, **columns: str) -> int:
    statement = INSERT.format(
        columns="".join(f", {name}" for name in columns), values="".join(f", {v}" for v in columns.values())
    )
    [(id_,)] = do(db, statement, actor, key=key or f"key-{next(numbers)}", org=org)
    return int(id_)


def proposal(db: Db, status: str = "pending") -> int:
    """Make a proposal that reaches this status by allowed transitions; returns its id."""
    id_ = insert(db)
    for step in STEPS_TO[status]:
        move(db, id_, step)
    return id_


def move(db: Db, id_: int, status: str, actor: tuple[str, str] = FOUNDER) -> None:
    do(db, "update action_proposals set status = %(status)s where id = %(id)s", actor, id=id_, status=status)


START = """
    insert into executions (org_id, proposal_id, attempt, idempotency_key)
    select 'default', {id}, count(*) + 1, 'k' from executions where proposal_id = {id}"""


def start(db: Db, id_: int) -> int:
    [(execution,)] = do(db, START.format(id=id_) + " returning id", SYSTEM)
    return int(execution)


def finish(db: Db, execution: int, status: str, *, settles: bool = False) -> None:
    do(
        db,
        "update executions set status = %(status)s, settles = %(settles)s, finished_at = now() where id = %(id)s",
        SYSTEM,
        id=execution,
        status=status,
        settles=settles,
    )


def unknown_then_retried(db: Db) -> int:
    """Make a proposal that is approved again after an attempt that may have gone out; returns its id."""
    id_ = proposal(db, "approved")
    execution = start(db, id_)
    move(db, id_, "executing", SYSTEM)
    finish(db, execution, "unknown")
    move(db, id_, "unknown", SYSTEM)
    move(db, id_, "approved")
    return id_


def operator(db: Db, role: str, *, disabled: bool = False) -> tuple[str, str]:
    name = f"{role}-{next(numbers)}"
    [(id_,)] = do(
        db,
        "insert into operators (name, role, token_proof, disabled_at) values (%(name)s, %(role)s,"
        " encode(sha256(convert_to(%(name)s, 'UTF8')), 'hex'), case when %(disabled)s then now() end) returning id",
        name=name,
        role=role,
        disabled=disabled,
    )
    DIGESTS[str(id_)] = name
    return "user", str(id_)


# States


@pytest.mark.parametrize(("old", "new"), list(itertools.product(STATUSES, STATUSES)))
def test_only_the_listed_transitions_are_allowed(db: Db, old: str, new: str) -> None:
    id_ = proposal(db, old)
    update = f"update action_proposals set status = '{new}' where id = {id_}"
    if new in ALLOWED.get(old, set()):
        before = one(db, "select count(*) from audit_log")
        do(db, update)
        assert one(db, "select status from action_proposals where id = %s", id_) == new
        assert one(db, "select count(*) from audit_log") == before + 1
        last = one(db, "select from_status, to_status, proposal_id, actor_type, actor_id from audit_log"
                       " order by seq desc limit 1")  # fmt: skip
        assert last == (old, new, id_, *FOUNDER)
    elif new == old:
        before_all = contents(db)
        do(db, update)
        assert contents(db) == before_all
    else:
        refused(db, STATE, f"{old} -> {new} is not allowed", update)


@pytest.mark.parametrize(
    ("old", "new"), [(old, new) for old, news in ALLOWED.items() for new in sorted(news)]
)
def test_decisions_need_a_person(db: Db, old: str, new: str) -> None:
    id_ = proposal(db, old)
    update = f"update action_proposals set status = '{new}' where id = {id_}"
    viewer = operator(db, "viewer")
    if (old, new) in DECISIONS:
        refused(db, ROLE, "needs an enabled operator whose role decides", update, actor=viewer)
    if (old, new) in DECISIONS - ASKED_AGAIN:
        refused(db, ROLE, "needs an enabled operator whose role decides", update, actor=SYSTEM)
    else:
        do(db, update, SYSTEM)
        assert one(db, "select status from action_proposals where id = %s", id_) == new


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "pending"])
def test_a_proposal_begins_as_pending(db: Db, status: str) -> None:
    statement = INSERT.format(columns=", status", values=f", '{status}'")
    refused(db, STATE, "begins as pending", statement, key=f"k-{status}", org="default")


def test_an_unknown_status_is_refused(db: Db) -> None:
    refused(
        db, STATE, "is not allowed", f"update action_proposals set status = 'sent' where id = {proposal(db)}"
    )


# Actors


@pytest.mark.parametrize(
    "statement",
    [
        "update action_proposals set status = 'superseded' where id = {id}",
        "update action_proposals set title = 'x' where id = {id}",
        "insert into executions (proposal_id, attempt, idempotency_key) values ({approved}, 1, 'k')",
        "update executions set status = 'failed', finished_at = now() where id = {execution}",
        "insert into operators (name, role) values ('nobody', 'founder')",
        "update operators set role = 'founder' where id = {operator}",
        "insert into policies (kind, name, allowed, decided_by) values ('system', 'executions', true, 'me')",
        "insert into suppressions (subject_key, created_by) values ('cus_new', 'me')",
        "delete from suppressions where subject_key = 'cus_never'",
        "update proposal_versions set title = '' where proposal_id = {id}",
        "update deployments set deployment_id = execops_random_id()",
    ],
)
@pytest.mark.parametrize("actor", [None, ("user", ""), ("", "1"), ("robot", "1")])
def test_a_change_without_an_actor_is_refused(db: Db, statement: str, actor: tuple[str, str] | None) -> None:
    do(
        db,
        "insert into suppressions (subject_key, created_by) values ('cus_never', 'me') on conflict do nothing",
    )
    running = proposal(db, "approved")
    ids = {
        "id": proposal(db),
        "approved": proposal(db, "approved"),
        "execution": start(db, running),
        "operator": operator(db, "viewer")[1],
    }
    sqlstate = UNPROVEN if actor == ("user", "") else NO_ACTOR
    refused(db, sqlstate, "actor", statement.format(**ids), actor=actor)


def test_an_insert_without_an_actor_is_refused(db: Db) -> None:
    refused(
        db, NO_ACTOR, "no actor", INSERT.format(columns="", values=""), actor=None, key="n", org="default"
    )


@pytest.mark.parametrize("metadata", ["5", "[]", '"x"', "null"])
def test_metadata_is_an_object(db: Db, metadata: str) -> None:
    id_ = proposal(db)
    set_metadata = f"select set_config('execops.metadata', '{metadata}', true)"
    refused(
        db,
        NO_ACTOR,
        "not an object",
        set_metadata,
        f"update action_proposals set title = 'x' where id = {id_}",
    )


def test_only_an_enabled_operator_who_decides_may_approve(db: Db) -> None:
    id_ = proposal(db)
    update = f"update action_proposals set status = 'approved' where id = {id_}"
    outsider = do(
        db,
        "insert into operators (org_id, name, role) values (%(org)s, 'f', 'founder') returning id",
        SYSTEM,  # the first one of an org is the owner's
        org=f"other_{uuid4().hex}",
    )[0][0]
    for actor in (operator(db, "viewer"), operator(db, "service"), ("system", "1")):
        refused(db, ROLE, "needs an enabled operator", update, actor=actor)
    for actor in (operator(db, "founder", disabled=True), operator(db, "ops", disabled=True)):
        refused(db, UNPROVEN, "belongs to no enabled operator", update, actor=actor)
    for id_of_nobody in (str(outsider), "999999", "01", "1 ", "founder", "1' or true --"):
        refused(db, UNPROVEN, "no operator has proven", update, actor=("user", id_of_nobody))
    move(db, id_, "approved", operator(db, "ops"))
    assert one(db, "select status from action_proposals where id = %s", id_) == "approved"


def test_an_audit_row_names_the_actor_of_the_change_not_of_the_commit(db: Db) -> None:
    id_ = insert(db)
    do(db, "insert into suppressions (subject_key, created_by) values ('cus_lifted', 'me')")
    head = one(db, "select max(seq) from audit_log")
    approved = proposal(db, "approved")
    execution = start(db, approved)
    head = one(db, "select max(seq) from audit_log")
    with db.transaction():
        act(db, ("system", "a"), {"n": 1})
        db.execute(f"update action_proposals set title = 'x' where id = {id_}".encode())
        act(db, ("system", "b"), {"n": 2})
        db.execute(f"update executions set error = 'x' where id = {execution}".encode())
        act(db, ("system", "c"), {"n": 3})
        db.execute(
            b"insert into policies (kind, name, allowed, decided_by) values ('play', 'captured', false, 'c')"
        )
        act(db, ("system", "d"), {"n": 4})
        db.execute(b"delete from suppressions where subject_key = 'cus_lifted'")
        act(db, FOUNDER, {"n": 5})
        db.execute(f"update action_proposals set status = 'approved' where id = {id_}".encode())
        act(db, None)
    rows = db.execute(
        b"select action, actor_type, actor_id, metadata_json ->> 'n' from audit_log where seq > %s order by seq",
        (head,),
    ).fetchall()
    assert rows == [
        ("proposal.changed", "system", "a", "1"),
        ("execution.running", "system", "b", "2"),
        ("policy.forbidden", "system", "c", "3"),
        ("suppression.removed", "system", "d", "4"),
        ("proposal.approved", *FOUNDER, "5"),
    ]


def test_metadata_does_not_replace_the_facts(db: Db) -> None:
    execution = start(db, proposal(db, "approved"))
    with db.transaction():
        act(db, SYSTEM, {"execution": 0, "attempt": 99, "reason": "kept"})
        db.execute(
            b"update executions set status = 'failed', finished_at = now() where id = %s", (execution,)
        )
    metadata = one(
        db,
        "select audit_told(a.metadata_json, w.words) from audit_log a left join audit_words w using (org_id, seq)"
        " order by seq desc limit 1",
    )
    assert (metadata["execution"], metadata["attempt"], metadata["reason"]) == (execution, 1, "kept")


# Content


@pytest.mark.parametrize("status", STATUSES[1:])
@pytest.mark.parametrize(
    "change",
    [
        """payload = '{"to": "b@example.com", "amount": 1}'""",
        """payload = '{"to": "a@example.com", "amount": 1.0}'""",  # equal as jsonb, not as text
        "payload = '{}'",
    ],
)
def test_the_payload_cannot_change_once_approved(db: Db, status: str, change: str) -> None:
    id_ = proposal(db, status)
    refused(db, KEPT, "the payload cannot change", f"update action_proposals set {change} where id = {id_}")


@pytest.mark.parametrize("status", [status for status in STATUSES if status not in {"pending", "failed"}])
@pytest.mark.parametrize(
    "change",
    [
        "title = 'x'",
        "urgency = 'low'",
        "verdict = 'x'",
        "reasoning = 'x'",
        "language = 'fr'",
        """translation = '{"text": "x"}'""",
        """evidence = '[["a", "b"]]'""",
        "amount_minor = 5, currency = 'USD'",
        "covers = '{in_9}'",
        "drafted_by = '{}'",
        "edited = true",
        "newer_draft = '{}'",
        "expires_at = now() + interval '99 days'",
    ],
)
def test_the_content_cannot_change_once_decided(db: Db, status: str, change: str) -> None:
    id_ = proposal(db, status)
    refused(db, KEPT, "nothing that is decided on", f"update action_proposals set {change} where id = {id_}")


@pytest.mark.parametrize(
    ("old", "new"),
    [("pending", "approved"), ("approved", "executing"), ("executing", "executed"), ("approved", "pending")],
)
def test_the_content_cannot_change_in_a_transition(db: Db, old: str, new: str) -> None:
    id_ = proposal(db, old)
    refused(
        db,
        KEPT,
        "nothing that is decided on",
        f"update action_proposals set status = '{new}', title = 'x' where id = {id_}",
    )


def test_one_statement_cannot_approve_another_payload(db: Db) -> None:
    id_ = proposal(db)
    update = f"update action_proposals set status = 'approved', payload = '{{}}' where id = {id_}"
    refused(db, KEPT, "the payload cannot change", update)


@pytest.mark.parametrize(
    "change",
    [
        "org_id = 'other'",
        "vertical = 'x'",
        "play = 'x'",
        "action_type = 'stripe_refund'",
        "object_id = 'in_2'",
        "subject_key = 'cus_2'",
        "dedupe_key = 'free'",
        "thread_id = 'x'",
        "created_at = now()",
        "payload_sha256 = repeat('0', 64)",
        "approval_no = 7",
        "version = 7",
        "version = version + 1",
        "title = 'x', version = version + 2",
        "decided_by = 1",
        "decided_at = now()",
        "again_after = '{1}'",
    ],
)
@pytest.mark.parametrize("status", ["pending", "approved", "executed"])
def test_guarded_columns_are_not_set_by_hand(db: Db, status: str, change: str) -> None:
    id_ = proposal(db, status)
    if change == "decided_by = 1" and status != "pending":
        change = "decided_by = null"
    refused(db, KEPT, f"proposal {id_}: ", f"update action_proposals set {change} where id = {id_}")


def test_the_id_is_not_set_by_hand(db: Db) -> None:
    refused(db, KEPT, "never change", f"update action_proposals set id = default where id = {proposal(db)}")


def test_guarded_columns_of_an_insert_are_overwritten(db: Db) -> None:
    id_ = insert(
        db,
        version="9",
        approval_no="9",
        payload_sha256="'x'",
        decided_by="1",
        decided_at="now()",
        again_after="'{1}'",
        last_actor="""'{"type": "user", "id": "1"}'""",
    )
    row = one(
        db,
        "select version, approval_no, decided_by, decided_at, again_after, last_actor ->> 'id',"
        " payload_sha256 = encode(sha256(convert_to(payload::text, 'UTF8')), 'hex')"
        " from action_proposals where id = %s",
        id_,
    )
    assert row == (1, 0, None, None, None, "worker", True)


def test_the_answer_about_other_messages_comes_with_the_approval_and_goes_with_it(db: Db) -> None:
    id_ = proposal(db)
    do(db, f"update action_proposals set status = 'approved', again_after = '{{7}}' where id = {id_}")
    metadata = "select metadata_json -> 'again_after' from audit_log where proposal_id = %s order by seq desc limit 1"
    assert one(db, metadata, id_) == [7]
    refused(
        db,
        KEPT,
        "written with the approval",
        f"update action_proposals set again_after = null where id = {id_}",
    )
    move(db, id_, "pending")
    assert one(db, "select again_after from action_proposals where id = %s", id_) is None


def test_an_actor_is_not_written_by_hand(db: Db) -> None:
    id_ = proposal(db)
    forged = """last_actor = '{"type": "user", "id": "1", "metadata": {}}'"""
    before = contents(db)
    do(db, f"update action_proposals set {forged} where id = {id_}", SYSTEM)
    assert contents(db) == before
    do(db, f"update action_proposals set title = 'x', {forged} where id = {id_}", SYSTEM)
    assert one(db, "select last_actor ->> 'type' from action_proposals where id = %s", id_) == "system"
    assert one(db, "select actor_type from audit_log order by seq desc limit 1") == "system"


def test_a_change_raises_the_version_and_every_version_is_kept(db: Db) -> None:
    id_ = proposal(db)
    do(db, 'update action_proposals set payload = \'{"to": "b"}\' where id = %(id)s', id=id_)
    do(db, "update action_proposals set title = 'x', version = 3 where id = %(id)s", id=id_)
    assert one(db, "select version from action_proposals where id = %s", id_) == 3
    rows = db.execute(
        b"select v.version, v.author, a.version, v.payload_sha256 = a.payload_sha256, a.action"
        b" from proposal_versions v join audit_log a using (proposal_id, version)"
        b" where v.proposal_id = %s order by 1",
        (id_,),
    ).fetchall()
    assert rows == [
        (1, "rules", 1, True, "proposal.drafted"),
        (2, "operator:1", 2, True, "proposal.changed"),
        (3, "operator:1", 3, True, "proposal.changed"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "expires_at = now() + interval '9 days'",
        "covers = '{in_9}'",
        "edited = true",
        "outcome = 'x'",
        "newer_draft = '{}'",
    ],
)
def test_every_change_leaves_an_audit_row(db: Db, change: str) -> None:
    id_ = proposal(db)
    do(db, f"update action_proposals set {change} where id = {id_}")
    action, metadata = one(db, "select action, metadata_json from audit_log order by seq desc limit 1")
    assert (action, metadata["changed"]) == ("proposal.changed", [change.split(" ")[0]])


def test_the_database_records_the_actor_as_decider(db: Db) -> None:
    ops = operator(db, "ops")
    id_ = proposal(db)
    do(db, "update action_proposals set status = 'approved', decided_by = 1 where id = %(id)s", ops, id=id_)
    row = one(db, "select decided_by::text, decided_at is not null from action_proposals where id = %s", id_)
    assert row == (ops[1], True)
    move(db, id_, "pending")
    assert one(db, "select decided_by, decided_at from action_proposals where id = %s", id_) == (None, None)


def test_versions_are_kept_and_may_only_be_blanked(db: Db) -> None:
    id_ = proposal(db)
    where = f"where proposal_id = {id_}"
    for change in (
        "version = 2", "author = 'me'", "payload_sha256 = ''", "org_id = 'x'", "created_at = now()",
        "title = 'other'", "verdict = 'other'", "reasoning = 'other'", """payload = '{"to": "b"}'""", "title = '', reasoning = 'other'",
    ):  # fmt: skip
        refused(db, KEPT, "may be blanked, nothing else", f"update proposal_versions set {change} {where}")
    refused(db, STAYS, "DELETE on proposal_versions", f"delete from proposal_versions {where}")
    refused(db, STAYS, "TRUNCATE on proposal_versions", "truncate proposal_versions")
    copied = f"insert into proposal_versions select proposal_id, org_id, 2, author, title, verdict, reasoning, payload, payload_sha256, created_at, last_actor from proposal_versions {where}"
    refused(db, STAYS, "not by hand", copied)
    do(db, f"update proposal_versions set title = '', verdict = '', reasoning = '', payload = '{{}}' {where}")
    hashes = one(
        db,
        "select v.payload_sha256 = p.payload_sha256, v.title from proposal_versions v"
        " join action_proposals p on p.id = v.proposal_id where p.id = %s",
        id_,
    )
    assert hashes == (True, "")
    last = one(db, "select action, proposal_id, version, actor_id from audit_log order by seq desc limit 1")
    assert last == ("version.blanked", id_, 1, "1")


# Expiry and dedupe


def test_an_expired_proposal_is_not_approved(db: Db) -> None:
    id_ = proposal(db)
    do(
        db,
        "update action_proposals set expires_at = now() - interval '1 s' where id = %(id)s",
        SYSTEM,
        id=id_,
    )
    update = f"update action_proposals set status = 'approved'{{}} where id = {id_}"
    refused(db, STATE, "it expired at", update.format(""))
    refused(db, STATE, "it expired at", "set constraints all immediate", update.format(", outcome = 'x'"))
    refused(db, KEPT, "decided on", update.format(", expires_at = now() + interval '1 day'"))
    assert one(db, "select effective_status from proposals_effective where id = %s", id_) == "expired"


def test_expiry_is_judged_by_the_clock_not_by_the_start_of_the_transaction(db: Db) -> None:
    id_ = proposal(db)
    do(
        db,
        "update action_proposals set expires_at = now() + interval '50 ms' where id = %(id)s",
        SYSTEM,
        id=id_,
    )
    refused(
        db,
        STATE,
        "it expired at",
        "select now() < expires_at from action_proposals",
        "select pg_sleep(0.1)",
        f"update action_proposals set status = 'approved' where id = {id_}",
    )


def test_one_live_proposal_a_key(db: Db) -> None:
    key = f"key-{next(numbers)}"
    id_ = insert(db, key)
    again = INSERT.replace("%(key)s, %(key)s", "%(key)s, %(thread)s").format(columns="", values="")
    steps: tuple[str, ...] = (
        "pending",
        "approved",
        "executing",
        "unknown",
        "approved",
        "executing",
        "failed",
    )
    for step in steps:
        if step != "pending":
            move(db, id_, step)
        refused(
            db, UNIQUE, "action_proposals_live", again, key=key, thread=f"t-{next(numbers)}", org="default"
        )
    do(db, again, key=key, thread=f"t-{next(numbers)}", org="other")
    move(db, id_, "superseded")
    do(db, again, key=key, thread=f"t-{next(numbers)}", org="default")


# Attempts to bypass the guards


def bypasses(id_: int) -> dict[str, str]:
    """Statements that try to move a pending proposal to executed, by the kind of statement."""
    row = f"select * from action_proposals where id = {id_}"
    return {
        "update": f"update action_proposals set status = 'executed' where id = {id_}",
        "update of many": f"update action_proposals set status = 'executed' where id in ({id_}, -1)",
        "view": f"update proposals_effective set status = 'executed' where id = {id_}",
        "upsert": f"""
            insert into action_proposals overriding system value {row}
            on conflict (id) do update set status = 'executed'""",
        "with": f"""
            with moved as (update action_proposals set status = 'executed' where id = {id_} returning 1)
            select * from moved""",
        "from": f"""
            update action_proposals p set status = 'executed' from (values ({id_})) v(id) where p.id = v.id""",
        "merge": f"""
            merge into action_proposals p using (values ({id_})) v(id) on p.id = v.id
            when matched then update set status = 'executed'""",
        "function": f"""
            do $$ begin update action_proposals set status = 'executed' where id = {id_}; end $$""",
        "cursor": f"""
            do $$ declare c cursor for select * from action_proposals where id = {id_} for update;
            r record; begin
                open c; fetch c into r; update action_proposals set status = 'executed' where current of c;
            end $$""",
    }


@pytest.mark.parametrize(
    "before", ["", "set local session_replication_role = replica", "set constraints all immediate"]
)
@pytest.mark.parametrize("kind", sorted(bypasses(0)))
def test_no_statement_bypasses_the_states(db: Db, kind: str, before: str) -> None:
    if kind == "merge" and db.info.server_version < 150000:
        pytest.skip("MERGE came with Postgres 15")
    statements = [statement for statement in (before, bypasses(proposal(db))[kind]) if statement]
    refused(db, STATE, "pending -> executed is not allowed", *statements)


def test_upsert_does_not_set_an_approved_payload(db: Db) -> None:
    key = f"key-{next(numbers)}"
    id_ = insert(db, key)
    move(db, id_, "approved")
    upsert = INSERT.format(columns="", values="").replace(
        "returning id",
        "on conflict (org_id, dedupe_key) where status in ('pending', 'approved', 'executing', 'failed',"
        " 'unknown') do update set payload = '{}'",
    )
    refused(db, KEPT, "the payload cannot change", upsert, key=key, org="default")


def test_copy_is_guarded(db: Db) -> None:
    proposal_columns = (
        "urgency, vertical, play, action_type, title, object_id, subject_key, payload, reasoning, drafted_by,"
        " dedupe_key, thread_id, expires_at, status"
    )
    audit_columns = "id, org_id, seq, actor_type, actor_id, action, ts, metadata_json, prev_hash, hash"
    texts = ("t", "o", "s", "{}", "r", "{}", "copied", "copied", "2999-01-01", "approved")
    by_hand = (999999, "default", 1, "user", "1", "a", "2026-01-01", "{}", "", "h")
    before = state(db)
    for table, columns, row, message in (
        ("action_proposals", proposal_columns, ("high", "money", "p", "email", *texts), "begins as pending"),
        ("audit_log", audit_columns, by_hand, "not by hand"),
    ):
        with pytest.raises(psycopg.DatabaseError, match=message):
            copy_row(db, f"copy {table} ({columns}) from stdin", row)
    assert state(db) == before


def copy_row(db: Db, statement: str, row: tuple[Any, ...]) -> None:
    with db.transaction():
        act(db, FOUNDER)
        with db.cursor().copy(statement.encode()) as copy:
            copy.write_row(row)


def test_a_rolled_back_savepoint_writes_no_audit_row(db: Db) -> None:
    id_ = proposal(db)
    before = state(db)
    with db.transaction():
        act(db, FOUNDER)
        for immediate in (b"set constraints all immediate", b"set constraints all deferred"):
            db.execute(immediate)
            with db.transaction(force_rollback=True):
                db.execute(b"update action_proposals set status = 'approved' where id = %s", (id_,))
    assert state(db) == before


def test_temporary_tables_do_not_replace_the_real_ones(db: Db) -> None:
    id_ = proposal(db)
    before = one(db, "select count(*) from audit_log")
    db.execute(b"create temporary table audit_log (like public.audit_log)")
    db.execute(b"create temporary table executions (like public.executions)")
    db.execute(b"create temporary table operators as select * from public.operators")
    db.execute(b"update operators set role = 'founder', disabled_at = null")
    [(viewer,)] = do(
        db,
        "insert into public.operators (name, role, token_proof)"
        " values ('t', 'viewer', encode(sha256(convert_to('t', 'UTF8')), 'hex')) returning id::text",
    )
    DIGESTS[viewer] = "t"
    db.execute(b"insert into operators select * from public.operators where id = %s", (viewer,))
    db.execute(b"update operators set role = 'founder'")
    update = f"update action_proposals set status = 'approved' where id = {id_}"
    with pytest.raises(psycopg.DatabaseError, match="whose role decides"):
        do(db, update, ("user", viewer))
    do(db, update)
    assert one(db, "select count(*) from public.audit_log") == before + 2
    assert one(db, "select count(*) from audit_log") == 0


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        (table, statement)
        for table in ("action_proposals", "executions", "operators", "policies", "audit_log", "deployments")
        for statement in (
            "delete from {table}",
            "delete from {table} where false",
            "truncate {table} cascade",
            "with gone as (delete from {table} returning 1) select * from gone",
        )
    ]
    + [
        ("executions", "truncate {table}"),
        ("audit_log", "truncate {table}"),
        ("suppressions", "truncate {table}"),
        ("audit_log", "update {table} set actor_id = '2'"),
        ("audit_log", "update {table} set metadata_json = '{{}}' where false"),
        (
            "audit_log",
            "merge into {table} a using (values (-1)) v(id) on a.id = v.id when matched then delete",
        ),
        ("audit_log", "{upsert}"),
    ],
)
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_rows_are_never_deleted(db: Db, table: str, statement: str, role: str) -> None:
    if statement.startswith("merge") and db.info.server_version < 150000:
        pytest.skip("MERGE came with Postgres 15")
    upsert = (
        "insert into audit_log overriding system value select * from audit_log"
        " on conflict (id) do update set actor_id = '2'"
    )
    replica = f"set local session_replication_role = {role}"
    refused(db, STAYS, "is refused|not by hand", replica, statement.format(table=table, upsert=upsert))


# The audit log by hand

BY_HAND = """
    insert into audit_log (org_id, seq, actor_type, actor_id, action, proposal_id, from_status, to_status, version,
                           payload_sha256, ts, metadata_json, prev_hash, hash)
    select org_id, 1, 'user', '1', 'proposal.approved', id, 'pending', 'approved', version, payload_sha256, now(),
           '{{}}', '', '' from action_proposals where id = {id}"""


def test_audit_rows_are_not_written_by_hand(db: Db) -> None:
    id_ = proposal(db)
    by_hand = BY_HAND.format(id=id_)
    nested = f"""
        create function pg_temp.nested() returns trigger language plpgsql as $f$
        begin {by_hand}; return new; end $f$"""
    through = nested.replace(by_hand, "insert into t{next} values (1)")
    helper = f"""
        create function pg_temp.nested() returns trigger language plpgsql as $f$
        begin perform audit_write('default', '{{"type": "user", "id": "1", "metadata": {{}}}}', 'x', {id_}, null, null,
                                  1, '', '{{}}'); return new; end $f$"""
    on_t1 = "create trigger t after insert on t1 for each row execute function pg_temp.nested()"
    deferred = on_t1.replace("create trigger", "create constraint trigger").replace(
        "for each row", "deferrable initially deferred for each row"
    )
    t1, row = "create temporary table t1 (n int)", "insert into t1 values (1)"
    for statements in (
        [by_hand],
        [f"do $$ begin {by_hand}; end $$"],
        ["set local session_replication_role = replica", by_hand],
        ["set constraints all immediate", by_hand],
        [f"""select audit_write('default', '{{"type": "user", "id": "1", "metadata": {{}}}}', 'x', {id_}, null,
                                null, 1, '', '{{}}')"""],
    ):  # fmt: skip
        refused(db, STAYS, "not by hand", *statements)
    # A trigger of their own, whatever its function is called, lets nobody but the owner write into the trail.
    for statements in (
        [nested, t1, on_t1, row],
        [text.replace("nested", "proposal_audited") for text in (nested, t1, on_t1, row)],
        [nested, t1, deferred, row],
        [helper, t1, on_t1, row],
        [
            nested, t1, on_t1, "create temporary table t2 (n int)",
            through.format(next="1").replace("nested", "through"),
            "create trigger t after insert on t2 for each row execute function pg_temp.through()",
            "insert into t2 values (1)",
        ],
        # The writers of the trail on a table of one's own, where each column says what the forger wants.
        ["create temporary table t3 (like public.operators)",
         "create trigger t after insert on t3 for each row execute function public.operator_audited()",
         """insert into t3 (org_id, id, name, role, last_actor)
            values ('default', 1, 'x', 'founder', '{"type": "user", "id": "1", "metadata": {}}')"""],
    ):  # fmt: skip
        refused_to_processes(db, NO_RIGHT, *statements)


# Executions


def test_no_execution_without_an_approval(db: Db) -> None:
    for status in STATUSES:
        if status not in {"approved", "executing"}:
            id_ = proposal(db, status)
            refused(db, UNAPPROVED, f"it is {status}", START.format(id=id_), actor=SYSTEM)
            refused(db, UNAPPROVED, f"it is {status}", START.format(id=id_))
    refused(db, UNAPPROVED, "missing", START.format(id=999999))
    refused(
        db, UNAPPROVED, "missing", "set local session_replication_role = replica", START.format(id=999999)
    )


def test_an_execution_belongs_to_the_org_of_its_proposal(db: Db) -> None:
    id_ = proposal(db, "approved")
    refused(db, UNAPPROVED, "missing", START.format(id=id_).replace("'default'", "'other'"))


def test_one_transaction_cannot_approve_and_execute(db: Db) -> None:
    id_ = proposal(db)
    approve = f"update action_proposals set status = 'approved' where id = {id_}"
    refused(db, UNAPPROVED, "no person approved exactly this payload", approve, START.format(id=id_))
    # An approval that was undone does not count for the next one.
    move(db, id_, "approved")
    move(db, id_, "pending")
    refused(db, UNAPPROVED, "no person approved exactly this payload", approve, START.format(id=id_))
    move(db, id_, "approved")
    start(db, id_)


def test_no_execution_with_an_edited_payload(db: Db) -> None:
    """Even if the guard of the proposals is switched off."""
    for change in (
        """payload = '{"to": "thief@example.com"}'""",
        """payload = '{"to": "a@example.com", "amount": 1.0}'""",
        """payload = '{"to": "thief@example.com"}', payload_sha256 =
           encode(sha256(convert_to('{"to": "thief@example.com"}', 'UTF8')), 'hex')""",
        "version = 2",
    ):
        id_ = proposal(db, "approved")
        refused(
            db,
            UNAPPROVED,
            "no person approved exactly this payload",
            "alter table action_proposals disable trigger proposal_guard_change",
            f"update action_proposals set {change} where id = {id_}",
            START.format(id=id_),
        )


def test_no_execution_for_a_status_set_past_the_guard(db: Db) -> None:
    id_ = proposal(db)
    refused(
        db,
        UNAPPROVED,
        "no person approved exactly this payload",
        "alter table action_proposals disable trigger all",
        f"update action_proposals set status = 'approved' where id = {id_}",
        "alter table action_proposals enable trigger all",
        START.format(id=id_),
    )


def test_no_execution_for_another_version(db: Db) -> None:
    id_ = proposal(db, "approved")
    move(db, id_, "pending")
    do(db, 'update action_proposals set payload = \'{"to": "b"}\' where id = %(id)s', id=id_)
    refused(db, UNAPPROVED, "it is pending", START.format(id=id_))
    approve = f"update action_proposals set status = 'approved' where id = {id_}"
    refused(db, UNAPPROVED, "no person approved", approve, START.format(id=id_))
    move(db, id_, "approved")
    start(db, id_)


def test_one_effective_execution(db: Db) -> None:
    id_ = proposal(db, "approved")
    first = start(db, id_)
    refused(db, UNIQUE, "executions_one_effective", START.format(id=id_))
    finish(db, first, "succeeded")
    refused(db, UNIQUE, "executions_one_effective", START.format(id=id_))


def test_executions_begin_as_running_and_end_once(db: Db) -> None:
    id_ = proposal(db, "approved")
    insert_done = START.format(id=id_).replace("idempotency_key)", "idempotency_key, status, finished_at)")
    refused(db, STATE, "begins as running", insert_done.replace("'k'", "'k', 'succeeded', now()"))
    execution = start(db, id_)
    where = f"where id = {execution}"
    for change in ("attempt = 9", "approval_no = 9", "idempotency_key = 'x'", "org_id = 'x'", "started_at = now() - interval '1 h'",
                   f"proposal_id = {proposal(db, 'approved')}", "id = default",
                   """links = '{"https://a": "https://b"}'"""):  # fmt: skip
        refused(db, KEPT, "only its result", f"update executions set {change} {where}")
    for status in ("failed", "unknown", "succeeded"):
        other = start(db, proposal(db, "approved"))
        finish(db, other, status)
        for change in ("error = 'x'", "status = 'running', finished_at = null", "result_json = '{}'"):
            refused(db, STATE, f"{status} is final", f"update executions set {change} where id = {other}")


def test_every_attempt_of_an_approval_has_its_number_and_one_key(db: Db) -> None:
    id_ = proposal(db, "approved")
    numbered = START.format(id=id_).replace("idempotency_key)", "idempotency_key, approval_no)")
    do(db, numbered.replace("'k'", "'k', 9"))
    execution, number = one(db, "select id, approval_no from executions where proposal_id = %s", id_)
    assert number == 1
    finish(db, execution, "failed")
    another = START.format(id=id_).replace("'k'", "'x'")
    refused(db, UNAPPROVED, "an attempt of this approval has another key", another)
    start(db, id_)
    failed = proposal(db, "failed")
    move(db, failed, "approved")
    do(db, START.format(id=failed).replace("'k'", "'x'"))  # a new approval has a key of its own


def test_a_new_deployment_id_is_audited_and_never_repeats(db: Db) -> None:
    renew = "update deployments set deployment_id = execops_random_id() returning deployment_id"
    seen = [one(db, "select deployment_id from deployments")] + [do(db, renew)[0][0] for _ in range(5)]
    assert len(set(seen)) == 6
    audited = "select action, actor_id, metadata_json from audit_log order by seq desc limit 1"
    ids = {"deployment_id": seen[-1], "previous_id": seen[-2]}
    assert one(db, audited) == ("deployment.restored", "1", ids)
    for bad in ("", "x", "0123456789AB", "0123456789ab0", "' || deployment_id || '-1"):
        refused(db, "23514", "deployment_id", f"update deployments set deployment_id = '{bad}'")
    refused(db, KEPT, "org_id never changes", "update deployments set org_id = 'other'")


def test_an_unknown_attempt_is_not_repeated_without_a_person(db: Db) -> None:
    id_ = proposal(db, "approved")
    execution = start(db, id_)
    move(db, id_, "executing", SYSTEM)
    finish(db, execution, "unknown")
    refused(db, UNAPPROVED, "the last attempt may have gone out", START.format(id=id_), actor=SYSTEM)
    move(db, id_, "unknown", SYSTEM)
    refused(db, UNAPPROVED, "it is unknown", START.format(id=id_))
    move(db, id_, "approved")
    start(db, id_)


def test_after_an_unknown_attempt_key_and_content_cannot_change(db: Db) -> None:
    id_ = unknown_then_retried(db)
    number = one(db, "select approval_no from action_proposals where id = %s", id_)
    assert number == 1
    undo = f"update action_proposals set status = 'pending' where id = {id_}"
    refused(db, STATE, "an earlier attempt may have gone out", undo)
    for status in ("pending", "failed", "superseded"):
        refused(db, STATE, "may have gone out", undo.replace("'pending'", f"'{status}'"), actor=SYSTEM)
    move(db, id_, "unknown", SYSTEM)  # refused at send: the attempt is still unknown
    move(db, id_, "approved")
    assert one(db, "select approval_no from action_proposals where id = %s", id_) == 1
    execution = start(db, id_)
    move(db, id_, "executing", SYSTEM)
    finish(db, execution, "failed")  # for sure, which says nothing about the first attempt
    for status in ("pending", "failed"):
        refused(db, STATE, "may have gone out", undo.replace("'pending'", f"'{status}'"), actor=SYSTEM)
    move(db, id_, "unknown", SYSTEM)
    move(db, id_, "approved")
    assert one(db, "select approval_no from action_proposals where id = %s", id_) == 1
    execution = start(db, id_)
    move(db, id_, "executing", SYSTEM)
    finish(db, execution, "failed", settles=True)  # the other side says that none went out
    move(db, id_, "failed", SYSTEM)  # so it may be edited, and gets a new number
    move(db, id_, "pending")
    move(db, id_, "approved")
    assert one(db, "select approval_no from action_proposals where id = %s", id_) == 2
    move(db, id_, "pending")


# Operators, policies, suppressions


def test_identities_never_change(db: Db) -> None:
    _, id_ = operator(db, "ops")
    do(db, "insert into policies (kind, name, allowed, decided_by) values ('play', 'p', false, 'me')")
    do(db, "insert into suppressions (subject_key, created_by) values ('cus_kept', 'me')")
    for statement in (
        f"update operators set org_id = 'other' where id = {id_}",
        f"update operators set id = default where id = {id_}",
        "update policies set name = 'q' where name = 'p'",
        "update policies set org_id = 'other' where name = 'p'",
        "update suppressions set subject_key = 'cus_other' where subject_key = 'cus_kept'",
        "update suppressions set org_id = 'other' where subject_key = 'cus_kept'",
    ):
        refused(db, KEPT, "never changes", statement)
    assert (
        one(db, "select metadata_json ->> 'subject' from audit_log order by seq desc limit 1") == "cus_kept"
    )


def test_operators_and_policies_are_audited(db: Db) -> None:
    _, id_ = operator(db, "viewer")
    head = one(db, "select max(seq) from audit_log")
    do(db, f"update operators set role = 'founder' where id = {id_}")
    do(db, f"update operators set disabled_at = now() where id = {id_}")
    for allowed in ("false", "true"):
        do(
            db,
            "insert into policies (kind, name, allowed, decided_by)"
            f" values ('action', 'stripe_refund', {allowed}, 'me')"
            " on conflict (org_id, kind, name) do update set allowed = excluded.allowed",
        )
    rows = db.execute(
        b"select action, actor_type from audit_log where seq > %s order by seq", (head,)
    ).fetchall()
    assert rows == [
        ("operator.changed", "user"),
        ("operator.revoked", "user"),
        ("policy.forbidden", "user"),
        ("policy.allowed", "user"),
    ]


# Concurrency


def test_repeatable_read_does_not_fork_the_chain(db: Db, server_database: str) -> None:
    ours, theirs = proposal(db), proposal(db)
    with psycopg.connect(server_database) as late:
        late.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        late.execute(b"select 1 from audit_log")  # takes the snapshot
        do(db, f"update action_proposals set title = 'first' where id = {theirs}")
        before = state(db)
        act(late, FOUNDER)
        late.execute(b"update action_proposals set title = 'second' where id = %s", (ours,))
        with pytest.raises(psycopg.errors.UniqueViolation, match="audit_log"):
            late.commit()
    assert state(db) == before
    links = one(db, "select count(*), count(distinct prev_hash) from audit_log where org_id = 'default'")
    assert links[0] == links[1]


def test_two_orgs_have_two_chains(db: Db) -> None:
    insert(db, org="first")
    insert(db, org="second")
    insert(db, org="first")
    rows = db.execute(
        b"select org_id, seq, prev_hash = repeat('0', 64) from audit_log where org_id in ('first', 'second')"
        b" order by 1, 2"
    ).fetchall()
    assert rows == [("first", 1, True), ("first", 2, False), ("second", 1, True)]


def test_sorted_writers_never_deadlock(db: Db, server_database: str) -> None:
    """Bulk approvals, single changes and execution results run at once, all in the order of ids."""
    errors: list[psycopg.Error] = []
    ids = [proposal(db) for _ in range(12)]
    executions = {}
    for id_ in ids[:4]:
        move(db, id_, "approved")
        executions[id_] = start(db, id_)
    decided, running = ids[4:], ids[:4]

    def work(job: Any) -> None:
        try:
            with psycopg.connect(server_database, autocommit=True) as conn:
                conn.execute(b"set deadlock_timeout = '100 ms'")
                for number in range(30):
                    job(conn, number)
        except psycopg.Error as exc:
            errors.append(exc)

    def lock(conn: Db, chosen: list[int]) -> None:
        act(conn, FOUNDER)
        conn.execute(b"select 1 from action_proposals where id = any(%s) order by id for update", (chosen,))

    def bulk(conn: Db, number: int) -> None:
        with conn.transaction():
            lock(conn, decided)
            for id_ in decided:
                conn.execute(
                    b"update action_proposals set status = case status when 'pending' then 'approved'"
                    b" else 'pending' end where id = %s",
                    (id_,),
                )

    def single(conn: Db, number: int) -> None:
        do(conn, f"update action_proposals set outcome = '{uuid4()}' where id = {ids[-1 - number % 3]}")

    def result(conn: Db, number: int) -> None:
        # This changes the execution alone, while others hold its proposal.
        do(conn, f"update executions set error = '{uuid4()}' where id = {executions[running[number % 4]]}")

    def both(conn: Db, number: int) -> None:
        with conn.transaction():
            lock(conn, running)
            for id_ in running:
                conn.execute(b"update action_proposals set outcome = %s where id = %s", (str(uuid4()), id_))
                time.sleep(0.001)

    threads = [
        threading.Thread(target=work, args=(job,)) for job in (bulk, bulk, single, result, both, result)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    written = one(db, "select count(*), max(seq) from audit_log where org_id = 'default'")
    assert written[0] == written[1]


def test_guards_are_on_in_every_replication_role(db: Db) -> None:
    off = db.execute(
        b"select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
        b" where not t.tgisinternal and c.relname = any(%s) and t.tgenabled <> 'A'",
        (list(GUARDED),),
    ).fetchall()
    # The triggers that notify refuse nothing.
    assert sorted(off) == [
        ("action_proposals", "proposal_notify"),
        ("policies", "policy_notify"),
        ("suppressions", "suppression_notify"),
    ]


# Notifications


def notifications(server_database: str, *statements: str) -> list[dict[str, Any]]:
    """The notifications of `execops_policies` that a listener receives while these statements commit one by one."""
    with (
        psycopg.connect(server_database, autocommit=True) as listener,
        psycopg.connect(server_database, autocommit=True) as conn,
    ):
        listener.execute(b"listen execops_policies")
        for statement in statements:
            do(conn, statement, SYSTEM)
        return [json.loads(notice.payload) for notice in listener.notifies(timeout=1, stop_after=9)]


def test_a_policy_notifies(server_database: str) -> None:
    insert = (
        "insert into policies (kind, name, allowed, decided_by) values ('system', 'executions', false, 'me')"
    )
    update = "update policies set allowed = true where kind = 'system' and name = 'executions'"
    other = insert.replace("(kind", "(org_id, kind").replace("('system'", "('other', 'system'")
    assert notifications(server_database, insert, update, other) == [
        {"org": "default", "kind": "system", "name": "executions", "allowed": False},
        {"org": "default", "kind": "system", "name": "executions", "allowed": True},
        {"org": "other", "kind": "system", "name": "executions", "allowed": False},
    ]


def test_a_suppression_notifies(server_database: str) -> None:
    insert = "insert into suppressions (subject_key, created_by) values ('cus_heard', 'me')"
    again = f"{insert} on conflict do nothing"
    lift = "delete from suppressions where subject_key = 'cus_heard'"
    assert notifications(server_database, insert, again, lift, lift) == [
        {"org": "default", "kind": "suppression", "name": "cus_heard", "allowed": False},
        {"org": "default", "kind": "suppression", "name": "cus_heard", "allowed": True},
    ]


def test_a_rolled_back_change_does_not_notify(db: Db, server_database: str) -> None:
    with psycopg.connect(server_database, autocommit=True) as listener:
        listener.execute(b"listen execops_policies")
        with db.transaction(force_rollback=True):
            act(db, FOUNDER)
            db.execute(b"insert into suppressions (subject_key, created_by) values ('cus_never_heard', 'me')")
        assert list(listener.notifies(timeout=0.3)) == []
