"""The account of a file that may hold several: ExecOps imports one account at a time."""

from __future__ import annotations

from collections.abc import Collection

from execops.errors import InvalidInputError


def the_account(accounts: Collection[str]) -> str | None:
    """The number of the account that a file holds; None where the file tells none. Raises InvalidInputError where it holds several."""
    if len(accounts) > 1:
        raise InvalidInputError(
            f"The file holds {len(accounts)} accounts; nothing was imported.",
            hint="Download one account at a time, and name each with --account.",
        )
    return next(iter(accounts), None) or None
