"""The command `execops` as its users run it: its output, its errors, its exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from typer.main import get_command
from typer.testing import CliRunner

from cli.commands import app
from cli.examples import EXAMPLES
from execops.client import Client
from execops.context import Context
from execops.model import Role, Status
from tests import forking
from tests.facts import SENDERS
from tests.job_worker import until_pending, until_status, working
from tests.own_postgres import Template
from tests.stripe_events import SECRET, event, failed, fixture, take_in

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The command's environment: these variables, without the machine's own settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "TERM": "dumb", "COLUMNS": "100"} | dict(extra)


async def start(*args: str, env: Mapping[str, str]) -> forking.Process:
    """Start the command without a terminal."""
    return await forking.start(
        "cli.main", *args,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=environment(env),
    )  # fmt: skip


@dataclass(frozen=True)
class Cli:
    """Runs commands against this test's database."""

    env: Mapping[str, str]

    async def __call__(self, *args: str, stdin: str = "", **env: str) -> Ran:
        process = await start(*args, env={**self.env, **env})
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
        assert process.returncode is not None
        return Ran(process.returncode, out.decode(), err.decode())


@pytest.fixture
def cli(ctx: Context) -> Cli:
    """The command with the founder's token."""
    token = ctx.settings.token
    assert token is not None
    senders = {f"EXECOPS_{name.upper()}": value for name, value in SENDERS.items()}
    return Cli(
        {
            **senders,
            "DATABASE_URL": ctx.url.reveal(),
            "EXECOPS_HOME": str(ctx.settings.home),
            "EXECOPS_TOKEN": token.reveal(),
            "EXECOPS_UNDO_WINDOW": "0",
            "STRIPE_WEBHOOK_SECRET": SECRET,
        }
    )


