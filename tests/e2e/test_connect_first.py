"""`execops connect stripe|slack|smtp|model` as a person runs them, with right and wrong input; fakes play the vendors."""

from __future__ import annotations

import asyncio
import signal
import stat
import tomllib
from pathlib import Path
from typing import Any

from execops import health
from execops.client import Client
from execops.context import Context
from tests import fake_openai as openai
from tests import forking
from tests.e2e.test_cli import Cli, cli, start  # noqa: F401
from tests.fake_slack import TOKEN, fake_slack
from tests.fake_stripe import KEY, FakeStripe, fail, fake_stripe
from tests.fake_stripe_writes import WRITE_KEY, stripe_account
from tests.mail_servers import smtp_server
from tests.stripe_events import deliver, event, failed, invoice

SECRET = "whsec_never_shown"


def stored(ctx: Context) -> dict[str, Any]:
    """The settings in the config file."""
    path = ctx.settings.home / "config.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}


def connecting(cli: Cli, fake: FakeStripe) -> Cli:  # noqa: F811
    """The command of a person who has nothing connected."""
    kept = {name: value for name, value in cli.env.items() if name != "STRIPE_WEBHOOK_SECRET"}
    return Cli({**kept, "EXECOPS_STRIPE_API_BASE": fake.url})


async def until(process: forking.Process, text: str, lines: list[str]) -> None:
    """Read stderr until a line holds this text."""
    assert process.stderr is not None
    async with asyncio.timeout(30):
        while not lines or text not in lines[-1]:
            lines.append((await process.stderr.readline()).decode())
            assert lines[-1], "".join(lines)


async def test_stripe_is_connected_and_its_first_event_awaited(cli: Cli, ctx: Context) -> None:  # noqa: F811
    home = ctx.settings.home
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text('# mine\ncompany_name = "Hooli"  # as it signs\n')
    async with fake_stripe() as fake:
        fake.script = lambda request: (
            fail(403, "The key lacks rak_coupon_read.", type="invalid_request_error")
            if request.path == "/v1/coupons"
            else None
        )
        ours = connecting(cli, fake)
        process = await start("connect", "stripe", "--key", "-", "--secret", "-", "--wait", env=ours.env)
        assert process.stdin is not None
        process.stdin.write(f"{KEY}\n{SECRET}\n".encode())
        lines: list[str] = []
        await until(process, "waiting for the first event", lines)
        async with ctx.transaction() as conn:
            await health.record_trouble(conn, "delivery refused", "invalid_signature")
        await until(process, "✗ refused: bad signature.", lines)
        await deliver(ctx, event("invoice.paid", invoice(), livemode=False))
        await until(process, "a test-mode event: EXECOPS_STRIPE_MODE is live", lines)
        await deliver(ctx, failed())  # no worker runs, and still it shows
        await until(process, "✓ invoice.payment_failed, ", lines)
        out, err = await asyncio.wait_for(process.communicate(), 30)
        shown = "".join(lines) + err.decode()
        assert (process.returncode, out) == (0, b"")
        assert "   ✗ Coupons\n" in shown
        assert "   ✓ Customers\n" in shown
        assert {request.method for request in fake.requests} == {"GET"}
    assert KEY not in shown
    assert SECRET not in shown
    assert stored(ctx) == {
        "company_name": "Hooli",
        "stripe_mode": "live",
        "stripe_api_key": KEY,
        "stripe_webhook_secrets": SECRET,
    }
    assert (home / "config.toml").read_text().startswith('# mine\ncompany_name = "Hooli"  # as it signs\n')
    assert stat.S_IMODE((home / "config.toml").stat().st_mode) == 0o600


async def test_ctrl_c_ends_the_wait_once_and_says_what_is_kept(cli: Cli, ctx: Context) -> None:  # noqa: F811
    async with fake_stripe() as fake:
        ours = connecting(cli, fake)
        process = await start("connect", "stripe", "--secret", "-", "--wait", env=ours.env)
        assert process.stdin is not None
        process.stdin.write(f"{SECRET}\n".encode())
        lines: list[str] = []
        await until(process, "waiting for the first event", lines)
        process.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 130
    assert "What was stored is kept in" in err.decode()
    assert "Traceback" not in err.decode()
    assert stored(ctx)["stripe_webhook_secrets"] == SECRET


