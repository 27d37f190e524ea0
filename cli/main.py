"""The `execops` command.

The commands that people type most run without Typer. Loading Typer alone takes longer than reading the list of pending
proposals.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from cli import listing, output, session
from execops import __version__


def _inbox(*, readonly: bool = False) -> None:
    from cli.inbox import open_inbox

    open_inbox(readonly=readonly)


# By the exact words after `execops`.
DIRECT: Mapping[tuple[str, ...], Callable[[], None]] = {
    ("--version",): lambda: output.data(f"execops {__version__}"),
    ("inbox",): _inbox,
    ("inbox", "--readonly"): lambda: _inbox(readonly=True),
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


def _refuse_junk() -> None:
    """Exit with 2 where an argument holds bytes that are no text, unless it names a file."""
    for word in sys.argv[1:]:
        if any("\ud800" <= character <= "\udfff" for character in word):
            from pathlib import Path

            if Path(word).exists():
                continue
            output.note(f"{output.style('error:', '31')} An argument is not UTF-8 text; nothing was done.")
            sys.exit(2)


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 unexpected, 2 usage, 3 not found, 4 not allowed, 5 conflict,
    6 unavailable, 7 refused by the catalogue; 141 nobody reads the output any more."""
    output.open_missing()
    _refuse_junk()
    try:
        words = tuple(sys.argv[1:])
        run = DIRECT.get(words) or _plain_question(words)
        try:
            if run is None:
                from cli.commands import app

                app()
            else:
                run()
        finally:
            output.flush()
    except KeyboardInterrupt:
        sys.stderr.close()  # Python would report the interruption once more
        sys.exit(130)
    except Exception as exc:
        session.report_defect(exc)
        sys.exit(1)


if __name__ == "__main__":
    main()
