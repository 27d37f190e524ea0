"""Writes `execops/db/guards.json`, the digests of the guards that the migrations define: `python -m tests.guards_file`."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from execops.db import guards
from execops.db.embedded import embedded_postgres
from execops.settings import load_settings
from jobs.bootstrap import migrate, open_context

FILE = Path(guards.__file__).with_name("guards.json")


async def main() -> None:
    """Migrate a new database, and write what stands there."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o711)
        async with (
            embedded_postgres(home) as url,
            open_context(load_settings({"home": home, "database_url": url}, {})) as ctx,
        ):
            await migrate(ctx)
            async with ctx.connection() as conn:
                standing = await guards.standing(conn)
    FILE.write_text(written({name: digest for name, (digest, _) in standing.items()}), encoding="utf-8")


def written(digests: dict[str, str]) -> str:
    """The text of the file, a guard a line."""
    return json.dumps(dict(sorted(digests.items())), indent=1) + "\n"


if __name__ == "__main__":
    asyncio.run(main())
