"""Imports of bank files on record: which rows each held, and how one is taken back.

A row leaves the books with the last import that holds it. The events of an import that was taken back are ignored from
then on, so that no job and no replay books their rows again; importing the file again makes new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from execops.books import facts
from execops.db import queries
from execops.db.pool import Connection
from execops.errors import ConflictError, NotFoundError
from execops.model import Operator, Record
from execops.sources.bank.same_account import AccountDay

SQL = queries.load("imports")


class Import(Record, frozen=True, kw_only=True):
    """An import of a bank's file: `held` rows, of which `booked` were new; `removed` of them left with its undoing."""

    id: int
    account: str
    file: str | None
    created_by: str
    created_at: datetime
    held: int
    booked: int
    first_day: date | None
    last_day: date | None
    undone_at: datetime | None
    undone_by: str | None
    removed: int | None
    why: str | None
    digest: str | None  # of the file; None for an import of an earlier version, as the two below
    shape: str | None  # the form of the file: see `Statement.shape`
    account_number: str | None  # where the file tells it


class Undone(Struct, frozen=True, kw_only=True):
    """The result of taking an import back: the rows that left the books, and those that another import holds too."""

    id: int
    account: str
    removed: int
    kept: int


async def listed(conn: Connection, account: str | None = None) -> Sequence[Import]:
    """The imports, of all accounts or of one, the latest first."""
    return [Import.from_row(row) for row in await queries.many(conn, SQL["list"], account=account)]


async def account_days(conn: Connection, account: str, zone: str) -> list[AccountDay]:
    """The days on which the account has movements or a balance, by currency."""
    rows = await queries.many(conn, SQL["account_days"], account=account, zone=zone)
    return [(row["currency"], row["day"], row["moved"], row["balance"]) for row in rows]


async def undo(conn: Connection, operator: Operator, import_id: int, why: str | None) -> Undone:
    """Take an import out of the books: its movements and balances, but for those that another import holds.

    Raises NotFoundError, and ConflictError for one that was taken back before.
    """
    row = await queries.one(conn, SQL["lock"], id=import_id)
    if row is None:
        raise NotFoundError(
            f"There is no import {import_id}; nothing was changed.", hint="execops import list"
        )
    if row["undone_at"] is not None:
        raise ConflictError(
            f"Import {import_id} was taken back by {row['undone_by']} on {row['undone_at']:%Y-%m-%d};"
            " nothing was changed.",
            hint="Import the file again to have its movements back.",
        )
    ignored = f"of import {import_id}, which was taken back"
    await queries.run(conn, SQL["ignore_events"], id=import_id, account=row["account"], why=ignored)
    await facts.lock_subject(conn, "bank:import")  # an import reads what is booked
    gone = await queries.many(conn, SQL["remove_rows"], id=import_id)
    parted = await queries.many(conn, SQL["part_halves"], ids=[line["id"] for line in gone])
    if parted:
        await queries.run(
            conn,
            SQL["pair"],
            currencies=[line["currency"] for line in parted],
            amounts=[line["amount_minor"] for line in parted],
        )
    await queries.run(conn, SQL["remove_balances"], id=import_id)
    await queries.run(conn, SQL["undo"], id=import_id, by=operator.name, removed=len(gone), why=why)
    await queries.run(conn, SQL["restore_balances"], account=row["account"])
    return Undone(id=import_id, account=row["account"], removed=len(gone), kept=row["held"] - len(gone))
