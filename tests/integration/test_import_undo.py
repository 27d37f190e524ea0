"""Imports that are taken back, and those that would count movements twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from execops import processing
from execops.books import bank_import, imports
from execops.books.doubles import Booked
from execops.client import Client
from execops.context import Context
from execops.db import queries
from execops.errors import ConflictError, NotAllowedError, NotFoundError
from execops.model import Actor, Role
from execops.sources.bank.layouts.layout import Options, survey
from execops.sources.bank.statement import Row, read
from tests import records
from tests.integration.test_bank_import import HEAD, here, process, take

__all__ = ["here"]  # the fixture

FIRST = (
    HEAD + "2026-10-01,AWS,-10.00,990.00\n2026-10-02,Gusto,-20.00,970.00\n2026-10-02,Gusto,-20.00,950.00\n"
)
SECOND = (
    HEAD + "2026-10-02,Gusto,-20.00,970.00\n2026-10-02,Gusto,-20.00,950.00\n2026-10-05,Slack,-7.00,943.00\n"
)
TYPED = "Date,Description,Type,Amount,Balance\n"
OTHER = "Booking date,Counterparty,Memo,Amount\n2026-10-01,Amazon,cloud,-10.00\n2026-10-02,Gusto Inc,x,-20.00\n2026-10-02,Gusto Inc,y,-20.00\n"


async def books(ctx: Context) -> dict[str, Any]:
    """All that answers are made of; sums that are zero count as none."""
    return {
        "rows": await records.rows(
            ctx, "select external_id, kind, counterparty, amount_minor, other_half is null as alone from transactions"
            " order by external_id",
        ),
        "balances": await records.rows(ctx, "select account, amount_minor, as_of from balances order by 1, 3"),
        "kinds": await records.rows(
            ctx, "select kind, grain, start, sum(money_in) as i, sum(money_out) as o, sum(moves_in + moves_out) as n"
            " from rollup_kinds group by 1, 2, 3 having sum(moves_in + moves_out) <> 0 order by 1, 2, 3",
        ),
        "parties": await records.rows(
            ctx, "select kind, grain, start, party, sum(money_out) as o, sum(moves_in + moves_out) as n"
            " from rollup_parties group by 1, 2, 3, 4 having sum(moves_in + moves_out) <> 0 order by 1, 2, 3, 4",
        ),
    }  # fmt: skip


def rows_of(ctx: Context, text: str, account: str = "main") -> list[Row]:
    lines = text.splitlines(keepends=True)
    layout = survey(lines, Options(sign="minus"))
    rows = read(lines, layout, account=account, currency="USD", zone=ZoneInfo(ctx.settings.time_zone))
    return [row for row in rows if isinstance(row, Row)]


async def test_an_import_leaves_nothing_and_can_be_made_again(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    empty = await books(here)
    first = await take(here, client, FIRST)
    full = await books(here)
    await process(here)
    assert first.import_id is not None
    undone = await client.books.undo_import(first.import_id, "the wrong account")
    assert (undone.removed, undone.kept, undone.account) == (3, 0, "main")
    assert await books(here) == empty
    assert not (await client.canvas.ask("spend by vendor since 1 October", date(2026, 11, 22))).answer.rows  # type: ignore[union-attr]
    assert (await client.canvas.ask("cash", date(2026, 11, 22))).answer.unknown  # type: ignore[union-attr]

    # Nothing brings the rows back but another import.
    for event in await process(here):
        assert event.status == "ignored"
        with pytest.raises(ConflictError, match="was taken back"):
            await client.events.replay(event.id)
        await processing.process_event(here, event.id)
    assert await books(here) == empty
    with pytest.raises(ConflictError, match="was taken back by"):
        await client.books.undo_import(first.import_id)
    with pytest.raises(NotFoundError):
        await client.books.undo_import(99)

    again = await take(here, client, FIRST)
    assert (again.imported, again.known) == (3, 0)
    await process(here)
    assert await books(here) == full
    assert again.import_id is not None
    await client.books.undo_import(again.import_id)
    assert await books(here) == empty
    assert (await take(here, client, FIRST)).imported == 3  # and once more
    listed = await client.books.imports("main")
    assert [(i.held, i.booked, i.removed) for i in listed] == [(3, 3, None), (3, 3, 3), (3, 3, 3)]
    assert (listed[-1].undone_by, listed[-1].why) == (client.operator.name, "the wrong account")
    words = [entry.words for entry in await client.audit.latest(9) if entry.entry.action == "import.undone"]
    assert words[-1] == "took import 1 back: 3 movements of main left the books: the wrong account"
    assert (await client.audit.verify()).ok


async def test_a_row_stays_while_another_import_holds_it(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    await take(here, client, SECOND)
    alone = await books(here)
    await client.books.undo_import(1)
    first, second = await take(here, client, FIRST), await take(here, client, SECOND)
    assert (second.imported, second.known) == (1, 2)
    assert first.import_id
    assert second.import_id
    undone = await client.books.undo_import(first.import_id)
    assert (undone.removed, undone.kept) == (1, 2)
    assert await books(here) == alone
    third = await take(here, client, FIRST)
    assert (third.imported, third.known) == (1, 2)
    undone = await client.books.undo_import(second.import_id)
    assert (undone.removed, undone.kept) == (1, 2)
    assert [row["amount_minor"] for row in (await books(here))["balances"]] == [95000]
    undone = await client.books.undo_import(third.import_id or 0)
    assert (undone.removed, undone.kept) == (3, 0)
    assert (await books(here))["rows"] == []
    assert (await books(here))["balances"] == []


async def test_a_transfer_finds_its_right_half_again(here: Context, client: Client) -> None:
    """The savings account was imported twice, in two forms; taking one back leaves no half alone."""
    client = Client(here, client.operator)
    await take(here, client, TYPED + "2026-10-01,Alpha,Transfer,-100.00,900.00\n", account="checking")
    one = await take(here, client, TYPED + "2026-10-02,Beta,Transfer,100.00,100.00\n", account="savings")
    await take(here, client, TYPED + "2026-10-02,Gamma,Transfer,100.00,100.00\n", account="savings")
    before = await books(here)
    assert [row["kind"] for row in before["rows"]].count("bank_transfer") == 2
    await client.books.undo_import(one.import_id or 0)
    after = await books(here)
    assert [(row["kind"], row["alone"]) for row in after["rows"]] == [("bank_transfer", False)] * 2


async def test_the_halves_of_a_transfer_are_of_two_accounts(here: Context, client: Client) -> None:
    """A bank calls every payment a transfer: rent of 100 and an income of 100 in one account stay what they are."""
    client = Client(here, client.operator)
    rent = "2026-10-01,Alpha,Transfer,-100.00,900.00\n"
    await take(here, client, TYPED + rent + "2026-10-03,Beta,Transfer,100.00,1000.00\n", account="checking")
    assert [row["kind"] for row in (await books(here))["rows"]] == ["bank", "bank"]
    await take(here, client, TYPED + "2026-10-02,Gamma,Transfer,100.00,100.00\n", account="savings")
    kinds = await records.rows(here, "select counterparty, kind from transactions order by 1")
    assert [tuple(row.values()) for row in kinds] == [
        ("Alpha", "bank_transfer"), ("Beta", "bank"), ("Gamma", "bank_transfer"),
    ]  # fmt: skip


async def test_pairs_that_an_earlier_version_made_of_one_account_are_parted(
    here: Context, client: Client
) -> None:
    client = Client(here, client.operator)
    income = "2026-10-03,Beta,Transfer,100.00,1000.00\n"
    await take(
        here, client, TYPED + "2026-10-01,Alpha,Transfer,-100.00,900.00\n" + income, account="checking"
    )
    books_before = await books(here)
    await records.run(
        here,
        "update transactions t set kind = 'bank_transfer', other_half = h.id from transactions h where h.id <> t.id",
    )
    assert await books(here) != books_before
    migration = (Path(__file__).parents[2] / "migrations/0072_halves_of_two_accounts.sql").read_text()
    await records.run(here, migration[migration.index("-- Pairs of one account are parted") :])
    assert await books(here) == books_before


async def test_each_event_of_many_rows_is_read_once(here: Context, client: Client) -> None:
    """To read it for each of its rows takes hours of a file of a hundred thousand, and the undo ends at its limit."""
    client = Client(here, client.operator)
    lines = [
        f"2026-10-01,payment {n} of {n * n},-{n}.00,{10**7 - n * (n + 1) // 2}.00\n" for n in range(1, 2001)
    ]
    report = await take(here, client, HEAD + "".join(lines))
    amounts = [-100 * n for n in range(1, 2001)]
    of_october = {"since": datetime(2026, 9, 1, tzinfo=UTC), "until": datetime(2026, 11, 1, tzinfo=UTC)}
    history = {
        "account": "main",
        "first_at": datetime(2026, 11, 1, tzinfo=UTC),
        "covered_from": of_october["since"],
    }
    for query, values in (
        (imports.SQL["alike"], of_october | {"amounts": amounts, "zone": "UTC"}),
        (queries.load("cash")["account_history"], history | {"zone": "UTC"}),
        (imports.SQL["remove_rows"], {"id": report.import_id}),
    ):
        async with here.connection() as conn:
            await conn.execute("set local jit = off")
            (plan,) = await queries.many(conn, b"explain (analyze, buffers, format json) " + query, **values)
            await conn.rollback()
        ((root,),) = plan.values()
        events = [node for node in _nodes(root["Plan"]) if node.get("Relation Name") == "events"]
        assert sum(node["Shared Hit Blocks"] for node in events) < 2000, query


async def test_rows_that_leave_together_change_each_sum_once(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    lines = [f"2026-10-01,payment {n},-1.00,{9999 - n}.00\n" for n in range(300)]
    report = await take(here, client, HEAD + "".join(lines))
    async with here.transaction(Actor.user(client.operator)) as conn:
        removed = await queries.many(conn, imports.SQL["remove_rows"], id=report.import_id)
        cursor = await conn.execute(
            "select sum(n_tup_ins + n_tup_upd)::int as written from pg_stat_xact_user_tables where relname = 'rollup_kinds'"
        )
        (changes,) = await cursor.fetchall()
    assert len(removed) == 300
    assert 1 <= changes["written"] < 10
    assert (await books(here))["kinds"] == []


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The nodes of a plan of Postgres, the root first."""
    return [plan, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]


