"""`execops doctor`: each integration, the workers, the queue, and what failed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, session

if TYPE_CHECKING:
    from execops.context import Context
    from execops.settings import Settings


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: `state` is ok, off or bad; `hint` says what to do."""

    name: str
    state: str
    detail: str
    hint: str | None = None


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Check everything ExecOps needs; exit code 6 where something is broken. Secrets are never shown."""

    async def command() -> bool:
        checks = [check async for check in _checks()]
        if as_json:
            output.document(checks)
        else:
            marks = {"ok": "✓", "off": "–", "bad": "✗"}
            for check in checks:
                output.data(f"{marks[check.state]} {check.name:<10} {output.clean(check.detail)}")
                if check.hint:
                    output.data(f"             {output.clean(check.hint)}")
        return not any(check.state == "bad" for check in checks)

    if not session.run(command()):
        raise typer.Exit(6)


async def _checks() -> AsyncIterator[Check]:
    from execops.errors import ExecOpsError

    settings = session.settings()
    yield Check("home", "ok", str(settings.home))
    try:
        async with session.context(model="") as ctx:  # the model has a check of its own
            async for check in _database(ctx):
                yield check
    except ExecOpsError as exc:
        yield Check("database", "bad", exc.message, exc.hint)
    yield await _stripe_api(settings)
    for check in _integrations(settings):
        yield check
    yield await _model(settings)


async def _database(ctx: Context) -> AsyncIterator[Check]:
    from execops.client import Client, diagnosis
    from execops.errors import ExecOpsError
    from jobs.bootstrap import local_token

    kind = "embedded Postgres" if ctx.settings.database_url is None else "DATABASE_URL"
    pending = await diagnosis.pending_migrations(ctx)
    if pending:
        yield Check(
            "database", "bad", f"{kind}: {len(pending)} migrations are missing", "Run: execops db migrate"
        )
        return
    yield Check("database", "ok", f"{kind}, up to date")
    token = local_token(ctx.settings)
    try:
        client = await Client.login(ctx, token)
    except ExecOpsError as exc:
        yield Check("operator", "off" if token is None else "bad", exc.message, exc.hint)
    else:
        yield Check("operator", "ok", f"{client.operator.name} ({client.operator.role})")
    health = await diagnosis.read_health(ctx)
    queue = f"{health.queued} jobs queued"
    if health.oldest_queued_at:
        queue += f", the oldest due for {output.age(health.oldest_queued_at)}"
    if health.workers:
        yield Check("worker", "ok", f"{health.workers} alive; {queue}")
    else:
        yield Check(
            "worker", "bad", f"none runs; {queue}", "Approvals wait. Run: execops up, or execops work"
        )
    if health.paused:
        yield Check("pause", "bad", "executions are paused", "Run: execops resume")
    if health.failed_events:
        hint = "See: execops events list --status failed; then: execops events replay ID"
        yield Check("events", "bad", f"{health.failed_events} failed", hint)
    else:
        yield Check("events", "ok", "none failed")


async def _model(settings: Settings) -> Check:
    from execops.client.diagnosis import load_model
    from execops.errors import NotConfiguredError

    try:
        if not await load_model(settings):
            return Check("model", "off", "none: the rules draft by themselves")
    except NotConfiguredError as exc:
        return Check("model", "bad", exc.message, exc.hint)
    where = f" at {settings.model_base_url}" if settings.model_base_url else ""
    limits = f"at most {settings.model_timeout:g} s and {settings.model_max_tokens} tokens a draft"
    return Check("model", "ok", f"{settings.model}{where}, {limits}")


async def _stripe_api(settings: Settings) -> Check:
    """Whether the key reads what it should; the key itself is never shown."""
    from execops.errors import ExecOpsError

    if settings.stripe_api_key is None:
        hint = "Set STRIPE_API_KEY (restricted, read-only) to fetch missing facts and to backfill."
        return Check("stripe api", "off", "nothing is read", hint)
    from execops.client.diagnosis import missing_stripe_permissions

    try:
        missing = await missing_stripe_permissions(settings)
    except ExecOpsError as exc:
        return Check("stripe api", "bad", exc.message, exc.hint)
    if missing:
        hint = "Give the restricted key these permissions; what cannot be read only degrades drafts."
        return Check("stripe api", "bad", f"the key may not read: {', '.join(missing)}", hint)
    return Check("stripe api", "ok", f"the key reads everything needed, {settings.stripe_mode} mode")


def _integrations(settings: Settings) -> list[Check]:
    checks = []
    if settings.stripe_webhook_secrets:
        secrets = len(settings.stripe_webhook_secrets)
        checks.append(Check("stripe", "ok", f"{secrets} webhook secret(s), {settings.stripe_mode} mode"))
    else:
        checks.append(
            Check("stripe", "off", "webhooks are refused", "Set STRIPE_WEBHOOK_SECRET to receive them.")
        )
    checks.append(Check("email", "ok", f"transport {settings.email_transport}: {settings.outbox / 'email'}"))
    checks.append(Check("slack", "ok", f"transport {settings.slack_transport}: {settings.outbox / 'slack'}"))
    return checks
