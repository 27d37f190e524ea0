"""The `execops` command.

The commands that people type most run without Typer. Loading Typer alone takes longer than reading the list of pending
proposals.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping

from cli import listing, output, session, streams
from execops import __version__


def _inbox(*, readonly: bool = False, canvas: bool = False) -> None:
    from cli.inbox import open_inbox

    open_inbox(readonly=readonly, canvas=canvas)


def _start() -> None:
    from cli import start

    start.show()


# By the exact words after `execops`.
DIRECT: Mapping[tuple[str, ...], Callable[[], None]] = {
    (): _start,
    ("--version",): lambda: output.data(f"execops {__version__}"),
    ("inbox",): _inbox,
    ("inbox", "--readonly"): lambda: _inbox(readonly=True),
    ("canvas",): lambda: _inbox(canvas=True),
    ("proposals", "list"): listing.proposals,
    ("proposals", "list", "--json"): lambda: listing.proposals(as_json=True),
}


def _plain_question(words: tuple[str, ...]) -> Callable[[], None] | None:
    """The run of `canvas QUESTION` and `canvas QUESTION --json`; None for all other words."""
    match words:
        case ("canvas", question, *options) if options in ([], ["--json"]):
            if question.strip() and not question.startswith("-"):
                from cli import answers

                return lambda: answers.run(question.strip(), as_json=bool(options))
    return None


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 unexpected, 2 usage, 3 not found, 4 not allowed, 5 conflict,
    6 unavailable, 7 refused by the catalogue; 141 where nobody reads the output."""
    streams.prepare()
    try:
        try:
            _run(tuple(sys.argv[1:]))
        finally:
            gc.freeze()  # else Python looks through every object before it ends: a fifth of a short command
            sys.stdout.flush()  # Python itself would flush too late to handle a closed pipe
    except BrokenPipeError:
        streams.leave()
    except SystemExit as exc:
        if streams.is_closed_pipe(exc):
            streams.leave()
        raise
    except KeyboardInterrupt:
        sys.exit(130)


def _run(words: tuple[str, ...]) -> None:
    try:
        session.require_text(words)
        # A shell that asks for completions gives no words: it says so in the environment.
        run = None if "_EXECOPS_COMPLETE" in os.environ else DIRECT.get(words) or _plain_question(words)
        if run is None:
            from cli.commands import app

            app()
        else:
            run()
    except BrokenPipeError:
        raise
    except Exception as exc:
        session.report_defect(exc)
        sys.exit(1)


if __name__ == "__main__":
    main()
