"""`execops doctor`: checks every integration, the workers, the queue and failed events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import typer
from msgspec.structs import replace

from cli import deployment, output, session
from cli.mending import with_command
from cli.options import AsJson
from execops.model import Check

if TYPE_CHECKING:
    from execops.client.records import Health, Trouble
    from execops.context import Context
    from execops.settings import Settings


_ROOM = 512 * 2**20  # bytes free, below which the disk is a trouble


def doctor(as_json: AsJson = False) -> None:
    """Check everything that ExecOps needs, and say what mends it. It never shows a secret.

    It needs no database, and no config file that can be read. Exits with 6 if something is broken.
    """

    async def command() -> bool:
        checks = [with_command(check) async for check in _checks()]
        if as_json:
            output.document(checks)
        else:
            deployment.show(checks)
        return not any(check.state == "bad" for check in checks)

    if not session.run(command()):
        raise typer.Exit(6)


async def _checks() -> AsyncIterator[Check]:
    from execops.client import diagnosis
    from execops.errors import ExecOpsError
    from jobs.bootstrap import is_started, open_context

    settings, wrong = deployment.read_settings()
    yield _home(settings)
    for check in [*wrong, *_files(settings)]:
        yield check
    allowed: list[str] = []
    people = 0
    server = await deployment.server_state(settings)
    if server.state != "off" or is_started(settings):
        yield server
    if not is_started(settings):  # a look must not make a database
        yield deployment.NOT_STARTED
    else:
        try:
            async with open_context(settings.offline) as ctx:  # model and adapters have checks of their own
                async for check in _database(ctx):
                    yield check
                if not await diagnosis.pending_migrations(ctx):
                    allowed = await diagnosis.allowed_at_stripe(ctx)
                    people = await diagnosis.count_consenting(ctx)
        except ExecOpsError as exc:
            yield deployment.unreachable(settings, exc)
    yield await _stripe_api(settings)
    yield await _stripe_actions(settings, allowed)
    for check in _integrations(settings):
        yield check
    for check in await diagnosis.check_adapters(settings):
        yield check
    yield await diagnosis.check_notifying(settings, people)
    yield await _model(settings)


def _home(settings: Settings) -> Check:
    """Check that this user can write into the home."""
    import os
    from pathlib import Path

    home = settings.home
    folder = next((path for path in (home, *home.parents) if path.exists()), Path("/"))
    if os.access(folder, os.W_OK | os.X_OK) and folder.is_dir():
        return Check("home", "ok", str(home))
    hint = f"Run: sudo chown $USER {folder}. Or choose another folder: export EXECOPS_HOME=~/execops"
    return Check("home", "bad", f"{home}: this user cannot write into {folder}", hint)


def _files(settings: Settings) -> Iterator[Check]:
    """Check that nobody else of this machine may read, or change, a file with secrets."""
    import stat

    if settings.home.is_dir() and (mode := stat.S_IMODE(settings.home.stat().st_mode)) & 0o022:
        detail = f"other users of this machine may replace the files in {settings.home} (mode {mode:04o})"
        yield Check("files", "bad", detail, f"Run: chmod go-w {settings.home}")
    for path in (settings.home / "config.toml", settings.home / "secrets.json", settings.token_file):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue
        if mode & 0o077:
            others = "change" if mode & 0o022 else "read"
            hint = f"Run: chmod 600 {path}"
            yield Check(
                "files", "bad", f"other users of this machine may {others} {path} (mode {mode:04o})", hint
            )


async def _database(ctx: Context) -> AsyncIterator[Check]:
    from execops.client import Client, diagnosis
    from execops.errors import ExecOpsError
    from jobs.bootstrap import local_token, require_sessions

    kind = "embedded Postgres" if ctx.settings.database_url is None else "DATABASE_URL"
    pending = await diagnosis.pending_migrations(ctx)
    if pending:
        yield deployment.missing_migrations(ctx.settings, pending)
        return
    try:
        await require_sessions(ctx)
    except ExecOpsError as exc:
        yield Check("database", "bad", exc.message, exc.hint)
        return
    yield Check("database", "ok", f"{kind}, up to date")
    yield await _role(ctx)
    if ctx.settings.database_url is None:
        yield _disk(ctx.settings)
    token = local_token(ctx.settings)
    try:
        client = await Client.login(ctx, token)
    except ExecOpsError as exc:
        yield Check("operator", "off" if token is None else "bad", exc.message, exc.hint)
    else:
        yield Check("operator", "ok", f"{client.operator.name} ({client.operator.role})")
    health = await diagnosis.read_health(ctx)
    hint = None if health.workers else "Approved actions wait. Run: execops up, or: execops work"
    yield Check("worker", "ok" if health.workers else "bad", describe_work(health), hint)
    if health.paused:
        yield Check("pause", "bad", "executions are paused", "Run: execops resume")
    if health.failed_events:
        hint = "Run: execops events list --status failed, then: execops events replay ID"
        yield Check("events", "bad", f"{health.failed_events:,} failed", hint)
    else:
        yield Check("events", "ok", "none failed")
    yield _actions(health)
    for check in deployment.delivery_checks(ctx.settings, (await diagnosis.overview(ctx)).arrivals):
        yield check
    for trouble in await diagnosis.read_troubles(ctx):
        yield _trouble(trouble)


async def _role(ctx: Context) -> Check:
    """Check that the processes connect as a role that owns nothing: the guards hold no owner."""
    from execops.client import diagnosis

    role, powers = await diagnosis.role_powers(ctx)
    if not powers:
        return Check("role", "ok", f"{role}, which owns no table and may not switch off a guard")
    hint = "Run: execops db migrate --app-role execops_app. Then name that role in DATABASE_URL of the processes."
    return Check("role", "off", f"{role} {' and '.join(powers)}: no guard of the database holds it", hint)


def _actions(health: Health) -> Check:
    """Check that no action failed, or may have been performed unseen."""
    counts = {"failed": health.failed_actions, "unknown": health.unknown_actions}
    waiting = [f"{count:,} {status}" for status, count in counts.items() if count]
    if not waiting:
        return Check("actions", "ok", "none failed, none unknown")
    hint = "Run: execops proposals list --status failed, and --status unknown; then retry, confirm or close each."
    return Check("actions", "bad", ", ".join(waiting), hint)


def _trouble(trouble: Trouble) -> Check:
    """Tell of one kind of trouble of the last day. It passed, so the exit status stays."""
    last = f"the last {output.age(trouble.last_at)} ago" + (f" ({trouble.detail})" if trouble.detail else "")
    hint = "The server's log has a line for each; docs/operations.md tells what each kind means."
    return Check("trouble", "off", f"{trouble.kind}: {trouble.count:,} within a day, {last}", hint)


def _disk(settings: Settings) -> Check:
    """Check that the disk of the embedded Postgres has room."""
    import shutil

    free = shutil.disk_usage(settings.home).free
    room = f"{free / 2**30:.1f} GiB free"
    if free < _ROOM:
        return Check(
            "disk",
            "bad",
            room,
            f"Postgres stops writing without room. Run: df -h {settings.home}; then free space.",
        )
    return Check("disk", "ok", room)


def describe_work(health: Health) -> str:
    """How many workers run and how many jobs wait: `none running; 1 job waiting, overdue by 8 s`."""
    waiting = f"{output.counted(health.queued, 'job')} waiting" if health.queued else "no jobs waiting"
    if health.oldest_queued_at is not None:
        oldest = ", overdue by" if health.queued == 1 else ", the oldest overdue by"
        waiting += f"{oldest} {output.age(health.oldest_queued_at)}"
    return f"{health.workers or 'none'} running; {waiting}"


async def _model(settings: Settings) -> Check:
    from execops.client.diagnosis import load_model
    from execops.errors import NotConfiguredError

    try:
        if not await load_model(settings):
            return Check(
                "model", "off", "not configured: the rules write every draft", "Run: execops connect model"
            )
    except NotConfiguredError as exc:
        return Check("model", "bad", exc.message, f"{exc.hint or ''} Run: execops connect model".strip())
    server = f" at {settings.model_base_url}" if settings.model_base_url else ""
    limits = f"at most {settings.model_timeout:g} s and {settings.model_max_tokens} tokens a draft"
    return Check("model", "ok", f"{settings.model}{server}, {limits}")


async def _stripe_api(settings: Settings) -> Check:
    """Check that the key may read all that ExecOps needs."""
    from execops.errors import ExecOpsError

    if settings.stripe_api_key is None:
        hint = "To fetch missing facts and to backfill, run: execops connect stripe"
        return Check("Stripe API", "off", "not connected", hint)
    mode = deployment.mode_state(settings)
    if mode.state == "bad":
        return replace(mode, name="Stripe API")
    from execops.client.diagnosis import missing_stripe_permissions

    try:
        missing = await missing_stripe_permissions(settings)
    except ExecOpsError as exc:
        return Check(
            "Stripe API", "bad", exc.message, f"{exc.hint or ''} Run: execops connect stripe".strip()
        )
    if missing:
        hint = "Give the key these permissions at Stripe; without them drafts have fewer facts. Then run: execops doctor"
        return Check("Stripe API", "bad", f"the key may not read: {', '.join(missing)}", hint)
    return Check("Stripe API", "ok", f"connected, {settings.stripe_mode} mode; the key has all permissions")


async def _stripe_actions(settings: Settings, allowed: list[str]) -> Check:
    """Check that the key may do what a founder allowed. Nothing is changed at Stripe."""
    from execops.errors import ExecOpsError

    name, names = "Stripe acts", ", ".join(allowed)
    if settings.stripe_write_key is None:
        hint = "Set EXECOPS_STRIPE_WRITE_KEY to a restricted key that may write: see docs/operations.md."
        if allowed:
            return Check(name, "bad", f"there is no key, but a founder allowed: {names}", hint)
        return Check(name, "off", "not set: EXECOPS_STRIPE_WRITE_KEY; verdicts are messages", hint)
    from execops.client.diagnosis import missing_stripe_actions

    try:
        missing = await missing_stripe_actions(settings)
    except ExecOpsError as exc:
        return Check(name, "bad", exc.message, exc.hint)
    if missing:
        return Check(
            name, "bad", f"EXECOPS_STRIPE_WRITE_KEY lacks: {', '.join(missing)}", "Give it these permissions."
        )
    if not allowed:
        hint = "To allow one, a founder runs: execops actions enable stripe_refund"
        return Check(name, "off", "the key has all permissions, but no founder allowed an action", hint)
    return Check(name, "ok", f"{settings.stripe_mode} mode, allowed: {names}")


def _integrations(settings: Settings) -> list[Check]:
    checks = []
    if settings.stripe_webhook_secrets:
        secrets = output.counted(len(settings.stripe_webhook_secrets), "secret")
        account = f", account {settings.stripe_account}" if settings.stripe_account else ""
        checks.append(Check("webhooks", "ok", f"Stripe: {secrets}, {settings.stripe_mode} mode{account}"))
    else:
        hint = "To receive Stripe's webhooks, run: execops connect stripe"
        checks.append(Check("webhooks", "off", "Stripe: not connected, the server refuses them", hint))
    checks += [_overdue(settings), _sender(settings), _team(settings), _portal(settings)]
    return checks


def _overdue(settings: Settings) -> Check:
    """Say what makes Stripe tell that an invoice is overdue: https://docs.stripe.com/billing/automations."""
    if not settings.stripe_webhook_secrets:
        return Check("overdue", "off", "Stripe: not connected, it tells of no overdue invoice")
    hint = "At Stripe, under Billing → Automations, send it 1, 15, 30 and 60 days after the due date."
    return Check("overdue", "ok", "Stripe sends invoice.overdue only by a billing automation of yours", hint)


