"""Commands whose streams are closed, whose reader went away, or whose input is not UTF-8."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Status
from tests import forking, records
from tests.e2e.test_cli import Ran, commands, environment
from tests.stripe_events import SECRET, failed, take_in
from tests.walking import walk

CLOSED_PIPE = 141
DATA: list[tuple[str, ...]] = [
    ("--version",),
    ("--help",),
    ("proposals", "list"),
    ("proposals", "list", "--json"),
    ("proposals", "list", "--status", "all"),
    ("proposals", "show", "1"),
    ("events", "list"),
    ("events", "list", "--json"),
    ("events", "show", "1"),
    ("audit", "show"),
    ("audit", "verify"),
    ("plays", "list"),
    ("precision",),
    ("precision", "--operators"),
    ("precision", "--actions"),
    ("actions", "list"),
    ("operators", "list"),
    ("import", "list"),
    ("vendors", "list"),
    ("vendors", "categories"),
    ("synonyms", "list"),
    ("canvas", "--refused"),
    ("doctor",),
    ("canvas", "how many proposals"),
    ("canvas", "how many proposals", "--json"),
    ("canvas", "how many proposals", "--csv"),
    ("canvas", "--list"),
    ("config", "list"),
]


def variables(ctx: Context) -> dict[str, str]:
    """The environment of a command with the founder's token."""
    token = ctx.settings.token
    assert token is not None
    return environment(
        {
            "DATABASE_URL": ctx.url.reveal(),
            "EXECOPS_HOME": str(ctx.settings.home),
            "EXECOPS_TOKEN": token.reveal(),
            "EXECOPS_UNDO_WINDOW": "60",
            "STRIPE_WEBHOOK_SECRET": SECRET,
        }
    )


async def run(
    env: Mapping[str, str], *args: str | bytes, stdin: bytes = b"", stdout: int = asyncio.subprocess.PIPE
) -> Ran:
    process = await forking.start(
        "cli.main", *args,
        stdin=asyncio.subprocess.PIPE, stdout=stdout, stderr=asyncio.subprocess.PIPE, env=env,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(stdin), 60)
    assert process.returncode is not None
    return Ran(process.returncode, (out or b"").decode(), err.decode())


