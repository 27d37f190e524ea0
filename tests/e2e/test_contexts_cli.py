"""`execops login` and its kin, as processes: one home beside the database, another far from it."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from cli import audit
from cli.commands import OF_MACHINE
from execops.client import Client
from execops.context import Context
from execops.model import Role, Status
from tests import records
from tests.doors import served
from tests.e2e.test_cli import Cli, cli
from tests.slow_proxy import slow_way

__all__ = ["cli"]  # the fixture


@pytest.fixture
def away(cli: Cli, tmp_path: Path) -> Cli:
    """The command in a home without a database, a setting or a keyring."""
    return Cli(
        {"EXECOPS_HOME": str(tmp_path / "away"), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    )


async def test_a_console_signs_in_works_and_signs_out(
    ctx: Context, client: Client, away: Cli, cli: Cli
) -> None:
    proposal = await records.pending_id(ctx)
    _, ops = await client.operators.add("Ops", Role.OPS)
    founder = cli.env["EXECOPS_TOKEN"]
    home = Path(away.env["EXECOPS_HOME"])
    async with served(ctx) as url:
        wrong = await away("login", url, "--name", "acme", stdin="wrong\n")
        assert (wrong.code, "belongs to no enabled operator" in wrong.err) == (4, True)
        assert not home.exists() or not list(home.iterdir())
        signed = await away("login", url, "--name", "acme", stdin=founder)
        assert (signed.code, "as founder (founder)" in signed.err) == (0, True), signed.err
        assert founder not in signed.out + signed.err
        assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600}
        assert (await away("login", url, "--name", "beta", stdin=ops.reveal())).code == 0
        who = json.loads((await away("--context", "acme", "whoami", "--json")).out)
        assert (who["operator"], who["context"], who["server"]) == ("founder", "acme", url)
        assert json.loads((await away("whoami", "--json")).out)["operator"] == "Ops"
        assert (await away("context", "use", "acme")).code == 0
        names = {
            row["name"]: row["in_use"] for row in json.loads((await away("context", "list", "--json")).out)
        }
        assert names == {"local": False, "acme": True, "beta": False}

        near, far = await cli("proposals", "list", "--json"), await away("proposals", "list", "--json")
        assert (far.code, far.out) == (0, near.out)
        stale = await cli("approve", f"{proposal}@9"), await away("approve", f"{proposal}@9")
        assert (stale[0].code, stale[0].err) == (stale[1].code, stale[1].err)
        assert stale[0].code == 5
        assert (await away("approve", f"{proposal}@1", "--yes")).code == 0

        for command in sorted(OF_MACHINE):
            refused = await away(command, *(["status"] if command == "db" else []))
            assert (refused.code, f"`execops {command}` belongs to the machine" in refused.err) == (
                6,
                True,
            ), command
        renewed = await away("operators", "rotate", "founder")
        assert renewed.code == 0, renewed.err
        assert (await away("whoami")).code == 0  # by the new token, which was kept
        gone = await away("logout")
        assert gone.code == 0
        assert "acme" not in json.loads((home / "contexts.json").read_text())["contexts"]
        assert "context:acme" not in (home / "secrets.json").read_text()


async def test_scripts_name_the_server_by_variables(
    ctx: Context, client: Client, away: Cli, cli: Cli
) -> None:
    async with served(ctx) as url:
        env = {"EXECOPS_URL": url, "EXECOPS_TOKEN": cli.env["EXECOPS_TOKEN"]}
        assert (await away("whoami", **env)).out == f"founder (founder) at {url}\n"
        assert (await away("status", **env)).code == 0
        nobody = await away("whoami", EXECOPS_URL=url)
        assert (nobody.code, "You are not signed in at" in nobody.err) == (4, True)
    answer = await away("proposals", "list", **env)
    assert (answer.code, "cannot be reached" in answer.err) == (6, True)
    plain = await away("whoami", EXECOPS_URL="http://ops.example.com", EXECOPS_TOKEN="secret")
    assert (plain.code, "is not encrypted" in plain.err) == (2, True)


async def test_a_variable_that_wins_over_the_context_is_named(
    ctx: Context, client: Client, away: Cli, cli: Cli
) -> None:
    """A command that says where commands speak to from now on is right about the next one, or decisions go elsewhere."""
    founder = cli.env["EXECOPS_TOKEN"]
    async with served(ctx) as url:
        assert (await away("login", url, "--name", "acme", stdin=founder)).code == 0
        beta = await away("login", url, "--name", "beta", stdin=founder, EXECOPS_CONTEXT="acme")
        assert "EXECOPS_CONTEXT is set and wins over beta: commands go on to speak to acme." in beta.err
        used = await away("context", "use", "beta", EXECOPS_CONTEXT="local")
        assert used.code == 0
        assert (
            used.err
            == "EXECOPS_CONTEXT is set and wins over beta: commands go on to speak to this machine.\n"
        )
        used = await away("context", "use", "beta", EXECOPS_URL="http://127.0.0.1:1", EXECOPS_TOKEN="x")
        assert (
            "EXECOPS_URL is set and wins over beta: commands go on to speak to http://127.0.0.1:1."
            in used.err
        )
        used = await away("--context", "acme", "context", "use", "beta", EXECOPS_CONTEXT="beta")
        assert used.err == "Commands speak to beta from now on.\n"


async def test_a_decision_stands_where_the_way_breaks_behind_it(
    ctx: Context, client: Client, away: Cli, cli: Cli
) -> None:
    """The command reads once more for its words alone; it does not say that nothing was changed."""
    proposal = await records.pending_id(ctx)
    async with served(ctx) as url, slow_way(url, 0) as way:
        gone = False

        def look(piece: bytes) -> bytes | None:
            nonlocal gone
            before, gone = gone, gone or b'"executes_at"' in piece
            return None if before else piece

        way.look = look
        env = {
            "EXECOPS_URL": way.url,
            "EXECOPS_TOKEN": cli.env["EXECOPS_TOKEN"],
            "EXECOPS_PLAIN_HTTP": "allowed",
        }
        approved = await away("approve", f"{proposal}@1", "--yes", **env)
    assert gone
    assert (await client.proposals.get(proposal)).status is not Status.PENDING
    assert (approved.code, "nothing was changed" in approved.err.lower()) == (0, False), approved.err
    assert f"Proposal {proposal}@1 is approved" in approved.err


async def test_a_renewed_token_that_cannot_be_kept_is_printed(
    ctx: Context, client: Client, away: Cli, cli: Cli
) -> None:
    """The old one works no more: a founder who does not see the new one is locked out."""
    async with served(ctx) as url:
        assert (await away("login", url, "--name", "acme", stdin=cli.env["EXECOPS_TOKEN"])).code == 0
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", 'ulimit -f 0; exec "$0" "$@"', sys.executable, "-m", "cli.main", "operators", "rotate", "founder",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=away.env,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, err
        assert b"could not keep the new token, so it is signed out" in err
        assert b"secrets.json cannot be written: File too large" in err
        token = out.decode().strip()
        assert (await away("whoami")).code == 4
        assert (await away("whoami", EXECOPS_URL=url, EXECOPS_TOKEN=token)).code == 0


async def test_no_context_takes_the_name_by_which_a_variable_gets_its_token(away: Cli) -> None:
    """EXECOPS_TOKEN goes to EXECOPS_URL alone, never to a context."""
    refused = await away("login", "https://ops.example.com", "--name", "EXECOPS_URL", stdin="secret")
    assert (refused.code, "cannot be the name of a context" in refused.err) == (2, True)


async def test_the_longest_lists_are_the_same_from_afar(
    ctx: Context, client: Client, away: Cli, cli: Cli
) -> None:
    """Each list with the most lines that its command takes; the audit log comes page by page."""
    await records.pending_id(ctx)
    async with served(ctx) as url:
        env = {"EXECOPS_URL": url, "EXECOPS_TOKEN": cli.env["EXECOPS_TOKEN"]}
        for words, most in (
            (("audit", "show"), 10_000),
            (("events", "list"), 1000),
            (("proposals", "list"), 1000),
        ):
            near = await cli(*words, "--limit", str(most), "--json")
            far = await away(*words, "--limit", str(most), "--json", **env)
            assert (far.code, far.err) == (near.code, near.err) == (0, ""), words
            assert json.loads(far.out) == json.loads(near.out)
            assert json.loads(far.out)


async def test_pages_of_the_audit_log_follow_one_another(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await records.pending_id(ctx, f"in_{number}", customer=f"cus_{number}")
    whole = [entry.entry.seq for entry in await client.audit.latest(100)]
    assert len(whole) > 3
    monkeypatch.setattr(audit, "_PAGE", 2)
    for count in (1, 2, 3, len(whole), len(whole) + 1):
        entries = await audit._latest(client, count, None)
        assert [entry.entry.seq for entry in entries] == whole[:count]
    assert [entry.entry.seq for entry in await audit._latest(client, 3, whole[0])] == whole[1:4]
