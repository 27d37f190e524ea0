"""Looks at a deployment from outside, for `status` and `doctor`: its settings, its server, its latest deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cli import output, session
from execops.model import Check

if TYPE_CHECKING:
    from execops.client.records import Arrivals
    from execops.errors import ExecOpsError
    from execops.settings import Settings

START = "Run: execops up"
NOT_STARTED = Check(
    "database", "off", "nothing runs here yet", f"{START}. To look around without an account: execops demo"
)
_OTHER_PORT = "Choose another port: execops up --port 8788, or set EXECOPS_PORT."
_PATIENCE = 2.0  # seconds for the server's answer
_MOST = 4096  # bytes of that answer


def url_of(settings: Settings) -> str:
    """The address at which this machine reaches the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def read_settings() -> tuple[Settings, list[Check]]:
    """The settings, with defaults for those that cannot be used, and what is wrong with them."""
    from execops.settings import inspect_settings, unread_variables

    settings, errors = inspect_settings(session.flags())
    checks = [Check("settings", "bad", error.message, error.hint) for error in errors]
    for name, meant in unread_variables().items():
        hint = f"Did you mean {meant}? Set that, and run: unset {name}" if meant else f"Run: unset {name}"
        checks.append(Check("settings", "off", f"nothing reads the variable {name}", hint))
    return settings, checks


def missing_migrations(settings: Settings, pending: list[str]) -> Check:
    """The check of a database that lacks migrations: all of them where nothing ran on it yet."""
    kind = "embedded Postgres" if settings.database_url is None else "DATABASE_URL"
    missing = output.counted(len(pending), "migration")
    hint = f"{START}. It migrates; where servers and workers run apart, first run: execops db migrate"
    return Check("database", "bad", f"{kind}, {missing} missing", hint)


def unreachable(settings: Settings, exc: ExecOpsError) -> Check:
    """The check of a database that could not be opened."""
    look = "" if settings.database_url is None else ' Run: pg_isready -d "$DATABASE_URL"'
    return Check("database", "bad", exc.message, f"{exc.hint or ''}{look}".strip() or None)


def mode_state(settings: Settings) -> Check:
    """The mode of Stripe, and whether the key is of the other one, so that it would read another world."""
    mode = settings.stripe_mode
    other = "test" if mode == "live" else "live"
    key = settings.stripe_api_key.reveal() if settings.stripe_api_key else ""
    if key.startswith((f"rk_{other}_", f"sk_{other}_")):
        detail = f"{mode}, but STRIPE_API_KEY is of {other} mode"
        return Check(
            "mode", "bad", detail, f"Run: execops connect stripe --mode {mode}, with a key of {mode} mode"
        )
    return Check("mode", "ok", f"{mode}: {other}-mode events of Stripe are ignored")


async def server_state(settings: Settings) -> Check:
    """Whether the server of this machine answers, and takes webhooks in."""
    import asyncio

    from jobs.bootstrap import may_run

    url = url_of(settings)
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection(settings.host, settings.port)
            try:
                writer.write(b"GET /health/ready HTTP/1.1\r\nhost: execops\r\nconnection: close\r\n\r\n")
                answer = await reader.read(_MOST)
            finally:
                writer.close()
    except OSError:  # a TimeoutError is one
        return Check("server", "off", f"none answers at {url}", START)
    if b"x-request-id" not in answer:
        return Check("server", "bad", f"another program answers at {url}", _OTHER_PORT)
    if not may_run(settings):
        detail = f"an ExecOps of another home answers at {url}; this one runs none"
        return Check("server", "bad", detail, _OTHER_PORT)
    if b" 200 " in answer.partition(b"\r\n")[0]:
        return Check("server", "ok", url)
    return Check("server", "bad", f"{url} answers, but takes nothing in", "Run: execops doctor")


def delivery_checks(settings: Settings, arrivals: Arrivals) -> Iterator[Check]:
    """The latest deliveries: accepted, ignored, refused. Strangers cause refusals too, so none is `bad`."""
    accepted, ignored, refused = arrivals.accepted, arrivals.ignored, arrivals.refused
    if accepted is not None:
        yield Check("accepted", "ok", f"{accepted.type}, {output.age(accepted.at)} ago")
    else:
        hint = "Run: execops connect stripe" if arrivals.none_yet else None
        yield Check("accepted", "off", "no delivery yet", hint)
    if ignored is not None and arrivals.ignores_now:
        other = "test" if settings.stripe_mode == "live" else "live"
        hint = f"To take them in, set EXECOPS_STRIPE_MODE={other}: execops connect stripe --mode {other}"
        is_mode = "-mode event" in (ignored.why or "")
        detail = f"{ignored.type}, {output.age(ignored.at)} ago: {ignored.why}"
        yield Check("ignored", "off", detail, hint if is_mode else None)
    if refused is not None:
        times = f", {refused.count:,} on that day" if refused.count > 1 else ""
        detail = f"{refused.why}, {output.age(refused.at)} ago{times}"
        yield Check("refused", "off", detail, refused.mend if arrivals.refuses_now else None)


def show(checks: list[Check]) -> None:
    """Print a line for each check, and its hint under it; in a terminal, long ones continue below their beginning."""
    marks = {"ok": "✓", "off": "–", "bad": "✗"}
    for check in checks:
        output.hanging(f"{marks[check.state]} {check.name:<10} ", check.detail)
        if check.hint:
            output.hanging(" " * 13, check.hint)
