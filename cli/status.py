"""`execops status`: one screen that says what runs, what arrives, what waits and what is connected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cli import deployment, output, session
from cli.doctor import describe_work
from cli.mending import with_command
from cli.options import AsJson
from execops import __version__
from execops.model import Check

if TYPE_CHECKING:
    from execops.client.diagnosis import Overview
    from execops.settings import Settings
    from execops.settings.contexts import Server


def status(as_json: AsJson = False) -> None:
    """Show on one screen what runs, what arrived last, what waits and what is connected. `doctor` goes deeper."""

    async def command() -> None:
        settings, checks = deployment.read_settings()
        if (place := session.server()) is not None:
            await _far(place, checks, as_json)
            return
        server = await deployment.server_state(settings)
        overview, trouble = await _overview(settings)
        checks += [*_running(server, overview, trouble), *_rest(settings, overview)]
        checks = [with_command(check) for check in checks]
        if as_json:
            output.document(_document(settings, server, overview, checks))
            return
        output.data(f"ExecOps {__version__} in {settings.home}")
        deployment.show(checks)

    session.run(command())


async def _far(place: Server, checks: list[Check], as_json: bool) -> None:
    """The status of the deployment at a server. Its settings are not this console's, so nothing is said of them."""
    async with session.client() as client:
        overview = await client.deployment.overview()
        me = client.operator
    answers = Check("server", "ok", f"{place.url} answers {me.name} ({me.role})")
    lines = [*checks, *_running(answers, overview, None), *_waiting(overview)]
    checks = [with_command(check) for check in lines]
    if as_json:
        output.document({"server": place.url, "operator": me.name, "checks": checks})
        return
    output.data(f"ExecOps {__version__}, context {output.clean(place.name)}")
    deployment.show(checks)


async def _overview(settings: Settings) -> tuple[Overview | None, Check | None]:
    """The overview of the database; without one, the reason for none."""
    from execops.client import diagnosis
    from execops.errors import ExecOpsError
    from jobs.bootstrap import is_started, open_context

    if not is_started(settings):
        return None, deployment.NOT_STARTED
    try:
        async with open_context(settings.offline) as ctx:
            if pending := await diagnosis.pending_migrations(ctx):
                return None, deployment.missing_migrations(settings, pending)
            return await diagnosis.overview(ctx), None
    except ExecOpsError as exc:
        return None, deployment.unreachable(settings, exc)


def _running(server: Check, overview: Overview | None, trouble: Check | None) -> Iterator[Check]:
    """The running parts: the server of this machine, and the workers of the database. `trouble` stands for both where nothing runs."""
    if trouble is deployment.NOT_STARTED and server.state == "off":
        yield trouble
        return
    yield server
    if trouble is not None:
        yield trouble
    if overview is not None:
        health = overview.health
        hint = None if health.workers else "Approved actions wait. Run: execops up, or: execops work"
        yield Check("worker", "ok" if health.workers else "bad", describe_work(health), hint)
        if health.paused:
            yield Check("pause", "bad", "executions are paused", "Run: execops resume")


def _rest(settings: Settings, overview: Overview | None) -> Iterator[Check]:
    """The mode, the latest deliveries, what waits for a person, and what is connected."""
    yield deployment.mode_state(settings)
    if overview is not None:
        yield from deployment.delivery_checks(settings, overview.arrivals)
        yield from _waiting(overview)
    ways = connections(settings)
    connected = [name for name, command in ways.items() if command is None]
    missing = {name: command for name, command in ways.items() if command is not None}
    yield Check("connected", "ok" if connected else "off", ", ".join(connected) or "nothing yet")
    if missing:
        first, *others = dict.fromkeys(missing.values())
        alike = f" (also: {', '.join(others).replace('smtp', 'smtp or gmail')})" if others else ""
        yield Check("missing", "off", ", ".join(missing), f"Run: execops connect {first}{alike}")
    values = placeholders(settings)
    if unset := [name for name, value in values.items() if value is None]:
        yield Check("not set", "off", ", ".join(unset))
    if examples := [f"{name} is {value}" for name, value in values.items() if value is not None]:
        hint = f"Put your own into {settings.home / 'config.toml'}, then run: execops up"
        yield Check("example", "off", ", ".join(examples), hint)


def _waiting(overview: Overview) -> Iterator[Check]:
    counts, failed = overview.counts, overview.health.failed_events
    if counts.pending:
        critical = f", {counts.critical:,} critical" if counts.critical else ""
        waits = f"{output.counted(counts.pending, 'proposal')} for you{critical}"
        yield Check("waits", "off", waits, "Run: execops inbox")
    else:
        yield Check("waits", "ok", "nothing needs you")
    if counts.stuck:
        stuck = f"{counts.failed:,} failed, {counts.unknown:,} unknown: actions that a person must look at"
        yield Check(
            "actions", "bad", stuck, "Run: execops proposals list --status failed, and --status unknown"
        )
    if failed:
        yield Check("events", "bad", f"{failed:,} failed", "Run: execops events list --status failed")


def connections(settings: Settings) -> dict[str, str | None]:
    """Each thing that can be connected, with the name that `execops connect` has for it where it is not."""
    mail = settings.email_transport
    return {
        "Stripe webhooks": None if settings.stripe_webhook_secrets else "stripe",
        "Stripe API": None if settings.stripe_api_key else "stripe",
        f"mail by {mail}" if mail != "outbox" else "mail (the outbox keeps it)": None
        if mail != "outbox"
        else "smtp",
        "Slack" if settings.slack_transport == "slack" else "Slack (the outbox keeps it)": None
        if settings.slack_transport == "slack"
        else "slack",
        f"model {settings.model}" if settings.model else "model": None if settings.model else "model",
    }


def placeholders(settings: Settings) -> dict[str, str | None]:
    """The settings about one's own company that hold an example, or, with None, nothing, by their variables."""
    values = {
        "EXECOPS_COMPANY_NAME": settings.company_name,
        "EXECOPS_EMAIL_FROM": settings.email_from,
        "EXECOPS_ACCOUNT_OWNER_EMAIL": settings.account_owner or settings.account_owner_email,
        "EXECOPS_FINANCE_EMAIL": settings.finance_channel or settings.finance_email,
    }
    return {name: value or None for name, value in values.items() if not value or _is_example(value)}


def _is_example(value: str) -> bool:
    """Whether a value stands in examples, and is nobody's own."""
    domain = value.rpartition("@")[2].strip("> ").lower()
    reserved = domain.rpartition(".")[2] in {"localhost", "example", "invalid", "test"}  # RFC 2606
    named = value in {"Our team", "Example", "Example, Inc."}
    return named or ("@" in value and (reserved or domain in {"example.com", "example.org", "example.net"}))


def _document(
    settings: Settings, server: Check, overview: Overview | None, checks: list[Check]
) -> dict[str, object]:
    return {
        "version": __version__,
        "home": settings.home,
        "url": deployment.url_of(settings),
        "serves": server.state == "ok",
        "mode": settings.stripe_mode,
        "health": overview and overview.health,
        "arrivals": overview and overview.arrivals,
        "counts": overview and overview.counts,
        "connected": {name: command is None for name, command in connections(settings).items()},
        "placeholders": placeholders(settings),
        "checks": checks,
    }
