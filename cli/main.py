"""The `execops` command.

What a person types most, and waits for, runs without loading the parser that options need: it alone takes longer to
load than a list of what is pending takes to read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from cli import listing, output, session
from execops import __version__


def _inbox(*, readonly: bool = False) -> None:
    from cli.inbox import open_inbox

    open_inbox(readonly=readonly)


# By what is typed after `execops`, word for word.
DIRECT: Mapping[tuple[str, ...], Callable[[], None]] = {
    ("--version",): lambda: output.data(f"execops {__version__}"),
    ("inbox",): _inbox,
    ("inbox", "--readonly"): lambda: _inbox(readonly=True),
    ("proposals", "list"): listing.proposals,
    ("proposals", "list", "--json"): lambda: listing.proposals(as_json=True),
}


def main() -> None:
    """Entry point: exit codes are 0 done, 1 unexpected, 2 usage, 3 not found, 4 not allowed, 5 conflict,
    6 unavailable, 7 refused by the catalogue."""
    try:
        run = DIRECT.get(tuple(sys.argv[1:]))
        if run is None:
            from cli.commands import app

            app()
        else:
            run()
    except (BrokenPipeError, KeyboardInterrupt):
        sys.stderr.close()  # nothing more to say to a closed pipe
        sys.exit(130)
    except Exception as exc:
        session.unexpected(exc)
        sys.exit(1)


if __name__ == "__main__":
    main()
