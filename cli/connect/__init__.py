"""`execops connect`: connects this machine to an account at a vendor; one module a vendor."""

from __future__ import annotations

import typer

from cli.connect import gmail

app = typer.Typer(help="Connect ExecOps to an account of yours.", no_args_is_help=True)
app.command("gmail")(gmail.connect)
