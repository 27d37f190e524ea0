"""Options that many commands take."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]
Why = Annotated[str | None, typer.Option("--why", "--reason", "-m", help="Kept in the audit log.")]
