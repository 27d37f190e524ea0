"""`execops connect gmail` as a person runs it; the test plays the browser, and a fake plays Google."""

from __future__ import annotations

import asyncio
import json
import re
import stat
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Status
from execops.settings import Secret, load_settings
from jobs.bootstrap import open_context
from tests import forking, records
from tests.e2e.test_cli import Cli, cli, start  # noqa: F401
from tests.fake_gmail import (
    CLIENT_ID,
    CLIENT_SECRET,
    COMPOSE,
    READONLY,
    REFRESH_TOKEN,
    FakeGmail,
    fake_gmail,
    refusal,
    sign_in_refusal,
)
from tests.fake_http import Reply
from tests.performing import go

COMMENTED = """# The company
company_name = "Hooli"  # as it signs
languages = "en"

[keys]
"inbox.approve" = "a"
"""


@pytest.fixture
async def fake() -> AsyncIterator[FakeGmail]:
    """A fake of Google, at which nobody has signed in yet."""
    async with fake_gmail(refresh_tokens=set()) as server:
        yield server


@dataclass
class Connecting:
    """The command while it waits for the browser."""

    process: forking.Process
    url: str
    notes: list[str]
    home: Path

    @property
    def config(self) -> Path:
        """The file that keeps the sign-in."""
        return self.home / "config.toml"

    async def browse(self) -> httpx.Response:
        """Allow the app, or not, on Google's page, and follow it back to this machine."""
        async with httpx.AsyncClient(timeout=30, follow_redirects=True) as http:
            return await http.get(self.url)

    async def call(self, **arguments: str) -> httpx.Response:
        """Call the page of this machine as some page in the browser may."""
        async with httpx.AsyncClient(timeout=30) as http:
            return await http.get(f"{self.redirect}?{urlencode(arguments)}")

    @property
    def redirect(self) -> str:
        """The address of this machine that Google calls."""
        return parse_qs(urlsplit(self.url).query)["redirect_uri"][0]

    @property
    def state(self) -> str:
        """The state of this run."""
        return parse_qs(urlsplit(self.url).query)["state"][0]

    async def ended(self) -> tuple[int, str, str]:
        """The exit code, stdout, and all that stood on stderr."""
        out, err = await asyncio.wait_for(self.process.communicate(), 60)
        assert self.process.returncode is not None
        return self.process.returncode, out.decode(), "".join(self.notes) + err.decode()


def variables(fake: FakeGmail, home: Path, **more: str) -> dict[str, str]:
    ours = {
        "EXECOPS_HOME": str(home),
        "EXECOPS_GMAIL_CLIENT_ID": CLIENT_ID,
        "EXECOPS_GMAIL_CLIENT_SECRET": CLIENT_SECRET,
        "EXECOPS_GMAIL_API_BASE": fake.url,
    }
    return ours | more


@asynccontextmanager
async def connecting(fake: FakeGmail, home: Path, *options: str, **more: str) -> AsyncIterator[Connecting]:
    """Start the command, and read on until it shows Google's page."""
    process = await start("connect", "gmail", *options, env=variables(fake, home, **more))
    try:
        assert process.stderr is not None
        notes: list[str] = []
        while not notes or not notes[-1].startswith("http"):
            notes.append((await asyncio.wait_for(process.stderr.readline(), 60)).decode())
            assert notes[-1], notes
        yield Connecting(process, notes[-1].strip(), notes, home)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def stored(home: Path) -> object:
    """The sign-in in the config file."""
    return tomllib.loads((home / "config.toml").read_text()).get("gmail_refresh_token")


