"""Operators, their limits and tokens, and the token that the embedded default keeps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from execops.authority import permissions
from execops.authority.permissions import Operation
from execops.client import Client
from execops.client.operators_part import limits_text
from execops.context import Context
from execops.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    UnauthenticatedError,
)
from execops.model import Role, Status
from execops.money import Money
from execops.settings import Secret, load_settings
from jobs.bootstrap import keep_local_token, local_token
from tests import records
from tests.walking import walk


@pytest.mark.parametrize("token", [None, Secret(""), Secret("execops_wrong"), Secret("\n")])
async def test_no_token_is_nobody(ctx: Context, token: Secret | None) -> None:
    with pytest.raises(UnauthenticatedError):
        await Client.login(ctx, token)


def test_an_empty_token_file_is_none(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path}, {})
    assert local_token(settings) is None
    settings.token_file.write_text("\n")
    assert local_token(settings) is None
    settings.token_file.write_text("execops_x\n")
    assert local_token(settings) == Secret("execops_x")
    keep_local_token(settings, Secret("execops_y"))
    assert local_token(settings) == Secret("execops_y")
    keep_local_token(replace(settings, token=Secret("execops_z")), Secret("execops_z"))
    assert local_token(settings) == Secret("execops_y")


# Limits


async def test_limits_are_read_strictly_and_shown(ctx: Context, client: Client) -> None:
    words = ["vertical=money", "action=email", "action=slack", "amount=500USD"]
    operator, _ = await client.operators.add("Olga", Role.OPS, limited_to=words)
    assert operator.limits == {
        "vertical": ["money"],
        "action": ["email", "slack"],
        "amount": {"minor": 50_000, "currency": "USD"},
    }
    assert limits_text(operator) == "vertical money, action email or slack, up to $500.00"
    [line] = await client.audit.latest(1)
    assert line.words == f"added Olga (ops, {limits_text(operator)})"


@walk(
    ("word", "answer"),
    [
        ("vertical=moneybags", "One of: "),
        ("action=emails", "email, "),
        ("amount=50", "500.00USD"),
        ("amount=5.001USD", "500.00USD"),
        ("amount=-5USD", "500.00USD"),
        ("amounts=50USD", "vertical=NAME"),
        ("money", "vertical=NAME"),
    ],
)
async def test_a_wrong_limit_names_the_right_ones(client: Client, word: str, answer: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await client.operators.add("Olga", Role.OPS, limited_to=[word])
    assert answer in f"{caught.value.message} {caught.value.hint}"
    assert len(await client.operators.list()) == 1


async def test_only_ops_get_limits(client: Client) -> None:
    with pytest.raises(InvalidInputError, match="Only ops have limits"):
        await client.operators.add("Ada", Role.FOUNDER, limited_to=["amount=1USD"])


@pytest.mark.parametrize(
    "limits",
    [{"amounts": 50}, {"amount": "50 USD"}, {"vertical": "moneybags"}, [], 5, {"amount": {"minor": True, "currency": "USD"}}],
)  # fmt: skip
async def test_limits_that_cannot_be_read_let_nothing_through(
    ctx: Context, client: Client, limits: Any
) -> None:
    """The database refuses them; a record that holds them all the same decides nothing."""
    olga = await records.new_client(ctx, "olga", Role.OPS)
    broken = replace(olga.operator, limits=limits)
    for operation in Operation:
        with pytest.raises(NotAllowedError):
            permissions.authorise(broken, operation, ctx.settings)


async def test_an_amount_is_compared_through_the_rates(ctx: Context, client: Client) -> None:
    rates = replace(ctx.settings, rates=(("EUR", "1.1"), ("JPY", "0.01")))
    proposal = await records.proposal(ctx, await records.pending_id(ctx))
    olga = await records.new_client(ctx, "olga", Role.OPS, amount={"minor": 1100, "currency": "USD"})

    def refusal(stake: Money | None, *, moves_money: bool = False, **payload: object) -> str | None:
        asked = replace(
            proposal,
            amount_minor=stake.minor if stake else None,
            currency=stake.currency if stake else None,
            payload={**proposal.payload, **payload},
        )
        try:
            permissions.authorise(olga.operator, Operation.APPROVE, rates, asked, moves_money=moves_money)
        except NotAllowedError as exc:
            return exc.message
        return None

    within = [(1100, "USD"), (-1100, "USD"), (1000, "EUR"), (1100, "JPY")]
    beyond = [(1101, "USD"), (-1101, "USD"), (1001, "EUR"), (1101, "JPY")]
    assert [refusal(Money(*amount)) for amount in within] == [None] * 4
    assert all("their limit is $11.00" in str(refusal(Money(*amount))) for amount in beyond)
    assert "EXECOPS_RATES has no rate to compare CHF" in str(refusal(Money(1, "CHF")))
    assert refusal(None) is None  # a mail that names no amount
    assert "moves money without naming an amount" in str(refusal(None, moves_money=True))
    assert refusal(None, amount="11.00 USD") is None
    assert "this is $11.01" in str(refusal(Money(100, "USD"), amount="11.01 USD"))
    assert "cannot be read" in str(refusal(None, amount="a lot"))


# Tokens


async def test_an_expired_token_is_told_apart(ctx: Context, client: Client) -> None:
    soon = datetime.now(UTC) + timedelta(days=90)
    operator, token = await client.operators.add("Olga", Role.OPS, expires_at=soon)
    olga = await Client.login(ctx, token)
    end = "update operators set expires_at = '2026-01-31 10:00Z' where id = %s"
    await records.run(ctx, end, operator.id, actor=await records.founder_of(ctx))
    with pytest.raises(UnauthenticatedError, match="Olga expired on 2026-01-31 10:00 UTC"):
        await Client.login(ctx, token)
    with pytest.raises(NotAllowedError, match="Olga is no longer an operator with this token"):
        await olga.deployment.pause()


async def test_a_renewed_token_replaces_the_old_one_at_once(ctx: Context, client: Client) -> None:
    _, old = await client.operators.add("Olga", Role.OPS)
    _, new = await client.operators.rotate("Olga")
    with pytest.raises(UnauthenticatedError, match="no enabled operator"):
        await Client.login(ctx, old)
    olga = await Client.login(ctx, new)
    soon = datetime.now(UTC) + timedelta(days=1)
    renewed, own = await olga.operators.rotate("Olga", expires_at=soon)
    assert renewed.expires_at == soon
    olga = await Client.login(ctx, own)
    for later in (None, soon + timedelta(days=90)):  # a founder set the end
        renewed, own = await olga.operators.rotate("Olga", expires_at=later)
        assert renewed.expires_at == soon
        olga = await Client.login(ctx, own)
    with pytest.raises(NotAllowedError, match="Only a founder may renew the token of another"):
        await olga.operators.rotate("founder")
    [line] = await client.audit.latest(1)
    assert (line.actor, line.words) == ("Olga", f"changed token of Olga, until {soon:%Y-%m-%d}")
    assert own.reveal() not in str(line.entry.metadata_json)
    with pytest.raises(NotFoundError):
        await client.operators.rotate("nobody")
    await client.operators.revoke("Olga")
    with pytest.raises(ConflictError, match="was revoked"):
        await client.operators.rotate("Olga")


async def test_the_last_use_is_noted_once_a_minute_and_not_audited(
    ctx: Context, client: Client, founder_token: Secret
) -> None:
    async def last_use() -> datetime | None:
        return (await client.operators.list())[0].last_used_at

    first, count = await last_use(), (await client.audit.verify()).count
    assert first is not None
    await Client.login(ctx, founder_token)
    assert await last_use() == first
    await records.run(ctx, "update operator_uses set used_at = used_at - interval '61 s'")
    async with ctx.transaction() as conn:  # somebody else notes it at this moment
        await conn.execute(b"select from operator_uses for update")
        async with asyncio.timeout(2):
            await Client.login(ctx, founder_token)
    assert await last_use() == first - timedelta(seconds=61)
    await Client.login(ctx, founder_token)
    assert (await last_use() or first) > first
    assert (await client.audit.verify()).count == count


# Customers who are never contacted


async def test_suppressing_supersedes_what_is_open_and_says_why(ctx: Context, client: Client) -> None:
    id_ = await records.pending_id(ctx)
    subject = (await client.proposals.get(id_)).subject_key
    assert await client.suppressions.add(subject, "they asked by phone")
    assert not await client.suppressions.add(subject, "again")
    assert (await client.proposals.get(id_)).status is Status.SUPERSEDED
    words = [line.words for line in await client.audit.latest(10) if line.entry.action == "suppression.added"]
    assert words == [f"{subject} is never contacted again: they asked by phone"]
    await client.suppressions.lift(subject, "they came back")
    [line] = await client.audit.latest(1)
    assert line.words == f"{subject} may be contacted again: they came back"


async def test_each_switch_says_who_and_why(ctx: Context, client: Client) -> None:
    await client.plays.set_allowed("play", "card_update", False, "too many")
    await client.plays.set_allowed("action", "email", False, "the domain is blocked")
    await client.deployment.pause("the bank is down")
    await client.deployment.resume("it is back")
    assert [(line.actor, line.words) for line in reversed(await client.audit.latest(4))] == [
        ("founder", "disabled the play card_update: too many"),
        ("founder", "disabled the action type email: the domain is blocked"),
        ("founder", "paused all executions: the bank is down"),
        ("founder", "resumed all executions: it is back"),
    ]


async def test_a_limited_operator_stops_nothing_as_a_whole(ctx: Context, client: Client) -> None:
    limited = await records.new_client(ctx, "limited", Role.OPS, vertical=["money"])
    id_ = await records.pending_id(ctx)
    for call in (
        limited.deployment.pause(),
        limited.deployment.resume(),
        limited.suppressions.add("cus_1"),
        limited.suppressions.lift("cus_1"),
        limited.proposals.reject(id_, 1, suppress=True),
        limited.books.import_statement("main", []),
    ):
        with pytest.raises(NotAllowedError, match=r"limited has limits \(vertical money\)"):
            await call
    assert (await limited.proposals.reject(id_, 1)).status is Status.REJECTED
