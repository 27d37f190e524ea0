"""Runs the commands whose words come as JSON, one a line; answers each with its exit code and its stderr, as JSON."""

from __future__ import annotations

import contextlib
import io
import json
import sys

from typer.main import get_command

from cli.commands import app


def main() -> None:
    """Run commands until stdin ends."""
    run = get_command(app)
    for line in sys.stdin:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = run(json.loads(line), standalone_mode=False) or 0
            except SystemExit as exc:
                code = exc.code
        print(json.dumps([code, err.getvalue()]), flush=True)


if __name__ == "__main__":
    main()
