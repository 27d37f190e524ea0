"""A file of a standard as a whole: it holds one account, and its end."""

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


def require_end(has_end: bool) -> None:
    """Raise InvalidInputError for a file that lacks what its standard has at the end: more movements may be missing."""
    if not has_end:
        raise InvalidInputError(
            "The file has no end, so the download was cut; nothing was imported.", hint="Download it again."
        )