def commands() -> list[tuple[str, ...]]:
    """Every command and subcommand, as words."""

    def below(command: Any, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        paths = [words]
        for name, sub in getattr(command, "commands", {}).items():
            paths += below(sub, (*words, name))
        return paths

    return below(get_command(app), ())


def test_every_command_has_a_help_page() -> None:
    every = commands()
    for words in every:
        ran = CliRunner().invoke(app, [*words, "--help"])
        assert ran.exit_code == 0, words
        assert "Usage:" in ran.stdout
        assert "None" not in ran.stdout, words
        leaf = not any(longer[:-1] == words for longer in every if longer)
        assert ("Example: " in ran.stdout) is leaf, words
        assert ran.stderr == ""


async def test_a_help_page_is_printed(cli: Cli) -> None:
    ran = await cli("proposals", "approve", "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "proposals approve [OPTIONS]" in ran.out


def test_every_example_names_its_command_and_options_that_it_has() -> None:
    root = get_command(app)
    for words in commands():
        if (example := EXAMPLES.get(" ".join(words))) is None:
            continue
        command: Any = root
        for word in words:
            command = command.commands[word]
        given = shlex.split(example.partition(" < ")[0].partition(" > ")[0])
        start_ = given.index("execops") + 1
        assert tuple(given[start_ : start_ + len(words)]) == words
        options = {
            option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
        }
        assert {word for word in given[start_:] if word.startswith("--")} <= options, example
    assert set(EXAMPLES) <= {" ".join(words) for words in commands()}


async def test_bare_execops_says_where_to_start(cli: Cli) -> None:
    ran = await cli()
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) <= 22
    assert max(map(len, ran.out.splitlines())) <= 80
    for step in ("execops demo", "execops up", "execops connect stripe", "execops inbox", "execops --help"):
        assert step in ran.out


def test_every_command_is_documented() -> None:
    manual = (ROOT / "docs" / "commands.md").read_text()
    missing = [
        " ".join(words) for words in commands() if words and f"`execops {' '.join(words)}" not in manual
    ]
    assert missing == []


async def test_the_version_is_printed_and_wrong_use_is_refused(cli: Cli) -> None:
    assert (await cli("--version")).out == "execops 0.1.0\n"
    for words in (["nonsense"], ["proposals", "list", "--limit", "0"], ["proposals", "show", "x"]):
        ran = await cli(*words)
        assert (ran.code, ran.out) == (2, ""), words


async def test_a_proposal_is_listed_shown_and_approved(cli: Cli, ctx: Context, client: Client) -> None:
    assert (await cli("proposals", "list")).err == (
        "Nothing needs you.\nNo event has arrived yet. To connect Stripe, run: execops connect stripe\n"
    )
    await take_in(ctx, failed(customer_name="Acme \x1b]0;owned\x07\x1b[31mInc\u202e"))
    [line] = await client.proposals.inbox()
    ran = await cli("proposals", "list")
    assert "$49.00" in ran.out
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    listed = (await cli("proposals", "list", "--json")).json
    assert (listed[0]["id"], listed[0]["amount"]) == (line.id, "$49.00")
    card = await cli("proposals", "show", str(line.id))
    assert card.out.startswith("Send: the ")
    assert "billing@acme.example" in card.out
    assert "\x1b" not in card.out
    labels = [text[2:10].strip() for text in card.out.splitlines()]
    assert [label for label in labels if label in {"To", "Subject", "From", "Text"}] == [
        "To",
        "Subject",
        "From",
        "Text",
    ]
    document = (await cli("proposals", "show", str(line.id), "--json")).json
    assert card.out.splitlines()[0] == document["proposal"]["verdict"]
    assert document["proposal"]["version"] == 1
    assert [field["name"] for field in document["fields"]] == ["to", "subject", "from", "text"]
    assert document["preview"].startswith("From: billing@localhost\nTo: billing@acme.example\nSubject: ")
    ran = await cli("approve", f"{line.id}@1", "--json")
    assert (ran.code, ran.json["status"]) == (0, "approved")
    async with working(ctx):
        await until_status(client, line.id, Status.EXECUTED)
    assert (await cli("proposals", "list", "--status", "executed", "--json")).json[0]["id"] == line.id
    assert (await cli("audit", "verify")).out.startswith("audit verified: ")
    assert (await cli("audit", "show", "--json")).json[0]["action"] == "proposal.executed"


async def test_a_notice_is_acknowledged(cli: Cli, ctx: Context, client: Client) -> None:
    alone = replace(ctx, settings=replace(ctx.settings, finance_email=None))
    await take_in(alone, event("payout.failed", fixture("payout", id="po_1", status="failed")))
    [line] = await client.proposals.inbox()
    output = (await cli("proposals", "show", str(line.id))).out
    assert "Does    marks this notice as read and done; nothing is sent" in output
    ran = await cli("approve", f"{line.id}@1", EXECOPS_FINANCE_EMAIL="")
    assert ran.code == 0
    assert ran.err.startswith(f"Notice {line.id}@1 is acknowledged. ExecOps marks it as done at ")
    async with working(alone):
        await until_status(client, line.id, Status.EXECUTED)
    assert not (ctx.settings.outbox / "email").exists()


async def test_decisions_name_the_version_they_saw(cli: Cli, ctx: Context, client: Client) -> None:
    await take_in(ctx, failed())
    await take_in(ctx, failed(attempt_count=2))
    [line] = await client.proposals.inbox()
    assert line.version == 2
    unnamed = await cli("approve", str(line.id))
    assert unnamed.code == 2
    assert "--latest" in unnamed.err
    stale = await cli("approve", f"{line.id}@1")
    assert stale.code == 5
    assert "version 2" in stale.err
    assert (await client.proposals.get(line.id)).status is Status.PENDING
    assert (await cli("reject", str(line.id), "--latest", "-m", "they called")).code == 0
    again = await cli("approve", f"{line.id}@2")
    assert again.code == 5
    assert "decided by founder" in again.err
    assert (await cli("approve", "999@1")).code == 3


async def test_a_proposal_is_undone_and_edited_but_not_retried_while_pending(
    cli: Cli, ctx: Context, client: Client
) -> None:
    await take_in(ctx, failed())
    [line] = await client.proposals.inbox()
    ref = f"{line.id}@1"
    assert (await cli("approve", ref, EXECOPS_UNDO_WINDOW="60")).code == 0
    unnamed = await cli("proposals", "undo", str(line.id))
    assert unnamed.code == 2
    assert f"{line.id}@VERSION, or --latest" in unnamed.err
    assert (await cli("proposals", "undo", f"{line.id}@2")).code == 5
    assert (await client.proposals.get(line.id)).status is Status.APPROVED
    assert (await cli("proposals", "undo", ref)).code == 0
    assert (await cli("proposals", "undo", ref)).code == 5
    assert (await cli("approve", ref, EXECOPS_UNDO_WINDOW="60")).code == 0
    assert (await cli("proposals", "undo", str(line.id), "--latest")).code == 0
    payload = (await client.proposals.get(line.id)).payload | {"subject": "Your payment"}
    edited = await cli("proposals", "edit", ref, "--payload", "-", "--json", stdin=json.dumps(payload))
    assert (edited.code, edited.json["version"]) == (0, 2)
    broken = await cli("proposals", "edit", f"{line.id}@2", "--payload", "-", stdin='{"to": ""}')
    assert broken.code == 2
    assert "empty" in broken.err
    for decision in ("retry", "confirm", "close"):
        assert (await cli("proposals", decision, f"{line.id}@2")).code == 5


async def test_an_edited_text_that_cannot_be_stored_is_kept(
    cli: Cli, ctx: Context, client: Client, tmp_path: Path
) -> None:
    """Somebody else was faster, or a comma is missing: what the person wrote in their editor is not lost."""
    await take_in(ctx, failed())
    [line] = await client.proposals.inbox()
    editor = tmp_path / "editor"
    env = {"EDITOR": str(editor), "TMPDIR": str(tmp_path)}
    for written, version, code, why in (
        ("s/Your payment/My own words/", 9, 5, "at version 1, you saw 9"),
        ("s/Your payment/My own words/; s/}$/},/", 1, 2, "not valid JSON"),
        ('s/Your payment/My own words/; s/"to": ".*"/"to": ""/', 1, 2, "not one mail address"),
    ):
        editor.write_text(f"#!/bin/sh\nsed -i '{written}' \"$1\"\n")
        editor.chmod(0o700)
        refused = await cli("proposals", "edit", f"{line.id}@{version}", **env)
        assert (refused.code, why in refused.err) == (code, True), refused.err
        [path] = tmp_path.glob(f"execops-{line.id}-*.json")
        assert f"Your text is kept in {path}" in refused.err
        assert "My own words" in path.read_text()
        assert path.stat().st_mode & 0o777 == 0o600
        path.unlink()
    assert (await client.proposals.get(line.id)).version == 1


async def test_only_operators_whose_role_decides_may_decide(cli: Cli, ctx: Context, client: Client) -> None:
    await take_in(ctx, failed())
    added = await cli("operators", "add", "Robin", "--role", "viewer", "--json")
    token = added.json["token"]
    refused = await cli("approve", "1@1", EXECOPS_TOKEN=token)
    assert refused.code == 4
    assert "viewer" in refused.err
    assert (await cli("operators", "add", "x", "--role", "viewer", EXECOPS_TOKEN=token)).code == 4
    assert (await cli("operators", "add", "Robin")).code == 5
    assert (await cli("operators", "revoke", "Robin")).code == 0
    assert (await cli("proposals", "list", EXECOPS_TOKEN=token)).code == 4
    assert (await cli("operators", "revoke", "founder")).code == 5
    assert [operator["role"] for operator in (await cli("operators", "list", "--json")).json] == [
        Role.FOUNDER,
        Role.VIEWER,
    ]
    assert (await client.proposals.get(1)).status is Status.PENDING


async def test_events_are_replayed_and_doctor_reports_a_pause(cli: Cli, ctx: Context, client: Client) -> None:
    event = await take_in(ctx, failed())
    outcome = (await cli("events", "list", "--json")).json[0]["outcome"]
    assert {result["result"] for result in outcome} == {"drafted", "no proposal"}
    assert "card_update drafted 1" in (await cli("events", "list")).out
    assert (await cli("events", "show", str(event.id))).json["type"] == "invoice.payment_failed"
    assert (await cli("events", "show", "999")).code == 3
    assert (await cli("events", "replay", str(event.id))).code == 0
    assert (await cli("pause", "-m", "holiday")).code == 0
    checked = await cli("doctor", "--json")
    assert checked.code == 6
    states = {check["name"]: check["state"] for check in checked.json}
    assert (states["database"], states["worker"], states["pause"]) == ("ok", "bad", "bad")
    assert (await cli("resume")).code == 0
    async with working(ctx):
        assert (await cli("doctor")).code == 0


async def test_secrets_are_never_shown(cli: Cli, ctx: Context) -> None:
    url = ctx.url.reveal().replace("execops_app@", "execops_app:hunter2@")
    secrets = {
        "DATABASE_URL": url,
        "STRIPE_API_KEY": "rk_live_1",
        "EXECOPS_STRIPE_WRITE_KEY": "rk_live_2",
        "EXECOPS_STRIPE_API_BASE": "http://127.0.0.1:1",  # doctor sends its question there
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SMTP_URL": "smtp://u:hunter3@h",
        "EXECOPS_GMAIL_CLIENT_SECRET": "GOCSPX-1",
        "EXECOPS_GMAIL_REFRESH_TOKEN": "1//03-1",
    }
    for words in (["doctor"], ["doctor", "--json"], ["db", "status"], ["proposals", "show", "7"]):
        ran = await cli(*words, **secrets)
        hidden = (SECRET, cli.env["EXECOPS_TOKEN"], "GOCSPX-1", "1//03-1")
        for secret in ("hunter2", "hunter3", "rk_live_1", "rk_live_2", "xoxb-1", *hidden):
            assert secret not in ran.out + ran.err, words
    down = await cli("proposals", "list", DATABASE_URL="postgresql://u:hunter2@127.0.0.1:1/x")
    assert down.code == 6
    assert "hunter2" not in down.err


async def test_slack_without_a_token_is_told_at_the_start_and_by_doctor(cli: Cli) -> None:
    ran = await cli("work", EXECOPS_SLACK_TRANSPORT="slack")
    assert ran.code == 6
    assert "SLACK_BOT_TOKEN is not set" in ran.err
    checks = (await cli("doctor", "--json", EXECOPS_SLACK_TRANSPORT="slack")).json
    states = {check["name"]: check["state"] for check in checks}
    assert (states["Slack"], states["database"], states["model"]) == ("bad", "ok", "off")
    checks = (await cli("doctor", "--json", SLACK_BOT_TOKEN="xoxb-1")).json
    [slack] = [check for check in checks if check["name"] == "Slack"]
    assert (slack["state"], slack["detail"].partition(":")[0]) == ("ok", "outbox")


async def test_a_transport_without_its_server_is_named_at_start_and_by_doctor(cli: Cli) -> None:
    ran = await cli("work", EXECOPS_EMAIL_TRANSPORT="smtp")
    assert (ran.code, "EXECOPS_EMAIL_TRANSPORT is smtp, but SMTP_URL is not set." in ran.err) == (6, True)
    assert "smtp://user:password@host:587" in ran.err
    wrong = {"EXECOPS_EMAIL_TRANSPORT": "smtp", "SMTP_URL": "smtp://u:hunter2#@127.0.0.1:1"}
    for environ in ({"EXECOPS_EMAIL_TRANSPORT": "smtp"}, wrong):
        ran = await cli("doctor", "--json", **environ)
        assert ran.code == 6
        checks = {check["name"]: check for check in ran.json}
        assert (checks["database"]["state"], checks["email"]["state"]) == ("ok", "bad")
        assert "SMTP_URL" in checks["email"]["detail"]
        assert "smtp://user:password@host:587" in checks["email"]["hint"]
        assert "hunter2" not in ran.out + ran.err


async def test_gmail_without_a_sign_in_is_named_at_start_and_by_doctor(cli: Cli) -> None:
    app = {"EXECOPS_GMAIL_CLIENT_ID": "1", "EXECOPS_GMAIL_CLIENT_SECRET": "GOCSPX-1"}
    for environ, hint in ((app, "Run: execops connect gmail"), ({}, "Desktop app")):
        ran = await cli("work", EXECOPS_EMAIL_TRANSPORT="gmail", **environ)
        assert (ran.code, hint in ran.err, "GOCSPX-1" in ran.err) == (6, True, False)
        checks = (await cli("doctor", "--json", EXECOPS_EMAIL_TRANSPORT="gmail", **environ)).json
        states = {check["name"]: check for check in checks}
        assert (states["database"]["state"], states["email"]["state"]) == ("ok", "bad")
        assert hint in states["email"]["hint"]


async def test_wrong_settings_are_named(cli: Cli) -> None:
    ran = await cli("proposals", "list", EXECOPS_UNDO_WINDOW="soon")
    assert ran.code == 2
    assert "EXECOPS_UNDO_WINDOW" in ran.err
    home = Path(cli.env["EXECOPS_HOME"])
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text("undo_windw = 5\n")
    ran = await cli("proposals", "list")
    assert ran.code == 2
    assert "undo_windw" in ran.err


async def test_an_up_to_date_database_needs_no_migration(cli: Cli) -> None:
    assert (await cli("db", "status", "--json")).json == {"up_to_date": True, "pending": []}
    assert (await cli("db", "migrate")).err == "The database is up to date.\n"


async def test_the_inbox_needs_a_terminal(cli: Cli) -> None:
    ran = await cli("inbox")
    assert ran.code == 2
    assert "terminal" in ran.err


async def test_approve_in_a_terminal_shows_the_card_and_asks(cli: Cli, ctx: Context, client: Client) -> None:
    await take_in(ctx, failed())
    outer, inner = pty.openpty()
    process = await forking.start(
        "cli.main", "approve", "1",
        stdin=inner, stdout=inner, stderr=inner, env=environment(cli.env),
    )  # fmt: skip
    os.close(inner)
    os.write(outer, b"y\n")
    assert await asyncio.wait_for(process.wait(), 30) == 0
    output = os.read(outer, 65536).decode()
    os.close(outer)
    assert "billing@acme.example" in output
    assert "Approve proposal 1@1?" in output
    assert (await client.proposals.get(1)).status is Status.APPROVED


@asynccontextmanager
async def up(env: Mapping[str, str], *, end: signal.Signals = signal.SIGTERM) -> AsyncIterator[str]:
    """Run `execops up` on a free port until the end of the block, where this signal ends it; gives its URL."""
    process = await start("up", "--port", "0", env=env)
    assert process.stdout is not None
    try:
        line = b""
        while not line.startswith(b"http"):
            line = await asyncio.wait_for(process.stdout.readline(), 60)
            assert line, (await process.communicate())[1].decode()
        yield line.decode().strip()
    finally:
        process.send_signal(end)
        _, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, err.decode()
    assert "Traceback" not in err.decode()


async def test_a_triggered_event_is_approved_and_executed(cli: Cli, client: Client) -> None:
    async with up(cli.env) as url:
        sent = await cli("trigger", "stripe", "invoice.payment_failed", "--name", "Initech", "--url", url)
        assert (sent.code, sent.json["duplicate"]) == (0, False)
        await until_pending(client, 2)
        listed = (await cli("proposals", "list", "--json")).json
        [line] = [proposal for proposal in listed if proposal["play"] == "card_update"]
        assert line["title"].startswith("Payment failed: Initech")
        assert (await cli("approve", str(line["id"]), "--latest")).code == 0
        await until_status(client, line["id"], Status.EXECUTED)
        unknown = await cli("trigger", "stripe", "invoice.payment_fail", "--url", url)
        assert unknown.code == 2
        assert "invoice.payment_failed" in unknown.err
        account = Cli({**cli.env, "STRIPE_API_KEY": "rk_live_1"})
        refused = await account("trigger", "stripe", "invoice.payment_failed", "--url", url)
        assert (refused.code, "nothing was sent" in refused.err) == (2, True)
        assert (await account("trigger", "stripe", "invoice.payment_failed", "--yes", "--url", url)).code == 0
    assert (await cli("trigger", "stripe", "invoice.paid", "--url", url)).code == 6


async def test_the_embedded_database_needs_no_settings(shared_folder: Path) -> None:
    home = shared_folder / "my home"
    env = {"EXECOPS_HOME": str(home), "STRIPE_WEBHOOK_SECRET": SECRET}
    cli = Cli(env)
    async with up(env) as url:
        assert (await cli("trigger", "stripe", "invoice.payment_failed", "--url", url)).code == 0
        assert (await cli("doctor")).code == 0
        assert (home / "token").stat().st_mode & 0o777 == 0o600
    assert not list(home.glob("postgres/postmaster.pid"))  # the last process that used it stopped it
    assert (await cli("audit", "verify")).code == 0


async def test_a_terminal_that_is_closed_ends_everything_but_under_nohup(postgres_template: Template) -> None:
    """SIGHUP ends the server, the worker and their Postgres in order; who asked to go on without a terminal goes on."""
    home = postgres_template.home("home")
    process = await asyncio.create_subprocess_exec(
        "nohup", sys.executable, "-m", "cli.main", "up", "--port", "0",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=environment({"EXECOPS_HOME": str(home), "STRIPE_WEBHOOK_SECRET": SECRET}),
    )  # fmt: skip
    async with up({"EXECOPS_HOME": str(home), "STRIPE_WEBHOOK_SECRET": SECRET}, end=signal.SIGHUP):
        assert process.stdout is not None
        assert (await asyncio.wait_for(process.stdout.readline(), 60)).startswith(b"http")
        process.send_signal(signal.SIGHUP)
        assert (await Cli({"EXECOPS_HOME": str(home)})("doctor", "--json")).code in {
            0,
            6,
        }  # time to end, if it would
        assert process.returncode is None
    assert list(home.glob("postgres/postmaster.pid"))  # the other process uses it
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.communicate(), 30)
    assert not list(home.glob("postgres/postmaster.pid"))


async def test_the_demo_runs_the_whole_loop_without_a_terminal(shared_folder: Path) -> None:
    ran = await Cli({"TMPDIR": str(shared_folder)})("demo")
    assert ran.code == 0, ran.err
    for step in ("event stored", "proposal", "decision", "execution", "answer", "refusal", "audit verified"):
        assert f"✓ {step}" in ran.out, step
    assert "\x1b" not in ran.out + ran.err
    assert [
        line for line in ran.err.splitlines() if line and not line.startswith("The demo removed its home.")
    ] == []
    assert not list(shared_folder.glob("execops-demo-*"))