async def unread(env: Mapping[str, str], *args: str) -> Ran:
    """Run a command into a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return await run(env, *args, stdout=writer)
    finally:
        os.close(writer)


async def redirected(env: Mapping[str, str], redirection: str, *args: str, by_python: bool = False) -> Ran:
    """Run a command with a redirection of the shell, such as `>&-`; `by_python`: as a process that Python itself starts."""
    command = [*forking.STARTED, "cli.main"] if by_python else await forking.words("cli.main", env=env)
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", f'exec "$0" "$@" {redirection}', *command, *args,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=env,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


def without_traceback(err: str) -> bool:
    return not any(word in err for word in ("Traceback", "defect", "Exception", "BrokenPipe", "Errno"))


async def test_a_closed_pipe_ends_every_command_quietly(ctx: Context) -> None:
    await records.pending_id(ctx)
    for args in DATA:
        ran = await unread(variables(ctx), *args)
        assert (ran.code, without_traceback(ran.err)) == (CLOSED_PIPE, True), (args, ran.err)


def test_every_group_that_lists_is_tried() -> None:
    groups = {words[0] for words in commands() if words[1:] in {("list",), ("show",)}}
    assert groups - {args[0] for args in DATA} <= {
        "context",
        "notifications",
        "outbox",
        "policies",
        "suppressions",
    }


HOWS = ["pipe", ">&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-", "2>&-"]
# The same code writes what both commands say, so the second one is tried where every stream is closed, and with a pipe.
DECIDING: list[tuple[str, tuple[str, ...]]] = [
    *product(HOWS, [("approve",), ("approve", "--json")]),
    *product(["pipe", "<&- >&- 2>&-"], [("reject",), ("reject", "--json")]),
]


async def test_a_decision_is_kept_whoever_reads(ctx: Context, client: Client) -> None:
    env = variables(ctx)
    for number, (how, args) in enumerate(DECIDING):
        proposal_id = await records.pending_id(ctx, f"in_{number}")
        command, *options = args
        words = (command, f"{proposal_id}@1", *options)
        if how == "pipe":
            ran = await unread(env, *words)
        else:  # Python starts one command with each redirection, which it meets before the command does
            ran = await redirected(env, how, *words, by_python=args == ("approve", "--json"))
        closed = how == "pipe" or ">&-" in how.replace("2>&-", "")
        assert ran.code == (CLOSED_PIPE if options and closed else 0), (how, args, ran.err)
        assert without_traceback(ran.err), (how, args)
        expected = Status.APPROVED if command == "approve" else Status.REJECTED
        assert (await client.proposals.get(proposal_id)).status is expected, (how, args)


async def test_a_closed_pipe_ends_a_stream_from_the_database_quietly(ctx: Context) -> None:
    for number in range(40):  # more than the buffer of stdout holds, so the pipe is met amid the rows
        await records.pending_id(ctx, f"in_{number}")
    ran = await unread(variables(ctx), "audit", "export", "--since", "1d")
    assert (ran.code, ran.err) == (CLOSED_PIPE, "")
    whole = await run(variables(ctx), "audit", "export", "--since", "1d")
    assert len(whole.out) > 8192


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
async def test_a_full_disk_is_said_plainly(ctx: Context) -> None:
    for number in range(40):
        await records.pending_id(ctx, f"in_{number}")
    for args in (
        ("proposals", "list"),
        ("canvas", "how many proposals", "--json"),
        ("audit", "export", "--since", "1d"),
    ):
        ran = await redirected(variables(ctx), ">/dev/full", *args, by_python=args[0] == "audit")
        assert (ran.code, without_traceback(ran.err)) == (6, True), (args, ran.err)
        assert "The output could not be written: no space left on device." in ran.err, args
    ran = await redirected(variables(ctx), ">/dev/full 2>&1", "proposals", "list", by_python=True)
    assert ran.code == 6


async def test_a_stdout_of_few_characters_gets_the_numbers_of_the_others(ctx: Context) -> None:
    """A terminal, or a pipe, of an old encoding: no output, and no decision that was taken, ends as a defect."""
    name = "Zoë \U0001f469\u200d\U0001f680 株式会社"
    await take_in(ctx, failed("in_1", customer_name=name))
    env = variables(ctx) | {"PYTHONIOENCODING": "ascii"}

    listed = await redirected(env, "", "proposals", "list")
    assert (listed.code, listed.err) == (0, "")
    assert r"Zo\xeb" in listed.out
    document = await redirected(env, "", "proposals", "list", "--json")
    titles = [row["title"] for row in json.loads(document.out)]
    assert len(titles) == 1
    assert "Zoë" in titles[0]
    filtered = await redirected(env, "", "proposals", "list", "--json", "--jq", ".[0] | {title}")
    assert [json.loads(filtered.out)["title"]] == titles
    output = await redirected(env, "", "status")
    assert output.code == 0
    assert without_traceback(output.err)


async def test_a_closed_stdout_ends_a_command_as_a_closed_pipe(ctx: Context) -> None:
    await records.pending_id(ctx)
    for args in DATA[:6]:
        ran = await redirected(variables(ctx), ">&-", *args, by_python=args == DATA[0])
        assert (ran.code, without_traceback(ran.err)) == (CLOSED_PIPE, True), (args, ran.err)


@pytest.mark.parametrize("locale", ["C.UTF-8", "C", "POSIX"])
async def test_junk_bytes_are_an_error_in_their_place(ctx: Context, locale: str) -> None:
    env = variables(ctx) | {"LC_ALL": locale}
    ran = await run(
        env, "canvas", "-", "--json", stdin=b"how many\xff events\n\nhow many events\n\xed\xa0\x80\n"
    )
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer["kind"] for answer in answers] == ["error", "answer", "error"]
    assert [answer["error"]["code"] for answer in answers if "error" in answer] == ["invalid_input"] * 2
    assert "not UTF-8: byte 0xff at position 8" in answers[0]["error"]["message"]
    assert "\\ud" not in ran.out
    assert ran.code == 2


async def test_junk_bytes_are_an_error_in_plain_text_too(ctx: Context) -> None:
    ran = await run(variables(ctx), "canvas", "-", stdin=b"how many \xff\n")
    assert (ran.code, ran.out) == (2, "")
    assert "not UTF-8" in ran.err


@walk(
    "args",
    [
        (b"canvas", b"how many\xff events"),
        (b"canvas", b"--explain", b"how many\xff events"),
        (b"canvas", b"--metric", b"events", b"--param", b"vendor=\xff"),
        (b"proposals", b"list", b"--status", b"\xff"),
        (b"reject", b"1@1", b"--reason=\xff"),
        (b"pause", b"-m", b"\xff"),
    ],
)
async def test_an_argument_that_is_not_utf8_is_refused(ctx: Context, args: tuple[bytes, ...]) -> None:
    ran = await run(variables(ctx) | {"LC_ALL": "C.UTF-8"}, *args)
    assert (ran.code, ran.out) == (2, "")
    assert "is not UTF-8 text" in ran.err
    assert without_traceback(ran.err)


async def test_a_payload_that_is_not_utf8_changes_nothing(ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    words = ("proposals", "edit", f"{proposal_id}@1", "--payload", "-")
    for junk in (b'{"text": "\xff"}', b'{"text": "\\ud800"}'):
        ran = await run(variables(ctx), *words, stdin=junk)
        assert ran.code == 2, ran.err
        assert without_traceback(ran.err)
    assert (await client.proposals.get(proposal_id)).version == 1
