"""`client.vendors`: the names of vendors, and the categories of one's own. Every role reads them; changing one needs an operator
who decides, without limits."""

from __future__ import annotations

from collections.abc import Sequence

from execops.authority.permissions import Operation
from execops.books import facts, own_categories, vendor_aliases
from execops.books.own_categories import Categorised, OwnCategory
from execops.books.vendor_aliases import Alias
from execops.client.cash_judging import judge_cash_again
from execops.client.part import Part

__all__ = ["Alias", "Categorised", "OwnCategory", "Vendors"]


class Vendors(Part):
    """Listing the aliases of vendors, adding and removing some."""

    async def list(self) -> Sequence[Alias]:
        """Every alias, by vendor."""
        async with self._ctx.connection() as conn:
            return await vendor_aliases.listed(conn)

    async def alias(self, vendor: str, aliases: Sequence[str], why: str | None = None) -> tuple[str, int]:
        """Make these other names of a vendor, in the books and in later movements: all of them, or none.

        Returns the vendor's name in the books, and how many movements there got it. Raises NotAllowedError,
        InvalidInputError, ConflictError. The open proposals about cash and spend are judged again.
        """
        async with self._acting(Operation.NAME_VENDORS, why) as (conn, operator):
            await facts.lock_subject(conn, "bank:import")  # an import reads the aliases before it books
            name, renamed = vendor, 0
            for alias in aliases:
                name, count = await vendor_aliases.add(conn, operator, vendor, alias, why)
                renamed += count
        await judge_cash_again(self._ctx)
        return name, renamed

    async def categories(self) -> Sequence[OwnCategory]:
        """Every vendor that a person put into a category."""
        async with self._ctx.connection() as conn:
            return await own_categories.listed(conn)

    async def categorise(self, vendor: str, category: str, why: str | None = None) -> Categorised:
        """Put a vendor into a category; returns its name in the books, the category, and what the books know of the name.

        Raises NotAllowedError, InvalidInputError.
        """
        async with self._acting(Operation.NAME_VENDORS, why) as (conn, operator):
            return await own_categories.put(conn, operator, vendor, category, why)

    async def uncategorise(self, vendor: str, why: str | None = None) -> str:
        """Take a vendor out of the category that a person put it into; returns its name in the books.

        Raises NotAllowedError, NotFoundError.
        """
        async with self._acting(Operation.NAME_VENDORS, why) as (conn, operator):
            return await own_categories.take_back(conn, operator, vendor, why)

    async def remove(self, aliases: Sequence[str], why: str | None = None) -> int:
        """Remove aliases, all or none; returns how many movements have their own name again.

        Raises NotAllowedError, NotFoundError.
        """
        async with self._acting(Operation.NAME_VENDORS, why) as (conn, operator):
            await facts.lock_subject(conn, "bank:import")
            renamed = sum([(await vendor_aliases.remove(conn, operator, alias, why))[1] for alias in aliases])
        await judge_cash_again(self._ctx)
        return renamed
