"""`execops outbox` and `execops trigger email|slack`, and the message that each face names on an executed card."""

from __future__ import annotations

import asyncio
import os
import pty
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Role
from tests import forking, records
from tests.e2e.test_cli import ROOT, Cli, cli, environment
from tests.e2e.test_http import bearer, http
from tests.performing import go

__all__ = ["bearer", "cli", "http"]  # fixtures
ADDRESS = "ada@example.com"
NO_DATABASE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "EXECOPS_TOKEN": "wrong"}

Send = Callable[[str, str], Awaitable[int]]


@pytest.fixture
def send(ctx: Context, client: Client) -> Send:
    """Ask for a first message, approve and perform it; returns the id of its proposal."""

    async def sent(action_type: str, receiver: str) -> int:
        proposal_id = (await client.proposals.request_first_message(action_type, receiver)).proposal_id
        await client.proposals.approve(proposal_id, 1)
        await go(ctx, proposal_id)
        return proposal_id

    return sent


async def test_the_messages_are_listed_and_shown_without_a_database(cli: Cli, send: Send) -> None:
    mail, post = await send("email", ADDRESS), await send("slack", "#ops")
    listed = (await cli("outbox", "list", "--json", **NO_DATABASE)).json
    by_kind = {message["kind"]: message for message in listed}
    assert [by_kind[kind]["proposal_id"] for kind in ("email", "slack")] == [mail, post]
    assert (by_kind["email"]["to"], by_kind["slack"]["to"]) == (ADDRESS, "#ops")
    assert by_kind["slack"]["subject"].startswith("This is the first Slack message from ExecOps")
    table = await cli("outbox", "list", **NO_DATABASE)
    assert (table.code, table.err) == (0, "")
    assert table.out.splitlines()[0].split() == ["ID", "KIND", "AGE", "PROPOSAL", "TO", "SUBJECT"]
    assert {line.split()[0] for line in table.out.splitlines()[1:]} == {row["id"][:8] for row in listed}
    newest = await cli("outbox", "list", "--limit", "1", "--json", **NO_DATABASE)
    assert newest.json == listed[:1]
    assert newest.err == "Not listed: 1 older message. See --limit.\n"
    short_id = by_kind["email"]["id"][:8]
    card = await cli("outbox", "show", short_id, **NO_DATABASE)
    head, _, text = card.out.partition("\n\n")
    assert f"To: {ADDRESS}\n" in head
    assert text.startswith("This is the first mail from ExecOps at Our team.\n")
    assert f"Its proposal: execops proposals show {mail}\n" in card.err
    document = (await cli("outbox", "show", by_kind["email"]["message_id"], "--json", **NO_DATABASE)).json
    assert document["text"] == text
    assert document["headers"]["Subject"] == by_kind["email"]["subject"] == "First mail from ExecOps"
    slack = await cli("outbox", "show", by_kind["slack"]["id"], **NO_DATABASE)
    assert slack.out.startswith("Channel: #ops\n\nThis is the first Slack message")
    source = await cli("outbox", "show", short_id, "--source", **NO_DATABASE)
    assert source.out == Path(document["path"]).read_bytes().decode()


async def test_an_empty_outbox_says_so(cli: Cli, ctx: Context) -> None:
    ran = await cli("outbox", "list")
    assert (ran.code, ran.out, ran.err) == (0, "", f"The outbox is empty: {ctx.settings.outbox}\n")
    ran = await cli("outbox", "list", "--json")
    assert (ran.code, ran.json, ran.err) == (0, [], "")