async def test_a_person_connects_their_account(fake: FakeGmail, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with connecting(fake, home, "--json") as run:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(run.url).query).items()}
        assert asked["scope"].split() == [COMPOSE, READONLY]
        assert (asked["access_type"], asked["prompt"], asked["code_challenge_method"]) == (
            "offline",
            "consent",
            "S256",
        )
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", asked["redirect_uri"])
        assert (
            len(asked["state"]) >= 43,
            re.fullmatch(r"[\w-]{43}", asked["code_challenge"]) is not None,
        ) == (True, True)
        page = await run.browse()
        code, out, err = await run.ended()
    assert code == 0, err
    assert (page.status_code, "ExecOps is connected" in page.text) == (200, True)
    assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")
    token = stored(home)
    assert token in fake.refresh_tokens
    assert stat.S_IMODE((home / "config.toml").stat().st_mode) == 0o600
    assert json.loads(out) == {
        "account": "pay@hooli.example",
        "reads_sent": True,
        "sender_refused": None,
        "config": str(home / "config.toml"),
    }
    assert "Connected pay@hooli.example" in err
    settings = tomllib.loads((home / "config.toml").read_text())
    assert settings | {"gmail_refresh_token": ""} == {
        "gmail_refresh_token": "",
        "email_transport": "gmail",
        "email_from": "pay@hooli.example",
    }
    assert err.endswith(": execops trigger email --to pay@hooli.example\n")  # nothing runs in this home yet
    for secret in (str(token), CLIENT_SECRET, *fake.access_tokens, "4/0A-code"):
        assert secret not in out + err
    assert "messages.send" not in fake.methods()
    assert fake.delivered == []


async def test_it_ends_in_a_mail_that_a_person_approves(
    fake: FakeGmail,
    cli: Cli,  # noqa: F811
    ctx: Context,
    founder_token: Secret,
) -> None:
    home, sender = ctx.settings.home, "Hooli <pay@hooli.example>"
    here = {**cli.env, "EXECOPS_EMAIL_FROM": sender, "EXECOPS_EMAIL_TRANSPORT": ""}
    async with connecting(fake, home, "--to", "ada@hooli.example", **here) as run:
        await run.browse()
        code, _, err = await run.ended()
    assert (code, "is a first message to ada@hooli.example. It waits for you: execops inbox" in err) == (
        0,
        True,
    )
    assert fake.delivered == []
    assert "email_from" not in tomllib.loads((home / "config.toml").read_text())  # the person has one
    async with open_context(load_settings({}, variables(fake, home, **here))) as mailing:
        assert mailing.settings.email_transport == "gmail"
        [line] = await records.rows(mailing, "select id from action_proposals")
        await (await Client.login(mailing, founder_token)).proposals.approve(line["id"], 1)
        assert await go(mailing, line["id"]) is Status.EXECUTED
    [mail] = fake.delivered
    assert b"ada@hooli.example" in mail


async def test_the_stored_sign_in_is_the_one_that_doctor_uses(fake: FakeGmail, tmp_path: Path) -> None:
    async with connecting(fake, tmp_path) as run:
        await run.browse()
        assert (await run.ended())[0] == 0
    env = variables(
        fake, tmp_path, EXECOPS_EMAIL_TRANSPORT="gmail", DATABASE_URL="postgresql://127.0.0.1:1/x"
    )
    process = await start("doctor", "--json", env=env)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    checks = {check["name"]: check for check in json.loads(out)}
    assert (checks["email"]["state"], checks["email"]["detail"]) == (
        "ok",
        "gmail: signed in as pay@hooli.example",
    )
    assert checks["sent mails"]["state"] == "ok"
    for secret in (str(stored(tmp_path)), CLIENT_SECRET, *fake.access_tokens):
        assert secret not in (out + err).decode()


