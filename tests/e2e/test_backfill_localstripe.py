"""`execops backfill stripe` against a Stripe emulator that runs in its own process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from execops.context import Context
from execops.settings import Secret
from tests import forking
from tests.e2e.test_cli import Cli, environment, start
from tests.e2e.test_localstripe import localstripe
from tests.emulator import WORKING, give_card, post
from tests.records import rows

__all__ = ["localstripe"]

KEY = "sk_test_12345"


@asynccontextmanager
async def in_front_of(emulator: httpx.AsyncClient) -> AsyncIterator[str]:
    """A server in front of the emulator: it lists balance transactions, and drops parameters that the emulator refuses."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            assert method == "GET"
            url = urlsplit(target)
            params = dict(parse_qsl(url.query))
            if url.path == "/v1/balance_transactions":
                transactions = await lines(emulator)
                ids = [transaction["id"] for transaction in transactions]
                first = ids.index(params["starting_after"]) + 1 if "starting_after" in params else 0
                page = transactions[first : first + int(params["limit"])]
                listed = {"object": "list", "data": page, "has_more": len(transactions) > first + len(page)}
                status, body = 200, json.dumps(listed).encode()
            else:
                supported = {"limit", "starting_after", "status", "customer"}
                kept = {name: value for name, value in params.items() if name in supported}
                answer = await emulator.get(f"{url.path}?{urlencode(kept)}")
                status, body = answer.status_code, answer.content
            writer.write(
                b"HTTP/1.1 %d .\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
                b"connection: close\r\n\r\n%s" % (status, len(body), body)
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield "http://{}:{}".format(*server.sockets[0].getsockname())


async def lines(emulator: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The emulator's balance transactions with their sources, newest first; the emulator gives them one by one."""
    transactions = []
    for kind in ("charges", "refunds"):
        for source in await everything(emulator, f"/v1/{kind}"):
            if source["balance_transaction"] is None:
                continue
            line = (await emulator.get(f"/v1/balance/history/{source['balance_transaction']}")).json()
            if kind == "refunds":
                source |= {"charge": (await emulator.get(f"/v1/charges/{source['charge']}")).json()}
            transactions.append(line | {"source": source})
    return sorted(transactions, key=lambda transaction: transaction["created"], reverse=True)


async def company(http: httpx.AsyncClient, count: int = 12) -> list[str]:
    """Create customers that pay a monthly plan: one of them has a refund, one has left. Returns subscription ids."""
    product = str((await post(http, "/v1/products", name="Team", type="service"))["id"])
    await post(http, "/v1/plans", id="team", amount="4900", currency="eur", interval="month", product=product)
    subscriptions = []
    for n in range(count):
        customer = str((await post(http, "/v1/customers", name=f"Acme {n}", email=f"{n}@acme.example"))["id"])
        await give_card(http, customer, WORKING)
        body = {"customer": customer, "items[0][plan]": "team"}
        subscriptions.append(str((await post(http, "/v1/subscriptions", **body))["id"]))
    charges = (await http.get("/v1/charges", params={"limit": 100})).json()["data"]
    await post(http, "/v1/refunds", charge=str(charges[0]["id"]), amount="1900")
    (await http.delete(f"/v1/subscriptions/{subscriptions[0]}")).raise_for_status()
    return subscriptions


async def everything(http: httpx.AsyncClient, path: str, **params: str) -> list[dict[str, Any]]:
    """All objects that the emulator lists under this path."""
    objects: list[dict[str, Any]] = (await http.get(path, params={"limit": 1000, **params})).json()["data"]
    return objects


@pytest.fixture
def cli(ctx: Context, founder_token: Secret) -> Cli:
    """The command with three settings only: the database, the founder's token, and the emulator's key."""
    env = {
        "DATABASE_URL": ctx.url.reveal(),
        "EXECOPS_HOME": str(ctx.settings.home),
        "EXECOPS_TOKEN": founder_token.reveal(),
        "STRIPE_API_KEY": KEY,
        "EXECOPS_STRIPE_MODE": "test",
    }
    return Cli(env)


async def test_a_second_backfill_changes_nothing(
    localstripe: httpx.AsyncClient, cli: Cli, ctx: Context
) -> None:
    subscriptions = await company(localstripe)
    async with in_front_of(localstripe) as url:
        command = ("backfill", "stripe", "--since", "365d", "--json")
        ran = await cli(*command, EXECOPS_STRIPE_API_BASE=url)
        assert ran.code == 0, ran.err
        assert KEY not in ran.out + ran.err
        assert "customers: 12 objects in 1 page\n" in ran.err
        assert "\x1b" not in ran.err
        assert ran.json["finished"]
        counts = {resource["resource"]: resource["objects"] for resource in ran.json["resources"]}
        assert {name: counts[name] for name in ("customers", "subscriptions", "invoices")} == {
            "customers": 12,
            "subscriptions": len(await everything(localstripe, "/v1/subscriptions", status="all")),
            "invoices": len(await everything(localstripe, "/v1/invoices")),
        }
        await _compare(ctx, localstripe, subscriptions)
        before = await _counts(ctx)
        again = await cli(*command, EXECOPS_STRIPE_API_BASE=url)
        assert again.code == 0, again.err
        assert {
            resource["new_movements"] + resource["new_snapshots"] for resource in again.json["resources"]
        } == {0}
        assert await _counts(ctx) == before
        checked = await cli("doctor", "--json", EXECOPS_STRIPE_API_BASE=url)
        [line] = [check for check in checked.json if check["name"] == "Stripe API"]
        assert line["state"] == "ok", line


async def _compare(ctx: Context, http: httpx.AsyncClient, subscriptions: list[str]) -> None:
    """Compare the ledger with the objects of the emulator."""
    booked = await rows(
        ctx, "select external_id, kind, amount_minor, currency from transactions where kind <> 'invoice_paid'"
    )
    assert {row["external_id"]: (row["kind"], row["amount_minor"], row["currency"]) for row in booked} == {
        transaction["source"]["id"]: (
            transaction["type"],
            transaction["amount"],
            transaction["currency"].upper(),
        )
        for transaction in await lines(http)
    }
    assert sum(row["amount_minor"] for row in booked) == 12 * 4900 - 1900
    paid = await rows(ctx, "select external_id, amount_minor from transactions where kind = 'invoice_paid'")
    assert {row["external_id"]: row["amount_minor"] for row in paid} == {
        invoice["id"]: invoice["amount_due"]
        for invoice in await everything(http, "/v1/invoices")
        if invoice["status"] == "paid"
    }
    customers = await rows(ctx, "select object_id from snapshots where object_type = 'customer'")
    assert {row["object_id"] for row in customers} == {
        customer["id"] for customer in await everything(http, "/v1/customers")
    }
    mrr = await rows(
        ctx, "select subscription, sum(delta_minor)::bigint as level from mrr_changes group by 1 order by 1"
    )
    live = dict.fromkeys(subscriptions[1:], 4900)
    assert {row["subscription"]: row["level"] for row in mrr if row["level"]} == live
    [refund] = await rows(ctx, "select customer from transactions where kind = 'refund'")
    assert refund["customer"].startswith("cus_")


async def _counts(ctx: Context) -> list[dict[str, Any]]:
    return await rows(
        ctx,
        "select (select count(*) from transactions) as transactions, (select count(*) from snapshots) as snapshots,"
        " (select count(*) from mrr_levels) as levels, (select count(*) from mrr_changes) as changes,"
        " (select count(*) from balances) as balances",
    )


async def test_a_wrong_period_key_or_mode_is_refused(localstripe: httpx.AsyncClient, cli: Cli) -> None:
    for since in ("soon", "365", "9999999d", "2999-01-01", "2025-13-01"):
        ran = await cli("backfill", "stripe", "--since", since)
        assert (ran.code, ran.out) == (2, ""), since
    ran = await cli("backfill", "stripe", STRIPE_API_KEY="")
    assert ran.code == 6
    assert "STRIPE_API_KEY" in ran.err
    async with in_front_of(localstripe) as url:
        await post(localstripe, "/v1/customers", name="Acme", email="a@acme.example")
        ran = await cli("backfill", "stripe", EXECOPS_STRIPE_API_BASE=url, EXECOPS_STRIPE_MODE="live")
        assert ran.code == 6
        assert "EXECOPS_STRIPE_MODE" in ran.err
    checked = await cli("doctor", "--json", EXECOPS_STRIPE_API_BASE=url)
    [line] = [check for check in checked.json if check["name"] == "Stripe API"]
    assert line["state"] == "bad"
    assert KEY not in checked.out + checked.err


@pytest.mark.parametrize("end", ["terminate", "interrupt"])
async def test_a_signal_ends_a_backfill_in_order(cli: Cli, end: str) -> None:
    asked = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = "http://{}:{}".format(*server.sockets[0].getsockname())
        process = await start("backfill", "stripe", env={**cli.env, "EXECOPS_STRIPE_API_BASE": url})
        await asyncio.wait_for(asked.wait(), 30)
        process.send_signal({"terminate": 15, "interrupt": 2}[end])
        _out, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 130, err.decode()
    assert "continues there" in err.decode()
    assert "Traceback" not in err.decode()


async def test_a_terminal_shows_progress_bars(localstripe: httpx.AsyncClient, cli: Cli) -> None:
    await post(localstripe, "/v1/customers", name="Acme", email="a@acme.example")
    async with in_front_of(localstripe) as url:
        outer, inner = pty.openpty()
        process = await forking.start(
            "cli.main", "backfill", "stripe",
            stdin=inner, stdout=asyncio.subprocess.PIPE, stderr=inner,
            env=environment({**cli.env, "EXECOPS_STRIPE_API_BASE": url}) | {"TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(inner)
        reading = asyncio.create_task(asyncio.to_thread(_read_all, outer))
        out, _ = await asyncio.wait_for(process.communicate(), 60)
        output = await asyncio.wait_for(reading, 10)
    assert process.returncode == 0, output
    assert "customers" in output
    assert "1 object" in output
    assert out.decode().startswith("RESOURCE")


def _read_all(terminal: int) -> str:
    """The text written to a terminal until its other end closes."""
    output = b""
    with os.fdopen(terminal, "rb", buffering=0) as file, contextlib.suppress(OSError):  # EIO: it closed
        while piece := file.read(65536):
            output += piece
    return output.decode()