@pytest.mark.parametrize("command", ["show", "open"])
async def test_an_id_that_names_no_message_or_several_is_refused(
    cli: Cli, ctx: Context, command: str
) -> None:
    folder = ctx.settings.outbox / "email" / "new"
    folder.mkdir(parents=True)
    for digit in "ab":
        (folder / f"{'0' * 31}{digit}.execops").write_bytes(b"Subject: x\r\n\r\n")
    for id_ in ("f", "", "../token", "\u202e", "12@3"):
        ran = await cli("outbox", command, id_)
        assert (ran.code, ran.out) == (3, ""), id_
        assert "There is no message " in ran.err
        assert "execops outbox list" in ran.err
        assert "\u202e" not in ran.err
    ran = await cli("outbox", command, "0000")
    assert (ran.code, ran.out) == (2, "")
    assert f"2 messages have an id that begins with '0000'.\n       Type more of it: {'0' * 31}" in ran.err
    assert (await cli("outbox", command)).code == 2
    assert (await cli("outbox", "show", "0" * 31 + "a", "--source", "--json")).code == 2


async def test_hostile_files_are_shown_without_harm(cli: Cli, ctx: Context) -> None:
    folder = ctx.settings.outbox / "email" / "new"
    folder.mkdir(parents=True)
    evil = "Subject: \x1b]0;owned\x07pay\u202e\u200b now\r\nFrom: \x9b31m\r\n\r\n\x1b[2Jhello\u202e\r\n"
    (folder / f"{'a' * 32}.execops").write_bytes(evil.encode())
    (folder / f"{'b' * 32}.execops").write_bytes(b"Subject: large\r\n\r\n" + b"x" * 11_000_000)
    (folder / f"{'c' * 32}.execops").symlink_to(ctx.settings.token_file)
    (folder / "1700000000.host").write_bytes(b"Subject: of another program\r\n\r\n")
    listed = await cli("outbox", "list")
    assert (listed.code, listed.err) == (0, "Left out 2 files that ExecOps did not put there.\n")
    message = await cli("outbox", "show", "aaaa")
    assert "hello" in message.out
    for ran in (listed, message):
        assert not set("\x1b\x07\x9b\u202e\u200b") & {*ran.out, *ran.err}
    large = await cli("outbox", "show", "bbbb")
    assert len(large.out) < 300_000
    assert "Only the beginning: the file has 11,000,018 bytes." in large.err
    assert (await cli("outbox", "show", "cccc")).code == 3


async def test_an_outbox_that_cannot_be_read_is_told(cli: Cli, ctx: Context) -> None:
    (ctx.settings.outbox / "email").mkdir(parents=True)
    (ctx.settings.outbox / "email" / "new").write_text("")
    ran = await cli("outbox", "list")
    assert (ran.code, ran.out) == (6, "")
    assert "cannot be read: Not a directory." in ran.err


async def test_a_pipe_gets_the_path_of_a_private_page_and_nothing_opens(
    cli: Cli, send: Send, tmp_path: Path
) -> None:
    await send("email", ADDRESS)
    [listed] = (await cli("outbox", "list", "--json")).json
    browser = browser_that_notes(tmp_path)
    ran = await cli("outbox", "open", listed["id"][:8], TMPDIR=str(tmp_path), **browser)
    assert (ran.code, ran.err) == (0, "")
    page = Path(ran.out.strip())
    assert page.parent == tmp_path
    assert page.stat().st_mode & 0o777 == 0o600
    assert "&lt;p&gt;There is nothing to do.&lt;/p&gt;" in page.read_text()
    document = (await cli("outbox", "open", listed["id"], "--json", TMPDIR=str(tmp_path), **browser)).json
    assert document["opened"] is False
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize("display", ["", ":1"])
async def test_a_terminal_opens_the_page_where_there_are_windows(
    cli: Cli, send: Send, tmp_path: Path, display: str
) -> None:
    await send("email", ADDRESS)
    browser = browser_that_notes(tmp_path) | {"DISPLAY": display}
    [listed] = (await cli("outbox", "list", "--json")).json
    master, slave = pty.openpty()
    process = await forking.start(
        "cli.main", "outbox", "open", listed["id"][:8],
        stdin=slave, stdout=slave, stderr=slave, cwd=ROOT,
        env=environment({**cli.env, **browser, "TMPDIR": str(tmp_path)}),
    )  # fmt: skip
    os.close(slave)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    output = os.read(master, 4096).decode()
    os.close(master)
    [page] = tmp_path.glob("execops-*.html")
    assert str(page) in output
    if display:
        assert "Opened in your browser." in output
        assert (tmp_path / "opened").read_text().strip() == page.as_uri()
    else:
        assert "No browser could be opened here" in output
        assert not (tmp_path / "opened").exists()


