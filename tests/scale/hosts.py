"""Hosts of a fleet on one machine: a network namespace each, with a cable to the one where Postgres stands.

If the machine permits no namespaces, a host is no more than an address of loopback, and a host that is cut off is one whose
processes are stopped.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.own_postgres import DATABASE, Server, Template

_BRIDGE = "eosbr0"
_NET = "10.213.77"
OF_POSTGRES = f"{_NET}.1"
ROOT = Path(__file__).parents[2]


@dataclass
class Host:
    """A machine of the fleet: its address, and the processes that run there, with their environment and the folder of their logs."""

    address: str
    namespace: str | None = None
    environ: dict[str, str] = field(default_factory=dict)
    logs: Path = ROOT
    _running: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def run(self, *words: str) -> asyncio.subprocess.Process:
        """Start a command of ExecOps there."""
        with (self.logs / f"{self.address}_{words[0]}.log").open("ab") as lines:
            process = await asyncio.create_subprocess_exec(
                *self.inside(), sys.executable, "-m", "cli.main", *words,
                env=self.environ, cwd=ROOT, stdout=lines, stderr=lines,
            )  # fmt: skip
        self._running.append(process)
        return process

    def inside(self) -> list[str]:
        """The words before a command that runs there."""
        return ["ip", "netns", "exec", self.namespace] if self.namespace else []

    def seconds(self) -> float:
        """The seconds of processors that its processes have taken."""
        return sum(seconds_of(process.pid) for process in self._running)

    def cut_off(self) -> None:
        """Take its cable away: nothing arrives, and nobody is told."""
        if self.namespace:
            _ip("link", "set", f"{self.namespace}c", "down")
        else:
            for process in self._running:
                process.send_signal(signal.SIGSTOP)

    def put_back(self) -> None:
        """Put its cable back."""
        if self.namespace:
            _ip("link", "set", f"{self.namespace}c", "up")
        else:
            for process in self._running:
                process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """End its processes as an init system does."""
        for process in self._running:
            if process.returncode is None:
                process.terminate()
        for process in self._running:
            await asyncio.wait_for(process.wait(), 60)
        self._running.clear()


@contextmanager
def some_hosts(number: int) -> Iterator[list[Host]]:
    """Hosts, each in a network namespace of its own where the machine permits it."""
    if not _permitted():
        yield [Host(f"127.0.1.{place}") for place in range(1, number + 1)]
        return
    names = [f"eos{place}" for place in range(1, number + 1)]
    try:
        _ip("link", "add", _BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{OF_POSTGRES}/24", "dev", _BRIDGE)
        _ip("link", "set", _BRIDGE, "up")
        hosts = [Host(f"{_NET}.{place}", name) for place, name in enumerate(names, 10)]
        for host in hosts:
            _cable(host)
        yield hosts
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", _BRIDGE], check=False, capture_output=True)


@asynccontextmanager
async def a_postgres(
    template: Template, folder: Path, hosts: Sequence[Host]
) -> AsyncIterator[tuple[Server, str]]:
    """A Postgres that the hosts can reach, and the URL that they have for it."""
    if hosts[0].namespace is None:
        async with template.one(folder) as server:
            yield server, server.url()
        return
    async with template.one(folder, listen_addresses=f"127.0.0.1,{OF_POSTGRES}") as server:
        with (server.data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host {DATABASE} all samenet trust\n")
        await server.ask("select pg_reload_conf()")
        yield server, server.url().replace("127.0.0.1", OF_POSTGRES)


def seconds_of(process: int) -> float:
    """The seconds of processors that a process has taken; none where it is gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _permitted() -> bool:
    """Whether this user may make namespaces, and nobody uses ours."""
    if os.getuid() != 0:
        return False
    probe = f"{_BRIDGE}x"
    for words in (
        ["netns", "add", probe],
        ["netns", "del", probe],
        ["link", "add", _BRIDGE, "type", "bridge"],
    ):
        try:
            if subprocess.run(["ip", *words], check=False, capture_output=True).returncode != 0:
                return False
        except FileNotFoundError:
            return False
    _ip("link", "del", _BRIDGE)
    return True


def _cable(host: Host) -> None:
    name = host.namespace
    assert name is not None
    _ip("netns", "add", name)
    _ip("link", "add", f"{name}c", "type", "veth", "peer", "name", f"{name}i")
    _ip("link", "set", f"{name}c", "master", _BRIDGE)
    _ip("link", "set", f"{name}c", "up")
    _ip("link", "set", f"{name}i", "netns", name)
    _ip("-n", name, "addr", "add", f"{host.address}/24", "dev", f"{name}i")
    _ip("-n", name, "link", "set", f"{name}i", "up")
    _ip("-n", name, "link", "set", "lo", "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