def _sender(settings: Settings) -> Check:
    """Check that mails have a sender and a signature."""
    values = {"EXECOPS_EMAIL_FROM": settings.email_from, "EXECOPS_COMPANY_NAME": settings.company_name}
    unset = [name for name, value in values.items() if not value]
    if not unset:
        return Check("sender", "ok", f"{settings.email_from}, signed {settings.company_name}")
    hint = (
        "Mails without a sender go to the outbox; a transport that mails for real refuses them."
        if settings.email_from is None
        else "Mails are signed with the name on the customer's invoice, or not at all."
    )
    return Check("sender", "off", f"not set: {', '.join(unset)}", hint)


def _team(settings: Settings) -> Check:
    """Tell where messages to one's own team go. A team of one needs no recipient."""
    recipients = {
        "EXECOPS_ACCOUNT_OWNER or EXECOPS_ACCOUNT_OWNER_EMAIL": settings.account_owner
        or settings.account_owner_email,
        "EXECOPS_FINANCE_CHANNEL or EXECOPS_FINANCE_EMAIL": settings.finance_channel
        or settings.finance_email,
    }
    unset = [names for names, value in recipients.items() if not value]
    if not unset:
        return Check("team", "ok", ", ".join(str(recipient) for recipient in recipients.values()))
    hint = "Messages to that role are notices in the inbox: acknowledging ends them, and nothing is sent."
    return Check("team", "off", f"not set: {'; '.join(unset)}", hint)


def _portal(settings: Settings) -> Check:
    """Check that the link to the customer portal is of the mode of the events."""
    link = settings.customer_portal_url
    if link is None:
        hint = "Mails about cards have no link. Set EXECOPS_CUSTOMER_PORTAL_URL to your portal's login link."
        return Check("portal", "off", "not set: EXECOPS_CUSTOMER_PORTAL_URL", hint)
    if "stripe.com/p/login/test_" in link and settings.stripe_mode == "live":
        hint = (
            "Customers cannot sign in there. Set EXECOPS_CUSTOMER_PORTAL_URL to the login link of live mode."
        )
        return Check("portal", "bad", f"the link is of test mode: {link}", hint)
    return Check("portal", "ok", link)
