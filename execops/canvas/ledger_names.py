"""The names that the ledger knows, and that a question may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerNames:
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
    of_vendors: tuple[str, ...] = field(init=False)  # every name that a vendor has

    def __post_init__(self) -> None:
        """Join the names once: a question looks for each of its words among them."""
        object.__setattr__(self, "of_vendors", (*self.vendors, *self.aliases))
