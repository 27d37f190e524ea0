"""Marks on the lines whose other side is the account's holder, and texts without the holder's name."""

from __future__ import annotations

from msgspec.structs import replace

from execops.sources.bank.balances.proof import Line
from execops.sources.bank.bank_entries import LeftOut, Problem
from execops.sources.bank.parties.holder import is_other_side, key, without


def with_holder(
    read: list[Line | Problem | LeftOut], named: frozenset[str]
) -> list[Line | Problem | LeftOut]:
    """The lines with a mark on those whose other side is the holder, unless most of them say so: then the bank writes it in all."""
    lines = [line for line in read if isinstance(line, Line)]
    accounts = {line.entry.account for line in lines}
    names = named | {name for account in accounts if len(accounts) == 1 and (name := key(account))}
    own = {
        line.entry.line for line in lines if names and is_other_side(names, line.entry.payee, line.entry.text)
    }
    if len(own) * 2 > len(lines):
        return read
    for at, line in enumerate(read):
        if not isinstance(line, Line):
            continue
        bare = line.entry.bare or (without(names, line.entry.text) if names else "")
        is_own = line.entry.own or line.entry.line in own
        if bare != line.entry.bare or is_own is not line.entry.own:
            read[at] = replace(line, entry=replace(line.entry, own=is_own, bare=bare))
    return read
