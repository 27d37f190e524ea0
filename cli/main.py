"""The `execops` command.

The inbox, for which a person waits, opens without loading the parser that the options of the other commands need.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from cli import session

# What is typed after `execops`, and whether the inbox that it opens is read-only.
DIRECT: Mapping[tuple[str, ...], bool] = {("inbox",): False, ("inbox", "--readonly"): True}


def main() -> None:
    """Entry point: exit codes are 0 done, 1 unexpected, 2 usage, 3 not found, 4 not allowed, 5 conflict,
    6 unavailable, 7 refused by the catalogue."""
    try:
        readonly = DIRECT.get(tuple(sys.argv[1:]))
        if readonly is None:
            from cli.commands import app

            app()
        else:
            from cli.inbox import open_inbox

            open_inbox(readonly=readonly)
    except (BrokenPipeError, KeyboardInterrupt):
        sys.stderr.close()  # nothing more to say to a closed pipe
        sys.exit(130)
    except Exception as exc:
        session.unexpected(exc)
        sys.exit(1)


if __name__ == "__main__":
    main()
