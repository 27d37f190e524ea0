"""The names that the ledger knows, and that a question may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerNames:
    """Vendors and customers as the ledger writes them, vendors with their aliases, customers with their ids, and ISO currencies."""

    vendors: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)  # other names, to vendors
    customers: Mapping[str, str] = field(default_factory=dict)
    currencies: tuple[str, ...] = ()

    @property
    def of_vendors(self) -> tuple[str, ...]:
        """Every name that a vendor has."""
        return (*self.vendors, *self.aliases)
