"""The option with which every list goes on after its last line."""

from __future__ import annotations

from typing import Annotated

import typer

After = Annotated[
    int | None,
    typer.Option("--after", metavar="ID", min=1, help="Go on after this one: the last of the page before."),
]