async def test_wrong_keys_and_secrets_store_nothing_and_say_what_to_do(cli: Cli, ctx: Context) -> None:  # noqa: F811
    async with fake_stripe() as fake:
        ours = connecting(cli, fake)
        for words, stdin, code, shown in (
            (("--key", "-"), "hunter2\n", 2, "That is no key of Stripe's; nothing was stored."),
            (("--key", "-"), "pk_live_1\n", 2, "That is a publishable key; nothing was stored."),
            (("--key", KEY), "", 2, "--key takes only -, which reads it from stdin; nothing was stored."),
            (("--key", "-", "--mode", "live"), "rk_test_1\n", 2, "The key is of test mode, and --mode says live"),
            (("--key", "-"), "rk_live_unknown\n", 6, "Stripe does not know the key; nothing was stored."),
            (("--mode", "prod"), "", 2, "--mode takes live or test, not 'prod'; nothing was stored."),
        ):  # fmt: skip
            ran = await ours("connect", "stripe", *words, stdin=stdin)
            assert (ran.code, shown in ran.err, stored(ctx)) == (code, True, {}), ran.err
            assert "Traceback" not in ran.err
        ran = await ours("connect", "stripe", "--key", "-", "--secret", "-", stdin=f"{KEY}\nsk_live_1\n")
        assert (ran.code, "That is no signing secret: one begins with whsec_." in ran.err) == (2, True)
        assert "stripe_webhook_secrets" not in stored(ctx)
        ran = await ours("connect", "stripe")  # no terminal, no option: it asks nothing and ends
        assert (ran.code, "Skipped" in ran.err) == (0, True)
        assert "stripe webhook_endpoints create --live --url https://YOUR-SERVER/ingest/stripe" in ran.err
        for url in (
            "http://127.0.0.1:8787",
            "localhost:8787",
            "https://localhost",
            "ops.example.com",
            "https://[",
            "https://10.0.0.5",
        ):
            ran = await ours("connect", "stripe", "--url", url)
            assert (ran.code, f"Stripe cannot send events to {url}" in ran.err) == (2, True), ran.err
        ran = await ours("connect", "stripe", "--secret", "-", stdin=f"{SECRET}\n")
        again = await ours("connect", "stripe", "--url", "https://ops.example.com")
        assert (again.code, "Skipped: the secret stored before is kept." in again.err) == (0, True)
        ran = await ours("connect", "stripe", "--mode", "test")
        assert "stripe listen --forward-to http://127.0.0.1:8787/ingest/stripe" in ran.err
        assert stored(ctx)["stripe_mode"] == "test"


async def test_the_key_for_actions_is_tried_and_nothing_is_written(cli: Cli, ctx: Context) -> None:  # noqa: F811
    async with stripe_account() as account:
        account.lacks.add("rak_dispute_write")
        ours = connecting(cli, account.fake)
        words = ("connect", "stripe", "--key", "-", "--secret", "-", "--write-key", "-")
        ran = await ours(*words, stdin=f"{KEY}\n{SECRET}\nrk_test_1\n")
        assert (ran.code, "is of test mode" in ran.err, "It was not stored." in ran.err) == (6, True, True)
        ran = await ours(*words, stdin=f"{KEY}\n{SECRET}\nrk_live_secret1_old\n")
        assert (ran.code, "Stripe does not know the key for actions" in ran.err) == (6, True), ran.err
        assert "stripe_write_key" not in stored(ctx)
        ran = await ours(*words, stdin=f"{KEY}\n{SECRET}\n{WRITE_KEY}\n")
        assert ran.code == 0, ran.err
        assert "   ✓ Charges and Refunds: Write\n   ✗ Disputes: Write\n   ✓ Invoices: Write\n" in ran.err
        assert account.effects == []
    assert stored(ctx)["stripe_write_key"] == WRITE_KEY
    assert WRITE_KEY not in ran.out + ran.err


async def test_slack_ends_in_a_message_that_a_person_approves(cli: Cli, ctx: Context, client: Client) -> None:  # noqa: F811
    async with fake_slack() as fake:
        ours = Cli({**cli.env, "EXECOPS_SLACK_API_BASE": fake.url})
        ran = await ours("connect", "slack", "--token", "-", stdin="xoxp-1\n")
        assert (ran.code, "one begins with xoxb-" in ran.err, stored(ctx)) == (2, True, {})
        ran = await ours("connect", "slack", "--token", "-", stdin="xoxb-wrong\n")
        assert (ran.code, "Nothing was stored." in ran.err, stored(ctx)) == (6, True, {}), ran.err
        ran = await ours("connect", "slack", "--token", "-", "--channel", "#finance", stdin=f"{TOKEN}\n")
        assert ran.code == 0, ran.err
        assert "is a first message to #finance. It waits for you: execops inbox" in ran.err
        assert "chat.postMessage" not in fake.methods()
        assert TOKEN not in ran.out + ran.err
    assert (stored(ctx)["slack_transport"], stored(ctx)["slack_bot_token"]) == ("slack", TOKEN)
    (summary,) = await client.proposals.inbox()
    assert summary.title == "First Slack message to #finance"


