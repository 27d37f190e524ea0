"""Marks on the lines whose other side is the account's holder, and texts without the holder's name."""

from __future__ import annotations

from msgspec.structs import replace

from execops.sources.bank.balances.proof import Line
from execops.sources.bank.bank_entries import Entry, LeftOut, Problem
from execops.sources.bank.parties.holder import is_other_side, key, without
from execops.sources.bank.parties.nobody import is_fee, is_kind_of_fee


def with_holder(
    read: list[Line | Problem | LeftOut], named: frozenset[str]
) -> list[Line | Problem | LeftOut]:
    """The lines with a mark on those whose other side is the holder, unless most of them say so: then the bank writes it in all."""
    lines = [line for line in read if isinstance(line, Line)]
    accounts = {line.entry.account for line in lines}
    names = named | {name for account in accounts if len(accounts) == 1 and (name := key(account))}
    of_holder = {
        line.entry.line for line in lines if names and is_other_side(names, line.entry.payee, line.entry.text)
    }
    fees = {line.entry.line for line in lines if line.entry.line in of_holder and _is_fee(line.entry)}
    own = of_holder - fees
    if len(own) * 2 > len(lines):
        return read
    for at, line in enumerate(read):
        if not isinstance(line, Line):
            continue
        bare = line.entry.bare or (without(names, line.entry.text) if names else "")
        if line.entry.line in fees:  # the bank charges its customer, and is no party
            read[at] = replace(line, entry=replace(line.entry, payee="", nobody=True))
            continue
        is_own = line.entry.own or line.entry.line in own
        if bare != line.entry.bare or is_own is not line.entry.own:
            read[at] = replace(line, entry=replace(line.entry, own=is_own, bare=bare))
    return read


def _is_fee(entry: Entry) -> bool:
    return is_fee(entry.text) or any(is_fee(label) or is_kind_of_fee(label) for label in entry.labels)
