"""Categories of one's own: movements of the past follow, questions know them, the audit log tells of them."""

from __future__ import annotations

from datetime import date

import pytest

from execops.books.own_categories import Categorised
from execops.client import Client
from execops.context import Context
from execops.errors import InvalidInputError, NotAllowedError, NotFoundError
from execops.model import Actor, Role
from tests import records
from tests.integration.test_bank_import import HEAD, here, take

__all__ = ["here"]  # the fixture

TODAY = date(2026, 11, 22)
STATEMENT = (
    HEAD
    + "2026-09-01,Hetzner,-10.00,990.00\n2026-10-02,Gwebs,-5.00,985.00\n2026-10-03,Corner Shop,-1.00,984.00\n"
    "2026-10-04,Figma,-2.00,982.00\n"
)


async def spent(client: Client, question: str) -> dict[str, int]:
    reply = await client.canvas.ask(question, TODAY)
    assert reply.answer is not None, reply.understood
    amount = next(n for n, column in enumerate(reply.answer.columns) if column.unit == "money")
    return {str(row[0]): row[amount] for row in reply.answer.rows}


async def test_a_vendor_moves_into_a_category_and_back(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    await take(here, client, STATEMENT)
    given = {"hosting": 1000, "software": 200, "uncategorised": 600}
    assert await spent(client, "spend by category") == given
    gwebs = await client.vendors.categorise("GWEBS.", " Web  Shops", "they sell shops")
    assert gwebs == Categorised(vendor="Gwebs", category="web shops", movements=1, near=())
    hetzner = await client.vendors.categorise("hetzner", "Web shops")
    assert (hetzner.vendor, hetzner.category) == ("Hetzner", "web shops")
    assert await spent(client, "spend by category") == {
        "web shops": 1500,
        "software": 200,
        "uncategorised": 100,
    }
    for question, answer in (
        ("spend on web shops", {"web shops": 1500}),
        ("spend on web shops last month", {"web shops": 500}),
        ("web shops by vendor", {"Hetzner": 1000, "Gwebs": 500}),
        (
            "Web Shops spend by month since September",
            {"2026-09-01": 1000, "2026-10-01": 500, "2026-11-01": 0},
        ),
        ("how much did we pay for software", {"software": 200}),
        ("uncategorised spend by vendor", {"Corner Shop": 100}),
    ):
        assert await spent(client, question) == answer, question
    refused = (await client.canvas.ask("spend on web shops against software", TODAY)).understood
    assert refused.kind == "refuse"
    assert [offer.title for offer in refused.suggestions][:2] == [
        "Spend by category, web shops",
        "Spend by category, software",
    ]
    by_vendor = await client.canvas.answer("spend_by_vendor", {"category": "WEB SHOPS"}, TODAY)
    assert {row[0] for row in by_vendor.rows} == {"Hetzner", "Gwebs"}

    await client.vendors.alias("Gwebs", ["Corner Shop"])  # one vendor, so one category
    assert await spent(client, "spend by category") == {"web shops": 1600, "software": 200}
    assert await client.vendors.remove(["Corner Shop"]) == 1
    assert [(row.vendor, row.category, row.why) for row in await client.vendors.categories()] == [
        ("Gwebs", "web shops", "they sell shops"),
        ("Hetzner", "web shops", None),
    ]
    assert await client.vendors.uncategorise("hetzner", "it was hosting") == "Hetzner"
    assert await client.vendors.uncategorise("Gwebs") == "Gwebs"
    assert await spent(client, "spend by category") == given
    assert await client.vendors.categories() == []
    trail = [entry.words for entry in await client.audit.latest(12) if "category" in entry.words]
    assert trail == [
        "Gwebs is no longer in the category web shops",
        "Hetzner is no longer in the category web shops: it was hosting",
        "Hetzner is in the category web shops",
        "Gwebs is in the category web shops: they sell shops",
    ]
    assert (await client.audit.verify()).ok


async def test_a_name_of_no_movement_says_so_and_offers_what_is_like_it(
    here: Context, client: Client
) -> None:
    client = Client(here, client.operator)
    await take(here, client, STATEMENT + "2026-10-05,AWS,-3.00,979.00\n")
    before = await spent(client, "spend by category")
    offers = {"Hetzer": ("Hetzner",), "Hetzner Cloud GmbH": ("Hetzner",), "AWZ": ("AWS",), "Zebra Quux": ()}
    for name, near in offers.items():
        category = await client.vendors.categorise(name, "servers")
        assert (category.vendor, category.movements, category.near) == (name, 0, near)
    assert await spent(client, "spend by category") == before


async def test_a_name_of_a_vendor_and_of_a_category_asks_which(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    await take(here, client, STATEMENT)
    await client.vendors.categorise("Gwebs", "figma")
    understood = (await client.canvas.ask("spend on figma", TODAY)).understood
    assert understood.kind == "refuse"
    offers = {(offer.params.get("vendor"), offer.params.get("category")) for offer in understood.suggestions}
    assert {("Figma", None), (None, "figma")} <= offers


async def test_who_may_not_changes_nothing(here: Context, client: Client) -> None:
    client = Client(here, client.operator)
    for vendor, category, words in (
        ("Gwebs", " \u200b ", "has a letter"),
        ("Gwebs", "x" * 41, "at most 40"),
        ("", "hosting", "a letter or a digit"),
        ("Gwebs", "uncategorised", "execops vendors uncategorise"),
    ):
        with pytest.raises(InvalidInputError) as caught:
            await client.vendors.categorise(vendor, category)
        assert words in f"{caught.value} {caught.value.hint}", category
    with pytest.raises(NotFoundError):
        await client.vendors.uncategorise("Hetzner")  # the given category is nobody's decision
    _, token = await client.operators.add("Vic", Role.VIEWER)
    viewer = await Client.login(here, token)
    with pytest.raises(NotAllowedError):
        await viewer.vendors.categorise("Gwebs", "tools")
    await client.vendors.categorise("Gwebs", "tools")
    for statement in (
        "insert into own_categories (key, vendor, category, created_by, last_actor) values ('b', 'B', 'a', 'x', '{}')",
        "update own_categories set category = 'evil'",
    ):
        with pytest.raises(Exception, match="needs an operator who has proven"):
            await records.run(here, statement, actor=Actor.user(viewer.operator))
    with pytest.raises(Exception, match="refused: take the category back instead"):
        await records.run(here, "delete from own_categories")
