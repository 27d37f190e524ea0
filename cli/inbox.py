"""Opening the inbox: first what it needs to show a row, then the rest."""

from __future__ import annotations

import gc

from cli import session


def open_inbox(*, readonly: bool) -> None:
    """Run the inbox until the person leaves it. Without a terminal, or a database, it says so and exits."""
    gc.disable()  # what starting up allocates stays; the inbox collects again once its first rows stand
    session.run(_open(readonly=readonly))


async def _open(*, readonly: bool) -> None:
    from execops.errors import InvalidInputError

    if not session.interactive():
        raise InvalidInputError(
            "The inbox needs a terminal.", hint="In scripts: execops proposals list --json"
        )
    from execops.settings import load_keys
    from tui.app import run_inbox
    from tui.keys import is_key

    keymap = load_keys(session.settings(), is_key)
    async with session.client() as client:
        await run_inbox(client, readonly=readonly, keymap=keymap)
