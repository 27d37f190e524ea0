"""A founder whose token is lost gets a new one as the owner of the database, and nobody else gets one."""

from __future__ import annotations

import stat
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace

from execops.authority import audit
from execops.client import Client
from execops.context import Context
from execops.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    UnauthenticatedError,
)
from execops.model import Role
from execops.settings import Secret
from jobs.bootstrap import migrate, open_context, recover_founder
from tests import records


async def test_the_owner_gets_the_founder_a_new_token(ctx: Context, founder_token: Secret) -> None:
    recovered = await recover_founder(ctx, None)
    assert (recovered.operator.name, recovered.role) == ("founder", "postgres")
    client = await Client.login(ctx, recovered.token)
    assert client.operator.role is Role.FOUNDER
    with pytest.raises(UnauthenticatedError):
        await Client.login(ctx, founder_token)
    [line] = await client.audit.latest(1)
    assert line.entry.action == "operator.changed"
    assert line.actor == "recover"
    assert line.entry.metadata_json["reason"] == "the owner of the database, postgres, recovered the token"
    assert recovered.token.reveal() not in str(line.entry)
    async with ctx.connection() as conn:
        assert (await audit.verify(conn)).ok


async def test_who_is_no_founder_gets_none(ctx: Context, client: Client) -> None:
    await client.operators.add("ada", Role.OPS)
    await client.operators.add("second", Role.FOUNDER)
    with pytest.raises(ConflictError, match="ada is ops"):
        await recover_founder(ctx, "ada")
    with pytest.raises(NotFoundError):
        await recover_founder(ctx, "nobody")
    with pytest.raises(InvalidInputError, match="one of: founder, second"):
        await recover_founder(ctx, None)
    await client.operators.revoke("second")
    with pytest.raises(ConflictError, match="second was revoked"):
        await recover_founder(ctx, "second")
    assert (await Client.login(ctx, (await recover_founder(ctx, None)).token)).operator.name == "founder"


async def test_the_embedded_file_gets_the_new_token(ctx: Context) -> None:
    embedded = replace(ctx, settings=replace(ctx.settings, database_url=None))
    embedded.settings.home.mkdir(parents=True, exist_ok=True)
    embedded.settings.token_file.write_text("lost\n")
    recovered = await recover_founder(embedded, None)
    assert embedded.settings.token_file.read_text() == f"{recovered.token.reveal()}\n"
    assert stat.S_IMODE(embedded.settings.token_file.stat().st_mode) == 0o600


async def test_another_role_neither_recovers_nor_migrates(
    ctx: Context, owner_url: str, maintenance: psycopg.Connection
) -> None:
    role = f"app_{uuid4().hex}"
    maintenance.execute(f"create role {role} login".encode())
    try:
        await records.run(ctx, f"grant select, insert, update on all tables in schema public to {role}")
        url = Secret(owner_url.replace("//postgres", f"//{role}", 1))
        async with open_context(replace(ctx.settings, database_url=url)) as other:
            with pytest.raises(NotAllowedError, match=f"{role} is not"):
                await recover_founder(other, None)
            await records.run(ctx, "drop table _yoyo_migration cascade")
            with pytest.raises(NotAllowedError, match=role) as caught:
                await migrate(other)
            assert "Migrate as the role that owns the tables (postgres)" in (caught.value.hint or "")
    finally:
        await records.run(ctx, f"drop owned by {role}")
        maintenance.execute(f"drop role {role}".encode())
