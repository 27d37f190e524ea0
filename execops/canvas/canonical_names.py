"""The vendor, the customer and the category that a parameter means, by their names in the books."""

from __future__ import annotations

from execops.db import queries
from execops.db.pool import Connection
from execops.model import Json

SQL = queries.load("canvas")
_QUERIES = {"vendor": SQL["vendor_of"], "customer": SQL["customer_of"], "category": SQL["category_of"]}


async def in_the_books(conn: Connection, values: Json) -> tuple[Json, str | None]:
    """These parameters by their names in the books: a customer's is the id.

    The second value says why there is no answer, where the books do not know one of them, or know several: a misspelt name is
    no zero.
    """
    names: Json = {}
    for kind, query in _QUERIES.items():
        if not values.get(kind):
            continue
        row = await queries.the_one(conn, query, name=values[kind])
        match row["meant"]:
            case [name]:
                names[kind] = name
            case [*several] if several:
                return names, f"several customers are called {values[kind]}: {', '.join(several)}"
            case _:
                return names, f"the books know no {kind} {values[kind]}"
    return names, None