async def test_an_import_that_is_taken_back_while_it_runs_stops(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    rows = rows_of(here, FIRST)
    report = await client.books.import_statement("main", rows[:1])
    await client.books.undo_import(report.import_id or 0)
    source = bank_import._Source(None, "x")
    with pytest.raises(ConflictError, match="taken back while it ran"):
        await bank_import._import(here, Actor.user(client.operator), rows[1:], report, source, False)
    assert (await books(here))["rows"] == []


async def test_rows_of_before_imports_were_recorded_stay(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    await take(here, client, FIRST)
    await records.run(here, "update events set payload_json = payload_json - 'import'")
    await records.run(here, "delete from import_rows")
    second = await take(here, client, SECOND)
    undone = await client.books.undo_import(second.import_id or 0)
    assert (undone.removed, undone.kept) == (1, 2)


async def test_nobody_else_takes_an_import_back(here: Context, client: Client) -> None:
    own = Client(here, client.operator)
    await take(here, own, FIRST)
    _, token = await client.operators.add("Vic", Role.VIEWER)
    viewer = await Client.login(here, token)
    with pytest.raises(NotAllowedError):
        await viewer.books.undo_import(1)
    for statement in (
        "update imports set undone_at = now(), undone_by = 'x', removed = 0",
        "update imports set account = 'other'",
        "delete from imports",
    ):
        with pytest.raises(Exception, match=r"refused|never changes|not allowed|proven"):
            await records.run(here, statement, actor=Actor.user(viewer.operator))
    assert len((await books(here))["rows"]) == 3


@pytest.mark.parametrize(
    ("account", "text", "count"),
    [
        ("main", FIRST, None),  # the same file
        ("main", SECOND, None),  # one that overlaps
        ("main", OTHER, 3),  # another form of it
        ("main", OTHER.replace("2026-10-0", "2026-10-1"), None),  # other days
        ("main", OTHER.replace("10-01", "10-03").replace("10-02", "10-04"), 3),  # value days
        ("main", OTHER.replace("-20.00", "-21.00"), 1),  # one is enough on the same day
        (
            "main",
            OTHER.replace("10-02", "10-03").replace("-10.00", "-11.00"),
            None,
        ),  # two near ones are chance
        ("other", FIRST, 3),  # the wrong account
        ("other", OTHER, 3),
        ("other", OTHER.replace("-10.00", "-11.00"), None),
        ("main", HEAD + "2026-10-02,Gusto,20.00,970.00\n", None),  # the other way round
        ("main", HEAD + "2026-10-02,Gusto,-20.00,1.00\n" * 3, None),  # a third payment of that day
    ],
)
async def test_movements_that_would_count_twice_are_seen(
    here: Context, client: Client, account: str, text: str, count: int | None
) -> None:
    client = Client(here, client.operator)
    await take(here, client, FIRST)
    doubles = await client.books.doubles(account, rows_of(here, text, account))
    assert (doubles and len(doubles.pairs)) == count
    if doubles:
        assert doubles.account == "main"


async def test_two_files_of_one_command_are_compared(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    before = [
        Booked("main", row.external_id, row.day, row.amount.minor, row.amount.currency, row.vendor)
        for row in rows_of(here, FIRST)
    ]
    assert (doubles := await client.books.doubles("main", rows_of(here, OTHER), before))
    assert len(doubles.pairs) == 3
    assert await client.books.doubles("main", rows_of(here, SECOND), before) is None
