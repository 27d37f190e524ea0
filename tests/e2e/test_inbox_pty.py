"""The real `execops inbox` in a pseudo-terminal, against a running server and worker."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import signal
import struct
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any, cast

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from execops.client import Client
from execops.context import Context
from execops.model import Status
from tests import forking
from tests.e2e.test_cli import Cli, cli, environment, up
from tests.job_worker import until_pending, until_status
from tests.stripe_events import failed, take_in
from tui.app import Output

__all__ = ["cli"]

HOSTILE = "Acme\x1b]0;owned\x07\x1b[2J\x9b31m\u202eknaB\u200b[red]x[/oops]\x1bP+q\x9c\r\n\x08end"
# All that an inbox may write besides text: CSI sequences; OSC 52 (copy) and OSC 8, 10, 11 (colours, links);
# DEC's saving and keypad modes.
CSI = re.compile(rb"\x1b\[[0-9;:?<=>$! ]*[@-~]")
OTHER = re.compile(
    rb"\x1b(?:[=>78MDc]|\][0-9]+;[^\x07\x1b]*(?:\x07|\x1b\\)|[()][0B]|_G[^\x1b]*\x1b\\|P[^\x1b]*\x1b\\)"
)


class Terminal:
    """What the inbox wrote, and a keyboard."""

    def __init__(self, outer: int, process: forking.Running) -> None:
        self._outer, self.process = outer, process
        self.written = b""
        asyncio.get_running_loop().add_reader(outer, self._read)

    def _read(self) -> None:
        try:
            self.written += os.read(self._outer, 65536)
        except OSError:  # the other end is closed
            asyncio.get_running_loop().remove_reader(self._outer)

    def press(self, keys: str) -> None:
        os.write(self._outer, keys.encode())

    async def answered(self, keys: str) -> None:
        """Press, and wait until something was drawn and nothing more is: a lone escape must be seen as one."""
        before, drawn = len(self.written), -1
        self.press(keys)
        async with asyncio.timeout(20):
            while len(self.written) == before or len(self.written) != drawn:
                drawn = len(self.written)
                await asyncio.sleep(0.3)

    @property
    def text(self) -> str:
        """Everything ever drawn, without the sequences that place and colour it."""
        return OTHER.sub(b"", CSI.sub(b"", self.written)).decode(errors="replace")

    async def until(self, shown: Callable[[str], Any], seconds: float = 30.0) -> None:
        """Wait until it holds of what was drawn."""
        async with asyncio.timeout(seconds):
            while not shown(self.text):
                assert self.process.returncode is None, self.text
                await asyncio.sleep(0.02)


@asynccontextmanager
async def inbox(
    mine: Cli, *args: str, size: tuple[int, int] = (80, 24), **env: str
) -> AsyncIterator[Terminal]:
    """The inbox in a terminal of its own; left with `q`."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    process = await forking.run(
        "cli.main", "inbox", *args, stdin=inner, stdout=inner, stderr=inner,
        start_new_session=True, env=environment({**mine.env, "TERM": "xterm-256color", "COLORTERM": "truecolor", **env}),
    )  # fmt: skip
    os.close(inner)
    terminal = Terminal(outer, process)
    try:
        await terminal.until(lambda text: "● live" in text or "waits" in text or "wait" in text)
        yield terminal
        if process.returncode is None:
            terminal.press("q")
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        await process.end()
        asyncio.get_running_loop().remove_reader(outer)
        os.close(outer)


def mails(ctx: Context) -> list[Path]:
    """The outbox."""
    folder = ctx.settings.outbox / "email" / "new"
    return sorted(folder.iterdir()) if folder.exists() else []


async def test_a_key_approves_and_the_mail_is_in_the_outbox(cli: Cli, ctx: Context, client: Client) -> None:
    async with up(cli.env) as url, inbox(cli) as terminal:
        await terminal.until(lambda text: "Nothing needs you." in text)
        sent = await cli(
            "trigger",
            "stripe",
            "invoice.payment_failed",
            "--name",
            "Initech",
            "--amount",
            "4900",
            "--url",
            url,
        )
        assert sent.code == 0
        await until_pending(client)
        await terminal.until(lambda text: "Approving puts a mail from" in text)
        [line] = await client.proposals.inbox()
        assert not mails(ctx), "nothing is sent before a person decides"
        await asyncio.sleep(0.8)  # a card that changed by itself takes no decision at once
        terminal.press("a")
        await until_status(client, line.id, Status.EXECUTED)
        [mail] = mails(ctx)
        message = message_from_bytes(mail.read_bytes())
        shown = (await client.proposals.get(line.id)).payload
        assert message["To"] == shown["to"]
        assert shown["to"] in terminal.text, "the recipient shown is the recipient used"
        await terminal.until(lambda text: f"Done: #{line.id}" in text)


async def test_a_question_is_answered_and_leads_to_its_proposal(cli: Cli, ctx: Context) -> None:
    await take_in(ctx, failed())
    async with inbox(cli) as terminal:
        await terminal.until(lambda text: "Approving puts" in text)
        terminal.press("c")
        await terminal.until(lambda text: "failed payments" in text)
        terminal.press("which payments faild since 2001?\r")
        await terminal.until(lambda text: "Failed payments" in text and "in_1" in text and "As of" in text)
        terminal.press("\r")
        await terminal.until(lambda text: "proposals of Failed payments" in text and "Approving puts" in text)