async def test_the_rest_of_the_config_file_stays_as_it_is(fake: FakeGmail, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(COMMENTED)
    config.chmod(0o644)
    for _ in range(2):  # the second run replaces the first one's sign-in
        before = set(fake.refresh_tokens)
        async with connecting(fake, tmp_path) as run:
            await run.browse()
            assert (await run.ended())[0] == 0
        text = config.read_text()
        ours = r"(?m)^(?:gmail_refresh_token|email_transport|email_from) = .*\n"
        assert re.sub(ours, "", text) == COMMENTED
        assert {stored(tmp_path)} == fake.refresh_tokens - before
    assert text.count("gmail_refresh_token") == 1
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


async def test_a_person_who_does_not_allow_it_stores_nothing(fake: FakeGmail, tmp_path: Path) -> None:
    fake.deny = "access_denied"
    async with connecting(fake, tmp_path) as run:
        page = await run.browse()
        code, out, err = await run.ended()
    assert (code, out, run.config.exists()) == (4, "", False)
    assert "ExecOps is not connected" in page.text
    assert "The access was not allowed at Google (access_denied); nothing was stored." in err


async def test_an_error_of_google_is_told(fake: FakeGmail, tmp_path: Path) -> None:
    fake.deny = "admin_policy_enforced\x1b[2J"
    async with connecting(fake, tmp_path) as run:
        page = await run.browse()
        code, _, err = await run.ended()
    assert (code, run.config.exists()) == (6, False)
    assert "Google gave no access (admin_policy_enforced[2J); nothing was stored." in err
    assert "admin_policy_enforced" not in page.text


async def test_only_the_answer_with_the_state_of_this_run_counts(fake: FakeGmail, tmp_path: Path) -> None:
    async with connecting(fake, tmp_path) as run:
        for arguments in (
            {"code": "4/evil", "state": "guessed"},
            {"code": "4/evil"},
            {"error": "x", "state": ""},
        ):
            refused = await run.call(**arguments)
            assert (refused.status_code, "4/evil" in refused.text) == (400, False)
        async with httpx.AsyncClient(timeout=30) as http:
            assert (await http.get(f"{run.redirect}favicon.ico")).status_code == 404
            assert (await http.get(run.redirect)).status_code == 404
            assert (await http.post(run.redirect, content=b"x")).status_code == 404
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(run.redirect).port)
        writer.write(b"\x16\x03\x01 not HTTP\r\n\r\n")
        assert b"404" in await reader.readline()
        writer.close()
        assert "token" not in fake.methods()
        assert (await run.browse()).status_code == 200
        assert (await run.ended())[0] == 0
    assert "4/evil" not in str(fake.requests)


async def test_a_second_answer_changes_nothing(fake: FakeGmail, tmp_path: Path) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(request: object) -> Reply | None:
        if getattr(request, "method", "") == "token" and not asked.is_set():
            loop.call_soon(asked.set)
            return Reply(delay=1.0)
        return None

    fake.script = slow
    async with connecting(fake, tmp_path) as run:
        first = asyncio.create_task(run.browse())
        await asked.wait()
        second = await run.call(code="4/evil", state=run.state)
        assert (second.status_code, "has had its answer already" in second.text) == (409, True)
        assert "ExecOps is connected" in (await first).text
        assert (await run.ended())[0] == 0
    assert "4/evil" not in str(fake.requests)


async def test_without_an_answer_the_command_ends(fake: FakeGmail, tmp_path: Path) -> None:
    async with connecting(fake, tmp_path, "--timeout", "1") as run:
        code, _, err = await run.ended()
    assert (code, run.config.exists()) == (6, False)
    assert "No answer came from the browser within 1 s; nothing was stored." in err


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (sign_in_refusal("invalid_grant", "Bad Request"), "Google no longer accepts the sign-in (invalid_grant: Bad Request)"),
        (sign_in_refusal("invalid_client", "The OAuth client was not found.", 401), "Google does not know your app"),
        (Reply(503, b"down", accepts=False), "Google's sign-in does not work now (503). Nothing was stored."),
        (Reply(200, b'{"access_token": "ya29.secret9"}', accepts=False), "Google gave no sign-in that lasts: remove the app"),
    ],
)  # fmt: skip
async def test_a_code_that_gives_no_sign_in_stores_nothing(
    fake: FakeGmail, tmp_path: Path, reply: Reply, words: str
) -> None:
    fake.script = lambda request: reply if request.method == "token" else None
    async with connecting(fake, tmp_path) as run:
        page = await run.browse()
        code, _, err = await run.ended()
    assert (code, run.config.exists(), "is not connected" in page.text) == (6, False, True)
    assert words in err
    assert "Nothing was stored." in err
    assert "ya29" not in err


