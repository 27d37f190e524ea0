"""The first ten minutes of a stranger, in two terminals of 80 by 24, against a Stripe emulator: each screen and its time.

    python -m tests.first_minutes FOLDER [--pipx PIPX] [--python PYTHON]

It follows docs/first-minutes.md in a new home and a clean clone, by the keys that a person types, and needs tmux and pipx. In the
place of the person's account stands localstripe; in the place of `stripe listen` and `stripe trigger`, the emulator's own
webhooks and a subscription whose renewal no card pays. It writes a screen for each step, and the table.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from tests.e2e.test_backfill_localstripe import in_front_of
from tests.emulator import localstripe, post, subscribe

ROOT = Path(__file__).parents[1]
KEY, SECRET = "rk_test_of_the_emulator", "whsec_of_the_emulator"
PATIENCE = 240.0  # seconds for one screen


class Terminal:
    """A terminal of 80 by 24 in tmux."""

    def __init__(self, socket_name: str, name: str, folder: Path, env: dict[str, str]) -> None:
        self._tmux = ["tmux", "-L", socket_name]
        self._name = name
        words = [part for key, value in env.items() for part in ("-e", f"{key}={value}")]
        shell = ["-s", name, "-x", "80", "-y", "24", "-c", str(folder), *words, "bash --norc --noprofile"]
        self._run("new-session", "-d", *shell)

    def _run(self, *words: str) -> str:
        return subprocess.run([*self._tmux, *words], capture_output=True, text=True, check=True).stdout

    def type(self, text: str) -> None:
        """Type a line, and press Enter."""
        self._run("send-keys", "-t", self._name, "-l", text)
        self.press("Enter")

    def press(self, key: str) -> None:
        """Press one key."""
        self._run("send-keys", "-t", self._name, key)

    def screen(self) -> str:
        """The screen as it stands."""
        return self._run("capture-pane", "-p", "-t", self._name).rstrip()

    async def shows(self, text: str) -> str:
        """The screen, once it shows this text. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while text not in " ".join(self.screen().split()):  # noqa: ASYNC110  tmux tells of no change
                await asyncio.sleep(0.1)
        return self.screen()

    async def ended(self) -> None:
        """Wait until the program has ended, and the shell reads again. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while "bash" not in self._run("display", "-p", "-t", self._name, "#{pane_current_command}"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)


class Minutes:
    """The steps that were made, with their seconds and screens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._began = self._last = time.monotonic()
        self.rows: list[tuple[str, float, float]] = []

    def note(self, step: str, screen: str) -> None:
        """Keep a step's screen, and the seconds since the step before."""
        now = time.monotonic()
        self.rows.append((step, now - self._last, now - self._began))
        self._last = now
        (self._folder / f"{len(self.rows):02}.txt").write_text(f"{step}\n{'=' * 80}\n{screen}\n")

    def table(self) -> str:
        """The steps as the table of docs/first-minutes.md."""
        lines = ["| step | seconds | since the start |", "|---|---|---|"]
        return "\n".join([*lines, *(f"| {step} | {took:.1f} | {at:.1f} |" for step, took, at in self.rows)])


async def walk(folder: Path, pipx: str, python: str) -> None:
    """Make every step, and write screens and table into the folder. Raises TimeoutError at a screen that does not come."""
    folder.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        work = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="execops-minutes-", ignore_cleanup_errors=True)
            )
        )
        work.chmod(0o711)
        emulator = await stack.enter_async_context(localstripe())
        env = {
            "HOME": str(work), "PATH": f"{work / '.local' / 'bin'}:{os.environ['PATH']}", "TERM": "tmux-256color",
            "EXECOPS_HOME": str(work / "data"), "EXECOPS_STRIPE_API_BASE": await stack.enter_async_context(in_front_of(emulator)),
            "EXECOPS_PORT": str(_free_port()), "PIPX_HOME": str(work / "pipx"), "PIPX_BIN_DIR": str(work / ".local" / "bin"),
        }  # fmt: skip
        tmux = f"execops-{os.getpid()}"
        stack.callback(subprocess.run, ["tmux", "-L", tmux, "kill-server"], check=False)
        installing, connecting = (Terminal(tmux, name, work, env) for name in ("one", "two"))
        minutes = Minutes(folder)
        await _install(minutes, installing, pipx, python)
        await _connect(minutes, installing, connecting, emulator, env["EXECOPS_PORT"])
        await _decide(minutes, connecting)
        (folder / "table.md").write_text(minutes.table() + "\n")
        print(minutes.table())
        installing.press("C-c")
        await installing.ended()


async def _install(minutes: Minutes, installing: Terminal, pipx: str, python: str) -> None:
    installing.type(f"git clone -q {shlex.quote(str(ROOT))} execops && cd execops && clear && ls")
    minutes.note("`git clone …`", await installing.shows("README.md"))
    installing.type(
        f"clear; {pipx} install -q --python {python} '.[embedded]' 2>/dev/null; execops --version"
    )
    minutes.note("`pipx install '.[embedded]'`", await installing.shows("execops 0."))
    installing.type("clear; execops")
    minutes.note("`execops`: where to start", await installing.shows("lists every command"))


async def _connect(
    minutes: Minutes, installing: Terminal, connecting: Terminal, emulator: httpx.AsyncClient, port: str
) -> None:
    connecting.type("clear; execops connect stripe")
    minutes.note("`execops connect stripe` asks for the key", await connecting.shows("The key, rk_…"))
    connecting.type(KEY)
    minutes.note(
        "the key is tried; it asks for the signing secret",
        await connecting.shows("The signing secret, whsec_…"),
    )
    connecting.type(SECRET)
    minutes.note("it waits for the first event", await connecting.shows("waiting for the first event"))
    installing.type("clear; execops up")
    minutes.note("`execops up` in the other terminal", await installing.shows("The worker takes jobs"))
    await post(
        emulator, "/_config/webhooks/execops", url=f"http://127.0.0.1:{port}/ingest/stripe", secret=SECRET
    )
    await subscribe(emulator)
    minutes.note("an event of Stripe's arrives", await connecting.shows("ExecOps drafts where one is needed"))
    minutes.note(
        "a line for each delivery in the first terminal", await installing.shows("invoice.payment_failed")
    )


async def _decide(minutes: Minutes, connecting: Terminal) -> None:
    connecting.type("clear; execops inbox")
    minutes.note("`execops inbox`: the proposal", await connecting.shows("To ap@initech.example"))
    connecting.press("a")
    minutes.note("`a` approves it", await connecting.shows("Approved"))
    await connecting.shows("Nothing needs you")
    connecting.press("q")
    await connecting.ended()
    connecting.type("clear; execops outbox list")
    minutes.note("`execops outbox list`: the mail", await connecting.shows("ap@initech.example"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pipx", default="pipx")
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    asyncio.run(walk(options.folder, options.pipx, options.python))