async def test_keys_of_the_config_file_reach_the_real_inbox(cli: Cli, ctx: Context, client: Client) -> None:
    ctx.settings.home.mkdir(exist_ok=True)
    (ctx.settings.home / "config.toml").write_text('[keys]\ninbox.reject = "d"\n')
    await take_in(ctx, failed())
    async with inbox(cli) as terminal:
        await terminal.until(lambda text: "Approving puts" in text)
        terminal.press("y")
        await terminal.until(lambda text: "The draft is copied." in text)
        assert b"\x1b]52;c;" in terminal.written, "so that it works over SSH"
        terminal.press("d")
        await terminal.until(lambda text: "Reject #1?" in text)
        terminal.press("1\r")
        await until_status(client, 1, Status.REJECTED)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_no_byte_from_outside_commands_the_terminal(
    cli: Cli, ctx: Context, client: Client, size: tuple[int, int]
) -> None:
    await take_in(ctx, failed(customer_name=HOSTILE, number=HOSTILE))
    await take_in(ctx, failed("in_2", customer="cus_2", customer_name="[/" * 50_000 + "株" * 50_000))
    async with inbox(cli, size=size) as terminal:
        await terminal.until(lambda text: "2 pending" in text)
        for keys in ("j", "k", "s", "q", "r", "\x1b", "E", "\x1b", "?", "q", "/Acme", "\r", "u", "U"):
            await terminal.answered(keys)
    rest = OTHER.sub(b"", CSI.sub(b"", terminal.written))
    assert not set(rest) & (set(range(32)) - set(b"\r\n\t")), rest
    assert b"\x7f" not in rest
    text = rest.decode()  # what was written is whole characters
    assert not {each for each in text if "\x80" <= each <= "\x9f" or each in "\u202e\u200b\u2066\ufeff"}
    assert "owned" in text, "the letters are shown, as letters"
    assert b"owned\x07" not in terminal.written
    for sequence in (b"\x1b[31m", b"\x1bP1$q"):
        assert sequence not in terminal.written
    assert (await client.proposals.get(1)).status is Status.PENDING


async def test_without_colour_it_says_the_same(cli: Cli, ctx: Context) -> None:
    await take_in(ctx, failed())
    async with inbox(cli, "--readonly", NO_COLOR="1") as terminal:
        await terminal.until(lambda text: "read-only" in text and "MED" in text)
    styles = [style.split(b";") for style in re.findall(rb"\x1b\[([0-9;]*)m", terminal.written)]
    assert any(b"1" in style for style in styles), "bold tells what colours would"
    colours = re.compile(rb"[34][0-8]|9[0-7]|10[0-7]")
    assert not [style for style in styles if any(map(colours.fullmatch, style))]


async def test_keys_in_one_write_are_about_the_row_under_the_cursor(
    cli: Cli, ctx: Context, client: Client
) -> None:
    for number in (1, 2):
        await take_in(ctx, failed(f"in_{number}", customer=f"cus_{number}", customer_name=f"Tenant {number}"))
    async with inbox(cli) as terminal:
        await terminal.until(lambda text: "Approving puts" in text)
        terminal.press("jr1\r")
        await until_status(client, 1, Status.REJECTED)
        assert (await client.proposals.get(2)).status is Status.PENDING
        assert "Reject #1?" in terminal.text


async def test_letters_behind_c_approve_nothing(cli: Cli, ctx: Context, client: Client) -> None:
    await take_in(ctx, failed())
    async with inbox(cli) as terminal:
        await terminal.until(lambda text: "Approving puts" in text)
        terminal.press("caaarrr zzz?\r")
        await terminal.until(lambda text: "Not answered" in text or "Not clear" in text)
        assert (await client.proposals.get(1)).status is Status.PENDING
        await terminal.answered("\x1b")


async def test_a_failing_editor_brings_the_inbox_back(cli: Cli, ctx: Context, client: Client) -> None:
    await take_in(ctx, failed())
    async with inbox(cli, EDITOR="nope") as terminal:
        await terminal.until(lambda text: "Approving puts" in text)
        terminal.press("e")
        await terminal.until(lambda text: "The editor failed; the draft is unchanged" in text)
        terminal.press("?")
        await terminal.until(lambda text: "esc goes back" in text)
        await terminal.answered("q")
        assert (await client.proposals.get(1)).version == 1


async def test_ctrl_z_suspends_and_comes_back_and_ctrl_c_leaves(cli: Cli, ctx: Context) -> None:
    await take_in(ctx, failed())
    async with inbox(cli) as terminal:
        await terminal.until(lambda text: "Approving puts" in text)
        terminal.press("\x1a")
        async with asyncio.timeout(20):
            await forking.until_state(terminal.process.pid, "T")
        terminal.written = b""
        terminal.process.send_signal(signal.SIGCONT)
        await terminal.until(lambda text: "ExecOps" in text and "Approving puts" in text)
        terminal.press("\x03")
        assert await asyncio.wait_for(terminal.process.wait(), 20) == 0


