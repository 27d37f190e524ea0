"""`execops connect`: connects this machine to an account at a vendor; one command a vendor."""

from __future__ import annotations

import typer

from cli.connect import gmail, intercom, senders, stripe

app = typer.Typer(
    help="Connect ExecOps to an account of yours. Start with: execops connect stripe", no_args_is_help=True
)
app.command("stripe")(stripe.connect)
app.command("slack")(senders.slack)
app.command("smtp")(senders.smtp)
app.command("gmail")(gmail.connect)
app.command("model")(senders.model)
app.command("intercom")(intercom.connect)
