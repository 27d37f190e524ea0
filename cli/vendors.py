"""`execops vendors`: one name for a vendor that sources call by several, and categories of one's own."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from cli import output, session
from cli.options import AsJson, Why

app = typer.Typer(
    help="One name for a vendor that sources call by several, and the category of a vendor.",
    no_args_is_help=True,
)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the aliases of vendors, and how many movements came under each; well-known ones are given."""

    async def command() -> None:
        async with session.client() as client:
            aliases = await client.vendors.list()
        if as_json:
            output.document(aliases)
            return
        output.table(
            ["vendor", "alias", "movements", "since", "by", "why"],
            [
                (a.vendor, a.alias, str(a.movements), f"{a.since:%Y-%m-%d}", a.created_by, a.why or "")
                for a in aliases
            ],
        )

    session.run(command())


@app.command()
def alias(
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="The name to keep, such as AWS.")],
    aliases: Annotated[
        list[str], typer.Argument(metavar="ALIAS...", help='Other names, such as "AMAZON WEB SERVICES".')
    ],
    reason: Why = None,
    as_json: AsJson = False,
) -> None:
    """Make other names mean this vendor: in the movements that are there, in later ones, and in questions."""

    async def command() -> None:
        async with session.client() as client:
            name, renamed = await client.vendors.alias(vendor, aliases, reason)
        if as_json:
            output.document({"vendor": name, "aliases": aliases, "renamed": renamed})
            return
        output.note(
            f"{', '.join(map(output.clean, aliases))} {'is' if len(aliases) == 1 else 'are'} {output.clean(name)} now;"
            f" {output.counted(renamed, 'movement')} in the books got that name."
        )

    session.run(command())


@app.command()
def remove(
    aliases: Annotated[list[str], typer.Argument(metavar="ALIAS...", help="As `list` names it.")],
    reason: Why = None,
    as_json: AsJson = False,
) -> None:
    """Remove aliases: the movements that came under them have their own name again."""

    async def command() -> None:
        async with session.client() as client:
            renamed = await client.vendors.remove(aliases, reason)
        if as_json:
            output.document({"removed": aliases, "renamed": renamed})
            return
        output.note(f"Removed; {output.counted(renamed, 'movement')} in the books got the own name again.")

    session.run(command())


@app.command()
def categories(as_json: AsJson = False) -> None:
    """List the vendors that a person put into a category; well-known vendors have one without that."""

    async def command() -> None:
        async with session.client() as client:
            rows = await client.vendors.categories()
        if as_json:
            output.document(rows)
            return
        output.table(
            ["category", "vendor", "since", "by", "why"],
            [
                (row.category, row.vendor, f"{row.since:%Y-%m-%d}", row.created_by, row.why or "")
                for row in rows
            ],
        )

    session.run(command())


@app.command()
def category(
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="As the books or an alias call it.")],
    name: Annotated[str, typer.Argument(metavar="CATEGORY", help="Such as infrastructure.")],
    reason: Why = None,
    as_json: AsJson = False,
) -> None:
    """Put a vendor into a category of your own, by which the canvas groups and filters spend."""

    async def command() -> None:
        async with session.client() as client:
            category = await client.vendors.categorise(vendor, name, reason)
        if as_json:
            output.document(category)
            return
        named = output.clean(category.vendor)
        output.note(f"{named} is in the category {output.clean(category.category)} now.")
        if not category.movements:
            near = f" Like it: {', '.join(map(output.clean, category.near))}." if category.near else ""
            back = f"execops vendors uncategorise {shlex.quote(named)}"
            output.note(
                f"No movement has the name {named} yet, so no answer changes.{near} Take it back: {back}"
            )

    session.run(command())


@app.command()
def uncategorise(
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="As `categories` names it.")],
    reason: Why = None,
    as_json: AsJson = False,
) -> None:
    """Take a vendor out of the category that a person put it into."""

    async def command() -> None:
        async with session.client() as client:
            named = await client.vendors.uncategorise(vendor, reason)
        if as_json:
            output.document({"vendor": named})
            return
        output.note(f"{output.clean(named)} has the category of the well-known vendors again, or none.")

    session.run(command())