async def test_a_box_that_was_not_ticked_is_told(fake: FakeGmail, tmp_path: Path) -> None:
    fake.scopes = {READONLY}
    async with connecting(fake, tmp_path) as run:
        await run.browse()
        code, _, err = await run.ended()
    assert (code, run.config.exists()) == (6, False)
    assert "does not allow sending, so it was not stored" in err
    fake.scopes = {COMPOSE}
    async with connecting(fake, tmp_path, EXECOPS_EMAIL_FROM="billing@hooli.example") as run:
        await run.browse()
        code, _, err = await run.ended()
    assert (code, stored(tmp_path) in fake.refresh_tokens) == (0, True)
    assert "The sign-in may not read SENT" in err
    assert "does not let ExecOps see whether it may send as billing@hooli.example" in err


async def test_an_api_that_is_switched_off_is_told_and_the_sign_in_kept(
    fake: FakeGmail, tmp_path: Path
) -> None:
    off = refusal(
        403, "accessNotConfigured", "Gmail API has not been used in project 7 before or it is disabled."
    )
    fake.script = lambda request: off if request.method == "profile" else None
    async with connecting(fake, tmp_path) as run:
        page = await run.browse()
        code, _, err = await run.ended()
    assert (code, stored(tmp_path) in fake.refresh_tokens) == (6, True)
    assert "enable it there under APIs & Services" in err
    assert f"The sign-in is stored in {run.config}" in err
    assert "is not connected" in page.text


async def test_what_would_fail_afterwards_fails_at_once(fake: FakeGmail, tmp_path: Path) -> None:
    async def refused(*options: str, **more: str) -> tuple[int | None, str]:
        process = await start("connect", "gmail", *options, env=variables(fake, tmp_path, **more))
        _, err = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, err.decode()

    code, err = await refused(EXECOPS_GMAIL_CLIENT_SECRET="")
    assert (code, "EXECOPS_GMAIL_CLIENT_ID and EXECOPS_GMAIL_CLIENT_SECRET are not both set" in err) == (
        6,
        True,
    )
    assert "Desktop app" in err
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        code, err = await refused("--port", str(port))
    assert (code, f"The port {port} of this machine cannot be used" in err) == (6, True)
    (tmp_path / "config.toml").write_text('company_name = "Hooli\n')
    code, err = await refused()
    assert (code, "config.toml cannot be read" in err) == (2, True)
    assert (tmp_path / "config.toml").read_text() == 'company_name = "Hooli\n'
    assert fake.requests == []


async def test_a_variable_that_wins_over_the_file_is_told(fake: FakeGmail, tmp_path: Path) -> None:
    fake.refresh_tokens.add(REFRESH_TOKEN)
    async with connecting(fake, tmp_path, EXECOPS_GMAIL_REFRESH_TOKEN=REFRESH_TOKEN) as run:
        await run.browse()
        code, _, err = await run.ended()
    assert (code, "EXECOPS_GMAIL_REFRESH_TOKEN is set in this environment" in err) == (0, True)
    assert REFRESH_TOKEN not in err


async def test_ctrl_c_ends_it_without_a_trace(fake: FakeGmail, tmp_path: Path) -> None:
    import signal

    async with connecting(fake, tmp_path) as run:
        run.process.send_signal(signal.SIGINT)
        code, out, err = await run.ended()
    assert (code, out, "Traceback" in err, run.config.exists()) == (130, "", False, False)