@pytest.mark.parametrize("wait", [0.0, 0.1, 0.2, 0.4])  # seconds
async def test_q_typed_before_the_first_frame_leaves_without_a_word(
    cli: Cli, ctx: Context, wait: float
) -> None:
    await take_in(ctx, failed())
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = await forking.run(
        "cli.main", "inbox", stdin=inner, stdout=inner, stderr=inner,
        start_new_session=True, env=environment({**cli.env, "TERM": "xterm-256color"}),
    )  # fmt: skip
    os.close(inner)
    terminal = Terminal(outer, process)
    try:
        await asyncio.sleep(wait)
        terminal.press("q")
        assert await asyncio.wait_for(process.wait(), 20) == 0, terminal.text
        assert "Traceback" not in terminal.text
        assert "Error" not in terminal.text
    finally:
        await process.end()
        asyncio.get_running_loop().remove_reader(outer)
        os.close(outer)


async def test_a_hang_up_gives_the_terminal_back(cli: Cli, ctx: Context) -> None:
    """The screen before the inbox is there again, the cursor is seen, and the mouse is the terminal's."""
    async with inbox(cli) as terminal:
        terminal.written = b""
        terminal.process.send_signal(signal.SIGHUP)
        await asyncio.wait_for(terminal.process.wait(), 20)
        await asyncio.sleep(0.1)  # the last of it is read
        for sequence in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l"):
            assert sequence in terminal.written


def test_a_terminal_that_is_gone_ends_no_writer() -> None:
    """Textual waits for the thread that writes, also where an error ended it and thirty writes still stand in its queue."""
    outer, inner = pty.openpty()
    os.close(outer)
    with os.fdopen(os.dup(inner), "w", closefd=False) as file:
        writer = WriterThread(cast("Any", Output(file)))
        writer.start()
        for _ in range(MAX_QUEUED_WRITES + 1):
            writer.write("x")
            writer.join(0.02)
            assert writer.is_alive()
        writer.stop()
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())  # as the command does when it is told
    os.close(inner)


async def test_a_terminal_that_is_gone_ends_the_inbox(cli: Cli, ctx: Context) -> None:
    """A window that is closed: nobody reads any more, and no write may hold up the end."""
    outer, inner = pty.openpty()
    process = await forking.run(
        "cli.main", "inbox", stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
        env=environment({**cli.env, "TERM": "xterm-256color"}),
    )  # fmt: skip
    os.close(inner)
    terminal = Terminal(outer, process)
    try:
        await terminal.until(lambda text: "● live" in text or "wait" in text)
        asyncio.get_running_loop().remove_reader(outer)
        os.close(outer)
        process.send_signal(
            signal.SIGCONT
        )  # as the kernel does for the terminal's own processes, in either order
        await asyncio.sleep(0.5)
        process.send_signal(signal.SIGHUP)
        await asyncio.wait_for(process.wait(), 20)
        assert process.returncode != -signal.SIGHUP
    finally:
        await process.end()


async def test_an_urgent_proposal_that_arrives_rings_once_in_a_real_terminal(cli: Cli, ctx: Context) -> None:
    large: Any = {"amount_due": 500_000, "amount_remaining": 500_000, "total": 500_000}
    await take_in(ctx, failed(**large))
    async with inbox(cli, TMUX="", TERM_PROGRAM="") as terminal:
        await terminal.until(lambda text: "Approving puts" in text)
        assert b"\x1b]9;" not in terminal.written
        await take_in(
            ctx,
            failed("in_2", customer="cus_2", customer_name=HOSTILE, customer_email="b@c.example", **large),
        )
        async with asyncio.timeout(20):
            while b"]777;notify;ExecOps;High: " not in terminal.written:  # noqa: ASYNC110  bytes have no event
                await asyncio.sleep(0.02)
        await terminal.answered("j")
    kept, shown, restored = (
        terminal.written.find(part) for part in (b"\x1b[22;2t", b"\x1b]2;(", b"\x1b[23;2t")
    )
    assert 0 <= kept < shown < restored
    notifications = re.findall(rb"\x1b\]9;([^\x07]*)\x07", terminal.written)
    assert len([text for text in notifications if b"5,000.00" in text and b"owned" in text]) >= 1
    assert len(notifications) == len(set(notifications))
    assert not any(set(text) & set(range(32)) for text in notifications)
    assert b"\x07" in OTHER.sub(b"", CSI.sub(b"", terminal.written)), "the bell itself"


async def test_an_entry_that_is_no_key_is_refused_with_its_line(cli: Cli, ctx: Context) -> None:
    ctx.settings.home.mkdir(exist_ok=True)
    (ctx.settings.home / "config.toml").write_text('[keys]\n"inbox.reject" = "not a key"\n')
    with pytest.raises(
        AssertionError, match=r"config\.toml:2:\s+\[keys\]\s+inbox\.reject: 'not a key' is not a key"
    ):
        async with inbox(cli):
            raise AssertionError("it opened")
