"""Aliases of vendors: a vendor is one, in movements that are there and in later ones, in answers and in questions."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from execops.books import ledger
from execops.client import Client
from execops.context import WORKER, Context
from execops.effects import Movement
from execops.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from execops.model import Actor, Role
from execops.money import Money
from tests import records
from tests.integration.test_bank_import import HEAD, NOW, here, process, take

__all__ = ["here"]  # the fixture

TODAY = date(2026, 11, 22)
BEFORE = (
    HEAD + "2026-10-01,GIGANTIC CLOUDS,-10.00,990.00\n2026-10-02,Gwebs,-5.00,985.00\n"
    "2026-10-03,gigantic clouds,-1.00,984.00\n"
)
AFTER = HEAD + "2026-11-01,Gigantic Clouds,-20.00,964.00\n2026-11-02,Other,-7.00,957.00\n"


async def spent(client: Client, question: str = "spend by vendor since 1 October") -> dict[str, int]:
    asked = await client.canvas.ask(question, TODAY)
    assert asked.answer is not None, asked.understood
    at = [column.name for column in asked.answer.columns].index("vendor")
    amount = next(n for n, column in enumerate(asked.answer.columns) if column.unit == "money")
    return {row[at]: row[amount] for row in asked.answer.rows}


async def named(ctx: Context) -> list[dict[str, Any]]:
    return await records.rows(
        ctx, "select counterparty as name, told_as as told from transactions order by occurred_at, id"
    )


async def test_a_vendor_is_one_before_and_after_and_in_questions(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    await take(here, client, BEFORE)
    assert await spent(client) == {"GIGANTIC CLOUDS": 1100, "Gwebs": 500}  # one name, however it is spelt
    assert await client.vendors.alias("gwebs", ["Gigantic  clouds"], "the same company") == ("Gwebs", 2)
    assert await spent(client) == {"Gwebs": 1600}
    await take(here, client, AFTER)
    await process(here)
    assert await spent(client) == {"Gwebs": 3600, "Other": 700}
    bank = await records.rows(
        here,
        "select payload_json ->> 'vendor' as v from events where type = 'bank.transactions_imported' order by id",
    )
    assert [row["v"] for row in bank] == ["GIGANTIC CLOUDS", "Gwebs", "Gwebs", "Other"]
    movement = Movement(
        external_id="ipi_1",
        kind="issuing",
        amount=Money(-900, "USD"),
        occurred_at=NOW,
        counterparty="GIGANTIC CLOUDS.",
    )
    async with here.transaction(WORKER) as conn:
        assert await ledger.book(conn, "stripe", (movement,)) == 1
    assert await spent(client) == {"Gwebs": 4500, "Other": 700}
    for question in (
        "spend on Gigantic Clouds since 1 October",
        "how much did we pay gwebs since 1 October",
    ):
        understood = await client.canvas.understand(question, TODAY)
        assert understood.params["vendor"] == "Gwebs", question
    answer = await client.canvas.answer("spend_over_time", {"vendor": "gigantic clouds"}, TODAY)
    assert answer.receipt.params["vendor"] == "Gwebs"
    assert answer.rows
    listed = {alias.alias: alias for alias in await client.vendors.list()}
    assert (listed["Gigantic clouds"].vendor, listed["Gigantic clouds"].movements) == ("Gwebs", 4)
    assert listed["Gigantic clouds"].why == "the same company"
    assert listed["AMAZON WEB SERVICES".title()].vendor == "AWS"  # well-known ones are given

    assert await client.vendors.remove(["GIGANTIC CLOUDS"], "two companies") == 4
    assert [(row["name"], row["told"]) for row in await named(here)] == [
        ("GIGANTIC CLOUDS", None), ("Gwebs", None), ("GIGANTIC CLOUDS", None), ("Gigantic Clouds", None),
        ("Other", None), ("GIGANTIC CLOUDS.", None),
    ]  # fmt: skip
    trail = [entry for entry in await client.audit.latest(9) if entry.entry.action.startswith("vendor_alias")]
    assert [entry.words for entry in trail] == [
        "Gigantic clouds no longer means Gwebs: two companies",
        "Gigantic clouds means Gwebs: the same company",
    ]
    assert (await client.audit.verify()).ok


async def test_well_known_names_are_one(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    text = HEAD + "2026-10-01,AMAZON WEB SERVICES,-10.00,990.00\n2026-10-02,AWS EMEA,-5.00,985.00\n"
    await take(here, client, text)
    assert await spent(client) == {"AWS": 1500}
    assert (await take(here, client, text)).known == 2


async def test_an_alias_that_chains_or_loops_or_means_two_is_refused(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    await take(here, client, BEFORE)
    await client.vendors.alias("Alpha", ["Beta", "Gamma"])
    before = await records.rows(here, "select * from vendor_aliases order by key")
    for vendor, aliases, error, words in (
        ("alpha", ["ALPHA."], InvalidInputError, "one name already"),
        ("Alpha", [" \u200b "], InvalidInputError, "a letter or a digit"),
        ("", ["Beta"], InvalidInputError, "a letter or a digit"),
        ("Alpha", ["x" * 101], InvalidInputError, "at most 100"),
        ("Delta", ["BETA"], ConflictError, "cannot name two vendors"),
        ("Beta", ["Delta"], ConflictError, "itself an alias of Alpha"),
        ("Beta", ["Alpha"], ConflictError, "itself an alias of Alpha"),  # a loop
        ("Delta", ["Alpha"], ConflictError, "has aliases itself (Beta, Gamma)"),
        ("Delta", ["New", "Epsilon", "Beta"], ConflictError, "cannot name two vendors"),  # all or none
        ("Delta", ["New", "Delta"], InvalidInputError, "one name already"),
    ):
        with pytest.raises(error) as caught:
            await client.vendors.alias(vendor, aliases)
        assert words in str(caught.value), vendor
    with pytest.raises(NotFoundError):
        await client.vendors.remove(["Beta", "Nobody"])
    assert await records.rows(here, "select * from vendor_aliases order by key") == before
    assert await client.vendors.alias("Alpha", ["Beta"]) == ("Alpha", 0)  # again
    assert await client.vendors.remove(["beta"]) == 0
    assert await client.vendors.alias("Delta", ["Beta"]) == ("Delta", 0)


async def test_two_people_never_make_a_chain_together(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    both = await asyncio.gather(
        client.vendors.alias("One", ["Two"]), client.vendors.alias("Two", ["Three"]), return_exceptions=True
    )
    assert sum(isinstance(answer, ConflictError) for answer in both) == 1


async def test_the_database_refuses_who_may_not(here: Context, client: Client) -> None:
    _, token = await client.operators.add("Vic", Role.VIEWER)
    viewer = await Client.login(here, token)
    with pytest.raises(NotAllowedError):
        await viewer.vendors.alias("Alpha", ["Beta"])
    for statement in (
        "insert into vendor_aliases (key, alias, vendor, created_by, last_actor) values ('b', 'B', 'A', 'x', '{}')",
        "update vendor_aliases set vendor = 'Evil' where key = 'aws emea'",
    ):
        with pytest.raises(Exception, match="needs an operator who has proven"):
            await records.run(here, statement, actor=Actor.user(viewer.operator))
    with pytest.raises(Exception, match="refused: remove the alias instead"):
        await records.run(here, "delete from vendor_aliases")