def browser_that_notes(folder: Path) -> dict[str, str]:
    """A browser that writes the address which it is to open into the file `opened`."""
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {folder}/opened\n')
    program.chmod(0o700)
    return {"BROWSER": f"{program} %s"}


# A first message


async def test_a_first_message_waits_in_the_inbox(cli: Cli, ctx: Context, client: Client) -> None:
    ran = await cli("trigger", "email", "--to", f" {ADDRESS} ")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Proposal 1@1 waits in the inbox. Approve it there, or with: execops approve 1@1\n"
    again = await cli("trigger", "email", "--to", ADDRESS)
    assert again.code == 0
    assert again.err.startswith("Proposal 1@1 waits in the inbox already, so nothing was added. ")
    document = (await cli("trigger", "slack", "--channel", "#ops", "--json")).json
    assert document == {"proposal_id": 2, "version": 1, "status": "pending", "new": True, "model": None}
    assert (await cli("approve", "1@1")).code == 0
    approved = await cli("trigger", "email", "--to", ADDRESS)
    assert approved.err == "Proposal 1@1 is approved already, so nothing was added.\n"
    await go(ctx, 1)
    assert (await cli("trigger", "email", "--to", ADDRESS)).err.startswith("Proposal 3@1 waits in the inbox.")
    assert len(records.mails(ctx)) == 1


async def test_wrong_receivers_and_a_missing_sender_store_nothing(
    cli: Cli, ctx: Context, client: Client
) -> None:
    for words in (
        ["email"], ["email", "--to", "nobody"], ["email", "--to", ""], ["email", "--to", "a@b.example,c@d.example"],
        ["slack"], ["slack", "--channel", "#a b"], ["slack", "--channel", ""],
    ):  # fmt: skip
        ran = await cli("trigger", *words)
        assert (ran.code, ran.out) == (2, ""), words
    ran = await cli("trigger", "email", "--to", ADDRESS, EXECOPS_EMAIL_FROM="")
    assert (ran.code, ran.out) == (6, "")
    assert "EXECOPS_EMAIL_FROM" in ran.err
    _, token = await client.operators.add("Eve", Role.OPS)
    ran = await cli("trigger", "email", "--to", ADDRESS, EXECOPS_TOKEN=token.reveal())
    assert (ran.code, ran.out) == (4, "")
    assert "Only a founder may ask for a first message; Eve is ops. Nothing was changed." in ran.err
    assert await records.rows(ctx, "select id from events") == []


async def test_an_executed_card_names_its_message(
    cli: Cli, client: Client, send: Send, http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    waits = (await client.proposals.request_first_message("email", "grace@example.com")).proposal_id
    proposal_id = await send("email", ADDRESS)
    [message] = (await cli("outbox", "list", "--json")).json
    look = f"execops outbox show {message['id'][:8]}"
    card = await cli("proposals", "show", str(proposal_id))
    assert f"  Went    into the outbox as {message['message_id']}; look at it: {look}\n" in card.out
    assert "  Went " not in (await cli("proposals", "show", str(waits))).out
    sent = {"transport": "outbox", "message_id": message["message_id"], "look": look}
    assert (await cli("proposals", "show", str(proposal_id), "--json")).json["sent"] == sent
    assert (await http.get(f"/api/proposals/{proposal_id}", headers=bearer)).json()["sent"] == sent
    assert (await http.get(f"/api/proposals/{waits}", headers=bearer)).json()["sent"] is None
    assert (await cli(*look.split()[1:])).code == 0
