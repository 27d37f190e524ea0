"""The cash of a past day, and the accounts whose balance nobody tells, against sums made by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from execops.books import cash
from execops.canvas.result import Answer
from execops.canvas.run import Canvas, open_canvas
from execops.client import Client
from execops.client.bank_file import Options, read_file
from execops.context import Context
from server.agui_words import answered
from tui.receipt import receipt

TODAY = date(2026, 11, 22)
UTC = ZoneInfo("UTC")
HEAD = "Date,Description,Amount,Balance\n"
AUTUMN = HEAD + (
    "2026-08-10,Customer One,1000.00,1000.00\n"
    "2026-09-05,AWS,-100.00,900.00\n"
    "2026-09-30,Gusto,-200.00,700.00\n"
    "2026-10-12,AWS,-50.00,650.00\n"
    "2026-11-02,Customer Two,400.00,1050.00\n"
)
NOVEMBER = HEAD + "2026-11-10,AWS,-50.00,1000.00\n2026-11-20,AWS,-100.00,900.00\n"
BARE = "Date,Description,Amount\n2026-10-01,Rent,-10.00\n2026-11-01,Rent,-10.00\n"


@pytest.fixture
async def canvas(ctx: Context) -> AsyncIterator[Canvas]:
    async with open_canvas(ctx) as opened:
        yield opened


async def put_in(ctx: Context, client: Client, text: str, account: str = "main") -> None:
    statement = read_file(text.encode(), Options(), account=account, books="USD", zone=UTC, today=TODAY)
    own = Client(ctx, client.operator)
    await own.books.import_statement(account, statement.lines, balances=statement.closing)


async def held(canvas: Canvas, question: str = "cash", as_of: date = TODAY) -> Answer:
    answer = (await canvas.ask(question, as_of)).answer
    assert answer is not None, question
    return answer


@pytest.mark.parametrize(
    ("day", "minor"),
    [
        (date(2026, 8, 10), 100_000),
        (date(2026, 9, 4), 100_000),
        (date(2026, 9, 5), 90_000),
        (date(2026, 9, 30), 70_000),
        (date(2026, 10, 15), 65_000),
        (date(2026, 11, 1), 65_000),
    ],
)
async def test_a_past_day_has_the_later_balance_less_the_movements_since(
    ctx: Context, client: Client, canvas: Canvas, day: date, minor: int
) -> None:
    await put_in(ctx, client, AUTUMN)
    answer = await held(canvas, as_of=day)
    assert answer.rows == (("bank:main", "USD", minor, day),)
    assert answer.unknown is None
    assert answer.receipt.note == (
        "counted back, less the movements since: bank:main from its balance of 2026-11-02"
    )


async def test_the_end_of_a_month_is_asked_in_words(ctx: Context, client: Client, canvas: Canvas) -> None:
    await put_in(ctx, client, AUTUMN)
    answer = await held(canvas, "cash at the end of september")
    assert answer.rows == (("bank:main", "USD", 70_000, date(2026, 9, 30)),)


async def test_a_known_balance_needs_no_note(ctx: Context, client: Client, canvas: Canvas) -> None:
    await put_in(ctx, client, AUTUMN)
    answer = await held(canvas)
    assert answer.rows == (("bank:main", "USD", 105_000, date(2026, 11, 2)),)
    assert answer.receipt.note is None


async def test_a_day_between_two_balances_counts_the_movements(
    ctx: Context, client: Client, canvas: Canvas
) -> None:
    await put_in(ctx, client, AUTUMN)
    await put_in(ctx, client, NOVEMBER)
    between = await held(canvas, as_of=date(2026, 11, 15))
    assert between.rows == (("bank:main", "USD", 100_000, date(2026, 11, 15)),)
    quiet = await held(canvas, as_of=date(2026, 11, 5))
    assert quiet.rows == (("bank:main", "USD", 105_000, date(2026, 11, 2)),)
    assert quiet.receipt.note is None


async def test_movements_that_are_not_known_leave_the_day_unknown(
    ctx: Context, client: Client, canvas: Canvas
) -> None:
    await put_in(ctx, client, AUTUMN)
    before = await held(canvas, as_of=date(2026, 8, 1))
    assert (before.rows, "no balance of that day" in str(before.unknown)) == ((), True)


async def test_a_missing_file_lets_no_balance_be_counted_back(
    ctx: Context, client: Client, canvas: Canvas
) -> None:
    await put_in(ctx, client, "Date,Description,Amount\n2026-06-10,AWS,-1.00\n2026-06-20,AWS,-2.00\n")
    await put_in(ctx, client, AUTUMN)
    assert (await held(canvas, as_of=date(2026, 6, 15))).rows == ()
    await put_in(ctx, client, HEAD + "2026-06-25,AWS,-5.00,20.00\n")
    lone = await held(canvas, as_of=date(2026, 7, 31))
    assert lone.rows == (("bank:main", "USD", 2_000, date(2026, 6, 25)),)


async def test_other_accounts_move_no_balance(ctx: Context, client: Client, canvas: Canvas) -> None:
    await put_in(ctx, client, AUTUMN)
    await put_in(ctx, client, BARE, "sparkasse")
    answer = await held(canvas, as_of=date(2026, 9, 30))
    assert answer.rows == (("bank:main", "USD", 70_000, date(2026, 9, 30)),)


@pytest.mark.parametrize("question", ["cash", "runway"])
async def test_accounts_without_a_balance_are_named(
    ctx: Context, client: Client, canvas: Canvas, question: str
) -> None:
    await put_in(ctx, client, AUTUMN)
    assert (await held(canvas, question)).receipt.note is None
    await put_in(ctx, client, BARE, "sparkasse")
    await put_in(ctx, client, BARE, "hsbc")
    answer = await held(canvas, question)
    assert answer.receipt.note == "no balance is known of: hsbc, sparkasse"
    assert answer.to_json()["receipt"]["note"] == answer.receipt.note
    assert "No balance is known of: hsbc, sparkasse" in receipt(answer).plain
    understood = await canvas.understand(question, TODAY)
    assert "Note: no balance is known of: hsbc, sparkasse." in answered(answer, understood)
    assert len(answer.rows) == 1


async def test_an_account_of_another_currency_or_time_is_not_named(
    ctx: Context, client: Client, canvas: Canvas
) -> None:
    await put_in(ctx, client, AUTUMN)
    await put_in(ctx, client, BARE.replace("Amount", "Amount (EUR)"), "hsbc")
    assert (await held(canvas, "cash in USD")).receipt.note is None
    assert (await held(canvas, "cash in EUR")).receipt.note == "no balance is known of: hsbc"
    assert "hsbc" not in str((await held(canvas, as_of=date(2026, 9, 30))).receipt.note)


async def test_the_runway_of_the_plays_names_them_too(ctx: Context, client: Client) -> None:
    await put_in(ctx, client, AUTUMN)
    async with ctx.connection() as conn:
        assert (await cash.runway(conn, ctx.settings, ctx.clock.now()))["without_balance"] is None
    await put_in(ctx, client, BARE, "hsbc")
    async with ctx.connection() as conn:
        assert (await cash.runway(conn, ctx.settings, ctx.clock.now()))["without_balance"] == "hsbc"


async def test_an_import_that_is_taken_back_tells_nothing(
    ctx: Context, client: Client, canvas: Canvas
) -> None:
    await put_in(ctx, client, AUTUMN)
    await put_in(ctx, client, BARE, "hsbc")
    for entry in await client.books.imports():
        await client.books.undo_import(entry.id, "wrong")
    answer = await held(canvas, as_of=date(2026, 9, 30))
    assert (answer.rows, answer.receipt.note) == ((), None)
