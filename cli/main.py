"""The `execops` command."""

from __future__ import annotations

import sys

from cli import collector, session, streams


def main() -> None:
    """Run the command. Exit codes: 0 done, 1 unexpected, 2 usage, 3 not found, 4 not allowed, 5 conflict,
    6 unavailable, 7 refused by the catalogue; 141 where nobody reads the output."""
    collector.pause()
    streams.prepare()
    try:
        try:
            _run()
        finally:
            sys.stdout.flush()  # Python itself would flush too late to handle a closed pipe
    except BrokenPipeError:
        streams.leave()
    except (OSError, ExceptionGroup) as exc:
        if not streams.is_full(exc):
            raise
        streams.leave_full(exc)
    except SystemExit as exc:
        if streams.is_closed_pipe(exc):
            streams.leave()
        collector.leave_objects(exc.code)
        raise
    except KeyboardInterrupt:
        sys.exit(130)


def _run() -> None:
    try:
        session.require_text(sys.argv[1:])
        from cli.commands import app

        app()
    except BrokenPipeError:
        raise
    except Exception as exc:
        if streams.is_full(exc):
            raise
        session.report_defect(exc)
        sys.exit(1)


if __name__ == "__main__":
    main()
