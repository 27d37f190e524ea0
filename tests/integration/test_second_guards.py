"""The guards of limits and second approvals, attacked in plain SQL without the product's code."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.integration.test_guards import (
    FOUNDER,
    INSERT,
    KEPT,
    NO_ACTOR,
    ROLE,
    START,
    STATE,
    STAYS,
    SYSTEM,
    UNAPPROVED,
    UNPROVEN,
    Db,
    act,
    db,
    do,
    finish,
    insert,
    move,
    numbers,
    one,
    operator,
    pair,
    refused,
    server_database,
    start,
)

__all__ = ["db", "pair", "server_database"]  # the fixtures; the database is this module's own

CHECK = "23514"
UNIQUE = "23505"
Person = tuple[str, str]
SET = "update approval_rules set from_minor = {minor}, currency = '{currency}', rates = '{rates}', decided_by = 'me'"
UNSET = "update approval_rules set from_minor = null, currency = null, rates = '{}', decided_by = 'me'"
GIVE = """insert into approvals (proposal_id, version, operator_id, payload_sha256)
          select id, version, {operator}, payload_sha256 from action_proposals where id = {id}"""
APPROVE = "update action_proposals set status = 'approved' where id = {id}"


@pytest.fixture
def two(db: Db) -> Iterator[tuple[Person, Person]]:
    """Two operators who decide; from 5,000 USD on, two approve, and a EUR is worth 1.10 USD."""
    people = operator(db, "founder"), operator(db, "ops")
    do(db, SET.format(minor=500_000, currency="USD", rates='{"EUR": "1.1"}'))
    yield people
    do(db, UNSET)


def large(
    db: Db,
    minor: int = 500_000,
    currency: str = "USD",
    payload: str = '{"to": "a"}',
    action: str = "email",
) -> int:
    statement = INSERT.format(columns=", amount_minor, currency", values=f", {minor}, '{currency}'")
    statement = statement.replace('{"to": "a@example.com", "amount": 1}', payload)
    assert payload in statement
    statement = statement.replace("'email'", f"'{action}'")
    assert f"'{action}'" in statement
    [(id_,)] = do(db, statement, SYSTEM, key=f"large-{next(numbers)}", org="default")
    return int(id_)


def give(db: Db, id_: int, person: Person) -> None:
    do(db, GIVE.format(id=id_, operator=person[1]), person)


@pytest.mark.parametrize(
    "limits",
    [
        "[]", "5", '"all"', "null", '{"amounts": 50}', '{"amount": 50}', '{"amount": "50 USD"}',
        '{"amount": {"minor": 50}}', '{"amount": {"minor": "50", "currency": "USD"}}',
        '{"amount": {"minor": 5.5, "currency": "USD"}}', '{"amount": {"minor": -5, "currency": "USD"}}',
        '{"amount": {"minor": 50, "currency": "usd"}}', '{"amount": {"minor": 50, "currency": null}}',
        '{"amount": {"minor": 50, "currency": "USD", "per": "day"}}', '{"amount": null}',
        '{"amount": {"minor": 1e30, "currency": "USD"}}',
        '{"vertical": "money"}', '{"vertical": [5]}', '{"vertical": ["Money bags"]}', '{"vertical": null}',
        '{"vertical": {"money": true}}', '{"action": [""]}', '{"action": [["email"]]}', '{"verticals": ["money"]}',
    ],
)  # fmt: skip
def test_limits_of_another_shape_are_refused(db: Db, limits: str) -> None:
    _, id_ = operator(db, "ops")
    refused(db, CHECK, "limits_shape", f"update operators set limits = '{limits}' where id = {id_}")


def test_only_ops_have_limits(db: Db) -> None:
    limits = '{"vertical": ["money"], "action": [], "amount": {"minor": 0, "currency": "JPY"}}'
    _, ops = operator(db, "ops")
    do(db, f"update operators set limits = '{limits}' where id = {ops}")
    for role in ("founder", "viewer", "service"):
        refused(
            db,
            CHECK,
            "limits_role",
            f"insert into operators (name, role, limits) values ('x', '{role}', '{limits}')",
        )
    refused(db, CHECK, "limits_role", f"update operators set role = 'founder' where id = {ops}")


def test_an_expired_operator_decides_nothing(db: Db) -> None:
    person, id_ = operator(db, "ops"), insert(db)
    do(db, f"update operators set expires_at = now() - interval '1 s' where id = {person[1]}")
    refused(db, UNPROVEN, "no enabled operator", APPROVE.format(id=id_), actor=person)


def test_the_audit_row_of_an_operator_names_what_changed_and_no_hash(db: Db) -> None:
    _, id_ = operator(db, "ops")
    do(db, f"update operators set token_proof = 'secret', expires_at = '2031-01-01Z' where id = {id_}")
    facts = one(db, "select metadata_json from audit_log order by seq desc limit 1")
    assert facts["changed"] == ["token", "expires_at"]
    assert facts["expires_at"].startswith("2031-01-01")
    assert "secret" not in str(facts)


# Two approve


def test_one_approval_is_not_enough(db: Db, two: tuple[Person, Person]) -> None:
    first, second = two
    id_ = large(db)
    refused(db, UNAPPROVED, "0 of 2 operators", APPROVE.format(id=id_), actor=first)
    give(db, id_, first)
    for person in two:
        refused(db, UNAPPROVED, "1 of 2 operators", APPROVE.format(id=id_), actor=person)
    refused(db, UNIQUE, "approvals_once", GIVE.format(id=id_, operator=first[1]), actor=first)
    give(db, id_, second)
    move(db, id_, "approved", second)
    start(db, id_)
    entries = db.execute(
        b"select actor_id, metadata_json -> 'given', metadata_json -> 'needed' from audit_log"
        b" where proposal_id = %s and action = 'approval.given' order by seq",
        (id_,),
    ).fetchall()
    assert entries == [(first[1], 1, 2), (second[1], 2, 2)]


@pytest.mark.parametrize(
    ("minor", "currency", "needed"),
    [
        (499_999, "USD", 1), (500_000, "USD", 2), (-500_000, "USD", 2), (454_545, "EUR", 1), (454_546, "EUR", 2),
        (1, "CHF", 2), (0, "CHF", 2), (2**63 - 1, "EUR", 2),
    ],
)  # fmt: skip
def test_an_amount_is_compared_through_the_rates(
    db: Db, two: tuple[Person, Person], minor: int, currency: str, needed: int
) -> None:
    id_ = large(db, minor, currency)
    if needed == 1:
        move(db, id_, "approved", two[0])
    else:
        refused(db, UNAPPROVED, "0 of 2", APPROVE.format(id=id_), actor=two[0])


@pytest.mark.parametrize(
    ("amount", "needed"),
    [
        ('"4999.99 USD"', 1), ('"5000.00 USD"', 2), ('"999999999.00 USD"', 2), ('"5,000.00 USD"', 2), ("1", 2),
        ('"1.00 CHF"', 2), ("null", 2), ('""', 2), ('"4545.45 EUR"', 1), ('"4545.46 EUR"', 2),
    ],
)  # fmt: skip
def test_the_amount_of_the_payload_counts_too(
    db: Db, two: tuple[Person, Person], amount: str, needed: int
) -> None:
    id_ = large(db, 100, payload=f'{{"amount": {amount}}}')
    if needed == 1:
        move(db, id_, "approved", two[0])
    else:
        refused(db, UNAPPROVED, "0 of 2", APPROVE.format(id=id_), actor=two[0])


def test_one_acknowledges_a_notice_whatever_its_amount(db: Db, two: tuple[Person, Person]) -> None:
    id_ = large(db, action="notice")
    move(db, id_, "approved", two[0])
    refused(db, UNAPPROVED, "0 of 2", APPROVE.format(id=large(db, action="slack")), actor=two[0])


def test_nobody_approves_in_another_name(db: Db, two: tuple[Person, Person]) -> None:
    first, second = two
    id_ = large(db)
    statement = GIVE.format(id=id_, operator=second[1])
    refused(db, ROLE, "in their own name", statement, actor=first)
    refused(db, ROLE, "in their own name", statement, actor=SYSTEM)
    refused(db, NO_ACTOR, "no actor", statement, actor=None)
    for nobody in (operator(db, "viewer"), operator(db, "service")):
        refused(db, ROLE, "in their own name", GIVE.format(id=id_, operator=nobody[1]), actor=nobody)
    gone = operator(db, "ops", disabled=True)
    refused(db, UNPROVEN, "no enabled operator", GIVE.format(id=id_, operator=gone[1]), actor=gone)


def test_an_approval_is_of_what_stands_there(db: Db, two: tuple[Person, Person]) -> None:
    first, _ = two
    id_ = large(db)
    row = f"insert into approvals (proposal_id, version, operator_id, payload_sha256) values ({id_}, {{}}, {first[1]}, '{{}}')"
    sha = one(db, "select payload_sha256 from action_proposals where id = %s", id_)
    refused(db, STATE, "reads otherwise", row.format(2, sha), actor=first)
    refused(db, STATE, "reads otherwise", row.format(1, "0" * 64), actor=first)
    move(db, id_, "rejected", first)
    refused(db, STATE, "waits for none", row.format(1, sha), actor=first)
    lapsed = large(db)
    do(db, f"update action_proposals set expires_at = now() - interval '1 s' where id = {lapsed}", SYSTEM)
    refused(db, STATE, "waits for none", GIVE.format(id=lapsed, operator=first[1]), actor=first)


@pytest.mark.parametrize(
    "change",
    [
        ('update action_proposals set payload = \'{"to": "b"}\' where id = {id}',),
        ("update action_proposals set title = 'Other' where id = {id}",),
        (
            "update action_proposals set title = 'Other' where id = {id}",
            "update action_proposals set title = 'Card failed' where id = {id}",
        ),
    ],
)
def test_a_new_version_voids_the_first_approval(
    db: Db, two: tuple[Person, Person], change: tuple[str, ...]
) -> None:
    first, second = two
    id_ = large(db)
    give(db, id_, first)
    for statement in change:
        do(db, statement.replace("{id}", str(id_)), SYSTEM)
    assert one(db, "select voided_at is not null from approvals where proposal_id = %s", id_)
    give(db, id_, second)
    refused(db, UNAPPROVED, "1 of 2", APPROVE.format(id=id_), actor=second)


def test_taking_back_and_rejecting_void_both(db: Db, two: tuple[Person, Person]) -> None:
    first, second = two
    taken_back, rejected = large(db), large(db)
    for person in two:
        give(db, taken_back, person)
    move(db, taken_back, "approved", second)
    move(db, taken_back, "pending", second)
    refused(db, UNAPPROVED, "0 of 2", APPROVE.format(id=taken_back), actor=second)
    give(db, rejected, first)
    move(db, rejected, "rejected", second)
    assert (
        one(db, "select count(*) from approvals where proposal_id = %s and voided_at is null", rejected) == 0
    )


def test_a_revoked_operator_no_longer_counts(db: Db, two: tuple[Person, Person]) -> None:
    third, second = operator(db, "ops"), two[1]
    half, whole = large(db), large(db)
    for id_ in (half, whole):
        give(db, id_, third)
    give(db, whole, second)
    move(db, whole, "approved", second)
    do(db, f"update operators set disabled_at = now() where id = {third[1]}")
    give(db, half, second)
    refused(db, UNAPPROVED, "1 of 2", APPROVE.format(id=half), actor=second)
    refused(db, UNAPPROVED, "1 of 2", START.format(id=whole), actor=SYSTEM)


def test_what_one_approved_before_the_rule_is_not_performed(db: Db) -> None:
    first, second = operator(db, "founder"), operator(db, "ops")
    id_ = large(db)
    move(db, id_, "approved", first)
    do(db, SET.format(minor=1, currency="USD", rates="{}"))
    try:
        refused(db, UNAPPROVED, "0 of 2", START.format(id=id_), actor=SYSTEM)
        move(db, id_, "failed", SYSTEM)
        refused(db, UNAPPROVED, "0 of 2", APPROVE.format(id=id_), actor=first)
        for person in (first, second):
            give(db, id_, person)
        move(db, id_, "approved", second)
        finish(db, start(db, id_), "succeeded")
    finally:
        do(db, UNSET)


@pytest.mark.parametrize(
    ("statement", "sqlstate", "why"),
    [
        ("update approvals set operator_id = {other} where proposal_id = {id}", KEPT, "alone voids"),
        ("update approvals set voided_at = now() where proposal_id = {id}", KEPT, "alone voids"),
        ("update approvals set version = 2 where proposal_id = {id}", KEPT, "alone voids"),
        ("delete from approvals where proposal_id = {id}", STAYS, "voided, not deleted"),
        ("truncate approvals", STAYS, "voided, not deleted"),
        ("delete from approval_rules", STAYS, "instead"),
        ("truncate approval_rules", STAYS, "instead"),
    ],
)
def test_approvals_and_the_rule_stay(
    db: Db, two: tuple[Person, Person], statement: str, sqlstate: str, why: str
) -> None:
    id_ = large(db)
    give(db, id_, two[0])
    refused(db, sqlstate, why, statement.format(id=id_, other=two[1][1]), actor=two[0])


def test_replica_mode_goes_round_no_guard(db: Db, two: tuple[Person, Person]) -> None:
    id_ = large(db)
    refused(
        db, UNAPPROVED, "0 of 2", "set local session_replication_role = replica", APPROVE.format(id=id_),
        actor=two[0],
    )  # fmt: skip


# The rule


def test_only_a_founder_sets_the_rule(db: Db, two: tuple[Person, Person]) -> None:
    for actor in (two[1], operator(db, "viewer"), SYSTEM):
        for statement in (UNSET, SET.format(minor=1, currency="USD", rates="{}")):
            refused(db, ROLE, "only a founder", statement, actor=actor)


@pytest.mark.parametrize(
    "rates", ['{"EUR": 1.1}', '{"EUR": "much"}', '{"EUR": "-1"}', '{"EUR": null}', "[]", '{"EUR": ["1"]}']
)
def test_rates_are_decimals_as_text(db: Db, two: tuple[Person, Person], rates: str) -> None:
    refused(db, CHECK, "check constraint", SET.format(minor=1, currency="USD", rates=rates))
    assert two


def test_two_must_be_able_to_approve(db: Db) -> None:
    others = [
        id_
        for (id_,) in do(
            db,
            "select id from operators where role in ('founder', 'ops') and id <> 1 and disabled_at is null",
        )
    ]
    if others:
        do(db, f"update operators set disabled_at = now() where id in ({', '.join(map(str, others))})")
    set_ = SET.format(minor=500_000, currency="USD", rates='{"EUR": "1.1"}')
    refused(db, STATE, "fewer than two", set_)
    ops = operator(db, "ops")
    update = f"update operators set limits = '{{}}' where id = {ops[1]}"
    small = '{"amount": {"minor": 454545, "currency": "EUR"}}'
    do(db, update.replace("'{}'", f"'{small}'"))
    refused(db, STATE, "fewer than two", set_)
    do(db, update.replace("'{}'", '\'{"amount": {"minor": 454546, "currency": "EUR"}}\''))
    do(db, set_)
    for change in ("disabled_at = now()", "role = 'viewer', limits = '{}'", f"limits = '{small}'"):
        refused(db, STATE, "fewer than two could", f"update operators set {change} where id = {ops[1]}")
    do(db, UNSET)
    do(db, f"update operators set disabled_at = now() where id = {ops[1]}")


def test_two_founders_who_revoke_at_once_leave_two(db: Db, server_database: str) -> None:
    first, second = operator(db, "ops"), operator(db, "ops")
    do(
        db,
        "update operators set disabled_at = now() where id not in"
        f" (1, {first[1]}, {second[1]}) and disabled_at is null",
    )
    do(db, SET.format(minor=1, currency="USD", rates="{}"))
    revoke = "update operators set disabled_at = now() where id = {}"
    with psycopg.connect(server_database, autocommit=True) as other:
        with other.transaction():
            other.execute(b"set local lock_timeout = '100ms'")
            with db.transaction():
                for conn, person in ((db, first), (other, second)):
                    act(conn, FOUNDER)
                    if conn is db:
                        conn.execute(revoke.format(person[1]).encode())
                with pytest.raises(psycopg.errors.LockNotAvailable), other.transaction():
                    other.execute(revoke.format(second[1]).encode())  # it waits for the first
        refused(db, STATE, "fewer than two could", revoke.format(second[1]))
    do(db, UNSET)
