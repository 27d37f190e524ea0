"""An action that cannot be taken back is asked about once more, through the command and through HTTP."""

from __future__ import annotations

import asyncio
import os
import pty
import signal

import httpx
import pytest

from execops.client import Client
from execops.context import Context
from execops.model import Status
from execops.settings import Secret, Settings
from tests import forking, records
from tests.conftest import MakeSettings
from tests.e2e.test_cli import Cli, cli, environment
from tests.e2e.test_contact_faces import until_written
from tests.e2e.test_http import bearer, decision, http
from tests.fake_stripe_writes import WRITE_KEY
from tests.http_service import is_problem
from tests.integration.test_stripe_cases_disputes import charge, take_in
from tests.integration.test_stripe_cases_warnings import warning

__all__ = ["bearer", "cli", "http"]  # fixtures
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    """Settings with a key at Stripe, where nobody listens."""
    return make_settings(stripe_write_key=Secret(WRITE_KEY), stripe_api_base=NOWHERE)


@pytest.fixture
async def refund(ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch) -> int:
    """A pending refund of $49.00."""
    monkeypatch.setenv("EXECOPS_STRIPE_WRITE_KEY", WRITE_KEY)
    await client.plays.set_allowed("action", "stripe_refund", True)
    await take_in(ctx, charge(at=-3))
    await take_in(ctx, warning())
    [line] = await client.proposals.inbox()
    assert line.action_type == "stripe_refund"
    return line.id


@pytest.fixture
def command(cli: Cli) -> Cli:
    """The command, with the key at Stripe."""
    return Cli({**cli.env, "EXECOPS_STRIPE_WRITE_KEY": WRITE_KEY, "EXECOPS_STRIPE_API_BASE": NOWHERE})


async def test_a_script_has_to_say_yes(command: Cli, client: Client, refund: int) -> None:
    shown = await command("proposals", "show", str(refund))
    assert "  Amount  49.00 USD\n" in shown.out
    assert "  Does    refunds $49.00 of the payment ch_1\n" in shown.out
    for ref in ((f"{refund}@1",), (str(refund), "--latest")):
        refused = await command("approve", *ref)
        assert refused.code == 5
        assert (
            f"Proposal {refund}@1 refunds $49.00 of the payment ch_1, and cannot be taken back once it is done."
            " Nothing was changed." in refused.err
        )
        assert f"execops proposals approve {refund}@1 --yes" in refused.err
    assert (await client.proposals.get(refund)).status is Status.PENDING
    approved = await command("approve", f"{refund}@1", "--yes", "--json")
    assert (approved.code, approved.json["status"]) == (0, "approved")


@pytest.mark.parametrize(("key", "status"), [(b"y", Status.APPROVED), (b"n", Status.PENDING)])
@pytest.mark.parametrize("named", [True, False])
async def test_a_terminal_asks_once_more_with_the_amount_and_the_object(
    command: Cli, client: Client, refund: int, named: bool, key: bytes, status: Status
) -> None:
    outer, inner = pty.openpty()
    process = await forking.start(
        "cli.main", "approve", f"{refund}@1" if named else str(refund),
        stdin=inner, stdout=inner, stderr=inner, env=environment(command.env),
    )  # fmt: skip
    os.close(inner)
    if not named:
        await until_written(outer, b"Approve proposal")
        os.write(outer, b"y\ny\n")  # typed ahead: the second one was not meant for the next question
    asked = await until_written(outer, b"Do it?")
    assert b"refunds $49.00 of the payment ch_1, and cannot be taken back once it is done. Do it?" in asked
    assert process.returncode is None
    os.write(outer, key + b"\n")
    assert await asyncio.wait_for(process.wait(), 30) == 0
    os.close(outer)
    assert (await client.proposals.get(refund)).status is status


@pytest.mark.parametrize("leave", [signal.SIGINT, b"\x04"])
async def test_ctrl_c_or_ctrl_d_once_ends_a_question(
    command: Cli, client: Client, refund: int, leave: signal.Signals | bytes
) -> None:
    outer, inner = pty.openpty()
    process = await forking.start(
        "cli.main", "approve", str(refund),
        stdin=inner, stdout=inner, stderr=inner, env=environment(command.env),
    )  # fmt: skip
    os.close(inner)
    await until_written(outer, b"Approve proposal")
    async with asyncio.timeout(
        30
    ):  # Python tells a signal between the question and its wait behind the line alone
        await forking.until_state(process.pid, "S")
    if isinstance(leave, bytes):
        os.write(outer, leave)
    else:
        process.send_signal(leave)  # as a terminal does for Ctrl-C
    assert await asyncio.wait_for(process.wait(), 30) == 130
    assert os.read(outer, 65536).decode().strip().endswith("Cancelled.")
    os.close(outer)
    assert (await client.proposals.get(refund)).status is Status.PENDING


async def test_http_takes_it_only_confirmed(
    client: Client, http: httpx.AsyncClient, bearer: dict[str, str], refund: int
) -> None:
    detail = (await http.get(f"/api/proposals/{refund}", headers=bearer)).json()
    assert detail["needs_confirmation"]
    assert detail["moves_money"]
    assert detail["amount"]["text"] == "$49.00"
    assert detail["preview"] == "Refund: $49.00\nCharge: ch_1"
    for body in (
        decision(refund, "approve"),
        decision(refund, "approve", confirmed=False),
        decision(refund, "approve", again=True),
    ):
        refused = await http.post("/ai/decide", json=body, headers=bearer)
        problem = is_problem(refused, 409, "confirmation_needed")
        assert "refunds $49.00 of the payment ch_1" in problem["detail"]
        assert '"confirmed": true' in problem["hint"]
    odd = await http.post("/ai/decide", json=decision(refund, "approve", confirmed=1), headers=bearer)
    is_problem(odd, 400, "invalid_input")
    assert (await client.proposals.get(refund)).status is Status.PENDING
    taken = await http.post("/ai/decide", json=decision(refund, "approve", confirmed=True), headers=bearer)
    assert taken.json()["status"] == "approved"


async def test_a_message_needs_no_confirmation(
    ctx: Context, client: Client, http: httpx.AsyncClient, bearer: dict[str, str]
) -> None:
    mail = await records.pending_id(ctx)
    detail = (await http.get(f"/api/proposals/{mail}", headers=bearer)).json()
    assert not detail["needs_confirmation"]
    taken = await http.post("/ai/decide", json=decision(mail, "approve"), headers=bearer)
    assert taken.json()["status"] == "approved"
