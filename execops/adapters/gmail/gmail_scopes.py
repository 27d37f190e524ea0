"""The scopes of a sign-in at Google, and the acts that they allow: https://developers.google.com/workspace/gmail/api/auth/scopes.

`gmail.compose` makes, sends, lists and deletes drafts, and reads the account's own address. It does not read sent mails,
which tell after an attempt that broke off whether the mail went out, and not the addresses that the account may send as.
`gmail.readonly` reads both. Two narrower scopes do not do: `gmail.send` knows no drafts, and a sign-in with
`gmail.metadata` may not search (`q`), even if it has a wider scope beside it.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from msgspec import Struct

_PREFIX = "https://www.googleapis.com/auth/"
COMPOSE = f"{_PREFIX}gmail.compose"
READ = f"{_PREFIX}gmail.readonly"
ASKED = (COMPOSE, READ)
_MODIFY = f"{_PREFIX}gmail.modify"
_EVERYTHING = "https://mail.google.com/"
_METADATA = f"{_PREFIX}gmail.metadata"


class Rights(Struct, frozen=True):
    """The acts that a sign-in allows."""

    sends: bool
    reads_sent: bool  # it also reads the addresses that the account may send as


def rights(scopes: AbstractSet[str] | None) -> Rights:
    """The rights that these scopes give. None, where the other side names no scopes, gives all."""
    if scopes is None:
        return Rights(sends=True, reads_sent=True)
    return Rights(
        sends=bool(scopes & {COMPOSE, _MODIFY, _EVERYTHING}),
        reads_sent=bool(scopes & {READ, _MODIFY, _EVERYTHING}) and _METADATA not in scopes,
    )
