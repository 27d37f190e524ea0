"""`execops plays` and `execops actions` as their users run them."""

from __future__ import annotations

from typing import Any

from execops.client import Client
from execops.context import Context
from execops.model import Role
from execops.plays.precision import LAST
from execops.settings import Secret
from tests import records
from tests.e2e.test_cli import Cli, Ran, cli
from tests.stripe_events import failed, take_in

__all__ = ["cli"]  # a fixture


def named(ran: Ran, name: str) -> dict[str, Any]:
    assert (ran.code, ran.err) == (0, "")
    (row,) = [row for row in ran.json if row["name"] == name]
    assert isinstance(row, dict)
    return row


async def token(client: Client, name: str, role: Role) -> str:
    _, secret = await client.operators.add(name, role)
    assert isinstance(secret, Secret)
    return secret.reveal()


async def test_plays_are_listed_with_their_precision(cli: Cli, ctx: Context, client: Client) -> None:
    play = named(await cli("plays", "list", "--json"), "card_update")
    assert (play["vertical"], play["events"], play["enabled"]) == ("money", ["invoice.payment_failed"], True)
    assert (play["decisions"], play["precision"], play["unedited"], play["flagged"]) == (0, None, None, False)
    assert play["version"] >= 1
    assert play["summary"]
    for number in range(3):
        changes = {"customer": f"cus_{number}", "customer_email": f"billing@{number}.example"}
        await records.pending_id(ctx, f"in_{number}", **changes)
    ids = [line.id for line in await client.proposals.inbox() if line.play == "card_update"]
    for id_ in ids[:2]:
        await client.proposals.approve(id_, (await client.proposals.get(id_)).version)
    await client.proposals.reject(ids[2], (await client.proposals.get(ids[2])).version)
    play = named(await cli("plays", "list", "--json"), "card_update")
    assert (play["decisions"], round(play["precision"], 3), play["unedited"]) == (3, 0.667, 1.0)
    assert play[f"last_{LAST}"]["decisions"] == 3
    [line] = [line for line in (await cli("plays", "list")).out.splitlines() if "card_update" in line]
    assert line.split()[:7] == ["card_update", "money", "enabled", "3", "67%", "67%", "100%"]


async def test_a_flagged_play_is_disabled_with_one_command(cli: Cli, ctx: Context, client: Client) -> None:
    await records.pending_id(ctx)
    await records.run(
        ctx,
        "insert into action_proposals (urgency, vertical, play, action_type, title, object_id, subject_key, payload,"
        " reasoning, drafted_by, dedupe_key, thread_id, expires_at)"
        " select 'high', 'money', 'card_update', 'email', 'A title', 'in_x' || n, 'cus_x', '{}', 'Because', '{}',"
        " 'x' || n, 'x' || n, now() + interval '1 day' from generate_series(1, %s) n",
        LAST,
    )
    for line in await client.proposals.inbox(limit=100):
        if line.subject_key == "cus_x":
            await client.proposals.reject(line.id, line.version)
    ran = await cli("plays", "list")
    assert "enabled, flagged" in ran.out
    assert "To stop it: execops plays disable card_update" in ran.err
    assert named(await cli("plays", "list", "--json"), "card_update")["flagged"] is True
    ran = await cli("plays", "disable", "card_update", "-m", "nobody wants these")
    assert (ran.code, ran.out, ran.err) == (0, "", "card_update is disabled.\n")
    ran = await cli("plays", "list")
    assert "disabled, flagged" in ran.out
    assert "To stop it" not in ran.err


async def test_a_play_is_disabled_and_enabled_again(cli: Cli, ctx: Context, client: Client) -> None:
    assert (await cli("plays", "disable", "card_update", "-m", "too many")).code == 0
    play = named(await cli("plays", "list", "--json"), "card_update")
    assert play["enabled"] is False
    assert (play["switched"]["decided_by"], play["switched"]["why"]) == ("founder", "too many")
    event = await take_in(ctx, failed())
    assert "the play card_update is disabled" in (await cli("events", "list")).out
    assert event.outcome[0]["proposal"] is None
    ran = await cli("plays", "disable", "card_update")
    assert (ran.code, ran.err) == (0, "card_update is already disabled; nothing was changed.\n")
    assert (await cli("plays", "enable", "card_update")).code == 0
    assert named(await cli("plays", "list", "--json"), "card_update")["enabled"] is True
    actions = [entry["action"] for entry in (await cli("audit", "show", "--json")).json]
    assert actions[:2] == ["policy.allowed", "policy.forbidden"]


async def test_actions_are_listed_with_their_state(cli: Cli) -> None:
    email = named(await cli("actions", "list", "--json"), "email")
    assert (email["enabled"], email["adapter"]) == (True, True)
    assert "card_update" in email["plays"]
    refund = named(await cli("actions", "list", "--json"), "stripe_refund")
    assert refund["enabled"] is False
    lines = (await cli("actions", "list")).out.splitlines()
    assert lines[0].split()[:3] == ["ACTION", "STATE", "PERFORMED"]
    [line] = [line for line in lines if line.startswith("stripe_retry_invoice")]
    assert line.split()[1] == "disabled"


async def test_an_action_without_an_adapter_says_so(cli: Cli, ctx: Context) -> None:
    missing = "stripe_refund" not in ctx.adapters
    [line] = [line for line in (await cli("actions", "list")).out.splitlines() if "stripe_refund" in line]
    assert ("no adapter" in line) is missing
    ran = await cli("actions", "enable", "stripe_refund", "-m", "small ones")
    assert ran.code == 0
    assert ran.err.startswith("stripe_refund is enabled.\n")
    assert ("no adapter" in ran.err) is missing
    assert named(await cli("actions", "list", "--json"), "stripe_refund")["enabled"] is True
    assert (await cli("actions", "disable", "stripe_refund")).err == "stripe_refund is disabled.\n"


async def test_only_a_founder_enables_action_types(cli: Cli, client: Client) -> None:
    ops, viewer = await token(client, "olga", Role.OPS), await token(client, "vera", Role.VIEWER)
    assert (await cli("plays", "disable", "card_update", EXECOPS_TOKEN=ops)).code == 0
    assert (await cli("actions", "disable", "slack", EXECOPS_TOKEN=ops)).code == 0
    for words in (("actions", "enable", "stripe_refund"), ("actions", "enable", "slack")):
        ran = await cli(*words, EXECOPS_TOKEN=ops)
        assert (ran.code, ran.out) == (4, "")
        assert "Only a founder may enable action types" in ran.err
    for words in (("plays", "enable", "card_update"), ("actions", "disable", "email")):
        ran = await cli(*words, EXECOPS_TOKEN=viewer)
        assert (ran.code, ran.out) == (4, "")
    for group in ("plays", "actions"):
        assert (await cli(group, "list", EXECOPS_TOKEN=viewer)).code == 0
    assert (await cli("actions", "enable", "slack")).code == 0


async def test_unknown_names_and_wrong_use_are_refused(cli: Cli) -> None:
    for group in ("plays", "actions"):
        for verb in ("enable", "disable"):
            ran = await cli(group, verb, "nonsense")
            assert (ran.code, ran.out) == (3, "")
            assert f"execops {group} list" in ran.err
            assert (await cli(group, verb)).code == 2
    assert (await cli("plays", "disable", "email")).code == 3
    assert (await cli("actions", "disable", "card_update")).code == 3
