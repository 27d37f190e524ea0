"""The names that the ledger knows, and that a question may hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

# The categories of the table of well-known vendors (`migrations/0043_vendor_categories.sql`).
WELL_KNOWN_CATEGORIES = (
    "advertising", "ai", "finance", "hosting", "insurance", "office", "payroll", "software", "telecom", "travel",
)  # fmt: skip


class LedgerNames(Struct, frozen=True, kw_only=True, dict=True):
    """Vendors and customers as the ledger writes them, customers with their ids, the categories of these vendors, and ISO
    currencies.

    Beside them stand the aliases of vendors, and the synonyms that a person added.
    """

    vendors: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)  # other names, to vendors
    customers: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] = ()  # of what vendors sell
    currencies: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)  # words of the company, to words of the rules

    @cached_property
    def of_categories(self) -> tuple[str, ...]:
        """The categories of these vendors, and those of the well-known ones: nothing spent on travel is an answer too."""
        return tuple(sorted({*self.categories, *WELL_KNOWN_CATEGORIES}))

    @cached_property
    def of_vendors(self) -> tuple[str, ...]:
        """Every name that a vendor has, joined once: a question looks for each of its words among them."""
        return (*self.vendors, *self.aliases)
