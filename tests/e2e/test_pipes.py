"""Commands in pipelines: wide names, readers that leave, outputs that are closed, bytes that are no text, long lists."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from rich.cells import cell_len

from cli import output
from execops.client import Client
from execops.context import Context
from execops.model import Status
from tests import records
from tests.e2e.test_cli import Cli, cli, environment
from tests.stripe_events import failed, paid, take_in

__all__ = ["cli"]  # the fixture

WIDE = ["東京サービス株式会社", "Cafe\u0301 Zu\u0308rich", "🚀 Rockets", "한국 회사", "plain"]


@pytest.mark.parametrize("right", [(), ("name",)])
def test_columns_are_aligned_by_cells(capsys: pytest.CaptureFixture[str], right: tuple[str, ...]) -> None:
    output.table(["name", "amount"], [(name, "|") for name in WIDE], right=right)
    _, *lines = capsys.readouterr().out.splitlines()
    assert len({cell_len(line[: line.index("|")]) for line in lines}) == 1


async def shell(cli: Cli, line: str, *arguments: bytes) -> tuple[int, bytes, bytes]:
    """Run a line of the shell in which `$EXECOPS` is the command; returns its exit code, stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        "bash", "-o", "pipefail", "-c", line, "bash", *arguments,
        env=environment(cli.env) | {"EXECOPS": f"{sys.executable} -W error -m cli.main"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out, err


READERS_LEAVE = [
    "proposals list --json",
    "proposals list",
    "proposals show 1 --json",
    "proposals list --status all",
    "events list --json",
    "audit show",
    "canvas --list",
    "canvas 'failed payments' --csv",
    "canvas 'failed payments' --json",
]


@pytest.mark.parametrize("command", READERS_LEAVE)
async def test_a_reader_that_leaves_is_no_defect(cli: Cli, ctx: Context, command: str) -> None:
    await records.pending_id(ctx)
    code, _, err = await shell(cli, f"$EXECOPS {command} | true")
    assert code in {0, 128 + 13}
    assert b"Traceback" not in err and b"defect" not in err and b"Exception" not in err  # noqa: PT018


@pytest.mark.parametrize("closed", ["| true", ">&-", ">&- 2>&-", "2>&-"])
async def test_a_decision_is_kept_although_nobody_reads_it(
    cli: Cli, ctx: Context, client: Client, closed: str
) -> None:
    proposal_id = await records.pending_id(ctx)
    code, _, err = await shell(cli, f"$EXECOPS approve {proposal_id}@1 --json {closed}")
    assert (await client.proposals.get(proposal_id)).status is Status.APPROVED
    assert code in ({0, 141} if closed == "| true" else {0})
    assert err == b""


JUNK = b"pay\xffroll"


async def test_an_argument_that_is_no_text_is_refused(cli: Cli, ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    for line in ('$EXECOPS canvas "$1"', f'$EXECOPS reject {proposal_id}@1 -m "$1"'):
        code, out, err = await shell(cli, line, JUNK)
        assert (code, out) == (2, b"")
        assert b"not UTF-8 text" in err
    assert (await client.proposals.get(proposal_id)).status is Status.PENDING


@pytest.mark.parametrize("locale", ["C.UTF-8", "C", "POSIX"])
async def test_a_question_that_is_no_text_gets_an_error_in_its_place(
    cli: Cli, ctx: Context, locale: str
) -> None:
    line = f"printf 'failed payments\\n%s\\nrefunds\\n' \"$1\" | LC_ALL={locale} $EXECOPS canvas - --json"
    code, out, _ = await shell(cli, line, JUNK)
    first, second, third = out.decode().splitlines()
    assert '"kind": "answer"' in first and '"kind": "answer"' in third  # noqa: PT018
    assert '"kind": "error"' in second and "not UTF-8 text" in second  # noqa: PT018
    assert "\\udc" not in out.decode()
    assert code == 2


async def test_an_edit_that_is_no_text_changes_nothing(cli: Cli, ctx: Context, client: Client) -> None:
    proposal_id = await records.pending_id(ctx)
    line = f'printf "%s" "$1" | $EXECOPS proposals edit {proposal_id}@1 --payload -'
    code, _, err = await shell(cli, line, b'{"text": "\xff"}')
    assert (code, b"not UTF-8" in err) == (2, True)
    assert (await client.proposals.get(proposal_id)).version == 1


# Long lists


async def pages(cli: Cli, *command: str, key: str, limit: int = 3) -> list[int]:
    """The ids of every page of a list, each asked for with the hint of the page before."""
    ids: list[int] = []
    words = [*command, "--limit", str(limit), "--json"]
    ran = await cli(*words)
    while True:
        page = [row[key] for row in ran.json]
        assert len(page) <= limit
        ids += page
        if "More: execops" not in ran.err:
            return ids
        ran = await cli(*words, "--after", ran.err.split()[-1])


async def test_every_list_goes_on_to_its_end(cli: Cli, ctx: Context) -> None:
    for number in range(4):
        dear = {"amount_due": 490000, "amount_remaining": 490000} if number % 2 else {}
        await take_in(ctx, failed(f"in_{number}", customer=f"cus_{number}", **dear))
    await take_in(ctx, paid("in_0", customer="cus_0"))
    for command, key, query in (
        (["events", "list"], "id", "select id from events order by id desc"),
        (["audit", "show"], "seq", "select seq as id from audit_log order by seq desc"),
        (["proposals", "list", "--status", "all"], "id", "select id from action_proposals order by id desc"),
        (
            ["proposals", "list"],
            "id",
            (
                "select id from action_proposals where status = 'pending'"
                " order by array_position(array['critical', 'high', 'medium', 'low'], urgency), id desc"
            ),
        ),
    ):
        listed = await pages(cli, *command, key=key)
        assert listed == [row["id"] for row in await records.rows(ctx, query)]
        assert len(listed) > 3


@pytest.mark.parametrize(
    ("pattern", "listed"),
    [("invoice.*", 2), ("*", 3), ("invoice.paid", 1), ("invoice.pai_", 0), ("%", 0), ("*failed", 1)],
)
async def test_events_by_a_pattern_of_their_type(cli: Cli, ctx: Context, pattern: str, listed: int) -> None:
    await take_in(ctx, failed())
    await take_in(ctx, paid())
    await take_in(ctx, paid() | {"id": "evt_other", "type": "invoices.voided"})
    assert len((await cli("events", "list", "--type", pattern, "--json")).json) == listed