async def test_smtp_ends_in_a_mail_that_a_person_approves(cli: Cli, ctx: Context) -> None:  # noqa: F811
    async with smtp_server(None, sign_in=False) as inbox:
        url = inbox.url(user="").reveal()
        ran = await cli("connect", "smtp", "--url", "-", stdin="smtp://nobody.invalid:1\n")
        assert (ran.code, "Nothing was stored." in ran.err, stored(ctx)) == (6, True, {}), ran.err
        words = ("connect", "smtp", "--url", "-", "--sender", "ops@hooli.com", "--to", "ada@hooli.com")
        ran = await cli(*words, stdin=f"{url}\n", EXECOPS_EMAIL_FROM="")
        assert ran.code == 0, ran.err
        assert inbox.mails == []
        listed = (await cli("proposals", "list", "--json", EXECOPS_EMAIL_FROM="")).json
        assert [line["title"] for line in listed] == ["First mail to ada@hooli.com"]
    assert stored(ctx) == {"smtp_url": url, "email_transport": "smtp", "email_from": "ops@hooli.com"}


async def test_a_model_that_cannot_be_used_is_not_stored(cli: Cli, ctx: Context, tmp_path: Path) -> None:  # noqa: F811
    ran = await cli("connect", "model", "nobody:small")
    assert (ran.code, "Nothing was stored." in ran.err, stored(ctx)) == (6, True, {}), ran.err
    ran = await cli("connect", "model")
    assert (ran.code, "There is no model; nothing was stored." in ran.err) == (2, True)


async def test_a_model_ends_in_a_mail_of_its_words_that_a_person_approves(
    cli: Cli,  # noqa: F811
    ctx: Context,
    client: Client,
) -> None:
    def friendlier(request: dict[str, Any]) -> openai.Reply:
        draft = openai.asked(request)
        words = {
            "subject": "Hello from " + draft["subject"],
            "text": draft["text"].replace("This is", "Here is"),
        }
        return openai.say({"reasoning": "You asked to see it. " + draft["reasoning"], **words})

    async with openai.fake_openai(friendlier, openai.fail(401)) as fake:
        ours = Cli(
            {
                **cli.env,
                "OPENAI_API_KEY": "sk-never-shown",
                "NO_PROXY": "127.0.0.1",
                "EXECOPS_MODEL_BASE_URL": fake.url,
            }
        )
        ran = await ours("connect", "model", f"openai:{openai.MODEL}", "--to", "ada@hooli.com")
        assert ran.code == 0, ran.err
        assert "The model worded it." in ran.err
        assert "is a first message to ada@hooli.com. It waits for you: execops inbox" in ran.err
        [summary] = await client.proposals.inbox()
        worded = (await client.proposals.card(summary.id)).proposal
        assert worded.payload["subject"] == "Hello from First mail from ExecOps"
        assert worded.payload["text"].startswith("Here is the first mail from ExecOps")
        assert (worded.payload["to"], worded.drafted_by["author"]) == ("ada@hooli.com", "model")
        assert "ada@hooli.com" not in str(fake.requests)
        # A model that fails is told, and the rules' words wait.
        ran = await ours("trigger", "email", "--to", "grace@hooli.com", "--by-model")
        assert (ran.code, "The model gave no words that can be used: error 401." in ran.err) == (0, True)
        assert "sk-never-shown" not in ran.out + ran.err
    summary = next(line for line in await client.proposals.inbox() if line.id != worded.id)
    plain = (await client.proposals.card(summary.id)).proposal
    assert (plain.payload["subject"], plain.drafted_by["author"]) == ("First mail from ExecOps", "rules")
    ran = await cli(
        "trigger",
        "email",
        "--to",
        "grace@hooli.com",
        "--by-model",
        EXECOPS_HOME=str(ctx.settings.home / "no"),
    )
    assert (ran.code, "No model is configured; nothing was stored." in ran.err) == (6, True), ran.err
